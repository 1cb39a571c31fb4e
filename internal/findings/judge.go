package findings

import (
	"context"
	"errors"
	"slices"
	"strings"
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
	found   []javaregex.Finding
	refused *javaregex.SyntaxError
	samples []string      // addresses that it matches as a whole
	domains []string      // domains that it matches as a whole
	anyone  []string      // an address of another person at each domain where it matches everyone
	sender  *input.Sender // a shared sender whose address it matches, if it has no danger
	until   time.Time     // zero for always
}

// Entry returns what is wrong with an entry by itself, the most severe first. It returns a
// *patterns.BusyError if its pattern could not be checked.
func (j *Judge) Entry(ctx context.Context, e registry.Entry, facts Facts) ([]Finding, error) {
	s, err := j.newSubject(ctx, e)
	if err != nil {
		return nil, err
	}
	found := judgeEntry(s, newSituation(facts, ""))
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
	switch {
	case errors.As(err, &busy):
		return v, err
	case err != nil:
		v.refused = refusal(err)
	default:
		if v, err = examined(ctx, p); err != nil {
			return verdict{}, err
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

// examined returns the verdict on a pattern that Java accepts.
func examined(ctx context.Context, p *patterns.Pattern) (v verdict, err error) {
	if v.found, err = p.Findings(ctx); err != nil {
		return v, err
	}
	samples, err := p.Samples(ctx)
	if err != nil {
		return v, err
	}
	v.samples = registry.Filter(samples, registry.IsAddress)
	v.domains = registry.Filter(samples, func(text string) bool { return registry.IsAddress("anyone@" + text) })
	if slices.ContainsFunc(v.found, func(f javaregex.Finding) bool { return f.Severity == Danger }) {
		return v, nil
	}
	if v.anyone, err = anyoneAt(ctx, p, v); err != nil {
		return v, err
	}
	sender, ok, err := registry.SenderMatching(ctx, p)
	if ok {
		v.sender = &sender
	}
	return v, err
}

// anyoneAt returns an address of another person at each domain where a pattern matches everyone: the
// finding about the pattern has only one of the domains.
func anyoneAt(ctx context.Context, p *patterns.Pattern, v verdict) (anyone []string, err error) {
	i := slices.IndexFunc(v.found, func(f javaregex.Finding) bool { return f.ID == javaregex.WholeDomain })
	if i < 0 {
		return nil, nil
	}
	witness := v.found[i].Witness
	local, _, _ := strings.Cut(witness, "@")
	known, err := p.Match(ctx, witness)
	if err != nil {
		return nil, err
	}
	anyone = []string{witness}
	for _, sample := range v.samples {
		address := local + "@" + domainOf(sample)
		if slices.Contains(anyone, address) {
			continue
		}
		r, err := p.Match(ctx, address)
		if err != nil {
			return nil, err
		}
		if r.Matches || r.Found && !known.Matches {
			anyone = append(anyone, address)
		}
	}
	return anyone, nil
}
