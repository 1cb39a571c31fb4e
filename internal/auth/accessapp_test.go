package auth_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
)

const (
	accessAUD    = "32eafc7626e974616deaf0dc3ce63d7bcbed58a2731e84d06bc3cdf1b53c4228"
	accessHeader = "Cf-Access-Jwt-Assertion"
	accessBot    = "6f1c.access"
)

var accessStart = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// accessApp is Access in front of a stand-in team, with a clock that stands still.
type accessApp struct {
	*auth.Access
	team *authtest.Team

	mu  sync.Mutex
	now time.Time
	// record holds every error, reason and log line; sent every header value.
	record bytes.Buffer
	sent   []string
}

func newAccessApp(t testing.TB, transport http.RoundTripper) *accessApp {
	t.Helper()
	app := &accessApp{team: authtest.NewTeam(t), now: accessStart}
	access, err := auth.NewAccess(auth.AccessOptions{
		TeamURL: app.team.URL, AUD: accessAUD, ServiceTokens: []string{accessBot}, GroupsClaim: "groups",
		Transport: transport, Now: app.clock, Log: app.logger(),
	})
	if err != nil {
		t.Fatal(err)
	}
	app.Access = access
	return app
}

func (app *accessApp) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(app, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

func (app *accessApp) clock() time.Time {
	app.mu.Lock()
	defer app.mu.Unlock()
	return app.now
}

func (app *accessApp) wait(d time.Duration) {
	app.mu.Lock()
	defer app.mu.Unlock()
	app.now = app.now.Add(d)
}

// Write takes the log.
func (app *accessApp) Write(line []byte) (int, error) {
	app.mu.Lock()
	defer app.mu.Unlock()
	return app.record.Write(line)
}

func (app *accessApp) person(change map[string]any) map[string]any {
	claims := app.team.Person("7335d417", accessAUD, app.clock())
	for name, value := range change {
		claims[name] = value
		if value == nil {
			delete(claims, name)
		}
	}
	return claims
}

func (app *accessApp) token(change map[string]any) string { return app.team.Sign(app.person(change)) }

func accessWith(token string) http.Header { return http.Header{accessHeader: {token}} }

// accessResult is all that comes of a call that a table compares.
type accessResult struct {
	identity     auth.Identity
	kind, reason string
}

// result notes down what came of a call.
func (app *accessApp) result(who auth.Identity, err error) accessResult {
	got := accessResult{identity: who, kind: "let in"}
	var refused *auth.RefusedError
	var unavailable *auth.UnavailableError
	switch {
	case errors.As(err, &refused):
		got = accessResult{kind: "refused", reason: refused.Reason}
	case errors.As(err, &unavailable):
		got = accessResult{kind: "unavailable", reason: unavailable.Reason}
	case err != nil:
		got = accessResult{kind: "failed", reason: err.Error()}
	}
	_, _ = fmt.Fprintf(app, "%v %+v %#v %+v\n", err, err, err, who)
	return got
}

func (app *accessApp) verify(t testing.TB, header http.Header) (auth.Assertion, accessResult) {
	t.Helper()
	for _, values := range header {
		app.sent = append(app.sent, values...)
	}
	as, err := app.Verify(t.Context(), header)
	if err != nil && !reflect.DeepEqual(as, auth.Assertion{}) {
		t.Errorf("an assertion beside the error %v: %+v", err, as)
	}
	return as, app.result(as.Identity, err)
}

// expect verifies token, and compares the kind of what comes of it.
func (app *accessApp) expect(t testing.TB, token, kind string) {
	t.Helper()
	if _, got := app.verify(t, accessWith(token)); got.kind != kind {
		t.Errorf("%s (%s), want %s", got.kind, got.reason, kind)
	}
}

func (app *accessApp) expectFetches(t testing.TB, want int) {
	t.Helper()
	if got := app.team.Fetches(); got != want {
		t.Errorf("the keys were fetched %d times, want %d", got, want)
	}
}

// expectNoSecrets looks for assertions, whole or in parts, in all that was said.
func (app *accessApp) expectNoSecrets(t testing.TB) {
	t.Helper()
	record := app.record.String()
	if record == "" {
		t.Fatal("nothing was recorded")
	}
	for _, secret := range append(app.team.Secrets(), app.sent...) {
		for part := range strings.SplitSeq(secret, ".") {
			if len(part) > 30 && strings.Contains(record, part[:30]) {
				t.Errorf("%.60s... is in an error or in the log", part)
			}
		}
	}
}

func accessEncode(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
