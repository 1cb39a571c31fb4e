package jobs

import (
	"context"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"

	"namesake/internal/store"
	"namesake/internal/store/pgtest"
)

func TestAnotherCopyTakesOver(t *testing.T) {
	url := pgtest.NewDatabase(t)
	killed(t, Options{PostgresURL: url}, "one")
	p := make(plans)
	o := Options{PostgresURL: url, Plans: p.work, timing: quick}
	o.timing.heartbeatTimeout, o.timing.takeOverInterval = 0, 10*time.Millisecond // marks are old immediately
	running(t, o)
	work := next(t, "the plan", p)
	work.end <- nil
	if work.id != "one" {
		t.Errorf("worked on %q", work.id)
	}
}

// SQLite has only one copy, so it resumes abandoned jobs immediately.
func TestNextProgramTakesOverAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "test.db")
	open := func() Options {
		s, err := store.Open(t.Context(), store.Options{Engine: store.SQLite, Path: path})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return Options{SQLite: s.SQLite(), Now: s.Now}
	}
	killed(t, open(), "one")
	p, o := make(plans), open()
	o.Plans = p.work
	c := newCopy(t, o)
	future := c.Now().Add(time.Hour).UTC() // the clock was set back since
	if _, err := c.rows.JobUpdateFull(t.Context(), &riverdriver.JobUpdateFullParams{ID: rowsOf(t, c)[0].ID, AttemptedAtDoUpdate: true, AttemptedAt: &future}); err != nil {
		t.Fatal(err)
	}
	c.start()
	work := next(t, "the plan", p)
	work.end <- nil
	if work.id != "one" {
		t.Errorf("worked on %q", work.id)
	}
}

// A working copy keeps its job, however long the job takes.
func TestJobInProgressIsNotTakenOver(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		p := make(plans)
		o.Plans = p.work
		c := running(t, o)
		c.enqueue("one")
		work := next(t, "the plan", p)
		first, second := markOf(t, c), markOf(t, c)
		for !second.After(first) {
			second = markOf(t, c)
		}
		if err := c.takeOver(t.Context(), second); err != nil {
			t.Fatal(err)
		}
		if rows := rowsOf(t, c); rows[0].State != rivertype.JobStateRunning || work.ctx.Err() != nil {
			t.Errorf("it was taken over: %s", rows[0].State)
		}
		work.end <- nil
	})
}

// A suspended copy whose job was taken over stops working on it.
func TestCopyThatLostItsJobEnds(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		p := make(plans)
		o.Plans = p.work
		c := running(t, o)
		c.enqueue("one")
		work := next(t, "the plan", p)
		if err := c.takeOver(t.Context(), c.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		<-work.ctx.Done()
		if err := context.Cause(work.ctx); !errors.Is(err, errTakenOver) {
			t.Errorf("ended by %v", err)
		}
		work.end <- work.ctx.Err()
		work = next(t, "the plan again", p)
		work.end <- nil
	})
}
