package store

import (
	"fmt"
	"strings"
	"testing"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

func found(t *testing.T, s *Store, q audit.Query) string {
	t.Helper()
	records, err := s.Records(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var seqs []string
	for _, r := range records {
		seqs = append(seqs, fmt.Sprint(r.Seq))
	}
	return strings.Join(seqs, " ")
}

// recordSearched appends an edit with its result, a sign-in, a deletion in doubt that
// settles later, and the create of an entry that has no result yet.
func recordSearched(t *testing.T, s *Store) {
	t.Helper()
	jo := rbac.Actor{Issuer: "i", Subject: "s-7", Email: "Jo.Doe@example.com", Name: "Johanna", Role: rbac.Editor}
	zoe := rbac.Actor{Issuer: "i", Subject: "s-8", Username: "zoe%_x", Name: "Zoë", Role: rbac.Admin}
	edit := audit.Record{
		Actor: jo, RequestID: "REQ-1", Action: rbac.EditEntry, Entry: "e-1", Outcome: audit.OutcomeIntent,
		Before: registry.Values{"name": "Grace Tan", "email": "g@old.example"}, After: registry.Values{"name": "Renée  O’Hara", "email": "g@new.example"},
	}
	add(t, s, edit) // 1
	edit.Outcome, edit.Intent = audit.OutcomeDone, 1
	add(t, s, edit)                                                                                     // 2
	add(t, s, audit.Record{Actor: zoe, RequestID: "REQ-2", Action: rbac.StartSession, Outcome: "done"}) // 3
	gone := audit.Record{Actor: zoe, RequestID: "REQ-3", Action: rbac.DeleteEntry, Entry: "e-2", Outcome: "intent", Before: registry.Values{"name": "Bob"}}
	add(t, s, gone) // 4
	gone.Outcome, gone.Intent = audit.OutcomeUnknown, 4
	add(t, s, gone) // 5
	gone.Outcome = audit.OutcomeFailed
	add(t, s, gone) // 6
	gone.Outcome, gone.Messages = audit.OutcomeDone, []registry.Problem{{Code: audit.CodeCorrects, Message: audit.CorrectsText + "6"}}
	add(t, s, gone)                                                                                                                                           // 7
	add(t, s, audit.Record{Actor: jo, RequestID: "REQ-4", Action: rbac.CreateEntry, Outcome: audit.OutcomeIntent, After: registry.Values{"name": "New Bob"}}) // 8
}

// TestSearchTheTrail finds records by parts of what is in them, and each action once.
func TestSearchTheTrail(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		recordSearched(t, s)
		for _, tt := range []struct {
			q    audit.Query
			want string
		}{
			{audit.Query{Newest: true}, "8 7 3 2"},
			{audit.Query{Newest: true, Limit: 2}, "8 7"},
			{audit.Query{Newest: true, Limit: 2, After: 1}, "3 2"},
			{audit.Query{Newest: true, Outcome: audit.OutcomeIntent}, "8"},
			{audit.Query{Newest: true, Outcome: audit.OutcomeFailed}, ""},
			{audit.Query{Search: "grace"}, "2 1"},
			{audit.Query{Search: "GRACE T"}, "2 1"},
			{audit.Query{Search: "  renee o'hara "}, "2 1"},
			{audit.Query{Search: "renée"}, "2 1"},
			{audit.Query{Search: "old.example"}, "2 1"},
			{audit.Query{Search: "bob", Newest: true}, "8 7"},
			{audit.Query{Search: "bob", Newest: true, Before: 8}, "7"},
			{audit.Query{Search: "bob", After: 5}, "8 7 6"},
			{audit.Query{Search: "jo.doe", Newest: true}, "8 2"},
			{audit.Query{Search: "johanna"}, ""}, // the trail names people by their e-mail address
			{audit.Query{Search: "zoe%_x"}, "7 6 5 4 3"},
			{audit.Query{Search: "zo_%x"}, ""},
			{audit.Query{Search: "%"}, "7 6 5 4 3"},
			{audit.Query{Search: `\`}, ""},
			{audit.Query{Search: "req-3", Newest: true}, "7"},
			{audit.Query{Search: "e-1"}, "2 1"},
			{audit.Query{Search: "tan g@"}, ""}, // of two words
			{audit.Query{Search: "jo.doe", Person: "Jo.Doe@example.com", Action: rbac.EditEntry, Newest: true}, "2"},
			{audit.Query{Search: "nothing\x00\xff"}, ""},
		} {
			if got := found(t, s, tt.q); got != tt.want {
				t.Errorf("%+v finds %q, want %q", tt.q, got, tt.want)
			}
		}
		var exported int
		if err := s.Each(t.Context(), audit.Query{Search: "bob"}, func([]byte) error { exported++; return nil }); err != nil || exported != 5 {
			t.Errorf("exported %d, %v, want 5", exported, err)
		}
	})
}

// TestMissingWordsAreAdded finds records of a version that stored no words, and forgets
// those of records that are removed.
func TestMissingWordsAreAdded(t *testing.T) {
	t.Parallel()
	onShared(t, func(t *testing.T, o Options) {
		first := open(t, o)
		recordSearched(t, first)
		exec(t, first, `DELETE FROM audit_words WHERE seq <> 3`)
		if got := found(t, first, audit.Query{Search: "bob"}); got != "" {
			t.Errorf("found %q without words", got)
		}
		s := open(t, o)
		if got := found(t, s, audit.Query{Search: "bob"}); got != "8 7 6 5 4" {
			t.Errorf("found %q, want the records of Bob", got)
		}
		exec(t, s, `DELETE FROM audit WHERE seq < 4`)
		var left int
		if err := s.read.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM audit_words`).Scan(&left); err != nil || left != 5 {
			t.Errorf("%d words are left, %v, want 5", left, err)
		}
	})
}
