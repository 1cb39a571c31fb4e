package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

func TestAppendAndRead(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		r := audit.Record{
			Time: time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.FixedZone("", 3600)), RequestID: "req",
			Actor: rbac.Actor{
				Issuer: "https://id", Subject: "sub\x00\"\\\xff", Email: "é@example.com", Role: rbac.Admin, Auth: "oidc",
			},
			Address: "192.0.2.1", Account: "acc", Action: rbac.CreateEntry, Entry: "7", Outcome: audit.OutcomeRefused,
			Before: registry.Values{"name": "<\u2028>", "directory_id": int64(1) << 60, "is_email_regex": true},
			After:  registry.Values{"comments": nil},
			Errors: []registry.Problem{{Code: "1", Message: "m", Pointer: "/name", Chain: []registry.Problem{{Code: "2"}}}},
			Status: 422, Ray: "ray", Duration: 1500 * time.Microsecond,
		}
		sealed := add(t, s, r)
		if sealed.Seq != 1 || sealed.PrevHash != "" || len(sealed.Hash) != hashLength {
			t.Errorf("sealed as seq %d, prev_hash %q, hash %q", sealed.Seq, sealed.PrevHash, sealed.Hash)
		}
		if want := "sub\uFFFD\"\\\uFFFD"; sealed.Actor.Subject != want {
			t.Errorf("subject is %q, want %q", sealed.Actor.Subject, want)
		}
		got, err := s.Record(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, sealed) {
			t.Errorf("read\n%+v, want\n%+v", got, sealed)
		}
		second := add(t, s, audit.Record{Outcome: audit.OutcomeDone})
		if second.PrevHash != sealed.Hash || second.Time.IsZero() {
			t.Errorf("the second record is %+v", second)
		}
		if seq, hash, err := s.Head(t.Context()); seq != 2 || hash != second.Hash || err != nil {
			t.Errorf("head is %d, %q, %v", seq, hash, err)
		}
		for _, seq := range []int64{-1, 0, 3} {
			if _, err := s.Record(t.Context(), seq); !errors.Is(err, registry.ErrNotFound) {
				t.Errorf("record %d: %v, want ErrNotFound", seq, err)
			}
		}
		if err := s.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		checkWhole(t, s, 2)
	})
}

// TestQueries compares the store's selection with that of a loop.
func TestQueries(t *testing.T) {
	t.Parallel()
	at := func(n int) time.Time { return time.Date(2026, 1, 1, 0, 0, n, 0, time.UTC) }
	onAll(t, func(t *testing.T, s *Store) {
		var all []audit.Record
		for i := range 300 {
			r := audit.Record{
				Time:   at(i),
				Actor:  rbac.Actor{Subject: fmt.Sprint("s", i%7), Email: fmt.Sprint("e", i%5)},
				Action: []rbac.Action{"entry.edit", rbac.StartSession, rbac.ExportAudit}[i%3],
				Entry:  registry.ID([]string{"", "1", "2"}[i%11%3]), Outcome: audit.Outcomes()[1+i%4],
			}
			switch {
			case i%50 == 0:
				r.Time = at(i - 20) // a copy with a slow clock
			case i%71 == 0:
				r.Actor.Subject = r.Actor.Email // both columns match
			}
			all = append(all, add(t, s, r))
		}
		for _, q := range []audit.Query{
			{},
			{Limit: 1},
			{Limit: 50, Before: 100},
			{After: 290, Before: 295},
			{Person: "e3"},
			{Person: "s3", Limit: 20, Before: 133},
			{Person: "no-such-person"},
			{Person: "' OR 1=1"},
			{Action: rbac.StartSession, Limit: 10},
			{Entry: "1"},
			{Entry: "1", Outcome: audit.OutcomeRefused, Action: "entry.edit"},
			{Entries: []registry.ID{"1", "2", "no such entry"}},
			{Entries: []registry.ID{"2"}, Outcome: audit.OutcomeDone, Person: "e2"},
			{Outcome: audit.OutcomeFailed, Person: "e1", After: 100},
			{Since: at(100)},
			{Until: at(100)},
			{Since: at(230), Until: at(251)},
			{Since: at(230), Until: at(251), Person: "e0", Limit: 2},
			{Since: at(231).Add(time.Microsecond), Until: at(5000), Entry: "2"},
			{Since: at(1000)},
			{Until: at(-100)},
			{Since: at(200), Until: at(100)},
		} {
			t.Run(fmt.Sprintf("%+v", q), func(t *testing.T) {
				var want []int64
				for _, r := range all {
					if selects(q, r) {
						want = append(want, r.Seq)
					}
				}
				check := func(what string, got, want []int64) {
					t.Helper()
					if q.Limit > 0 && len(want) > q.Limit {
						want = want[:q.Limit]
					}
					if !slices.Equal(got, want) {
						t.Errorf("%s: %v, want %v", what, got, want)
					}
				}
				check("Each", eachSeq(t, s, q), want)
				records, err := s.Records(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				var got []int64
				for _, r := range records {
					got = append(got, r.Seq)
				}
				slices.Reverse(want)
				check("Records", got, want)
			})
		}
		checkWhole(t, s, 300)
	})
}

func selects(q audit.Query, r audit.Record) bool {
	return (q.Person == "" || r.Actor.Subject == q.Person || r.Actor.Email == q.Person) &&
		(q.Action == "" || r.Action == q.Action) && (q.Entry == "" || r.Entry == q.Entry) &&
		(q.Outcome == "" || r.Outcome == q.Outcome) && (q.Entries == nil || slices.Contains(q.Entries, r.Entry)) &&
		(q.Since.IsZero() || !r.Time.Before(q.Since)) && (q.Until.IsZero() || r.Time.Before(q.Until)) &&
		r.Seq > q.After && (q.Before == 0 || r.Seq < q.Before)
}

func eachSeq(t *testing.T, s *Store, q audit.Query) (seqs []int64) {
	t.Helper()
	err := s.Each(t.Context(), q, func(line []byte) error {
		r, err := audit.ParseRecord(line)
		seqs = append(seqs, r.Seq)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return seqs
}

// TestEach appends during an export: neither waits for the other.
func TestEach(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		for range batch + 10 {
			add(t, s, audit.Record{})
		}
		prev, n := "", 0
		err := s.Each(t.Context(), audit.Query{}, func(line []byte) error {
			n++
			r, err := audit.ParseRecord(line)
			if err != nil {
				return err
			}
			canonical := strings.TrimSuffix(string(line), `,"hash":"`+r.Hash+`"}`) + "}"
			if r.PrevHash != prev || r.Hash != audit.HashOf([]byte(canonical)) {
				return fmt.Errorf("line %d is not in the chain: %s", n, line)
			}
			prev = r.Hash
			if n%50 == 0 {
				add(t, s, audit.Record{})
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n != batch+10 {
			t.Errorf("%d lines, want %d", n, batch+10)
		}
		stop := errors.New("stop")
		if err := s.Each(t.Context(), audit.Query{}, func([]byte) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("Each returned %v, want what visit did", err)
		}
	})
}

func TestSettled(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		outcome := func(intent int64, o audit.Outcome) error {
			_, err := s.Append(t.Context(), audit.Record{Intent: intent, Outcome: o})
			return err
		}
		open := func(want ...int64) {
			t.Helper()
			records, err := s.Unsettled(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, r := range records {
				got = append(got, r.Seq)
			}
			if !slices.Equal(got, want) {
				t.Errorf("unsettled are %v, want %v", got, want)
			}
		}
		open()
		for range 3 {
			add(t, s, audit.Record{Outcome: audit.OutcomeIntent})
		}
		open(1, 2, 3)
		for _, step := range []struct {
			intent  int64
			outcome audit.Outcome
			want    error
			open    []int64
		}{
			{2, audit.OutcomeUnknown, nil, []int64{1, 2, 3}},
			{2, audit.OutcomeUnknown, nil, []int64{1, 2, 3}},
			{2, audit.OutcomeDone, nil, []int64{1, 3}},
			{2, audit.OutcomeFailed, audit.ErrSettled, []int64{1, 3}},
			{2, audit.OutcomeUnknown, audit.ErrSettled, []int64{1, 3}},
			{99, audit.OutcomeDone, audit.ErrSettled, []int64{1, 3}},
			{1, audit.OutcomeRefused, nil, []int64{3}},
			{3, audit.OutcomeFailed, nil, nil},
		} {
			if err := outcome(step.intent, step.outcome); !errors.Is(err, step.want) {
				t.Errorf("outcome %s of %d: %v, want %v", step.outcome, step.intent, err, step.want)
			}
			open(step.open...)
		}
		checkWhole(t, s, 8) // refused records leave no gap
	})
}

// TestCancelled cancels appends at all stages: none leaves a gap.
func TestCancelled(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		written := int64(0)
		for i := range 100 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i)*20*time.Microsecond)
			_, err := s.Append(ctx, audit.Record{})
			cancel()
			if err == nil {
				written++
			}
		}
		add(t, s, audit.Record{})
		result, err := s.Verify(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		// A cancelled commit may have succeeded: more records are right, fewer are not.
		if result.Records < written+1 {
			t.Errorf("%d records, %d were written", result.Records, written+1)
		}
	})
}

// FuzzRecord writes and reads texts that people, their browsers and the API may send.
func FuzzRecord(f *testing.F) {
	f.Add("id", "subject", "a@example.com", "name", int64(5), int64(1234))
	f.Add("\"\\", "\x00\xff", "\u2028<>&", `","subject":"x","email":"y"`, int64(-1), int64(1001))
	f.Fuzz(func(t *testing.T, id, subject, email, value string, number, us int64) {
		us &= 1<<40 - 1
		in := audit.Record{
			Time: fromMicros(us * 1000), RequestID: text(id), Actor: rbac.Actor{Subject: text(subject), Email: text(email)},
			Action: rbac.CreateEntry, Entry: registry.ID(text(value)), Intent: number, Outcome: audit.OutcomeFailed,
			Before: registry.Values{"name": text(value), "directory_id": number, "is_email_regex": true, "comments": nil},
			Errors: []registry.Problem{{Code: text(id), Message: text(value), Pointer: text(email)}},
		}
		sealed, line, err := in.Seal(number, strings.Repeat("0a", hashLength/2))
		if err != nil {
			t.Fatal(err)
		}
		got, err := audit.ParseRecord(audit.AppendLine(nil, line, sealed.Hash))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, sealed) {
			t.Errorf("read\n%+v, want\n%+v", got, sealed)
		}
		r := row{
			seq: number, time: us * 1000, intent: number, subject: []byte(text(subject)), email: []byte(text(email)),
			action: []byte(rbac.CreateEntry), entryID: []byte(text(value)), outcome: []byte(audit.OutcomeFailed),
			line: line, hash: []byte(sealed.Hash),
		}
		if prev, reason := r.check(); reason != "" || string(prev) != sealed.PrevHash {
			t.Errorf("check: %q, %q", prev, reason)
		}
	})
}

// TestEntryIndex checks that SQLite finds the records of an entry by the entry, and not among
// all records of the same action, of which an import makes many.
func TestEntryIndex(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Engine: SQLite})
	for name, q := range map[string]audit.Query{
		"entry":   {Entry: "e", Action: "a", Outcome: audit.OutcomeDone, Limit: 1},
		"entries": {Entries: []registry.ID{"e", "f"}, Outcome: audit.OutcomeDone},
		"intent":  {Intent: 1, Action: "a", Outcome: audit.OutcomeDone, Limit: 1},
	} {
		text, args, err := s.selection(t.Context(), q, "DESC")
		if err != nil {
			t.Fatal(err)
		}
		var id, parent, unused int
		var plan string
		if err := s.read.QueryRowContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...).Scan(&id, &parent, &unused, &plan); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, "audit_entry") && !strings.Contains(plan, "audit_intent") {
			t.Errorf("by %s: %s", name, plan)
		}
	}
}
