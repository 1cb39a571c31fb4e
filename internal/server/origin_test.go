package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/rbac"
)

// On an https site, a page that came without encryption is another site, even where only
// its Origin tells.
func TestPlainOriginsAreOtherSites(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, public string
		header       map[string]string // %s is the host that is asked
		want         int
	}{
		{"https site, http origin", "https://namesake.example", map[string]string{"Origin": "http://%s"}, 403},
		{"https site, HTTP origin", "https://namesake.example", map[string]string{"Origin": "HTTP://%s"}, 403},
		{"https site, null", "https://namesake.example", map[string]string{"Origin": "null"}, 403},
		{"https site, https origin", "https://namesake.example", map[string]string{"Origin": "https://%s"}, 422},
		{"https site, other https origin", "https://namesake.example", map[string]string{"Origin": "https://evil.example"}, 403},
		{"https site, no origin", "https://namesake.example", map[string]string{}, 422},
		{"https site, same origin by fetch metadata", "https://namesake.example", map[string]string{"Sec-Fetch-Site": "same-origin"}, 422},
		{"http site, http origin", "", map[string]string{"Origin": "http://%s"}, 422},
		{"http site, https origin", "", map[string]string{"Origin": "https://%s"}, 422},
	} {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t, func(s *settings) { s.public = tt.public })
			for name, value := range tt.header {
				tt.header[name] = strings.Replace(value, "%s", app.server.Listener.Addr().String(), 1)
			}
			app.stranger().send("/login", url.Values{"user": {"no such user"}}, tt.header).wants(tt.want)
		})
	}
}

// The export is handed over, and recorded, only where a page of ours or a person asks.
func TestTheExportIsNotForOtherSites(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("admin")
	for site, want := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 200, "none": 200, "": 200, "odd": 403} {
		before := len(app.records(rbac.ExportAudit))
		header := map[string]string{}
		if site != "" {
			header["Sec-Fetch-Site"] = site
		}
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			res := b.do(method, "/audit.jsonl", nil, header)
			same(t, method+" from "+site, res.status, want)
			same(t, method+" from "+site+" hands over a file", res.header.Get("Content-Disposition") != "", want == 200)
		}
		same(t, "recorded of "+site, len(app.records(rbac.ExportAudit))-before == 1, want == 200)
	}
}

func TestEveryAnswerIsForThisOriginOnly(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("admin")
	paths := []string{"/", "/login", entries, "/audit.jsonl", "/healthz", "/readyz", "/nowhere", "/regex/check"}
	for _, href := range []string{"link[rel=icon]", "link[rel=stylesheet]"} {
		paths = append(paths, b.get(entries).Find(href).AttrOr("href", "?"))
	}
	for _, path := range paths {
		header := b.get(path).header
		same(t, path+" Cross-Origin-Resource-Policy", header.Get("Cross-Origin-Resource-Policy"), "same-origin")
		same(t, path+" Cross-Origin-Opener-Policy", header.Get("Cross-Origin-Opener-Policy"), "same-origin")
		same(t, path+" Clear-Site-Data", header.Get("Clear-Site-Data"), "")
	}
	for _, end := range []string{"signed in", "signed out already"} {
		out := b.post("/logout", nil).wants(http.StatusSeeOther)
		same(t, "Clear-Site-Data, "+end, out.header.Get("Clear-Site-Data"), `"cache", "storage"`)
	}
}

// A stranger is not told which account this is.
func TestStrangersDoNotLearnTheAccount(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	stranger := app.stranger()
	same(t, "to sign in", stranger.get("/").wants(http.StatusSeeOther).location(), "/login")
	same(t, "HEAD", stranger.do(http.MethodHead, "/", nil, nil).wants(http.StatusSeeOther).location(), "/login")
	for _, path := range []string{"/", "/login", "/nowhere", "/readyz", "/healthz", "/audit", "/sessions", "/regex/check", "/accounts/x/entries", "/auth/callback"} {
		page := stranger.get(path)
		same(t, path, strings.Contains(page.body+page.location(), account), false)
	}
	same(t, "signed in", app.as("viewer").get("/").wants(http.StatusSeeOther).location(), overview)
}
