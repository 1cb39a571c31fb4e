package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"namesake/internal/patterns"
	"namesake/internal/rbac"
)

// TestTestsThatCouldNotBeEvaluated stops changes once that may break a test because there was no
// time to evaluate it.
func TestTestsThatCouldNotBeEvaluated(t *testing.T) {
	t.Parallel()
	const title = "1 test could not be evaluated in time"
	const may = "This may break a test, which could not be evaluated in time: mail that shows “Jane Doe” from "
	for what, tt := range map[string]struct {
		test    [2]string
		send    func(b *browser) *answer
		says    string
		confirm func(b *browser, page *answer) *answer
		method  string
		action  rbac.Action
	}{
		"create": {
			[2]string{"boss@gmail.com", "flagged"},
			func(b *browser) *answer {
				return b.create(map[string]string{"name": "Jane Doe", "email": "boss@gmail.com"})
			},
			may + "boss@gmail.com must be flagged.", confirmForm, http.MethodPost, rbac.CreateEntry,
		},
		"delete": {
			[2]string{"jane@corp.example", "passes"},
			func(b *browser) *answer { return b.post(entries+"/1/delete", nil) },
			"Mail that shows “Jane Doe” from jane@corp.example must pass.",
			func(b *browser, page *answer) *answer { return b.sendForm(page.Find("form[data-once]"), nil) }, http.MethodDelete, rbac.DeleteEntry,
		},
		"several": {
			[2]string{"jane@corp.example", "passes"},
			func(b *browser) *answer { return b.post(entries+"/delete", url.Values{"id": {"1", "3"}}) },
			"Mail that shows “Jane Doe” from jane@corp.example must pass.",
			func(b *browser, page *answer) *answer {
				same(b.app.t, "box", page.text("#apply label"), "Apply it although 1 test could not be evaluated in time")
				return b.post(entries+"/delete", url.Values{"id": {"1"}, "confirm_tests": {page.Find("[name=confirm_tests]").AttrOr("value", "")}})
			},
			http.MethodDelete, rbac.DeleteEntry,
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			pool := patterns.NewPool(patterns.Options{Turns: 1, MaxWait: time.Millisecond})
			app := newApp(t, func(s *settings) { aCompany(s); s.patterns = pool })
			b := app.as("editor")
			b.addTest("Jane Doe", tt.test[0], tt.test[1])
			release := busy(t, pool, "another person")
			defer release()
			page := tt.send(b).wants(http.StatusUnprocessableEntity)
			page.contains("main", title)
			page.contains("main", tt.says)
			same(t, "blamed", strings.Contains(page.text("main"), "breaks a test"), false)
			same(t, "sent", len(app.sent(tt.method)), 0)
			to := tt.confirm(b, page).wants(http.StatusSeeOther).location()
			if what == "several" {
				b.ended(to)
			}
			same(t, "sent", len(app.sent(tt.method)), 1)
			var confirmed []string
			for _, r := range app.records(tt.action) {
				for _, c := range r.Confirmed {
					confirmed = append(confirmed, c.Kind+" "+c.Detail)
				}
			}
			same(t, "recorded", strings.Join(confirmed, "; "), "unevaluated-test "+tt.test[1]+": Jane Doe from "+tt.test[0])
		})
	}
}
