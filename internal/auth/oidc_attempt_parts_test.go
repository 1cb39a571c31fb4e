package auth_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"testing"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
)

type attempt struct {
	name    string
	options func(*auth.OIDCOptions)
	bend    func(*authtest.Answers)
	flow    func(*auth.Flow)
	answer  func(url.Values)

	want   func(*auth.Identity) // changes of jane; nil for a failure
	fails  string
	logged bool // something is in the log
}

// run makes the attempt with a provider of its own.
func (a attempt) run(t *testing.T) (*party, auth.Identity, error) {
	p := newParty(t, a.options)
	if a.bend != nil {
		p.provider.Bend(a.bend)
	}
	who, err := p.signIn(t, a.flow, a.answer)
	return p, who, err
}

// claim has the ID token say something else; nil leaves the claim out.
func claim(name string, value any) func(*authtest.Answers) {
	return func(a *authtest.Answers) {
		a.IDToken = func(c authtest.Claims) { put(c, name, value) }
	}
}

func put(c authtest.Claims, name string, value any) {
	if value == nil {
		delete(c, name)
	} else {
		c[name] = value
	}
}

// userInfo moves claims from the ID token to the userinfo endpoint, and adds more there.
func userInfo(moved []string, more authtest.Claims) func(*authtest.Answers) {
	return func(a *authtest.Answers) {
		a.Person, a.UserInfo = maps.Clone(a.Person), maps.Clone(a.UserInfo)
		for _, name := range moved {
			a.UserInfo[name] = a.Person[name]
			delete(a.Person, name)
		}
		maps.Copy(a.UserInfo, more)
	}
}

func discovery(name string, value any) func(*authtest.Answers) {
	return func(a *authtest.Answers) {
		a.Discovery = func(c authtest.Claims) { put(c, name, value) }
	}
}

func instead(path string, handler http.HandlerFunc) func(*authtest.Answers) {
	return func(a *authtest.Answers) { a.Instead[path] = handler }
}

func both(bends ...func(*authtest.Answers)) func(*authtest.Answers) {
	return func(a *authtest.Answers) {
		for _, bend := range bends {
			bend(a)
		}
	}
}

// back changes a parameter of the callback; "" leaves it out.
func back(name, value string) func(url.Values) {
	return func(v url.Values) {
		if v.Del(name); value != "" {
			v.Set(name, value)
		}
	}
}

func endless(w http.ResponseWriter, _ *http.Request) {
	for spaces := bytes.Repeat([]byte(" "), 64<<10); ; {
		if _, err := w.Write(spaces); err != nil {
			return
		}
	}
}

// echo is a token endpoint that says all it was sent, in every place that an error
// might be made of.
func echo(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		code := r.PostFormValue("code")
		_, secret, _ := r.BasicAuth()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Location", "https://%zz/"+code+secret)
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "error_description": code + r.PostFormValue("code_verifier") + secret, "error_uri": secret})
	}
}

func manyGroups() (groups []string) {
	for i := range 5000 {
		groups = append(groups, fmt.Sprintf("aaaaaaaa-bbbb-cccc-dddd-%012d", i))
	}
	return groups
}

const (
	well    = "/.well-known/openid-configuration"
	noClaim = "The sign-in service sent no claim called “groups”; the people who run Namesake should check that it sends it to Namesake, and here NAMESAKE_OIDC_GROUPS_CLAIM and NAMESAKE_OIDC_SCOPES."
	overage = "You are in more groups than the sign-in service puts into one sign-in, and it left out the claim “groups”. The people who run Namesake can configure the service to send " +
		"only the groups that are assigned to Namesake (in Entra ID: “Groups assigned to the application” in the groups claim), only some of them by a filter, " +
		"or app roles in their place (NAMESAKE_OIDC_GROUPS_CLAIM=roles). With Entra ID, NAMESAKE_OIDC_GROUPS_OVERAGE=graph makes Namesake ask Microsoft Graph for all of them."
	notText = "The sign-in service's claim “groups” is neither text nor a list of texts; the people who run Namesake should check there what it sends as groups."
	mixed   = "The sign-in service's claim “groups” is a list with something other than text in it; the people who run Namesake should check there what it sends as groups."
)

func jane(*auth.Identity) {}

func inGroups(groups ...string) func(*auth.Identity) {
	return func(i *auth.Identity) { i.Groups = groups }
}

func noGroups(why string) func(*auth.Identity) {
	return func(i *auth.Identity) { i.Groups, i.NoGroups = nil, why }
}
