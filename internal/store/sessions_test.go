package store

import (
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"namesake/internal/registry"
)

func TestSessions(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC)
	in := registry.Session{
		Hash:    "h1",
		Actor:   registry.Actor{Issuer: "i", Subject: "s", Email: "e", Name: "n", Role: registry.Editor, Auth: "oidc"},
		Address: "192.0.2.1", Browser: "Mozilla", Flash: []string{`{"a":"\u0000"}`, "b"}, Started: now, Seen: now.Add(time.Second),
	}
	onAll(t, func(t *testing.T, s *Store) {
		stands := func(hash string, want *registry.Session) {
			t.Helper()
			got, ok, err := s.Session(t.Context(), hash)
			if err != nil || ok != (want != nil) || ok && !reflect.DeepEqual(got, *want) {
				t.Errorf("Session returned %+v, %v, %v, want %+v", got, ok, err, want)
			}
		}
		addSession := func(in registry.Session, expired time.Time) {
			t.Helper()
			if err := s.AddSession(t.Context(), in, expired); err != nil {
				t.Fatal(err)
			}
		}
		stands("h1", nil)
		addSession(in, now)
		stands("h1", &in)

		ok, err := s.UpdateSession(t.Context(), "h1", func(s *registry.Session) {
			s.Flash, s.Seen = nil, now.Add(time.Minute)
			s.Actor.Role = registry.Admin // not its business
		})
		if !ok || err != nil {
			t.Errorf("UpdateSession: %v, %v", ok, err)
		}
		updated := in
		updated.Flash, updated.Seen = nil, now.Add(time.Minute)
		stands("h1", &updated)

		other := in
		other.Hash, other.Browser, other.Flash = "h2", "\xff\x00", nil
		other.Started = now.Add(time.Hour)
		addSession(other, now.Add(time.Microsecond))
		other.Browser = "\uFFFD\uFFFD"
		stands("h1", nil)
		stands("h2", &other)

		if err := s.DeleteSession(t.Context(), "h2"); err != nil {
			t.Fatal(err)
		}
		stands("h2", nil)
		ok, err = s.UpdateSession(t.Context(), "h2", func(*registry.Session) { t.Error("change was called") })
		if ok || err != nil {
			t.Errorf("UpdateSession of an ended session: %v, %v", ok, err)
		}
	})
}

// TestUpdateSessionAlone adds a notice from many requests at once: none is lost.
func TestUpdateSessionAlone(t *testing.T) {
	onAll(t, func(t *testing.T, s *Store) {
		if err := s.AddSession(t.Context(), registry.Session{Hash: "h"}, time.Time{}); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 20 {
			wg.Go(func() {
				if _, err := s.UpdateSession(t.Context(), "h", func(s *registry.Session) { s.Flash = append(s.Flash, fmt.Sprint(i)) }); err != nil {
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
