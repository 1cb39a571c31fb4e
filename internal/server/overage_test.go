package server_test

import (
	"net/http"
	"testing"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
	"namesake/internal/rbac"
)

// Entra ID leaves the groups out of a token when there are more than 200, and its
// userinfo endpoint may refuse the token.
func TestMoreGroupsThanFitIntoAToken(t *testing.T) {
	t.Parallel()
	const helps = "only the groups that are assigned to Namesake"
	tests := []struct {
		name     string
		graph    bool
		userinfo http.HandlerFunc
		graphed  http.HandlerFunc // nil for the groups "staff" and "editors"
		status   int
		title    string
		says     string
		retry    string
		recorded int // refusals
	}{
		{"refused", false, authtest.Say(401, "application/json", "{}"), nil, 403, "You have no role in Namesake", helps, "", 1},
		{"refused, without userinfo", false, authtest.Gone, nil, 403, "You have no role in Namesake", helps, "", 1},
		{"graph", true, authtest.Say(401, "application/json", "{}"), nil, 303, "", "", "", 0},
		{"graph without consent", true, nil, authtest.Say(403, "application/json", "{}"), 403, "You have no role in Namesake", "the permission or the consent to it is missing", "", 1},
		{"graph that is busy", true, nil, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "17")
			w.WriteHeader(http.StatusTooManyRequests)
		}, 503, "Sign-in is unavailable at the moment", "has too many requests to answer. Try again in 17s.", "17", 0},
		{"graph that is away", true, nil, authtest.Gone, 503, "Sign-in is unavailable at the moment", "can't be reached", "5", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			app, p := newOIDCApp(t, func(o *auth.OIDCOptions) { o.GroupsFromGraph, o.GraphURL = tt.graph, o.Issuer })
			p.Bend(func(a *authtest.Answers) {
				a.Overage, a.MemberOf = true, []string{"staff", "editors"}
				for path, handler := range map[string]http.HandlerFunc{"/userinfo": tt.userinfo, authtest.GraphPath: tt.graphed} {
					if handler != nil {
						a.Instead[path] = handler
					}
				}
			})
			b := app.stranger()
			page := b.signIn(entries).wants(tt.status)
			if tt.title != "" {
				page.contains("h1", tt.title)
			}
			page.contains("main", tt.says)
			same(t, "Retry-After", page.header.Get("Retry-After"), tt.retry)
			same(t, "refusals recorded", len(app.records(rbac.RefuseSession)), tt.recorded)
			if tt.status == http.StatusSeeOther {
				b.get(entries + "/new").wants(http.StatusOK)
			} else {
				b.get(entries).wants(http.StatusSeeOther)
			}
		})
	}
}
