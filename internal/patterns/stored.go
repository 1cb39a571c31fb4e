package patterns

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"namesake/internal/javaregex"
)

// Stored is a pattern of the registry. It is compiled when it is first needed, and the
// result is kept.
type Stored struct {
	pattern string

	mu       sync.Mutex
	compiled *javaregex.Pattern
	refused  error
	slow     atomic.Bool
}

// NewStored returns a stored pattern, which need not be valid.
func NewStored(pattern string) *Stored { return &Stored{pattern: pattern} }

// Slow reports whether the last match took long.
func (s *Stored) Slow() bool { return s.slow.Load() }

// Match matches input in a turn of the pool. Its errors are those of Compile. A result that
// took long is remembered for a while.
func (s *Stored) Match(ctx context.Context, input string) (javaregex.Result, error) {
	in, limited := ctx.Value(shareKey{}).(share)
	q := question{pattern: s.pattern, input: input}
	var r reply
	known := func() (ok bool) {
		if limited && s.Slow() {
			r, ok = in.pool.remembered.recall(q)
		}
		return ok
	}
	if known() {
		return r.result, r.err
	}
	err := Turn(ctx, func() {
		if known() {
			return
		}
		p, refused := s.compile()
		if refused != nil {
			r = reply{err: refused}
			return
		}
		started := time.Now()
		r = reply{result: p.Match(input)}
		took := time.Since(started)
		s.slow.Store(r.result.TooSlow || took > slowWork)
		if limited && s.Slow() && ctx.Err() == nil {
			in.pool.remembered.remember(q, r, took)
		}
	})
	if err != nil {
		return javaregex.Result{}, err
	}
	return r.result, r.err
}

func (s *Stored) compile() (*javaregex.Pattern, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.compiled == nil && s.refused == nil {
		s.compiled, s.refused = javaregex.Compile(s.pattern)
	}
	return s.compiled, s.refused
}
