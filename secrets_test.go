package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"namesake/internal/auth/authtest"
	"namesake/internal/cfapi/sandbox"
)

// A whole run, from the first request to the end: sign-in, work, mistakes, metrics,
// sign-out. Its output and answers contain none of the secrets that it got or issued.
func TestAWholeRunTellsNoSecret(t *testing.T) {
	const token, account = "t0ken-that-must-stay-secret", "0fa5b07c9a1d4e6a8b3c2d1e0f9a8b7c"
	api := httptest.NewServer(sandbox.New(sandbox.Options{Account: account, Tokens: []sandbox.Token{{Value: token}}}))
	t.Cleanup(api.Close)
	provider := authtest.New(t)
	provider.Bend(func(a *authtest.Answers) {
		a.Person = authtest.Claims{"sub": "1", "name": "Ada", "email": "ada@haldenvoss.example", "groups": "admins"}
	})
	secretFile := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secretFile, []byte(provider.ClientSecret), 0o600); err != nil {
		t.Fatal(err)
	}
	environment(
		t, "NAMESAKE_AUTH", "oidc", "NAMESAKE_OIDC_ISSUER", provider.URL, "NAMESAKE_OIDC_CLIENT_ID", provider.ClientID,
		"NAMESAKE_OIDC_CLIENT_SECRET_FILE", secretFile, "NAMESAKE_ADMIN_GROUPS", "admins", "NAMESAKE_METRICS_ADDR", "127.0.0.1:0",
		"CLOUDFLARE_API_TOKEN", token, "CLOUDFLARE_ACCOUNT_ID", account, "CLOUDFLARE_BASE_URL", api.URL+sandbox.Prefix,
		"NAMESAKE_DATABASE_URL", "sqlite:"+t.TempDir()+"/n.db",
	)
	var log logBuffer
	greeting, stop, ended := startLogging(t, &log)
	_, rest, _ := strings.Cut(greeting, "http://")
	base := "http://" + strings.Fields(rest)[0]
	provider.Register(base+"/auth/callback", base+"/login")

	told := map[string]string{"greeting": greeting}
	secrets := append(provider.Secrets(), token)
	v := newVisitor(t)
	site, _ := url.Parse(base)
	ask := func(to string, form url.Values, status int) (location string) {
		t.Helper()
		if strings.HasPrefix(to, "/") {
			to = base + to
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, http.NoBody)
		if form != nil {
			req, err = http.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(form.Encode()))
		}
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := v.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if res.StatusCode != status {
			t.Errorf("%s: status %d, want %d\n%s", to, res.StatusCode, status, body)
		}
		if strings.HasPrefix(to, base) {
			told[to+" (body)"] += string(body)
		}
		for _, cookie := range v.Jar.Cookies(site) {
			secrets = append(secrets, cookie.Value)
		}
		return res.Header.Get("Location")
	}
	back := ask(ask("/login?next=/sessions", nil, http.StatusSeeOther), nil, http.StatusFound)
	ask(back, nil, http.StatusSeeOther)
	ask(back, nil, http.StatusUnauthorized) // once more
	ask("/auth/callback?code=made-up-code&state=made-up-state", nil, http.StatusUnauthorized)
	for _, path := range []string{"/sessions", "/sessions/mine", "/audit", "/audit/1", "/audit.jsonl", "/accounts/" + account + "/entries", "/readyz"} {
		ask(path, nil, http.StatusOK)
	}
	ask("/accounts/"+account+"/entries", url.Values{"name": {"Jane"}, "email": {"jane@example.com"}}, http.StatusSeeOther)
	ask("/accounts/"+account+"/entries", url.Values{"name": {""}}, http.StatusUnprocessableEntity)
	api.Close() // and now the API is gone
	ask("/accounts/"+account+"/entries", nil, http.StatusOK)
	ask("/accounts/"+account+"/refresh", url.Values{}, http.StatusSeeOther)
	ask("/accounts/"+account+"/entries/new-entry", nil, http.StatusNotFound)
	_, told["metrics"] = get(t, metricsURLs(t, log.String())[0])
	ask("/logout", url.Values{}, http.StatusSeeOther)
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	told["log"] = log.String()

	secrets = append(secrets, provider.Secrets()...)
	if len(secrets) < 12 {
		t.Fatalf("only %d secrets", len(secrets))
	}
	for where, text := range told {
		for _, secret := range secrets {
			if secret != "" && strings.Contains(text, secret) {
				t.Errorf("%s holds the secret %q", where, secret)
			}
		}
	}
}
