package server_test

import (
	"net/http"
	"strings"
	"testing"
)

func TestPolicyReports(t *testing.T) {
	t.Parallel()
	const old = `{"csp-report":{"document-uri":"http://127.0.0.1/accounts/a/entries/new?name=typed-secret","effective-directive":"script-src-elem","blocked-uri":"https://user:typed-secret@evil.example/x.js?typed-secret#typed-secret","line-number":7}}`
	const many = `[{"type":"csp-violation","body":{"documentURL":"http://127.0.0.1/regex/check","effectiveDirective":"img-src","blockedURL":"data:image/png;base64,typed-secret"}},{"type":"deprecation","body":{"documentURL":"http://other.example/"}}]`
	tests := []struct {
		name, kind, site, body string
		want                   int
		logged                 []string
	}{
		{"by report-uri", "application/csp-report", "same-origin", old, 204, []string{`"directive":"script-src-elem"`, `"blocked":"https://evil.example/x.js"`, `"page":"http://127.0.0.1/accounts/a/entries/new"`, `"line":7`}},
		{"by report-to", "application/reports+json; charset=utf-8", "same-origin", many, 204, []string{`"directive":"img-src"`, `"blocked":"data:"`}},
		{"inline", "application/csp-report", "same-origin", `{"csp-report":{"violated-directive":"style-src","blocked-uri":"inline"}}`, 204, []string{`"directive":"style-src"`, `"blocked":"inline"`}},
		{"long", "application/csp-report", "same-origin", `{"csp-report":{"effective-directive":"` + strings.Repeat("x", 9000) + `"}}`, 204, []string{strings.Repeat("x", 200) + "…"}},
		{"other site", "application/csp-report", "cross-site", old, 403, nil},
		{"not a browser", "application/csp-report", "", old, 403, nil},
		{"not JSON", "application/csp-report", "same-origin", `{`, 400, nil},
		{"another kind", "text/plain", "same-origin", old, 400, nil},
		{"too long", "application/csp-report", "same-origin", `{"csp-report":{"effective-directive":"` + strings.Repeat("x", 40_000) + `"}}`, 413, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app := newApp(t)
			header := map[string]string{"Content-Type": tt.kind}
			if tt.site != "" {
				header["Sec-Fetch-Site"] = tt.site
			}
			app.stranger().do(http.MethodPost, "/csp-reports", strings.NewReader(tt.body), header).wants(tt.want)
			log := app.log.String()
			same(t, "logged", strings.Contains(log, "content security policy stopped"), tt.want == 204)
			for _, want := range tt.logged {
				if !strings.Contains(log, want) {
					t.Errorf("the log does not hold %s:\n%s", want, log)
				}
			}
			same(t, "what was typed is in the log", strings.Contains(log, "typed-secret"), false)
		})
	}
}

// A page can't fill the log: beyond some reports, only their number is told.
func TestPolicyReportsAreFew(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.stranger()
	for range 50 {
		b.do(http.MethodPost, "/csp-reports", strings.NewReader(`{"csp-report":{"blocked-uri":"inline"}}`),
			map[string]string{"Content-Type": "application/csp-report", "Sec-Fetch-Site": "same-origin"}).wants(http.StatusNoContent)
	}
	logged := strings.Count(app.log.String(), "content security policy stopped")
	if logged < 1 || logged > 15 {
		t.Errorf("logged %d times", logged)
	}
	csp := b.get("/login").header
	same(t, "named in the policy", strings.Contains(csp.Get("Content-Security-Policy"), "report-uri /csp-reports; report-to csp;"), true)
	same(t, "endpoint", csp.Get("Reporting-Endpoints"), `csp="/csp-reports"`)
}
