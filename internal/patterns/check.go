package patterns

import (
	"context"
	"time"

	"namesake/internal/javaregex"
)

// Limits of one check.
const (
	MaxSamples   = 200
	checkTimeout = 3 * time.Second // of all samples together; the rest counts as too slow
)

// Report is the result of checking a pattern.
type Report struct {
	Findings  []javaregex.Finding
	Explained javaregex.Part
	Samples   []Sample // the first MaxSamples
}

// Sample is an input with its result.
type Sample struct {
	Input string
	javaregex.Result
}

// Check compiles a pattern, looks for findings, explains it and matches the samples. Its
// errors are those of Compile.
func Check(ctx context.Context, pattern string, samples []string) (Report, error) {
	p, err := Compile(ctx, pattern)
	if err != nil {
		return Report{}, err
	}
	r := Report{Explained: p.Explain()}
	if r.Findings, err = p.Findings(ctx); err == nil {
		r.Samples, err = p.matchSamples(ctx, samples)
	}
	if err != nil {
		return Report{}, err
	}
	return r, nil
}

// matchSamples matches the samples until checkTimeout, or until ctx ends. It returns a
// *BusyError when there was no turn for one.
func (p *Pattern) matchSamples(ctx context.Context, samples []string) ([]Sample, error) {
	ctx, stop := context.WithTimeout(ctx, checkTimeout)
	defer stop()
	tried := make([]Sample, min(len(samples), MaxSamples))
	for i := range tried {
		tried[i].Input = samples[i]
		if ctx.Err() != nil {
			tried[i].TooSlow = true
			continue
		}
		result, err := p.Match(ctx, samples[i])
		switch {
		case err != nil && ctx.Err() == nil:
			return nil, err
		case err != nil:
			result.TooSlow = true
		}
		tried[i].Result = result
	}
	return tried, nil
}
