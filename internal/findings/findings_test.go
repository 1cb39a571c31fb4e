package findings_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/findings"
	"namesake/internal/patterns"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// address and pattern are entries of Jane Doe.
func address(email string) registry.Entry {
	return registry.Entry{ID: "1", Name: "Jane Doe", Email: email, Provenance: registry.Manual}
}

func pattern(email string) registry.Entry {
	e := address(email)
	e.IsEmailRegex = true
	return e
}

// unknown are the facts when there are none, and company those of a company.
var (
	unknown findings.Facts
	company = findings.Facts{
		Settings:  &policy.Settings{Domains: []policy.Domain{{Name: "company.com"}, {Name: "spoofable.example", DMARC: policy.NoRecord}}},
		Now:       time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC),
		Untouched: 365 * 24 * time.Hour,
	}
)

// entryCase is an entry, and what one rule says about it: the severity and the witness, ""
// for nothing.
type entryCase struct {
	entry registry.Entry
	want  string
}

func checkEntries(t *testing.T, rule findings.Rule, cases []entryCase) {
	t.Helper()
	checkEntriesOf(t, unknown, rule, cases)
}

func checkEntriesOf(t *testing.T, facts findings.Facts, rule findings.Rule, cases []entryCase) {
	t.Helper()
	judge := findings.NewJudge()
	for _, tt := range cases {
		t.Run(tt.entry.Email, func(t *testing.T) {
			found, err := judge.Entry(t.Context(), tt.entry, facts)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, f := range found {
				if f.Rule == rule {
					got = strings.TrimSpace(string(f.Severity) + " " + f.Witness)
					confirms(t, tt.entry, f)
				}
			}
			if got != tt.want {
				t.Errorf("%s: %q, want %q", rule, got, tt.want)
			}
		})
	}
}

// confirms checks that the entry matches the witness, and what every finding has.
func confirms(t *testing.T, e registry.Entry, f findings.Finding) {
	t.Helper()
	if f.Name != e.Name || !slices.Equal(f.Entries, []registry.ID{e.ID}) || f.ID() == "" {
		t.Errorf("it is about %+v", f)
	}
	if f.Witness == "" {
		return
	}
	if !f.Rule.LetsIn() {
		if e.IsEmailRegex {
			if r, err := patterns.Match(t.Context(), e.Email, f.Witness); err == nil && r.Matches && f.Rule != findings.InvisibleCharacter {
				t.Errorf("the pattern matches the witness %q", f.Witness)
			}
		} else if f.Rule != findings.InvisibleCharacter && f.Witness == e.Email {
			t.Errorf("the witness %q is the address", f.Witness)
		}
		return
	}
	if !e.IsEmailRegex {
		if f.Witness != e.Email {
			t.Errorf("the witness %q is not the address", f.Witness)
		}
		return
	}
	if r, err := patterns.Match(t.Context(), e.Email, f.Witness); err != nil || !r.Matches && !r.Found {
		t.Errorf("the pattern does not match the witness %q: %v", f.Witness, err)
	}
}

// viewCase is a registry of entries with the ids 1, 2, 3…, and what one rule says: severity,
// ids and witness of each finding.
type viewCase struct {
	name    string
	entries []registry.Entry
	want    []string
}

func checkViews(t *testing.T, rule findings.Rule, cases []viewCase) {
	t.Helper()
	checkViewsOf(t, unknown, rule, cases)
}

func checkViewsOf(t *testing.T, facts findings.Facts, rule findings.Rule, cases []viewCase) {
	t.Helper()
	for _, tt := range cases {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.entries {
				tt.entries[i].ID = registry.ID(fmt.Sprint(i + 1))
			}
			var got []string
			for _, f := range findings.NewJudge().All(t.Context(), slices.Values(tt.entries), facts).ByRule(rule) {
				got = append(got, fmt.Sprint(f.Severity, f.Entries, " ", f.Witness))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("%s: %q, want %q", rule, got, tt.want)
			}
		})
	}
}

// TestReport reads a report of a whole registry.
func TestReport(t *testing.T) {
	entries := []registry.Entry{
		{ID: "1", Name: "Jane Doe", Email: "jane@a.example"},
		{ID: "2", Name: "jane  doe", Email: "JANE@a.example"},
		{ID: "3", Name: "Bob Ray", Email: ".*", IsEmailRegex: true},
		{ID: "4", Name: "", Email: "no-reply@dropbox.com"},
		{ID: "5", Name: "Kim Lee", Email: "kim@a.example", Provenance: registry.Microsoft365},
		{ID: "6", Name: "Ann Poe", Email: "(", IsEmailRegex: true},
	}
	r := findings.NewJudge().All(t.Context(), slices.Values(entries), unknown)
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprint(f.Rule, " ", f.Severity, f.Entries, f.Name))
	}
	want := []string{"lets-anyone-in danger[3]Bob Ray", "shared-sender danger[4]", "never-matches warning[6]Ann Poe", "duplicate warning[1 2]Jane Doe", "single-synced tip[5]Kim Lee"}
	if !slices.Equal(got, want) || r.Unchecked != 0 {
		t.Errorf("%q and %d unchecked, want %q", got, r.Unchecked, want)
	}
	var worst []findings.Severity
	for _, e := range entries {
		worst = append(worst, r.Worst(e.ID))
		if of := r.Of(e.ID); len(of) > 0 && of[0].Severity != r.Worst(e.ID) {
			t.Errorf("%s: %+v", e.ID, of)
		}
	}
	if want := []findings.Severity{"warning", "warning", "danger", "danger", "tip", "warning"}; !slices.Equal(worst, want) {
		t.Errorf("worst %q, want %q", worst, want)
	}
	if r.Count(findings.Danger) != 2 || r.Count(findings.Warning) != 2 || r.Count(findings.Tip) != 1 {
		t.Errorf("%d, %d, %d", r.Count(findings.Danger), r.Count(findings.Warning), r.Count(findings.Tip))
	}
}

// TestFindingID checks that the ID follows what the finding says.
func TestFindingID(t *testing.T) {
	f := findings.Finding{Rule: findings.Duplicate, Name: "Jane", Entries: []registry.ID{"1", "2"}, Witness: "jane@a.example"}
	same, other := f, f
	same.Severity, other.Entries = findings.Tip, []registry.ID{"1", "3"}
	if f.ID() != same.ID() || f.ID() == other.ID() {
		t.Error("the ID does not follow the finding")
	}
}

// TestNoTurn judges patterns for which there is no time, and again when there is.
func TestNoTurn(t *testing.T) {
	judge := findings.NewJudge()
	entries := []registry.Entry{pattern(".*"), address("jane@a.example")}
	entries[1].ID = "2"
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if r := judge.All(ended, slices.Values(entries), unknown); r.Unchecked != 1 || len(r.Findings) != 0 {
		t.Errorf("without time: %d unchecked, %+v", r.Unchecked, r.Findings)
	}
	pool := patterns.NewPool(patterns.Options{Turns: 1, MaxWait: time.Millisecond})
	held, release := make(chan struct{}), make(chan struct{})
	go func() {
		_ = patterns.Turn(pool.In(context.Background(), "another"), func() { close(held); <-release })
	}()
	<-held
	_, err := judge.Entry(pool.In(t.Context(), "me"), entries[0], unknown)
	close(release)
	if busy := new(patterns.BusyError); !errors.As(err, &busy) {
		t.Errorf("without a turn: %v", err)
	}
	if r := judge.All(t.Context(), slices.Values(entries), unknown); r.Unchecked != 0 || len(r.Findings) != 1 {
		t.Errorf("with time: %d unchecked, %+v", r.Unchecked, r.Findings)
	}
	if r := judge.All(ended, slices.Values(entries), unknown); r.Unchecked != 0 || len(r.Findings) != 1 {
		t.Errorf("from memory: %d unchecked, %+v", r.Unchecked, r.Findings)
	}
}

// BenchmarkAll judges 10,000 entries, of which 1,000 have patterns: the first time, and again
// after a change.
func BenchmarkAll(b *testing.B) {
	entries := make([]registry.Entry, 10000)
	for i := range entries {
		e := registry.Entry{ID: registry.ID(fmt.Sprint(i)), Name: fmt.Sprintf("Person %d", i/2), Email: fmt.Sprintf("person%d@a.example", i)}
		if i%10 == 0 {
			e.Email, e.IsEmailRegex = fmt.Sprintf(`^person\.%d(\+[a-z]+)?@a\.example$`, i), true
		}
		entries[i] = e
	}
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			findings.NewJudge().All(b.Context(), slices.Values(entries), unknown)
		}
	})
	judge := findings.NewJudge()
	judge.All(b.Context(), slices.Values(entries), unknown)
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			judge.All(b.Context(), slices.Values(entries), unknown)
		}
	})
}
