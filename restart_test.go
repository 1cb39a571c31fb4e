package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"namesake/internal/auth/authtest"
)

// A restart with other groups takes effect on existing sessions.
func TestARestartWithOtherGroups(t *testing.T) {
	p := authtest.New(t)
	p.Bend(func(a *authtest.Answers) {
		a.Person["groups"] = []string{"CN=Sec Ops,OU=Groups,DC=example,DC=com", "helpdesk"}
	})
	database := "sqlite:" + filepath.Join(t.TempDir(), "namesake.db")
	b := newVisitor(t) // browsers tell no ports apart, and the program takes another one each time
	for i, run := range []struct {
		admins, viewers string
		sessions, mine  int // the status of each page
	}{
		{`"CN=Sec Ops,OU=Groups,DC=example,DC=com"`, "staff", http.StatusOK, http.StatusOK},
		{"others", "helpdesk", http.StatusForbidden, http.StatusOK},
		{"others", "staff", http.StatusForbidden, http.StatusForbidden},
		{"helpdesk", "staff", http.StatusOK, http.StatusOK},
	} {
		environment(
			t, "NAMESAKE_AUTH", "oidc", "NAMESAKE_DATABASE_URL", database, "NAMESAKE_OIDC_ISSUER", p.URL, "NAMESAKE_OIDC_CLIENT_ID", p.ClientID,
			"NAMESAKE_OIDC_CLIENT_SECRET", p.ClientSecret, "NAMESAKE_ADMIN_GROUPS", run.admins, "NAMESAKE_VIEWER_GROUPS", run.viewers,
		)
		line, stop, ended := start(t)
		_, rest, _ := strings.Cut(line, "http://")
		base := "http://" + strings.Fields(rest)[0]
		if i == 0 {
			p.Register(base + "/auth/callback")
			b.sends(b.leadsTo(b.leadsTo(base+"/login")), nil, http.StatusSeeOther)
		}
		b.sends(base+"/sessions", nil, run.sessions)
		b.sends(base+"/sessions/mine", nil, run.mine)
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// leadsTo returns the address to which a page redirects the visitor.
func (v visitor) leadsTo(from string) string {
	v.t.Helper()
	req, err := http.NewRequestWithContext(v.t.Context(), http.MethodGet, from, http.NoBody)
	if err != nil {
		v.t.Fatal(err)
	}
	res, err := v.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode/100 != 3 {
		v.t.Fatalf("%s: status %d", from, res.StatusCode)
	}
	return res.Header.Get("Location")
}
