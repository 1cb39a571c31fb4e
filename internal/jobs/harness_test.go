package jobs

import (
	"context"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"namesake/internal/store"
	"namesake/internal/store/pgtest"
)

// onEngines runs a test on each engine. database returns the options that name one database.
func onEngines(t *testing.T, test func(t *testing.T, database Options)) {
	t.Helper()
	sqlite := func(t *testing.T, path string) Options {
		s, err := store.Open(t.Context(), store.Options{Engine: store.SQLite, Path: path})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return Options{SQLite: s.SQLite(), Now: s.Now}
	}
	engines := map[string]func(t *testing.T) Options{
		"memory":   func(t *testing.T) Options { return sqlite(t, "") },
		"file":     func(t *testing.T) Options { return sqlite(t, filepath.Join(t.TempDir(), "test.db")) },
		"postgres": func(t *testing.T) Options { return Options{PostgresURL: pgtest.NewDatabase(t)} },
	}
	for name, options := range engines {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // tests mostly wait for the database
			test(t, options(t))
		})
	}
}

// copyOf is a copy of the program on a database.
type copyOf struct {
	*Runner
	t    *testing.T
	stop func() error // ends Run, and returns its result
}

// newCopy makes a copy that is not running.
func newCopy(t *testing.T, o Options) *copyOf {
	t.Helper()
	if o.timing == (timing{}) {
		o.timing = quick
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	r, err := New(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return &copyOf{Runner: r, t: t}
}

func (c *copyOf) start() {
	ctx, cancel := context.WithCancel(c.t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	c.stop = sync.OnceValue(func() error { cancel(); return <-ended })
	c.t.Cleanup(func() { _ = c.stop() })
}

func running(t *testing.T, o Options) *copyOf {
	t.Helper()
	c := newCopy(t, o)
	c.start()
	return c
}

func (c *copyOf) enqueue(id string) {
	c.t.Helper()
	if err := c.Enqueue(c.t.Context(), id); err != nil {
		c.t.Fatal(err)
	}
}

// plans receives calls of Options.Plans, each of which lasts until the test ends it.
type plans chan call

type call struct {
	ctx  context.Context
	turn context.Context // nil for periodic jobs
	id   string
	end  chan error
}

func (p plans) work(ctx, turn context.Context, id string) error {
	c := call{ctx, turn, id, make(chan error, 1)}
	select {
	case p <- c:
		return <-c.end
	case <-ctx.Done():
		return ctx.Err()
	}
}

func next[T any](t *testing.T, what string, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("missing:", what)
		panic("not reached")
	}
}

// killed leaves the plan as a killed copy does: running, with a mark that gets old.
func killed(t *testing.T, o Options, id string) {
	t.Helper()
	p := make(plans)
	o.Plans, o.timing = p.work, quick
	o.timing.heartbeat = time.Hour
	c := running(t, o)
	c.enqueue(id)
	work := next(t, "the plan", p)
	t.Cleanup(func() { work.end <- nil; _ = c.stop() })
}

// rowsOf returns the rows of plans.
func rowsOf(t *testing.T, c *copyOf) []*rivertype.JobRow {
	t.Helper()
	rows, err := c.rows.JobGetByKindMany(t.Context(), &riverdriver.JobGetByKindManyParams{Kind: []string{planKind}})
	if err != nil || len(rows) == 0 {
		t.Fatalf("%d jobs: %v", len(rows), err)
	}
	return rows
}

// markOf returns the time of the plan's last mark.
func markOf(t *testing.T, c *copyOf) time.Time {
	t.Helper()
	return *rowsOf(t, c)[0].AttemptedAt
}
