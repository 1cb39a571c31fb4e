package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
)

// A documentation link leads to Cloudflare; where it would lead elsewhere it is text.
func TestDocumentationLinks(t *testing.T) {
	t.Parallel()
	linked := map[string]bool{
		"https://developers.cloudflare.com/email-security/": true,
		"https://cloudflare.com/docs":                       true,
		"https://a.b.Cloudflare.com:443/x?y#z":              true,
		"HTTPS://developers.cloudflare.com/":                true,

		"https://developers.cloudflare.com@evil.example/":      false,
		"https://developers.cloudflare.com:x@evil.example/":    false,
		"https://user@developers.cloudflare.com/":              false,
		"https://developers.cloudflare.com.evil.example/":      false,
		"https://developers.cloudflare.com:8443/":              false,
		"https://developers.cloudflare.com.":                   false,
		"https://evilcloudflare.com/":                          false,
		"https://evil.example/developers.cloudflare.com":       false,
		"https://evil.example\\@developers.cloudflare.com/":    false,
		"https://evil.example\\.developers.cloudflare.com/":    false,
		"https:\\\\developers.cloudflare.com/":                 false,
		"https://evil.example%2f.cloudflare.com/":              false,
		"https://evil.example／.cloudflare.com/":                false,
		"https://developers.cl\u043eudflare.com/":              false,
		"https://%E2%84%AA.cloudflare.com/":                    false,
		"https://..cloudflare.com/":                            false,
		"https:developers.cloudflare.com/":                     false,
		"https:///developers.cloudflare.com/":                  false,
		"//developers.cloudflare.com/":                         false,
		"http://developers.cloudflare.com/":                    false,
		"ftp://developers.cloudflare.com/":                     false,
		"javascript://developers.cloudflare.com/%0aalert(1)":   false,
		" https://developers.cloudflare.com/":                  false,
		"https://developers.cloudflare.com/\tx":                false,
		"https://devel\nopers.cloudflare.com/":                 false,
		"https://evil.example#@developers.cloudflare.com/":     false,
		"https://evil.example?@developers.cloudflare.com/":     false,
		"https://[::1].cloudflare.com/":                        false,
		"https://developers.cloudflare.com/\u202Emoc.elpmaxe/": false,
	}
	app := newApp(t)
	b := app.as("editor")
	for raw, want := range linked {
		body, err := json.Marshal(map[string]any{"success": false, "result": nil, "messages": []any{}, "errors": []any{map[string]any{"code": 11406, "message": "No.", "documentation_url": raw}}})
		must(t, err)
		app.sandbox.Inject(sandbox.Fault{Method: http.MethodPost, Status: 400, Body: string(body)})
		page := b.create(jane()).wants(http.StatusUnprocessableEntity)
		links := page.Find("main a:contains('Documentation')")
		same(t, raw+" is a link", links.Length() > 0, want)
		links.Each(func(_ int, a *goquery.Selection) {
			same(t, raw+" leads to", strings.EqualFold(a.AttrOr("href", ""), raw), true)
		})
		if !want {
			page.contains("main", "documentation: "+strings.Join(strings.Fields(raw), " "))
		}
	}
}
