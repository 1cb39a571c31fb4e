package auth_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/rbac"
	"namesake/internal/signin"
	"namesake/internal/store"
)

// registrar keeps sessions, and records nothing of note.
type registrar struct{ store *store.Store }

func (r registrar) StartSession(ctx context.Context, who rbac.Caller, n signin.Session) error {
	return r.store.StartSession(ctx, n, time.Time{}, audit.Record{Actor: who.Actor, Action: rbac.StartSession})
}

func (r registrar) EndSession(ctx context.Context, who rbac.Caller, hash string, why signin.EndReason) error {
	_, err := r.store.EndSession(ctx, hash, why, time.Now(), audit.Record{Actor: who.Actor, Action: rbac.EndSession})
	return err
}

// signedIn returns sessions, and two requests of one signed-in person that are
// in progress at the same time: both have been identified.
func signedIn(t *testing.T) (s *auth.Sessions, first, second *http.Request) {
	t.Helper()
	database, err := store.Open(t.Context(), store.Options{Engine: "sqlite"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	s, err = auth.NewSessions(auth.SessionOptions{
		Rows: database, Forms: database, Keys: database, Registrar: registrar{database},
		Limits: signin.Limits{Idle: time.Hour, Absolute: time.Hour}, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	who, _ := auth.DemoActor("editor")
	if err := s.SignIn(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/login", http.NoBody), rbac.Caller{Actor: who}, auth.Hint{}); err != nil {
		t.Fatal(err)
	}
	cookie := w.Result().Cookies()[0]
	request := func() *http.Request {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
		r.AddCookie(cookie)
		if _, err := s.Identify(r); err != nil {
			t.Fatal(err)
		}
		return r
	}
	return s, request(), request()
}

func TestASessionThatHasEndedIsNotBroughtBack(t *testing.T) {
	s, slow, signOut := signedIn(t)
	if err := s.SignOut(httptest.NewRecorder(), signOut, rbac.Caller{}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddFlash(slow, "late"); err == nil {
		t.Error("a notice was kept for a session that has ended")
	}
	again := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	again.AddCookie(slow.Cookies()[0])
	if who, err := s.Identify(again); err == nil {
		t.Errorf("%s is signed in again", who.Subject)
	}
}

func TestNoticesOfRequestsAtTheSameTimeAreAllKept(t *testing.T) {
	s, first, second := signedIn(t)
	for _, r := range []*http.Request{first, second} {
		if err := s.AddFlash(r, r.Method); err != nil {
			t.Fatal(err)
		}
	}
	next := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", http.NoBody)
	next.AddCookie(first.Cookies()[0])
	taken := 0
	for range 2 {
		notices, err := s.TakeFlash(next, func(string) bool { return true })
		if err != nil {
			t.Fatal(err)
		}
		taken += len(notices)
	}
	if taken != 2 {
		t.Errorf("%d notices, want 2, each once", taken)
	}
}
