package store

import (
	"errors"
	"fmt"
	"net/url"
	"reflect"
	"sync"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/signin"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC)
	who := rbac.Actor{Issuer: "i", Subject: "s", Email: "e", Name: "n", Role: rbac.Editor, Auth: "oidc"}
	in := signin.Session{
		Hash: "h1", Actor: who, Address: "192.0.2.1", Browser: "Mozilla", Flash: []string{`{"a":"\u0000"}`, "b"},
		Started: now, Seen: now.Add(time.Second), Expires: now.Add(time.Hour),
	}
	onAll(t, func(t *testing.T, s *Store) {
		stands := func(hash string, want *signin.Session) {
			t.Helper()
			got, ok, err := s.Session(t.Context(), hash)
			if err != nil || ok != (want != nil) || ok && !reflect.DeepEqual(got, *want) {
				t.Errorf("Session returned %+v, %v, %v, want %+v", got, ok, err, want)
			}
		}
		open := func(issuer, subject string, want ...string) {
			t.Helper()
			list, err := s.OpenSessions(t.Context(), signin.Query{Issuer: issuer, Subject: subject})
			got := []string{}
			for _, n := range list {
				got = append(got, n.Hash)
			}
			if err != nil || !reflect.DeepEqual(got, append([]string{}, want...)) {
				t.Errorf("OpenSessions(%q, %q) returned %v, %v, want %v", issuer, subject, got, err, want)
			}
		}
		started := audit.Record{Actor: who, Action: rbac.StartSession, Outcome: audit.OutcomeDone}
		stands("h1", nil)
		startSession(t, s, in, time.Time{}, started)
		stands("h1", &in)
		if err := s.StartSession(t.Context(), in, time.Time{}, started); !errors.Is(err, signin.ErrKnown) {
			t.Errorf("a second session with the same hash: %v", err)
		}
		checkWhole(t, s, 1)

		ok, err := s.UpdateSession(t.Context(), "h1", func(s *signin.Session) {
			s.Flash, s.Seen = nil, now.Add(time.Minute)
			s.Actor.Role = rbac.Admin // not its business
		})
		if !ok || err != nil {
			t.Errorf("UpdateSession: %v, %v", ok, err)
		}
		updated := in
		updated.Flash, updated.Seen = nil, now.Add(time.Minute)
		stands("h1", &updated)

		other := in
		other.Hash, other.Browser, other.Flash, other.Actor.Subject = "h2", "\xff\x00", nil, "s2"
		other.Started, other.Expires = now.Add(time.Hour), time.Time{}
		startSession(t, s, other, time.Time{}, started)
		other.Browser = "\uFFFD\uFFFD"
		stands("h2", &other)
		open("", "", "h2", "h1")
		open("i", "s", "h1")
		open("j", "s")

		ended := audit.Record{Actor: who, Action: rbac.EndSession, Outcome: audit.OutcomeDone}
		for _, want := range []bool{true, false} {
			if ok, err := s.EndSession(t.Context(), "h2", signin.EndedByPerson, now.Add(2*time.Hour), ended); ok != want || err != nil {
				t.Errorf("EndSession: %v, %v, want %v", ok, err, want)
			}
		}
		checkWhole(t, s, 3)
		other.Ended, other.EndReason = now.Add(2*time.Hour), signin.EndedByPerson
		stands("h2", &other)
		open("", "", "h1")
		ok, err = s.UpdateSession(t.Context(), "h2", func(*signin.Session) { t.Error("change was called") })
		if ok || err != nil {
			t.Errorf("UpdateSession of an ended session: %v, %v", ok, err)
		}
		if err := s.StartSession(t.Context(), other, time.Time{}, started); !errors.Is(err, signin.ErrKnown) {
			t.Errorf("a session that has ended is started again: %v", err)
		}

		// An ended session is removed later, but not before its identity proof expires.
		if _, err := s.EndSession(t.Context(), "h1", signin.EndedSignOut, now.Add(time.Minute), ended); err != nil {
			t.Fatal(err)
		}
		third := in
		third.Hash, third.Started = "h3", in.Started.Add(time.Second)
		startSession(t, s, third, now.Add(30*time.Minute), started)
		if _, ok, _ := s.Session(t.Context(), "h1"); !ok {
			t.Error("h1 is forgotten before it expires")
		}
		third.Hash = "h4"
		startSession(t, s, third, now.Add(2*time.Hour), started)
		stands("h1", nil)
		stands("h2", &other)
		of := []string{}
		sessions, err := s.SessionsOf(t.Context(), "i", "s")
		for _, n := range sessions {
			of = append(of, n.Hash)
		}
		if want := []string{"h3", "h4"}; err != nil || !reflect.DeepEqual(of, want) {
			t.Errorf("SessionsOf returned %v, %v, want %v", of, err, want)
		}
	})
}

func startSession(t *testing.T, s *Store, n signin.Session, forget time.Time, r audit.Record) {
	t.Helper()
	if err := s.StartSession(t.Context(), n, forget, r); err != nil {
		t.Fatal(err)
	}
}

// TestUpdateSessionAlone adds notices from many requests at the same time: none is lost.
func TestUpdateSessionAlone(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		startSession(t, s, signin.Session{Hash: "h"}, time.Time{}, audit.Record{})
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if _, err := s.UpdateSession(t.Context(), "h", func(s *signin.Session) { s.Flash = append(s.Flash, fmt.Sprint(i)) }); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if got, _, err := s.Session(t.Context(), "h"); len(got.Flash) != 20 || err != nil {
			t.Errorf("%d notices, %v", len(got.Flash), err)
		}
	})
}

// TestASessionStartsAndEndsOnce starts and ends one session from many requests at the same
// time: each is recorded once.
func TestASessionStartsAndEndsOnce(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if err := s.StartSession(t.Context(), signin.Session{Hash: "h"}, time.Time{}, audit.Record{}); err != nil && !errors.Is(err, signin.ErrKnown) {
					t.Error(err)
				}
				if _, err := s.EndSession(t.Context(), "h", signin.EndedSignOut, time.Now(), audit.Record{Action: rbac.EndSession}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		checkWhole(t, s, 2)
	})
}

func TestSavedForms(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	form := signin.SavedForm{
		Issuer: "i", Subject: "s", Path: "/accounts/a/entries/new", SavedAt: now,
		Values: url.Values{"name": {"Jane \x00 &= 你"}, "key": {"k"}},
	}
	onAll(t, func(t *testing.T, s *Store) {
		keep := func(id string, f signin.SavedForm, forget time.Time) {
			t.Helper()
			if err := s.SaveForm(t.Context(), id, f, forget); err != nil {
				t.Fatal(err)
			}
		}
		kept := func(id, issuer, subject string) bool {
			t.Helper()
			got, ok, err := s.SavedForm(t.Context(), id, issuer, subject)
			if err != nil || ok && !reflect.DeepEqual(got, form) {
				t.Errorf("SavedForm returned %+v, %v", got, err)
			}
			return ok
		}
		keep("a", form, time.Time{})
		for _, test := range []struct {
			id, issuer, subject string
			want                bool
		}{
			{"a", "i", "s", true}, {"a", "i", "s", true}, {"b", "i", "s", false}, {"a", "j", "s", false}, {"a", "i", "t", false},
		} {
			if got := kept(test.id, test.issuer, test.subject); got != test.want {
				t.Errorf("%+v: %v", test, got)
			}
		}
		if err := s.DropForm(t.Context(), "a", "i", "t"); err != nil || !kept("a", "i", "s") {
			t.Errorf("another person dropped it: %v", err)
		}
		if err := s.DropForm(t.Context(), "a", "i", "s"); err != nil || kept("a", "i", "s") {
			t.Errorf("it is still there: %v", err)
		}

		keep("old", form, time.Time{})
		later := form
		later.SavedAt = now.Add(time.Hour)
		for i := range maxFormsPerPerson {
			keep(fmt.Sprint(i), later, time.Time{})
		}
		if kept("old", "i", "s") {
			t.Error("more than a person's share is kept")
		}
		later.Subject = "t"
		keep("other", later, now.Add(time.Hour+time.Second))
		if _, ok, _ := s.SavedForm(t.Context(), "0", "i", "s"); ok {
			t.Error("what is old is kept")
		}
	})
}

func TestSessionKeys(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	first := signin.Key{Seq: 1, Secret: []byte{0, 1, 255}, CreatedAt: now}
	second := signin.Key{Seq: 2, Secret: []byte("2"), CreatedAt: now.Add(time.Hour)}
	onAll(t, func(t *testing.T, s *Store) {
		for _, step := range []struct {
			add    signin.Key
			forget time.Time
			want   []signin.Key
		}{
			{first, time.Time{}, []signin.Key{first}},
			{signin.Key{Seq: 1, Secret: []byte("of another copy"), CreatedAt: now}, time.Time{}, []signin.Key{first}},
			{second, time.Time{}, []signin.Key{first, second}},
			{signin.Key{Seq: 2}, now.Add(time.Minute), []signin.Key{second}},
		} {
			if err := s.AddSessionKey(t.Context(), step.add, step.forget); err != nil {
				t.Fatal(err)
			}
			if got, err := s.SessionKeys(t.Context()); err != nil || !reflect.DeepEqual(got, step.want) {
				t.Errorf("got %v, %v, want %v", got, err, step.want)
			}
		}
	})
}

// A hint is only returned on request, and is removed with its session.
func TestSessionHints(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		startSession(t, s, signin.Session{Hash: "with", Hint: "sealed"}, time.Time{}, audit.Record{})
		startSession(t, s, signin.Session{Hash: "without"}, time.Time{}, audit.Record{})
		expect := func(hash, want string) {
			t.Helper()
			if got, err := s.SessionHint(t.Context(), hash); got != want || err != nil {
				t.Errorf("the hint of %s is %q, %v; want %q", hash, got, err, want)
			}
		}
		expect("with", "sealed")
		expect("without", "")
		expect("unknown", "")
		if n, _, err := s.Session(t.Context(), "with"); n.Hint != "" || err != nil {
			t.Errorf("the session comes with its hint %q, %v", n.Hint, err)
		}
		if _, err := s.EndSession(t.Context(), "with", signin.EndedSignOut, time.Now(), audit.Record{}); err != nil {
			t.Fatal(err)
		}
		var left string
		if err := s.read.QueryRowContext(t.Context(), `SELECT hint FROM sessions WHERE hash = 'with'`).Scan(&left); left != "" || err != nil {
			t.Errorf("after the end %q is left, %v", left, err)
		}
	})
}
