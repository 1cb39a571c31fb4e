package store

import (
	"reflect"
	"testing"
	"time"

	"namesake/internal/policy"
)

// TestSettings writes and reads the settings around the registry: content changes its version
// only when it differs, and a list that can't be read stays as it was.
func TestSettings(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		ctx, at := t.Context(), time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
		write := func(l policy.List, state policy.State, list *policy.Settings) (*policy.Settings, int64) {
			t.Helper()
			if err := s.UpdateSettings(ctx, mirrored, l, state, list); err != nil {
				t.Fatal(err)
			}
			got, err := s.Settings(ctx, mirrored)
			if err != nil {
				t.Fatal(err)
			}
			copied, err := s.State(ctx, mirrored)
			if err != nil {
				t.Fatal(err)
			}
			return got, copied.Around
		}
		allow := policy.Settings{AllowPolicies: []policy.AllowPolicy{{
			Note:          policy.Note{ID: "1", Comments: "a\x00’", CreatedAt: at, ModifiedAt: at.Add(time.Hour)},
			Pattern:       policy.Pattern{Text: `.*@a\.example`, Type: policy.OfEmail, IsRegex: true},
			TrustedSender: true, AcceptableSender: true, ExemptRecipient: true, VerifySender: true,
		}}}
		domains := policy.Settings{Domains: []policy.Domain{{Note: policy.Note{ID: "2"}, Name: "a.example", DMARC: policy.NoRecord, SPF: policy.GoodRecord, Status: "active"}}}
		read, later := policy.State{ReadAt: at, TriedAt: at.Add(time.Second)}, policy.State{ReadAt: at.Add(time.Minute), TriedAt: at.Add(time.Minute)}
		failed := policy.State{ReadAt: at, TriedAt: at.Add(time.Hour), Failure: &policy.Failure{Kind: "denied", Status: 403, Detail: "no", Denied: true}}

		got, around := write(policy.AllowPolicies, read, &allow)
		if !reflect.DeepEqual(got.AllowPolicies, allow.AllowPolicies) || !reflect.DeepEqual(got.State(policy.AllowPolicies), read) || got.Version != 1 || around != 1 {
			t.Fatalf("%+v at %d", got, around)
		}
		if got.Known(policy.Domains) || !got.Known(policy.AllowPolicies) {
			t.Error("another list is known")
		}
		got, around = write(policy.AllowPolicies, later, &allow)
		if got.Version != 1 || around != 2 || !reflect.DeepEqual(got.State(policy.AllowPolicies), later) {
			t.Errorf("the same list: %+v at %d", got, around)
		}
		got, _ = write(policy.Domains, read, &domains)
		if got.Version != 2 || !reflect.DeepEqual(got.Domains, domains.Domains) || len(got.AllowPolicies) != 1 {
			t.Errorf("another list: %+v", got)
		}
		got, _ = write(policy.AllowPolicies, failed, nil)
		if got.Version != 2 || len(got.AllowPolicies) != 1 || !reflect.DeepEqual(got.State(policy.AllowPolicies), failed) {
			t.Errorf("a failure: %+v", got)
		}
		got, _ = write(policy.AllowPolicies, later, &policy.Settings{AllowPolicies: []policy.AllowPolicy{}})
		if got.Version != 3 || len(got.AllowPolicies) != 0 || got.State(policy.AllowPolicies).Failure != nil {
			t.Errorf("emptied: %+v", got)
		}
		if other, err := s.Settings(ctx, "other"); err != nil || other.Version != 0 || len(other.States) != 0 {
			t.Errorf("another account: %+v, %v", other, err)
		}
	})
}
