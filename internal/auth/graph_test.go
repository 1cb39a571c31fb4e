package auth_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
)

const (
	tooMany  = "You are in more groups than the sign-in service puts into one sign-in, "
	graphAsk = tooMany + "and Microsoft Graph, which lists the others, "
)

// manyIDs are the ids of more groups than a token holds.
func manyIDs() []string {
	ids := make([]string, 300)
	for i := range ids {
		ids[i] = fmt.Sprintf("%08d-1111-2222-3333-444444444444", i)
	}
	return ids
}

// TestGroupsOverage signs a person in whose groups the provider leaves out.
func TestGroupsOverage(t *testing.T) {
	overage := func(a *authtest.Answers) { a.Overage, a.MemberOf = true, manyIDs() }
	graphSays := func(status int, body string) func(*authtest.Answers) {
		return instead(authtest.GraphPath, authtest.Say(status, "application/json", body))
	}
	const forbidden = `{"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges to complete the operation."}}`
	tests := []struct {
		name   string
		graph  bool
		bend   func(*authtest.Answers)
		groups []string
		told   string // part of why no groups are known
		fails  string // instead
		wait   time.Duration
		asked  int // questions to Graph
	}{
		{name: "told", told: "NAMESAKE_OIDC_GROUPS_OVERAGE=graph"},
		{name: "told, with userinfo refused", bend: instead("/userinfo", authtest.Say(401, "application/json", "{}")), told: "Groups assigned to the application"},
		{name: "told, with userinfo gone", bend: instead("/userinfo", authtest.Gone), told: "app roles"},
		{name: "told, with an empty list beside it", bend: claim("groups", []string{}), told: "left out the claim “groups”"},
		{name: "hasgroups", bend: func(a *authtest.Answers) {
			a.IDToken = func(c authtest.Claims) { delete(c, "_claim_names"); c["hasgroups"] = true }
		}, told: "left out the claim “groups”"},
		{name: "hasgroups as text", bend: func(a *authtest.Answers) {
			a.IDToken = func(c authtest.Claims) { delete(c, "_claim_names"); c["hasgroups"] = "true" }
		}, told: "left out the claim “groups”"},
		{name: "hasgroups that says no", bend: func(a *authtest.Answers) {
			a.IDToken = func(c authtest.Claims) { delete(c, "_claim_names"); c["hasgroups"] = false }
		}, told: "sent no claim called “groups”"},
		{name: "an overage of another claim", bend: claim("_claim_names", authtest.Claims{"roles": "src1"}), told: "sent no claim called “groups”"},
		{name: "userinfo has them after all", bend: userInfo(nil, authtest.Claims{"groups": []string{"editors"}}), groups: []string{"editors"}},
		{name: "the overage is told by userinfo alone", bend: both(claim("_claim_names", nil), userInfo(nil, authtest.Claims{"_claim_names": authtest.Claims{"groups": "src1"}})), told: "left out the claim “groups”"},

		{name: "graph", graph: true, groups: manyIDs(), asked: 1},
		{name: "graph, by pages", graph: true, bend: func(a *authtest.Answers) { a.GraphPage = 100 }, groups: manyIDs(), asked: 3},
		{name: "graph, with userinfo refused", graph: true, bend: instead("/userinfo", authtest.Say(401, "application/json", "{}")), groups: manyIDs(), asked: 1},
		{name: "graph, none", graph: true, bend: func(a *authtest.Answers) { a.MemberOf = []string{} }, asked: 1},
		{name: "graph is not asked without need", graph: true, bend: func(a *authtest.Answers) { a.Overage, a.Person["groups"] = false, []string{"editors"} }, groups: []string{"editors"}},
		{name: "graph: no consent", graph: true, bend: graphSays(403, forbidden), told: "the permission or the consent to it is missing"},
		{name: "graph: token for another application", graph: true, bend: graphSays(401, `{"error": {"code": "InvalidAuthenticationToken"}}`), told: "does not accept the token"},
		{name: "graph: more than it lists", graph: true, bend: graphSays(400, `{"error": {"code": "Directory_ResultSizeLimitExceeded"}}`), told: "in more than Microsoft Graph lists"},
		{name: "graph: no such path", graph: true, bend: graphSays(404, `[]`), told: "answers with status 404"},
		{name: "graph: too many pages", graph: true, bend: func(a *authtest.Answers) { a.GraphPage = 10 }, told: "within 20 answers", asked: 20},
		{name: "graph: elsewhere", graph: true, bend: instead(authtest.GraphPath, http.RedirectHandler("/keys", http.StatusTemporaryRedirect).ServeHTTP), told: "answers with status 307"},
		{name: "graph: throttled", graph: true, bend: instead(authtest.GraphPath, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "17")
			w.WriteHeader(http.StatusTooManyRequests)
		}), fails: "has too many requests to answer. Try again in 17s.", wait: 17 * time.Second},
		{name: "graph: throttled for a day", graph: true, bend: instead(authtest.GraphPath, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusTooManyRequests)
		}), fails: "has too many requests to answer. Try again in 1h0m0s.", wait: time.Hour},
		{name: "graph: down", graph: true, bend: graphSays(503, ""), fails: "answers with status 503. Try again in a moment."},
		{name: "graph: gone", graph: true, bend: instead(authtest.GraphPath, authtest.Gone), fails: "can't be reached. Try again in a moment."},
		{name: "graph: no list", graph: true, bend: graphSays(200, `{"value": null}`), fails: "not a list of groups"},
		{name: "graph: a list of something else", graph: true, bend: graphSays(200, `{"value": [{"id": "1"}]}`), fails: "not a list of groups"},
		{name: "graph: not JSON", graph: true, bend: graphSays(200, `<html>`), fails: "not a list of groups"},
		{name: "graph: too long", graph: true, bend: graphSays(200, `{"value": ["`+strings.Repeat("x", 5<<20)+`"]}`), fails: "broke off its answer"},
		{name: "graph: the rest is elsewhere", graph: true, bend: graphSays(200, `{"value": ["1"], "@odata.nextLink": "https://graph.evil.example/v1.0/me"}`), fails: "leads to another place"},
		{name: "graph: the rest is at another user", graph: true, bend: graphSays(200, `{"value": ["1"], "@odata.nextLink": "https://graph.microsoft.com@evil.example/v1.0/me"}`), fails: "leads to another place"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newParty(t, func(o *auth.OIDCOptions) {
				o.GroupsFromGraph, o.GraphURL = tt.graph, o.Issuer
			})
			p.provider.Bend(overage)
			if tt.bend != nil {
				p.provider.Bend(tt.bend)
			}
			who, err := p.signIn(t, nil, nil)
			if got := p.outcome(err); tt.fails == "" && err != nil || !strings.Contains(got, tt.fails) || tt.fails != "" && !strings.HasPrefix(got, "unavailable: "+graphAsk) {
				t.Errorf("got %q, want %q in it", got, tt.fails)
			}
			var unavailable *auth.UnavailableError
			if errors.As(err, &unavailable) && unavailable.Wait != tt.wait {
				t.Errorf("wait %s, want %s", unavailable.Wait, tt.wait)
			}
			if len(who.Groups)+len(tt.groups) > 0 && !reflect.DeepEqual(who.Groups, tt.groups) {
				t.Errorf("%d groups, want %d", len(who.Groups), len(tt.groups))
			}
			if !strings.Contains(who.NoGroups, tt.told) || (tt.told == "") != (who.NoGroups == "") {
				t.Errorf("told %q, want %q in it", who.NoGroups, tt.told)
			}
			if asked := p.provider.GraphCalls(); asked != tt.asked {
				t.Errorf("Graph answered %d times, want %d", asked, tt.asked)
			}
		})
	}
}

func TestGraphIsAskedOnOneHostOnly(t *testing.T) {
	for _, tt := range []struct {
		url string
		ok  bool
	}{{"", true}, {"https://graph.microsoft.com", true}, {"http://127.0.0.1:1", true}, {"https://graph.evil.example", false}, {"http://graph.microsoft.com", false}} {
		_, err := auth.NewOIDC(auth.OIDCOptions{
			Issuer: "https://a.example", ClientID: "b", ClientSecret: "c", Scopes: []string{"openid"}, GroupsClaim: "d", RedirectURL: "https://e.example",
			GroupsFromGraph: true, GraphURL: tt.url,
		})
		if ok := err == nil; ok != tt.ok {
			t.Errorf("%q: %v", tt.url, err)
		}
	}
}
