package sandbox_test

import (
	"slices"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

func TestAuthorization(t *testing.T) {
	const (
		list    = "GET " + registryPath
		create  = "POST " + registryPath
		foreign = "GET /client/v4/accounts/other/email-security/settings/impersonation_registry"
		user    = "GET /client/v4/user/tokens/verify"
		account = "GET /client/v4/accounts/acme/tokens/verify"
	)
	bearer := func(token string) []string { return []string{"Authorization", "Bearer " + token} }
	key := func(email, key string) []string { return []string{"X-Auth-Email", email, "X-Auth-Key", key} }
	tests := []struct {
		call   string
		header []string
		status int
		faults []string
		chain  int // code of the first error's cause
	}{
		{list, nil, 400, []string{"6003 -"}, 6111},
		{list, []string{"Authorization", "sandbox"}, 400, []string{"6003 -"}, 6111},
		{list, []string{"Authorization", "Basic c2FuZGJveA=="}, 400, []string{"6003 -"}, 6111},
		{list, bearer(""), 400, []string{"6003 -"}, 6111},
		{list, bearer("two words"), 400, []string{"6003 -"}, 6111},
		{list, bearer("stranger"), 401, []string{"1000 -"}, 0},
		{list, bearer("expired"), 403, []string{"10000 -"}, 0},
		{list, bearer("reader"), 200, []string{}, 0},
		{create, bearer("reader"), 403, []string{"10000 -"}, 0},
		{"PATCH " + registryPath + "/x", bearer("reader"), 403, []string{"10000 -"}, 0},
		{"DELETE " + registryPath + "/x", bearer("reader"), 403, []string{"10000 -"}, 0},
		{create, bearer("writer"), 400, []string{"11400 -"}, 0},
		{list, bearer("cfat_owned"), 200, []string{}, 0},
		{foreign, bearer("writer"), 403, []string{"10000 -"}, 0},
		{foreign, key("a@b.example", "secret"), 403, []string{"10000 -"}, 0},
		{list, key("a@b.example", "secret"), 200, []string{}, 0},
		{create, key("a@b.example", "secret"), 400, []string{"11400 -"}, 0},
		{list, key("a@b.example", "wrong"), 403, []string{"9103 -"}, 0},
		{list, key("stranger", "secret"), 400, []string{"6003 -"}, 6102},
		{list, key("a@b.example", "?"), 400, []string{"6003 -"}, 6103},
		{list, []string{"X-Auth-Key", "secret"}, 400, []string{"6003 -"}, 6102},
		{list, key(sandbox.DefaultEmail, sandbox.DefaultKey), 403, []string{"9103 -"}, 0}, // only by default
		{list, bearer(sandbox.DefaultToken), 401, []string{"1000 -"}, 0},

		{user, bearer("reader"), 200, []string{}, 0},
		{user, bearer("expired"), 200, []string{}, 0},
		{user, bearer("stranger"), 401, []string{"1000 -"}, 0},
		{user, bearer("cfat_owned"), 401, []string{"1000 -"}, 0},
		{user, key("a@b.example", "secret"), 400, []string{"6003 -"}, 6111},
		{account, bearer("cfat_owned"), 200, []string{}, 0},
		{account, bearer("writer"), 200, []string{}, 0},
		{"GET /client/v4/accounts/other/tokens/verify", bearer("writer"), 403, []string{"10000 -"}, 0},
		{"POST /client/v4/user/tokens/verify", bearer("writer"), 405, []string{"10405 -"}, 0},
		{"PUT " + registryPath, bearer("writer"), 405, []string{"10405 -"}, 0},
		{"POST " + registryPath + "/x", bearer("writer"), 405, []string{"10405 -"}, 0},

		{"GET /client/v4/", bearer("writer"), 404, []string{"7003 -"}, 0},
		{"GET /client/v4/zones", bearer("writer"), 404, []string{"7003 -"}, 0},
		{"GET /client/v4/accounts/acme/", bearer("writer"), 404, []string{"7003 -"}, 0},
		{"GET /accounts/acme/email-security/settings/impersonation_registry", bearer("writer"), 404, []string{"7003 -"}, 0},
		{"GET " + registryPath + "/", bearer("writer"), 404, []string{"7003 -"}, 0},
		{"GET " + registryPath + "/a/b", bearer("writer"), 404, []string{"7003 -"}, 0},
		{"GET " + registryPath + "/../../x", bearer("writer"), 404, []string{"7003 -"}, 0},
		{"GET " + registryPath + "s", bearer("writer"), 404, []string{"7003 -"}, 0},
		{strings.Replace(list, "acme", "a.b", 1), bearer("writer"), 404, []string{"7003 -"}, 0},
		{strings.Replace(list, "acme", strings.Repeat("a", 33), 1), bearer("writer"), 404, []string{"7003 -"}, 0},
		{strings.Replace(list, "acme", "", 1), bearer("writer"), 404, []string{"7003 -"}, 0},
	}
	_, c := serve(t, sandbox.Options{
		Seed: none, Account: "acme", Email: "a@b.example", Key: "secret",
		Tokens: []sandbox.Token{{Value: "writer"}, {Value: "reader", ReadOnly: true}, {Value: "cfat_owned"}, {Value: "expired", Status: "expired"}},
	})
	for _, tt := range tests {
		method, path, _ := strings.Cut(tt.call, " ")
		r := c.with(tt.header...).call(method, path, "")
		chain := 0
		if len(r.Errors) > 0 && len(r.Errors[0].ErrorChain) > 0 {
			chain = r.Errors[0].ErrorChain[0].Code
		}
		if r.Status != tt.status || !slices.Equal(r.faults(), tt.faults) || chain != tt.chain {
			t.Errorf("%s as %q: got %d %q chain %d, want %d %q chain %d",
				tt.call, tt.header, r.Status, r.faults(), chain, tt.status, tt.faults, tt.chain)
		}
	}
}

func TestTokenCheckAnswersWithAMessage(t *testing.T) {
	_, c := serve(t, sandbox.Options{Seed: none})
	r := c.call("GET", "/client/v4/user/tokens/verify", "")
	if len(r.Messages) != 1 || r.Messages[0].Code != 10000 || !strings.Contains(r.Raw, `"type":null`) || !strings.Contains(r.Raw, `"status":"active"`) {
		t.Errorf("got %s", r.Raw)
	}
}

func TestDefaultCredentials(t *testing.T) {
	_, c := serve(t, sandbox.Options{Seed: none, Account: ""})
	body := `{"name":"x","email":"`
	for i, tt := range []struct {
		c      *client
		status int
	}{
		{c.as(sandbox.DefaultToken), 201},
		{c.as(sandbox.DefaultReadToken), 403},
		{c.with("X-Auth-Email", sandbox.DefaultEmail, "X-Auth-Key", sandbox.DefaultKey), 201},
	} {
		path := "/client/v4/accounts/" + strings.Repeat("a", i+30) + "/email-security/settings/impersonation_registry"
		if r := tt.c.call("POST", path, body+string(rune('a'+i))+`@b.example","is_email_regex":false}`); r.Status != tt.status {
			t.Errorf("%d: got %d, want %d", i, r.Status, tt.status)
		}
	}
}
