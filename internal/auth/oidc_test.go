package auth_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
)

const callback = "https://namesake.haldenvoss.example/auth/callback"

// party is a provider and its client, by one clock that stands still.
type party struct {
	*auth.OIDC
	provider *authtest.Provider
	now      time.Time
	log      bytes.Buffer
}

func newParty(t testing.TB, change func(*auth.OIDCOptions)) *party {
	t.Helper()
	p := &party{provider: authtest.New(t, callback), now: time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return p.now }
	p.provider.Bend(func(a *authtest.Answers) { a.Now = clock })
	o := auth.OIDCOptions{
		Issuer: p.provider.URL, ClientID: p.provider.ClientID, ClientSecret: p.provider.ClientSecret,
		Scopes: []string{"openid", "email", "profile"}, GroupsClaim: "groups", RedirectURL: callback,
		Now: clock, Log: slog.New(slog.NewTextHandler(&p.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&o)
	}
	client, err := auth.NewOIDC(o)
	if err != nil {
		t.Fatal(err)
	}
	p.OIDC = client
	return p
}

// authorize follows a browser to the provider and returns what it comes back with.
func authorize(t testing.TB, to string) url.Values {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := browser.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	back, err := resp.Location()
	if err != nil {
		t.Fatalf("status %d: %v", resp.StatusCode, err)
	}
	return back.Query()
}

// signIn goes the whole way. flow and answer, where given, change what Begin and the
// provider said.
func (p *party) signIn(t testing.TB, flow func(*auth.Flow), answer func(url.Values)) (auth.Identity, error) {
	t.Helper()
	to, f, err := p.Begin(t.Context(), "/entries", false)
	if err != nil {
		return auth.Identity{}, err
	}
	back := authorize(t, to)
	if flow != nil {
		flow(&f)
	}
	if answer != nil {
		answer(back)
	}
	who, _, err := p.Finish(t.Context(), f, back)
	return who, err
}

// outcome is an error in the words that a person gets, without the provider's port.
func (p *party) outcome(err error) string {
	var refused *auth.RefusedError
	var unavailable *auth.UnavailableError
	text := ""
	switch {
	case errors.As(err, &refused):
		text = "refused: " + refused.Reason
	case errors.As(err, &unavailable):
		text = "unavailable: " + unavailable.Reason
	case err != nil:
		text = "of no known kind: " + err.Error()
	}
	return strings.ReplaceAll(text, p.provider.URL, "ISSUER")
}

func TestSignIn(t *testing.T) {
	for _, a := range attempts {
		t.Run(a.name, func(t *testing.T) {
			p, who, err := a.run(t)
			if got := p.outcome(err); got != a.fails {
				t.Fatalf("got  %s\nwant %s\n(%v)", got, a.fails, err)
			}
			var want auth.Identity
			if a.want != nil {
				want = auth.Identity{
					Issuer: p.provider.URL, Subject: "248289761001",
					Name: "Jane Doe", Email: "jane.doe@haldenvoss.example", Groups: []string{"namesake-editors"},
				}
				a.want(&want)
			}
			who.Claims = nil // TestDescribe
			if !reflect.DeepEqual(who, want) {
				t.Errorf("got  %#v\nwant %#v", who, want)
			}
			if logged := p.log.Len() > 0; logged != a.logged {
				t.Errorf("logged %t, want %t: %s", logged, a.logged, &p.log)
			}
		})
	}
}

// TestNoSecretIsTold holds that nothing a provider hands out, or is shown, gets into
// an error, an identity or the log.
func TestNoSecretIsTold(t *testing.T) {
	looked := 0
	for _, a := range attempts {
		var flow auth.Flow
		of := a.flow
		a.flow = func(f *auth.Flow) {
			if flow = *f; of != nil {
				of(f)
			}
		}
		p, who, err := a.run(t)
		told := fmt.Sprintf("%v %+v %s", err, who, &p.log)
		for cause := err; cause != nil; cause = errors.Unwrap(cause) {
			told += fmt.Sprintf(" %v %#v", cause, cause)
		}
		for _, secret := range append(p.provider.Secrets(), flow.State, flow.Nonce, flow.Verifier) {
			if looked++; secret != "" && strings.Contains(told, secret) {
				t.Errorf("%s: a secret is told: %s in %s", a.name, secret, told)
			}
		}
	}
	if looked < 5*len(attempts) {
		t.Errorf("looked for %d secrets only", looked)
	}

	o := auth.OIDCOptions{Issuer: "https://sso.haldenvoss.example", ClientID: "namesake", ClientSecret: "hush"}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("options", "oidc", o)
	if told := fmt.Sprintf("%v %+v %#v %s", o, &o, o, &log); strings.Contains(told, "hush") {
		t.Error("the options tell the secret: " + told)
	}
}

func TestACodeIsGoodOnce(t *testing.T) {
	p := newParty(t, nil)
	to, f, err := p.Begin(t.Context(), "/", false)
	if err != nil {
		t.Fatal(err)
	}
	answer := authorize(t, to)
	if _, _, err := p.Finish(t.Context(), f, answer); err != nil {
		t.Fatal(err)
	}
	who, _, err := p.Finish(t.Context(), f, answer)
	if got := p.outcome(err); got != "refused: The code was used already or is too old: sign in again." || !reflect.DeepEqual(who, auth.Identity{}) {
		t.Errorf("%+v, %s", who, got)
	}
}

func TestKeysMayBeChangedAtAnyTime(t *testing.T) {
	p := newParty(t, nil)
	for range 2 {
		if _, err := p.signIn(t, nil, nil); err != nil {
			t.Fatal(err)
		}
		p.provider.Rotate()
	}
}

func TestBegin(t *testing.T) {
	p := newParty(t, nil)
	seen := map[string]bool{}
	for _, reauthenticate := range []bool{false, true} {
		to, f, err := p.Begin(t.Context(), "/entries?q=a", reauthenticate)
		if err != nil {
			t.Fatal(err)
		}
		u, err := url.Parse(to)
		if err != nil {
			t.Fatal(err)
		}
		asked := u.Query()
		challenge := asked.Get("code_challenge")
		if len(challenge) != 43 || challenge == f.Verifier {
			t.Errorf("challenge %q", challenge)
		}
		asked.Del("code_challenge")
		want := url.Values{
			"client_id": {"namesake"}, "redirect_uri": {callback}, "response_type": {"code"}, "scope": {"openid email profile"},
			"state": {f.State}, "nonce": {f.Nonce}, "code_challenge_method": {"S256"},
		}
		if reauthenticate {
			want.Set("prompt", "login")
		}
		if !reflect.DeepEqual(asked, want) {
			t.Errorf("asked %v\nwant  %v", asked, want)
		}
		for _, secret := range []string{f.State, f.Nonce, f.Verifier} {
			if len(secret) < 26 || seen[secret] {
				t.Errorf("%q is short, or not new", secret)
			}
			seen[secret] = true
		}

		sealed, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		var opened auth.Flow
		if err := json.Unmarshal(sealed, &opened); err != nil || opened != f || f.Next != "/entries?q=a" || !f.Started.Equal(p.now) {
			t.Errorf("%+v came back as %+v: %v", f, opened, err)
		}
	}
}

func TestSigningOutOfTheProvider(t *testing.T) {
	p := newParty(t, nil)
	const home = "https://namesake.haldenvoss.example/signed-out"
	p.provider.Register(home)
	if to := p.SignOutURL(auth.Hint{}, home, "s"); to != "" {
		t.Errorf("%q before the provider is known", to)
	}
	p.provider.Bend(discovery("end_session_endpoint", p.provider.URL+"/logout?tenant=7"))
	if err := p.Discover(t.Context()); err != nil {
		t.Fatal(err)
	}
	to := p.SignOutURL(auth.Hint{}, home, "s")
	if want := p.provider.URL + "/logout?client_id=namesake&post_logout_redirect_uri=" + url.QueryEscape(home) + "&state=s&tenant=7"; to != want {
		t.Errorf("got %s\nwant %s", to, want)
	}
	if back := authorize(t, to); back.Get("state") != "s" {
		t.Errorf("came back with %v", back)
	}

	for _, test := range []struct {
		name   string
		end    any
		wantTo string
	}{
		{name: "none"},
		{name: "on another host", end: "https://out.haldenvoss.example:8443/", wantTo: "https://out.haldenvoss.example:8443/?client_id=namesake"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newParty(t, nil)
			p.provider.Bend(discovery("end_session_endpoint", test.end))
			if err := p.Discover(t.Context()); err != nil {
				t.Fatal(err)
			}
			if to := p.SignOutURL(auth.Hint{}, "", ""); to != test.wantTo {
				t.Errorf("to %q, want %q", to, test.wantTo)
			}
		})
	}
}

func TestNewOIDC(t *testing.T) {
	good := auth.OIDCOptions{Issuer: "https://a.example", ClientID: "b", ClientSecret: "c", Scopes: []string{"openid"}, GroupsClaim: "d", RedirectURL: "https://e.example"}
	const unsafe = "openid connect: the issuer must be an https URL, or http on a loopback address"
	for _, test := range []struct {
		name   string
		change func(*auth.OIDCOptions)
		want   string
	}{
		{name: "all", change: func(*auth.OIDCOptions) {}},
		{name: "nothing", change: func(o *auth.OIDCOptions) { *o = auth.OIDCOptions{} }, want: "openid connect: missing: Issuer, ClientID, ClientSecret, Scopes with openid, GroupsClaim, RedirectURL"},
		{name: "no openid", change: func(o *auth.OIDCOptions) { o.Scopes = []string{"email"} }, want: "openid connect: missing: Scopes with openid"},
		{name: "in the clear", change: func(o *auth.OIDCOptions) { o.Issuer = "http://a.example" }, want: unsafe},
		{name: "this machine", change: func(o *auth.OIDCOptions) { o.Issuer = "http://[::1]:8080/realm" }},
		{name: "no URL", change: func(o *auth.OIDCOptions) { o.Issuer = "a.example" }, want: unsafe},
		{name: "a name in it", change: func(o *auth.OIDCOptions) { o.Issuer = "https://me:hush@a.example" }, want: unsafe},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := good
			test.change(&o)
			client, err := auth.NewOIDC(o)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != test.want || (client == nil) != (test.want != "") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
