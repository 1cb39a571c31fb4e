package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
)

func (s *Server) healthz(c echo.Context) error { return c.String(http.StatusOK, "ok\n") }

func (s *Server) readyz(c echo.Context) error {
	parts, ok := s.ready.check(requestContext(c))
	status, word := http.StatusOK, "ok"
	if !ok {
		status, word = http.StatusServiceUnavailable, "unavailable"
	}
	return c.JSON(status, map[string]any{"status": word, "parts": parts})
}

// readiness asks the parts whether they work, at most once in a while: a probe
// must not eat up the API's budget of calls.
type readiness struct {
	parts map[string]func(context.Context) error
	log   *slog.Logger

	mu      sync.Mutex
	checked time.Time
	result  map[string]string
	ok      bool
}

const (
	readyFor     = 10 * time.Second
	readyTimeout = 5 * time.Second
)

func newReadiness(parts map[string]func(context.Context) error, log *slog.Logger) *readiness {
	return &readiness{parts: parts, log: log}
}

// check returns "ok" or "unavailable" for each part. The reason stays in the log:
// the page is public.
func (r *readiness) check(ctx context.Context) (parts map[string]string, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.checked.IsZero() && time.Since(r.checked) < readyFor {
		return r.result, r.ok
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTimeout)
	defer cancel()
	r.result, r.ok = make(map[string]string, len(r.parts)), true
	for name, ask := range r.parts {
		r.result[name] = "ok"
		if err := ask(ctx); err != nil {
			r.result[name], r.ok = "unavailable", false
			r.log.WarnContext(ctx, "a part is not ready", "part", name, "error", err)
		}
	}
	r.checked = time.Now()
	return r.result, r.ok
}
