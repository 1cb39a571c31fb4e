package server_test

import (
	"context"
	"database/sql" //nolint:depguard // to lock the file as another program would
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
)

// A part that hangs, or is broken, says nothing about the others.
func TestReadinessOfEachPart(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "n.db")
	tests := []struct {
		name   string
		spoil  func(t *testing.T, a *app)
		status int
		want   string
	}{
		{"all is well", func(*testing.T, *app) {}, 200, `{"parts":{"api":"ok","database":"ok"},"status":"ok"}`},
		{"the API hangs", func(t *testing.T, a *app) {
			hold := make(chan struct{})
			t.Cleanup(func() { close(hold) })
			a.sandbox.Inject(sandbox.Fault{Times: -1, Hold: hold})
		}, 503, `{"parts":{"api":"unavailable","database":"ok"},"status":"unavailable"}`},
		{"the API is broken", func(_ *testing.T, a *app) {
			a.sandbox.Inject(sandbox.Fault{Times: -1, Status: 500, Body: "{}"})
		}, 503, `{"parts":{"api":"unavailable","database":"ok"},"status":"unavailable"}`},
		{"the database is locked", func(t *testing.T, a *app) {
			must(t, a.mirror.Refresh(t.Context()))
			db, err := sql.Open("sqlite", file)
			must(t, err)
			t.Cleanup(func() { _ = db.Close() })
			db.SetMaxOpenConns(1)
			_, err = db.ExecContext(t.Context(), "BEGIN IMMEDIATE")
			must(t, err)
		}, 503, `{"parts":{"api":"ok","database":"unavailable"},"status":"unavailable"}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := newApp(t, func(s *settings) {
				s.database, s.readyTimeout = file, 2*time.Second
			})
			tt.spoil(t, a)
			res := a.stranger().get("/readyz").wants(tt.status)
			same(t, "answer", strings.TrimSpace(res.body), tt.want)
		})
	}
}

// A part that does not heed its time limit keeps no one waiting, and is not asked again
// before it has answered.
func TestReadinessOfAPartThatHangs(t *testing.T) {
	t.Parallel()
	hang := make(chan struct{})
	defer close(hang)
	a := newApp(t, func(s *settings) {
		s.readyTimeout = time.Second
		s.ready = map[string]func(context.Context) error{"stuck": func(context.Context) error { <-hang; return nil }}
	})
	res := a.stranger().get("/readyz").wants(http.StatusServiceUnavailable)
	same(t, "answer", strings.TrimSpace(res.body), `{"parts":{"api":"ok","database":"ok","stuck":"unavailable"},"status":"unavailable"}`)
}

// Clocks that differ are no reason to take the program out of service, and are told once.
func TestReadinessWarnings(t *testing.T) {
	t.Parallel()
	a := newApp(t, func(s *settings) {
		s.warnings = func() []string { return []string{"the API's clock differs by 2m0s"} }
	})
	res := a.stranger().get("/readyz").wants(http.StatusOK)
	same(t, "answer", strings.TrimSpace(res.body), `{"parts":{"api":"ok","database":"ok"},"status":"ok","warnings":["the API's clock differs by 2m0s"]}`)
	same(t, "times in the log", strings.Count(a.log.String(), "the API's clock differs by 2m0s"), 1)
}
