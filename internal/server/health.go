package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
	"namesake/internal/server/web"
)

func (s *Server) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

func (s *Server) readyz(c echo.Context) error {
	parts, notes, ok, warnings := s.ready.check(web.RequestContext(c))
	status, word := http.StatusOK, "ok"
	if !ok {
		status, word = http.StatusServiceUnavailable, "unavailable"
	}
	answer := map[string]any{"status": word, "parts": parts}
	if len(warnings) > 0 {
		answer["warnings"] = warnings
	}
	if len(notes) > 0 {
		answer["notes"] = notes
	}
	return c.JSON(status, answer)
}

// readiness asks the parts whether they work, at most once in a while: a probe
// must not eat up the API's budget of calls.
type readiness struct {
	parts    map[string]*readyPart
	warnings func() []string
	timeout  time.Duration // of each part
	log      *slog.Logger

	mu      sync.Mutex
	checked time.Time
	result  map[string]string
	warned  []string
	notes   map[string]string
	ok      bool
}

// readyPart is one part of the program. It is asked by one goroutine at a time, which is left
// alone when it does not heed its time limit.
type readyPart struct {
	ask  func(context.Context) error
	busy chan struct{} // full while it is asked
}

const (
	readyFor     = 10 * time.Second
	readyTimeout = 5 * time.Second
)

func newReadiness(o Options) *readiness {
	r := &readiness{parts: make(map[string]*readyPart, len(o.Ready)), warnings: o.Warnings, timeout: o.ReadyTimeout, log: o.Log}
	for name, ask := range o.Ready {
		r.parts[name] = &readyPart{ask, make(chan struct{}, 1)}
	}
	return r
}

// check returns "ok" or "unavailable" for each part. The reason stays in the log:
// the page is public. That calls are held back because of the API's limit is a note:
// pages are still served, and another copy of the program could do no more.
func (r *readiness) check(ctx context.Context) (parts, notes map[string]string, ok bool, warnings []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.checked.IsZero() && time.Since(r.checked) < readyFor {
		return r.result, r.notes, r.ok, r.warned
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.timeout)
	defer cancel()
	type answer struct {
		name string
		err  error
	}
	answers := make(chan answer, len(r.parts))
	for name, p := range r.parts {
		go func() { answers <- answer{name, p.check(ctx)} }()
	}
	r.result, r.notes, r.ok = make(map[string]string, len(r.parts)), make(map[string]string), true
	for range r.parts {
		a := <-answers
		r.result[a.name] = "ok"
		var api *registry.APIError
		switch {
		case errors.As(a.err, &api) && api.Kind == registry.RateLimited:
			r.notes[a.name] = "calls are held back because of the API's limit"
			r.log.InfoContext(ctx, "a part is held back", "part", a.name, "error", a.err)
		case a.err != nil:
			r.result[a.name], r.ok = "unavailable", false
			r.log.WarnContext(ctx, "a part is not ready", "part", a.name, "error", a.err)
		}
	}
	r.warn(ctx)
	r.checked = time.Now()
	return r.result, r.notes, r.ok, r.warned
}

// warn reads the warnings, and logs them when there was none before.
func (r *readiness) warn(ctx context.Context) {
	if r.warnings == nil {
		return
	}
	warnings := r.warnings()
	if len(r.warned) == 0 {
		for _, w := range warnings {
			r.log.WarnContext(ctx, "not everything is as it should be", "warning", w)
		}
	}
	r.warned = slices.Clip(warnings)
}

// errStillAsked reports a part that has not answered an earlier question.
var errStillAsked = errors.New("it has not answered an earlier question yet")

// check asks the part, and returns when ctx ends at the latest.
func (p *readyPart) check(ctx context.Context) error {
	select {
	case p.busy <- struct{}{}:
	default:
		return errStillAsked
	}
	answer := make(chan error, 1)
	go func() {
		answer <- p.ask(ctx)
		<-p.busy
	}()
	select {
	case err := <-answer:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
