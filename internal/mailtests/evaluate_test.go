package mailtests_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/check"
	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/policy"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// memory is a store of tests.
type memory struct{ tests []mailtests.Test }

func (m *memory) Tests(context.Context, registry.AccountID) ([]mailtests.Test, error) {
	return slices.Clone(m.tests), nil
}

func (m *memory) AddTests(_ context.Context, _ registry.AccountID, tests []mailtests.Test, _ []audit.Record, _ int) error {
	m.tests = append(m.tests, tests...)
	return nil
}

func (m *memory) RemoveTest(context.Context, registry.AccountID, string, audit.Record) (int64, error) {
	return 0, nil
}

// journal forgets what it is given.
type journal struct {
	audit.Journal
	audit.Trail
}

func service(t *testing.T, m *memory) *mailtests.Service {
	t.Helper()
	log, err := audit.NewLog(audit.Options{Account: "a", Journal: journal{}, Trail: journal{}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := mailtests.NewService(mailtests.Options{Audit: log, Trail: journal{}, Store: m, Account: "a", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func snapshot(entries []registry.Entry, around *policy.Index) *mirror.Snapshot {
	rows := make([]mirror.Row, len(entries))
	for i, e := range entries {
		rows[i] = mirror.Row{Entry: e, Version: 1}
	}
	return &mirror.Snapshot{View: mirror.NewView(rows), Around: around}
}

var (
	someNames     = []string{"Jane Doe", "jane doe", "Jané Doe", "Bob", "Kim Lee"}
	someAddresses = []string{"jane@corp.example", "x@corp.example", "boss@gmail.com", "x@partner.example", "x@evil.example", "x@corp.example.evil.test"}
	somePatterns  = []string{`.*@corp\.example`, `x@.*`, `[^@]+@gmail\.com`, `(`, `jane`}
)

func pick[T any](r *rand.Rand, of []T) T { return of[r.IntN(len(of))] }

func someDraft(r *rand.Rand) registry.Draft {
	if r.IntN(3) == 0 {
		return registry.Draft{Name: pick(r, someNames), Email: pick(r, somePatterns), IsEmailRegex: true}
	}
	return registry.Draft{Name: pick(r, someNames), Email: pick(r, someAddresses)}
}

// expected is how a test stands, by the check of its mail.
func expected(t *testing.T, d mailtests.Draft, known *mirror.Snapshot) mailtests.State {
	t.Helper()
	v := check.Mail{Name: d.Name, Address: d.Email}.Judge(t.Context(), known.View, known.Around)
	switch {
	case v.Flagged == check.Depends:
		return mailtests.Depends
	case v.Flagged == check.Yes && d.Expect == mailtests.Flagged, v.Flagged == check.No && d.Expect == mailtests.Passes:
		return mailtests.Passing
	}
	return mailtests.Broken
}

// TestEvaluationIsTheCheck compares tests with the check of their mail, and what changes break
// with the check before and after, on random registries.
func TestEvaluationIsTheCheck(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pattern := func(text string, kind policy.PatternType, regex bool) policy.Pattern {
		return policy.Pattern{Text: text, Type: kind, IsRegex: regex}
	}
	settings := policy.Settings{
		AllowPolicies: []policy.AllowPolicy{
			{Pattern: pattern("partner.example", policy.OfDomain, false), AcceptableSender: true},
			{Pattern: pattern(`evil\.test`, policy.OfEmail, true), TrustedSender: true, VerifySender: true},
		},
		BlockedSenders: []policy.BlockedSender{{Pattern: pattern("evil.example", policy.OfDomain, false)}},
	}
	around := policy.NewIndex(&settings)
	met := map[mailtests.State]int{}
	broken := 0
	for round := range 300 {
		var entries []registry.Entry
		for i := range r.IntN(6) {
			entries = append(entries, registry.Entry{ID: registry.ID(fmt.Sprint("e", i))}.WithValues(someDraft(r).Values()))
		}
		m := &memory{}
		for range 1 + r.IntN(8) {
			d := mailtests.Draft{Name: pick(r, someNames), Email: pick(r, someAddresses), Expect: pick(r, []mailtests.Expectation{mailtests.Flagged, mailtests.Passes})}
			m.tests = append(m.tests, mailtests.Test{Draft: d, ID: d.ID()})
		}
		s, known := service(t, m), snapshot(entries, around)
		for range 2 { // the second time they are kept
			results, err := s.Results(t.Context(), known)
			if err != nil || len(results) != len(m.tests) {
				t.Fatal(results, err)
			}
			for _, got := range results {
				if want := expected(t, got.Draft, known); got.State != want {
					t.Fatalf("round %d: %+v is %s, want %s, in %+v", round, got.Draft, got.State, want, entries)
				}
				met[got.State]++
			}
		}

		// Changes: each entry is left, edited or deleted, and new ones are created.
		var edits []registry.Edit
		var after []registry.Entry
		for _, e := range entries {
			switch d := someDraft(r); r.IntN(3) {
			case 0:
				edits, after = append(edits, registry.Edit{Entry: e.ID, After: &d}), append(after, registry.Entry{ID: e.ID}.WithValues(d.Values()))
			case 1:
				edits = append(edits, registry.Edit{Entry: e.ID})
			default:
				after = append(after, e)
			}
		}
		for i := range r.IntN(3) {
			d := someDraft(r)
			edits, after = append(edits, registry.Edit{After: &d}), append(after, registry.Entry{ID: registry.ID(fmt.Sprint("n", i))}.WithValues(d.Values()))
		}
		breaks, err := s.Breaks(t.Context(), known, edits)
		if err != nil || len(breaks.Pending) > 0 {
			t.Fatal(breaks, err)
		}
		var got, want []string
		for _, b := range breaks.Tests {
			got = append(got, b.Key())
		}
		changed := snapshot(after, around)
		for _, test := range m.tests {
			was, is := expected(t, test.Draft, known), expected(t, test.Draft, changed)
			if was != mailtests.Broken && is == mailtests.Broken || was == mailtests.Passing && is == mailtests.Depends {
				want = append(want, test.Key())
			}
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("round %d: %+v breaks %v, want %v, in %+v", round, edits, got, want, entries)
		}
		broken += len(want)
	}
	if broken < 50 || met[mailtests.Passing] < 50 || met[mailtests.Broken] < 50 || met[mailtests.Depends] < 50 {
		t.Errorf("the registries show too little: %d broken by changes, %v", broken, met)
	}
}

// TestSuggestions suggests only what passes and is not there, the names with the most entries
// first, and look-alike names where that is certain.
func TestSuggestions(t *testing.T) {
	var entries []registry.Entry
	add := func(name, email string) {
		entries = append(entries, registry.Entry{ID: registry.ID(fmt.Sprint(len(entries))), Name: name, Email: email})
	}
	add("Ann Roe", "ann@corp.example")
	for _, email := range []string{"jane@corp.example", "doe@corp.example"} {
		add("Jane Doe", email)
	}
	add("J\u0430ne Doe", "odd@corp.example") // with a Cyrillic letter
	known := snapshot(entries, policy.NewIndex(nil))
	has := mailtests.Draft{Name: "Ann Roe", Email: "ann@corp.example", Expect: mailtests.Passes}
	var got []string
	for _, s := range mailtests.Suggest(t.Context(), known, []mailtests.Test{{Draft: has, ID: has.ID()}}) {
		got = append(got, string(s.Reason)+" "+s.Detail())
	}
	want := []string{
		"public-address flagged: Jane Doe from jane.doe@gmail.com", "own-address passes: Jane Doe from doe@corp.example",
		"look-alike-address flagged: Jane Doe from doe@c0rp.example",
		"look-alike flagged: J\u0430ne Doe from jane.doe@gmail.com",
		"public-address flagged: Ann Roe from ann.roe@gmail.com", "look-alike-address flagged: Ann Roe from ann@c0rp.example",
		"public-address flagged: J\u0430ne Doe from j.ne.doe@gmail.com", "own-address passes: J\u0430ne Doe from odd@corp.example",
		"look-alike-address flagged: J\u0430ne Doe from odd@c0rp.example",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", got, want)
	}
	for i := range 100 {
		add(fmt.Sprint("Person ", i), fmt.Sprintf("p%d@corp.example", i))
	}
	if n := len(mailtests.Suggest(t.Context(), snapshot(entries, policy.NewIndex(nil)), nil)); n != mailtests.MaxSuggestions {
		t.Errorf("%d suggestions, want %d", n, mailtests.MaxSuggestions)
	}
}

// TestLookAlikeSenders suggests that mail from a domain that looks like the name's own is flagged,
// where that is certain.
func TestLookAlikeSenders(t *testing.T) {
	domain := func(text string) policy.Pattern { return policy.Pattern{Text: text, Type: policy.OfDomain} }
	settings := &policy.Settings{
		Domains:       []policy.Domain{{Name: "haldenvoss.com"}, {Name: "ha1denvoss.com"}},
		AllowPolicies: []policy.AllowPolicy{{Pattern: domain("te1ekom.example"), TrustedSender: true}, {Pattern: domain("f0lk.example"), TrustedSender: true, VerifySender: true}},
	}
	for _, tt := range []struct{ own, want string }{
		{"jane@corp.example", "jane@c0rp.example"},
		{"jane@mail.corp.co.uk", "jane@mail.c0rp.co.uk"},
		{"Jane@Ferma.example", "Jane@ferrna.example"},
		{"jane@flat.example", "jane@f1at.example"},
		{"jane@wave.example", "jane@vvave.example"},
		{"jane@quiz.example", "jane@qu1z.example"},
		{"jane@bsk.example", ""},        // no letter of it has a look-alike
		{"jane@haldenvoss.com", ""},     // that is the company's, too
		{"jane@gmail.com", ""},          // strangers have the same domain
		{"jane@telekom.example", ""},    // a policy lets it through
		{"jane@folk.example", ""},       // a policy may let it through
		{"jane@bücherwurm.example", ""}, // mail has it in Punycode
		{"jane@xn--mller-kva.example", ""},
	} {
		known := snapshot([]registry.Entry{{ID: "1", Name: "Jane Doe", Email: tt.own}}, policy.NewIndex(settings))
		got := ""
		for _, s := range mailtests.Suggest(t.Context(), known, nil) {
			if s.Reason == mailtests.LookAlikeAddress {
				got += s.Email
			}
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.own, got, tt.want)
		}
	}
}

// TestTooManyTests refuses more tests than an account can have, and people whose role does
// not allow it.
func TestTooManyTests(t *testing.T) {
	m := &memory{}
	s := service(t, m)
	editor := rbac.Caller{Actor: rbac.Actor{Subject: "s", Role: rbac.Editor}}
	lines := make([]mailtests.Line, mailtests.MaxTests+1)
	for i := range lines {
		lines[i] = mailtests.Line{Number: i + 1, Draft: mailtests.Draft{Name: fmt.Sprint(i), Email: "a@example.com", Expect: mailtests.Passes}}
	}
	if _, err := s.Import(t.Context(), editor, lines); !errors.Is(err, mailtests.ErrTooMany) || len(m.tests) > 0 {
		t.Errorf("%v with %d tests", err, len(m.tests))
	}
	if added, err := s.Import(t.Context(), editor, lines[:mailtests.MaxTests]); err != nil || len(added.Tests) != mailtests.MaxTests {
		t.Errorf("%d added, %v", len(added.Tests), err)
	}
	if _, err := s.Create(t.Context(), editor, lines[mailtests.MaxTests].Draft); !errors.Is(err, mailtests.ErrTooMany) {
		t.Error(err)
	}
}
