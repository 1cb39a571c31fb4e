package patterns

import (
	"context"
	"time"

	"namesake/internal/javaregex"
)

// Pattern is a regular expression that Java accepts.
type Pattern struct{ compiled *javaregex.Pattern }

// Compile is javaregex.Compile in a turn of the pool. It may also return a *BusyError.
func Compile(ctx context.Context, pattern string) (*Pattern, error) {
	var p Pattern
	var refused error
	if err := Turn(ctx, func() { p.compiled, refused = javaregex.Compile(pattern) }); err != nil {
		return nil, err
	}
	if refused != nil {
		return nil, refused
	}
	return &p, nil
}

// Match is Match of the compiled pattern in a turn of the pool.
func (p *Pattern) Match(ctx context.Context, input string) (r javaregex.Result, err error) {
	err = Turn(ctx, func() { r = p.compiled.Match(input) })
	return r, err
}

// Findings is Findings of the compiled pattern in a turn of the pool.
func (p *Pattern) Findings(ctx context.Context) (found []javaregex.Finding, err error) {
	err = Turn(ctx, func() { found = p.compiled.Findings(ctx) })
	return found, err
}

// Samples is Samples of the compiled pattern in a turn of the pool.
func (p *Pattern) Samples(ctx context.Context) (samples []string, err error) {
	err = Turn(ctx, func() { samples = p.compiled.Samples(ctx) })
	return samples, err
}

// Explain explains the pattern. It is fast enough to need no turn.
func (p *Pattern) Explain() javaregex.Part { return p.compiled.Explain() }

// Match compiles a stored pattern and matches input, in a turn of the pool, or returns the
// remembered result. Its errors are those of Compile.
func Match(ctx context.Context, pattern, input string) (javaregex.Result, error) {
	r, err := ask(ctx, question{pattern: pattern, input: input}, func(p *javaregex.Pattern) (r reply) {
		r.result = p.Match(input)
		return r
	})
	return r.result, err
}

// LetsIn compiles a stored pattern and checks whether it lets strangers in, in a turn of
// the pool, or returns the remembered result. Its errors are those of Compile.
func LetsIn(ctx context.Context, pattern string) (found javaregex.Finding, ok bool, err error) {
	r, err := ask(ctx, question{letsIn: true, pattern: pattern}, func(p *javaregex.Pattern) (r reply) {
		r.finding, r.found = p.LetsIn(ctx)
		return r
	})
	return r.finding, r.found, err
}

// ask answers q from memory, or by work. It looks into the memory again when its turn
// comes, so that simultaneous equal questions cause work only once.
func ask(ctx context.Context, q question, work func(*javaregex.Pattern) reply) (r reply, err error) {
	s, limited := ctx.Value(shareKey{}).(share)
	known := func() bool {
		var ok bool
		if limited {
			r, ok = s.pool.remembered.recall(q)
		}
		return ok
	}
	if known() {
		return r, r.err
	}
	err = Turn(ctx, func() {
		if known() {
			return
		}
		started := time.Now()
		p, refused := javaregex.Compile(q.pattern)
		if refused != nil {
			r = reply{err: refused}
		} else {
			r = work(p)
		}
		if limited && ctx.Err() == nil { // the time limit of an abandoned request may have cut the work short
			s.pool.remembered.remember(q, r, time.Since(started))
		}
	})
	if err != nil {
		return reply{}, err
	}
	return r, r.err
}
