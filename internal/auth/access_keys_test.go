package auth_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"namesake/internal/auth"
)

// secondSignature returns an ES256 token with the other signature that is valid for
// it: for every (r, s) there is (r, n-s).
func secondSignature(t *testing.T, token string) string {
	t.Helper()
	end := strings.LastIndexByte(token, '.') + 1
	signature, err := base64.RawURLEncoding.DecodeString(token[end:])
	if err != nil {
		t.Fatal(err)
	}
	s := new(big.Int).SetBytes(signature[32:])
	s.Sub(elliptic.P256().Params().N, s).FillBytes(signature[32:])
	return token[:end] + base64.RawURLEncoding.EncodeToString(signature)
}

func TestNewAccess(t *testing.T) {
	const form = "TeamURL must be https:// (or http:// on loopback) and a host, with nothing after it"
	for _, row := range []struct {
		name    string
		options auth.AccessOptions
		want    string // "" when it is fine
	}{
		{"nothing", auth.AccessOptions{}, "access: AUD is missing\nGroupsClaim is missing\nTeamURL is missing"},
		{"no audience", auth.AccessOptions{TeamURL: "https://team.cloudflareaccess.com", GroupsClaim: "groups"}, "access: AUD is missing"},
		{"all", auth.AccessOptions{TeamURL: "https://team.cloudflareaccess.com", AUD: "x", GroupsClaim: "groups"}, ""},
		{"loopback", auth.AccessOptions{TeamURL: "http://[::1]:8080", AUD: "x", GroupsClaim: "groups"}, ""},
		{"http", auth.AccessOptions{TeamURL: "http://team.cloudflareaccess.com", AUD: "x", GroupsClaim: "groups"}, "access: " + form},
		{"a slash", auth.AccessOptions{TeamURL: "https://team.cloudflareaccess.com/", AUD: "x"}, "access: GroupsClaim is missing\n" + form},
		{"no scheme", auth.AccessOptions{TeamURL: "team.cloudflareaccess.com", AUD: "x", GroupsClaim: "groups"}, "access: " + form},
		{"a password", auth.AccessOptions{TeamURL: "https://a:b@team.cloudflareaccess.com", AUD: "x", GroupsClaim: "groups"}, "access: " + form},
	} {
		t.Run(row.name, func(t *testing.T) {
			access, err := auth.NewAccess(row.options)
			if got := fmt.Sprint(err); got != row.want && (err != nil || row.want != "") {
				t.Errorf("%q, want %q", got, row.want)
			}
			if (access == nil) != (err != nil) {
				t.Errorf("Access %v beside the error %v", access, err)
			}
			if want := row.options.TeamURL + "/cdn-cgi/access/logout"; access != nil && access.SignOutURL() != want {
				t.Errorf("SignOutURL %q, want %q", access.SignOutURL(), want)
			}
		})
	}
}

// accessUnknown returns a token signed with a key that is not in the team's set.
func accessUnknown(n int) string {
	return accessEncode(fmt.Sprintf(`{"alg":"RS256","kid":"unknown-%d"}`, n)) + "." + accessEncode(`{"sub":"x"}`) + ".AAAA"
}

func TestAccessUnknownKeysDoNotFlood(t *testing.T) {
	app := newAccessApp(t, nil)
	good := app.token(nil)
	app.expect(t, good, "let in")
	for n := range 10_000 {
		app.expect(t, accessUnknown(n), "refused")
	}
	app.expectFetches(t, 2)
	app.expect(t, good, "let in")
	app.wait(time.Minute)
	for n := range 100 {
		app.expect(t, accessUnknown(n), "refused")
	}
	app.expectFetches(t, 3)
}

func TestAccessAnUnknownKeyComesFirst(t *testing.T) {
	app := newAccessApp(t, nil)
	app.expect(t, accessUnknown(1), "refused")
	app.expectFetches(t, 1)
	app.expect(t, app.token(nil), "let in")
	app.expectFetches(t, 1)
}

func TestAccessKeysRotate(t *testing.T) {
	app := newAccessApp(t, nil)
	old := app.token(map[string]any{"exp": accessStart.Add(12 * time.Hour).Unix()})
	app.expect(t, old, "let in")
	app.team.Rotate()
	app.expect(t, old, "let in") // until the set is fetched
	app.expect(t, app.token(nil), "let in")
	app.expect(t, old, "refused")
	app.expectFetches(t, 2)

	app.team.Rotate()
	second := app.token(nil)
	app.expect(t, second, "refused")
	app.expectFetches(t, 2)
	app.wait(time.Minute)
	app.expect(t, second, "let in")
	app.expectFetches(t, 3)
}

func TestAccessAKeyThatIsGone(t *testing.T) {
	app := newAccessApp(t, nil)
	old := app.token(map[string]any{"exp": accessStart.Add(12 * time.Hour).Unix()})
	app.expect(t, old, "let in")
	app.team.Rotate()
	app.wait(time.Hour - time.Second)
	app.expect(t, old, "let in")
	app.expectFetches(t, 1)
	app.wait(time.Second)
	app.expect(t, old, "refused")
	app.expectFetches(t, 2)
}

func TestAccessKeysRotateWhileTheTeamIsDown(t *testing.T) {
	app := newAccessApp(t, nil)
	app.expect(t, app.token(nil), "let in")
	app.team.Rotate()
	app.team.SetDown(true)
	rotated := app.token(nil)
	for range 10 {
		app.expect(t, rotated, "unavailable")
	}
	app.expectFetches(t, 2)
	app.team.SetDown(false)
	app.wait(time.Minute)
	app.expect(t, rotated, "let in")
	app.expectFetches(t, 3)
}

func TestAccessTheTeamIsDownAtStart(t *testing.T) {
	app := newAccessApp(t, nil)
	app.team.SetDown(true)
	token := app.token(nil)
	if err := app.Ping(t.Context()); err == nil {
		t.Error("ready without keys")
	}
	for range 100 {
		app.expect(t, token, "unavailable")
	}
	app.expectFetches(t, 1)
	app.team.SetDown(false)
	app.wait(5*time.Second - 1)
	app.expect(t, token, "unavailable")
	app.expectFetches(t, 1)
	app.wait(1)
	app.expect(t, token, "let in")
	if err := app.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	app.expectFetches(t, 2)
}

func TestAccessReadyWithoutARequest(t *testing.T) {
	app := newAccessApp(t, nil)
	app.expectFetches(t, 0)
	if err := app.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	app.expectFetches(t, 1)
}

func TestAccessStaleKeysWhileTheTeamIsDown(t *testing.T) {
	app := newAccessApp(t, nil)
	app.expect(t, app.token(nil), "let in")
	app.team.SetDown(true)
	app.wait(time.Hour)
	for range 10 {
		app.expect(t, app.token(nil), "let in")
	}
	app.expectFetches(t, 2)
	app.wait(time.Minute)
	app.expect(t, app.token(nil), "let in")
	app.expectFetches(t, 3)
	app.wait(22*time.Hour + 58*time.Minute)
	app.expect(t, app.token(nil), "let in")
	if err := app.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	app.wait(time.Minute)
	app.expect(t, app.token(nil), "unavailable")
	if err := app.Ping(t.Context()); err == nil {
		t.Error("ready with keys of yesterday")
	}
	app.team.SetDown(false)
	app.wait(5 * time.Second)
	app.expect(t, app.token(nil), "let in")
	app.expectNoSecrets(t)
}

// accessGate holds requests to the team back.
type accessGate struct {
	entered chan struct{}
	open    chan struct{}
}

func (g accessGate) RoundTrip(r *http.Request) (*http.Response, error) {
	g.entered <- struct{}{}
	<-g.open
	return http.DefaultTransport.RoundTrip(r)
}

func TestAccessACrowdMakesOneFetch(t *testing.T) {
	gate := accessGate{make(chan struct{}, 100), make(chan struct{})}
	app := newAccessApp(t, gate)
	header := accessWith(app.token(nil))
	var started, done sync.WaitGroup
	for range 100 {
		started.Add(1)
		done.Go(func() {
			started.Done()
			if _, err := app.Verify(t.Context(), header); err != nil {
				t.Error(err)
			}
		})
	}
	started.Wait()
	<-gate.entered
	close(gate.open)
	done.Wait()
	app.expectFetches(t, 1)
}

func TestAccessAFetchOutlivesItsRequest(t *testing.T) {
	gate := accessGate{make(chan struct{}, 100), make(chan struct{})}
	app := newAccessApp(t, gate)
	header := accessWith(app.token(nil))
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := app.Verify(ctx, header)
		left <- err
	}()
	<-gate.entered
	leave()
	err := <-left
	if got := app.result(auth.Identity{}, err); got.kind != "unavailable" || !errors.Is(err, context.Canceled) {
		t.Errorf("%+v: %v", got, err)
	}
	close(gate.open)
	app.expect(t, header.Get(accessHeader), "let in")
	app.expectFetches(t, 1)
}

func TestAccessAnswersThatAreNoKeySet(t *testing.T) {
	app := newAccessApp(t, nil)
	rsaKey, ecKey := app.team.PublicKeys()[0], app.team.PublicKeys()[1]
	token, tokenES := app.token(nil), app.team.SignES(app.person(nil))
	elsewhere := newAccessApp(t, nil)
	set := func(keys ...any) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			_ = json.NewEncoder(w).Encode(map[string]any{"keys": keys})
		}
	}
	keyWith := func(key jose.JSONWebKey, change map[string]any) map[string]any {
		encoded, err := json.Marshal(key)
		if err != nil {
			t.Fatal(err)
		}
		members := map[string]any{}
		if err := json.Unmarshal(encoded, &members); err != nil {
			t.Fatal(err)
		}
		maps.Copy(members, change)
		return members
	}
	small, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	p384, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	secret := jose.JSONWebKey{Key: []byte(strings.Repeat("k", 32)), KeyID: rsaKey.KeyID, Algorithm: "HS256", Use: "sig"}
	private := jose.JSONWebKey{Key: p384, KeyID: rsaKey.KeyID}
	for _, row := range []struct {
		name    string
		answer  http.HandlerFunc
		rsa, ec string // what comes of a token by either key
		log     string
	}{
		{"garbage", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, "unavailable", "unavailable", "answered no key set"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.team.URL+r.URL.Path, http.StatusFound)
		}, "unavailable", "unavailable", "answered 302"},
		{"too much", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(slices.Repeat([]byte(" "), 1<<20+1)) }, "unavailable", "unavailable", "longer than 1 MiB"},
		{"no keys", set(), "unavailable", "unavailable", "no key that can be used"},
		{"a shared secret", set(secret), "unavailable", "unavailable", "not a public RSA or EC key"},
		{"a private key", set(private), "unavailable", "unavailable", "not a public RSA or EC key"},
		{"a key for encryption", set(keyWith(rsaKey, map[string]any{"use": "enc"}), ecKey), "refused", "let in", "for another use"},
		{"a key for another algorithm", set(keyWith(rsaKey, map[string]any{"alg": "PS256"}), ecKey), "refused", "let in", "for another algorithm"},
		{"a key without a name", set(keyWith(rsaKey, map[string]any{"kid": ""}), ecKey), "refused", "let in", "has no id"},
		{"a small key", set(keyWith(jose.JSONWebKey{Key: &small.PublicKey}, map[string]any{"kid": rsaKey.KeyID}), ecKey), "refused", "let in", "fewer than 2048 bits"},
		{"another curve", set(keyWith(jose.JSONWebKey{Key: &p384.PublicKey}, map[string]any{"kid": ecKey.KeyID}), rsaKey), "let in", "refused", "another curve"},
		{"no key at all", set("key", rsaKey), "let in", "refused", "not a key"},
		{"keys without use and algorithm", set(keyWith(jose.JSONWebKey{Key: rsaKey.Key, KeyID: rsaKey.KeyID}, nil), ecKey), "let in", "let in", ""},
		{"a secret of the same name", set(secret, rsaKey, ecKey), "let in", "let in", "not a public RSA or EC key"},
	} {
		t.Run(row.name, func(t *testing.T) {
			fresh, err := auth.NewAccess(auth.AccessOptions{TeamURL: app.team.URL, AUD: accessAUD, GroupsClaim: "groups", Now: app.clock, Log: app.logger()})
			if err != nil {
				t.Fatal(err)
			}
			app.Access = fresh
			app.record.Reset()
			app.team.SetCerts(row.answer)
			app.expect(t, token, row.rsa)
			app.expect(t, tokenES, row.ec)
			if log := app.record.String(); !strings.Contains(log, row.log) || row.log == "" && strings.Contains(log, "WARN") {
				t.Errorf("the log has no %q: %s", row.log, log)
			}
			app.expectNoSecrets(t)
		})
	}
	elsewhere.expectFetches(t, 0)
}
