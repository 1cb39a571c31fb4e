package store

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/signin"
)

func TestSessionsKeepGroups(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	limits := signin.Limits{Idle: time.Hour, Absolute: time.Hour}
	onAll(t, func(t *testing.T, s *Store) {
		for _, groups := range [][]string{nil, {"CN=Sec Ops,OU=Groups", "/a/b", "\x00 \"é\""}} {
			in := signin.Session{Hash: "h", Groups: groups, Actor: rbac.Actor{Username: "jane", Role: rbac.Viewer}, Started: now, Seen: now}
			startSession(t, s, in, time.Time{}, audit.Record{Actor: in.Actor})
			if got, _, err := s.Session(t.Context(), "h"); err != nil || !reflect.DeepEqual(got, in) {
				t.Errorf("got %#v, %v\nwant %#v", got, err, in)
			}
			exec(t, s, `DELETE FROM sessions`)
		}
		// A session from before these columns existed.
		exec(t, s, `INSERT INTO sessions (hash, issuer, subject, email, name, role, auth, address, browser, flash, started, seen)
			VALUES ('old', 'i', 's', 'e', 'n', 'admin', 'oidc', '', '', 'null', $1, $1)`, micros(now))
		old, ok, err := s.Session(t.Context(), "old")
		if !ok || err != nil || old.Over(limits, now) != signin.EndedByUpdate || old.Over(limits, now.Add(time.Hour)) != signin.EndedByAge {
			t.Errorf("%+v, %v, is over because of %q", old, err, old.Over(limits, now))
		}
	})
}

// A stored refusal is replaced by a session; a session is never replaced.
func TestRefusalsGiveWay(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		refused := signin.Session{Hash: "h", Groups: []string{}}
		admitted := refused
		admitted.Actor.Role = rbac.Viewer
		for i, step := range []struct {
			start   signin.Session
			known   bool
			refused bool
		}{{refused, false, true}, {refused, true, true}, {admitted, false, false}, {admitted, true, false}, {refused, true, false}} {
			err := s.StartSession(t.Context(), step.start, time.Time{}, audit.Record{})
			got, _, _ := s.Session(t.Context(), "h")
			if errors.Is(err, signin.ErrKnown) != step.known || (err != nil) != step.known || got.Refused != step.refused {
				t.Errorf("step %d: %v, refused %v", i, err, got.Refused)
			}
		}
		checkWhole(t, s, 2)
	})
}

func TestRecordsWithoutAnEMailAddress(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		for _, test := range []struct{ in, want rbac.Actor }{
			{rbac.Actor{Subject: "s1", Email: "e", Name: "n", Username: "u"}, rbac.Actor{Subject: "s1", Email: "e"}},
			{rbac.Actor{Subject: "s1", Name: "Jané \"J\"", Username: "u\x00\\"}, rbac.Actor{Subject: "s1", Name: "Jané \"J\"", Username: "u\uFFFD\\"}},
			{rbac.Actor{Subject: "s2", Name: "u2", Username: "u2"}, rbac.Actor{Subject: "s2", Username: "u2"}},
			{rbac.Actor{Subject: "s3", Name: "s3"}, rbac.Actor{Subject: "s3"}},
			{rbac.Actor{Subject: "s4", Name: "n4"}, rbac.Actor{Subject: "s4", Name: "n4"}},
		} {
			sealed := add(t, s, audit.Record{Actor: test.in})
			got, err := s.Record(t.Context(), sealed.Seq)
			if err != nil || got.Actor != test.want {
				t.Errorf("got %+v, %v\nwant %+v", got.Actor, err, test.want)
			}
		}
		checkWhole(t, s, 5)
		for person, want := range map[string]int{"e": 1, "s1": 2, "u\uFFFD\\": 2, "u2": 1, "u": 0, "n4": 0} {
			found, err := s.Records(t.Context(), audit.Query{Person: person, Limit: 10})
			if err != nil || len(found) != want {
				t.Errorf("%q finds %d records, %v, want %d", person, len(found), err, want)
			}
		}
	})
}
