package auth_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
	"namesake/internal/signin"
	"namesake/internal/store"
)

// hinted signs in at a provider whose ID token is about as long as the group's name.
func hinted(t *testing.T, group string) auth.Hint {
	t.Helper()
	p := newParty(t, nil)
	p.provider.Bend(func(a *authtest.Answers) { a.Person["groups"] = []string{group} })
	to, f, err := p.Begin(t.Context(), "/", false)
	if err != nil {
		t.Fatal(err)
	}
	_, hint, err := p.Finish(t.Context(), f, authorize(t, to))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range p.provider.Secrets() {
		if told := fmt.Sprintf("%v %+v %#v %s", hint, hint, hint, slog.AnyValue(hint)); strings.Contains(told, secret) {
			t.Errorf("the hint tells its content: %s", told)
		}
	}
	return hint
}

func TestHintsAreBounded(t *testing.T) {
	for _, tt := range []struct {
		group string
		empty bool
	}{{"editors", false}, {strings.Repeat("x", 2000), false}, {strings.Repeat("x", 4000), true}} {
		if got := hinted(t, tt.group).Empty(); got != tt.empty {
			t.Errorf("with a group of %d letters: empty %t, want %t", len(tt.group), got, tt.empty)
		}
	}
}

func TestSealedHints(t *testing.T) {
	database, err := store.Open(t.Context(), store.Options{Engine: "sqlite"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	now := time.Now()
	sessions := func() *auth.Sessions {
		s, err := auth.NewSessions(auth.SessionOptions{
			Rows: database, Forms: database, Keys: database, Registrar: registrar{database},
			Limits: signin.Limits{Idle: time.Hour, Absolute: time.Hour}, Now: func() time.Time { return now },
		})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	hint := hinted(t, "editors")
	sealed, err := sessions().SealHint(t.Context(), hint)
	if err != nil {
		t.Fatal(err)
	}
	other := sessions() // another copy of the program
	if got, err := other.OpenHint(t.Context(), sealed); got != hint || err != nil {
		t.Errorf("it does not come back: %v", err)
	}
	flipped := []byte(sealed)
	flipped[len(flipped)/2] ^= 1
	for name, wrong := range map[string]string{"nothing": "", "text": "hint", "cut": sealed[:len(sealed)-4], "another": string(flipped), "long": strings.Repeat("A", 9000)} {
		if got, err := other.OpenHint(t.Context(), wrong); !got.Empty() || err != nil {
			t.Errorf("%s: %t, %v", name, got.Empty(), err)
		}
	}
	now = now.Add(6 * time.Minute)
	if got, err := other.OpenHint(t.Context(), sealed); !got.Empty() || err != nil {
		t.Errorf("after six minutes: %t, %v", got.Empty(), err)
	}
	if _, err := other.SealHint(t.Context(), auth.Hint{}); err == nil {
		t.Error("an empty hint is sealed")
	}
}

func FuzzOpenHint(f *testing.F) {
	database, err := store.Open(f.Context(), store.Options{Engine: "sqlite"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = database.Close() })
	s, err := auth.NewSessions(auth.SessionOptions{
		Rows: database, Forms: database, Keys: database, Registrar: registrar{database},
		Limits: signin.Limits{Idle: time.Hour, Absolute: time.Hour}, Now: time.Now,
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("")
	f.Add("AAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Fuzz(func(t *testing.T, sealed string) {
		if hint, err := s.OpenHint(t.Context(), sealed); !hint.Empty() || err != nil {
			t.Errorf("%q opens: %v", sealed, err)
		}
	})
}
