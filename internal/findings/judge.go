package findings

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/patterns"
	"namesake/internal/registry"
)

const (
	// maxVerdicts is more than the patterns of any registry that was seen: about 10 MB.
	maxVerdicts = 16384
	// undecidedRetention is how long to remember a verdict that hit a limit of time: on a
	// less busy machine it may differ.
	undecidedRetention = time.Minute
)

// Judge finds what is wrong with entries. It is safe for concurrent use.
type Judge struct{ verdicts *lru.Cache[string, verdict] }

// NewJudge returns a Judge that remembers nothing yet.
func NewJudge() *Judge {
	verdicts, err := lru.New[string, verdict](maxVerdicts)
	if err != nil {
		panic(err) // the size is a constant
	}
	return &Judge{verdicts}
}

// verdict is what there is to know of a pattern, whatever the name that it may use.
type verdict struct {
	found  []javaregex.Finding
	sender *input.Sender // a shared sender whose address it matches, if it has no danger
	until  time.Time     // zero for always
}

// subject is an entry that is judged, with the verdict on its pattern.
type subject struct {
	registry.Entry
	verdict
}

// finding returns the first finding about the pattern that is of one of these kinds.
func (s *subject) finding(rule Rule, kinds ...string) (Finding, bool) {
	for _, found := range s.found {
		if slices.Contains(kinds, found.ID) {
			return Finding{Rule: rule, Severity: found.Severity, Pattern: &found, Witness: found.Witness}, true
		}
	}
	return Finding{}, false
}

// entryRules judge an entry by itself.
var entryRules = []func(*subject) (Finding, bool){letsAnyoneIn, sharedSender, notAnchored}

// Entry returns what is wrong with an entry by itself, the most severe first. It returns a
// *patterns.BusyError if its pattern could not be checked; a pattern that Java refuses has no
// findings.
func (j *Judge) Entry(ctx context.Context, e registry.Entry) ([]Finding, error) {
	s := subject{Entry: e}
	if e.IsEmailRegex {
		var err error
		if s.verdict, err = j.verdict(ctx, e.Email); err != nil {
			return nil, err
		}
	}
	var found []Finding
	for _, rule := range entryRules {
		if f, ok := rule(&s); ok {
			f.Name, f.Entries = e.Name, []registry.ID{e.ID}
			found = append(found, f)
		}
	}
	sortFindings(found)
	return found, nil
}

// verdict returns what there is to know of a pattern, from memory or by work.
func (j *Judge) verdict(ctx context.Context, pattern string) (v verdict, err error) {
	if v, ok := j.verdicts.Get(pattern); ok && (v.until.IsZero() || time.Now().Before(v.until)) {
		return v, nil
	}
	if err := ctx.Err(); err != nil {
		return v, &patterns.BusyError{Cause: err}
	}
	var busy *patterns.BusyError
	p, err := patterns.Compile(ctx, pattern)
	if errors.As(err, &busy) {
		return v, err
	}
	if err == nil {
		if v.found, err = p.Findings(ctx); err != nil {
			return verdict{}, err
		}
		if !slices.ContainsFunc(v.found, func(f javaregex.Finding) bool { return f.Severity == Danger }) {
			s, ok, err := registry.SenderMatching(ctx, p)
			if err != nil {
				return verdict{}, err
			}
			if ok {
				v.sender = &s
			}
		}
	}
	if err := ctx.Err(); err != nil { // the end of an abandoned request may have cut the work short
		return verdict{}, &patterns.BusyError{Cause: err}
	}
	if slices.ContainsFunc(v.found, func(f javaregex.Finding) bool { return f.ID == javaregex.Unfinished }) {
		v.until = time.Now().Add(undecidedRetention)
	}
	j.verdicts.Add(pattern, v)
	return v, nil
}

// viewRules judge entries beside each other.
var viewRules = []func(*names) []Finding{duplicates, singleSynced}

// names are the entries of a registry by name. Entries without a name are left out: they
// protect nothing.
type names struct {
	order []string // folded names, as they first occur
	of    map[string][]registry.Entry
}

// All judges each entry of a registry, and all beside each other. Patterns that get no turn
// before ctx ends are counted as unchecked; they cost nothing when the registry is judged
// again.
func (j *Judge) All(ctx context.Context, entries iter.Seq[registry.Entry]) *Report {
	r := &Report{of: make(map[registry.ID][]int)}
	all := names{of: make(map[string][]registry.Entry)}
	for e := range entries {
		found, err := j.Entry(ctx, e)
		if err != nil {
			r.Unchecked++
		}
		r.Findings = append(r.Findings, found...)
		folded := registry.FoldName(e.Name)
		if folded == "" {
			continue
		}
		if len(all.of[folded]) == 0 {
			all.order = append(all.order, folded)
		}
		all.of[folded] = append(all.of[folded], e)
	}
	for _, rule := range viewRules {
		r.Findings = append(r.Findings, rule(&all)...)
	}
	sortFindings(r.Findings)
	for i, f := range r.Findings {
		for _, id := range f.Entries {
			r.of[id] = append(r.of[id], i)
		}
	}
	return r
}
