package server_test

import (
	"net/http"
	"strings"
	"testing"

	"namesake/internal/auth/authtest"
)

// The page for people without a role says what was sent, and what setting would fit.
func TestThePageWithoutARoleSaysWhatTheTokenHas(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		groups any
		more   authtest.Claims
		says   []string
	}{
		{"inside an object", nil, authtest.Claims{"realm_access": authtest.Claims{"roles": []string{"editors"}}}, []string{
			"realm_access (an object with roles)", "set NAMESAKE_OIDC_GROUPS_CLAIM=realm_access.roles",
		}},
		{"an object", authtest.Claims{"editors": true}, nil, []string{"set NAMESAKE_OIDC_GROUPS_CLAIM=groups.*"}},
		{"one text", "editors, viewers", nil, []string{"counts as one group"}},
		{"a slash", []string{"/editors"}, nil, []string{"Your group “/editors” is not “editors”"}},
		{"markup", []string{"<b>x</b>"}, authtest.Claims{"<i>y</i>": "secret-value"}, []string{"Your groups: <b>x</b>.", "<i>y</i> (text)"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			app, p := newOIDCApp(t)
			p.Bend(func(a *authtest.Answers) {
				a.IDToken = func(c authtest.Claims) {
					delete(c, "groups")
					if test.groups != nil {
						c["groups"] = test.groups
					}
					for name, value := range test.more {
						c[name] = value
					}
				}
			})
			page := app.stranger().signIn(entries).wants(http.StatusForbidden)
			for _, says := range test.says {
				page.contains("main", says)
			}
			same(t, "elements from a claim", page.Find("main b, main i").Length(), 0)
			same(t, "values", strings.Contains(page.body, "secret-value") || strings.Contains(page.body, "248289761001"), false)
		})
	}
}
