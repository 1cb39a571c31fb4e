package mailtests

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
	"weak"

	"namesake/internal/check"
	"namesake/internal/mirror"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// State says how a test stands.
type State string

// The states. Programs use the names, so they must not change.
const (
	Passing State = "passes"
	Broken  State = "broken"
	Depends State = "depends" // on what is not known: see the cases of the verdict
	Pending State = "pending" // there was no time to evaluate it
)

// Result is a test together with how it stands.
type Result struct {
	Test
	State   State
	Verdict check.Verdict // the zero Verdict if the test is pending
}

// Evaluate says how a test stands in a registry. The patterns take turns of the pool in ctx.
func (d Draft) Evaluate(ctx context.Context, in check.Registry, around *policy.Index) (State, check.Verdict) {
	if ctx.Err() != nil {
		return Pending, check.Verdict{}
	}
	v := d.Mail().Judge(ctx, in, around)
	switch {
	case v.Flagged == check.Depends && v.Untried:
		return Pending, check.Verdict{}
	case v.Flagged == check.Depends:
		return Depends, v
	case (v.Flagged == check.Yes) == (d.Expect == Flagged):
		return Passing, v
	}
	return Broken, v
}

// kept are the results in the registry that was looked at last.
type kept struct {
	mu      sync.Mutex
	view    weak.Pointer[mirror.View]
	around  *policy.Index
	results map[string]Result // by Test.Key
}

// Key identifies a test together with what it expects.
func (t Test) Key() string { return t.ID + ":" + string(t.Expect) }

// of returns the results that are known of a registry.
func (k *kept) of(known *mirror.Snapshot) map[string]Result {
	k.mu.Lock()
	defer k.mu.Unlock()
	results := make(map[string]Result)
	if k.view == weak.Make(known.View) && k.around == known.Around {
		maps.Copy(results, k.results)
	}
	return results
}

// keep keeps the results of a registry.
func (k *kept) keep(known *mirror.Snapshot, results map[string]Result) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.view, k.around, k.results = weak.Make(known.View), known.Around, results
}

// evaluateTimeout limits how long all tests together are evaluated for one answer. Those that
// are left are evaluated for the next one.
const evaluateTimeout = 2 * time.Second

// Results returns all tests and how they stand. Each is evaluated once for a registry.
func (s *Service) Results(ctx context.Context, known *mirror.Snapshot) ([]Result, error) {
	tests, err := s.Tests(ctx)
	if err != nil {
		return nil, err
	}
	return s.evaluated(ctx, known, tests), nil
}

func (s *Service) evaluated(ctx context.Context, known *mirror.Snapshot, tests []Test) []Result {
	ctx, cancel := context.WithTimeout(ctx, evaluateTimeout)
	defer cancel()
	before := s.kept.of(known)
	after := maps.Clone(before)
	results := make([]Result, len(tests))
	for i, t := range tests {
		r, found := before[t.Key()]
		if !found {
			r.State, r.Verdict = t.Evaluate(ctx, known.View, known.Around)
		}
		if r.Test = t; r.State != Pending {
			after[t.Key()] = r
		}
		results[i] = r
	}
	if len(after) > 2*MaxTests { // many are of tests that were deleted
		clear(after)
		for _, r := range results {
			if r.State != Pending {
				after[r.Key()] = r
			}
		}
	}
	if len(after) != len(before) {
		s.kept.keep(known, after)
	}
	return results
}

// edited is a registry with changes.
type edited struct {
	check.Registry
	without map[registry.ID]bool
	with    map[string][]registry.Entry // by registry.PlainName
}

// Edited returns a registry as changes leave it.
func Edited(in check.Registry, edits []registry.Edit) check.Registry {
	e := edited{in, make(map[registry.ID]bool), make(map[string][]registry.Entry)}
	for _, edit := range edits {
		if edit.Entry != "" {
			e.without[edit.Entry] = true
		}
		if edit.After != nil {
			entry := registry.Entry{ID: edit.Entry}.WithValues(edit.After.Values())
			e.with[registry.PlainName(entry.Name)] = append(e.with[registry.PlainName(entry.Name)], entry)
		}
	}
	return e
}

// NamedAlike implements check.Registry.
func (e edited) NamedAlike(name string) (found []registry.Entry) {
	for _, entry := range e.Registry.NamedAlike(name) {
		if !e.without[entry.ID] {
			found = append(found, entry)
		}
	}
	if name = registry.PlainName(name); name != "" {
		found = append(found, e.with[name]...)
	}
	return found
}

// Breaks is what changes do to tests.
type Breaks struct {
	Tests   []Result // those that are broken afterwards and were not before
	Pending []Test   // those that may be: there was no time to evaluate them, before or afterwards
}

// unevaluated follows the key of a test that was accepted although it was not evaluated.
const unevaluated = ":" + string(Pending)

// Keys returns what has to be accepted before the changes are made: Test.Key of those that
// break, and for others that they were not evaluated.
func (b Breaks) Keys() []string {
	keys := make([]string, 0, len(b.Tests)+len(b.Pending))
	for _, t := range b.Tests {
		keys = append(keys, t.Key())
	}
	for _, t := range b.Pending {
		keys = append(keys, AcceptedKey(t.Draft, true))
	}
	return keys
}

// AcceptedKey returns what Breaks.Keys has for a test.
func AcceptedKey(d Draft, pending bool) string {
	key := Test{Draft: d, ID: d.ID()}.Key()
	if pending {
		key += unevaluated
	}
	return key
}

// AcceptedBy reports whether keys name all of the tests. That a test breaks is more than that it
// was not evaluated.
func (b Breaks) AcceptedBy(keys []string) bool {
	return !slices.ContainsFunc(b.Keys(), func(key string) bool {
		return !slices.Contains(keys, key) && !slices.Contains(keys, strings.TrimSuffix(key, unevaluated))
	})
}

// Breaks returns the tests that changes of the registry would break: those that stand as expected
// and would no longer, for certain. Those that are broken already do not count.
func (s *Service) Breaks(ctx context.Context, known *mirror.Snapshot, edits []registry.Edit) (b Breaks, err error) {
	if len(edits) == 0 {
		return b, nil
	}
	tests, err := s.Tests(ctx)
	if err != nil || len(tests) == 0 {
		return b, err
	}
	touched := make(map[string]bool)
	for _, edit := range edits {
		if entry, ok := known.View.Entry(edit.Entry); ok {
			touched[registry.PlainName(entry.Name)] = true
		}
		if edit.After != nil {
			touched[registry.PlainName(edit.After.Name)] = true
		}
	}
	about := tests[:0]
	for _, t := range tests {
		if touched[registry.PlainName(t.Name)] {
			about = append(about, t)
		}
	}
	if len(about) == 0 {
		return b, nil
	}
	before := s.evaluated(ctx, known, about)
	after := Edited(known.View, edits)
	ctx, cancel := context.WithTimeout(ctx, evaluateTimeout)
	defer cancel()
	for _, r := range before {
		was := r.State
		if was == Broken {
			continue
		}
		r.State, r.Verdict = r.Evaluate(ctx, after, known.Around)
		// It held for certain, and would only depend on what is not known.
		loses := r.State == Broken || r.State == Depends && was == Passing
		switch {
		case r.State == Pending, r.State == Broken && was == Pending:
			b.Pending = append(b.Pending, r.Test)
		case loses:
			b.Tests = append(b.Tests, r)
		}
	}
	return b, nil
}
