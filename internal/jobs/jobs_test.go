package jobs

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"namesake/internal/store"
	"namesake/internal/store/pgtest"
)

// quick has times that are short enough for a test.
var quick = timing{
	planTurn: time.Minute, retryDelay: 10 * time.Millisecond, reinsertDelay: 5 * time.Millisecond,
	heartbeat: 10 * time.Millisecond, heartbeatTimeout: time.Hour, takeOverInterval: time.Hour, pollInterval: 10 * time.Millisecond,
}

// patience limits the waits of a failing test.
const patience = 30 * time.Second

func TestPlanIsWorkedOn(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		p := make(plans)
		o.Plans = p.work
		c := running(t, o)
		c.enqueue("one")
		work := next(t, "one", p)
		if work.id != "one" {
			t.Errorf("worked on %q", work.id)
		}
		c.enqueue("two") // runs at the same time
		other := next(t, "two", p)
		if other.id != "two" {
			t.Errorf("worked on %q", other.id)
		}
		work.end <- nil
		other.end <- nil
	})
}

func TestAskingTwiceIsAskingOnce(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		p := make(plans)
		o.Plans = p.work
		c := newCopy(t, o)
		for range 3 {
			c.enqueue("one")
		}
		c.enqueue("two")
		c.start()
		seen := []string{}
		for range 2 {
			work := next(t, "a plan", p)
			seen = append(seen, work.id)
			work.end <- nil
		}
		c.enqueue("three")
		last := next(t, "three", p)
		last.end <- nil
		slices.Sort(seen)
		if want := []string{"one", "two"}; !slices.Equal(seen, want) || last.id != "three" {
			t.Errorf("worked on %v, then %q", seen, last.id)
		}
	})
}

// A plan that is resumed just before its work ends must be scheduled once more.
func TestAskingWhileItRunsIsAskingAgain(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		p := make(plans)
		o.Plans = p.work
		c := running(t, o)
		c.enqueue("one")
		first := next(t, "the first run", p)
		c.enqueue("one")
		select {
		case <-p:
			t.Error("two workers have the same plan")
		default:
		}
		first.end <- nil
		second := next(t, "the second run", p)
		second.end <- nil
		if second.id != "one" {
			t.Errorf("worked on %q", second.id)
		}
	})
}

func TestPlanIsTriedAgain(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		for _, tt := range []struct {
			name   string
			turn   time.Duration
			end    func(call) error
			failed int
		}{
			{"after an error", time.Minute, func(call) error { return errors.New("no database") }, 1},
			{"after its turn", time.Nanosecond, func(c call) error { <-c.turn.Done(); return c.turn.Err() }, 0},
		} {
			t.Run(tt.name, func(t *testing.T) {
				p, failed := make(plans), make(chan string, 10)
				o := o
				o.Plans, o.timing, o.Failed = p.work, quick, func(name string) { failed <- name }
				o.timing.planTurn = tt.turn
				c := running(t, o)
				c.enqueue(tt.name)
				first := next(t, "the first run", p)
				first.end <- tt.end(first)
				second := next(t, "the second run", p)
				second.end <- nil
				if got := len(failed); got != tt.failed {
					t.Errorf("%d failures counted, want %d", got, tt.failed)
				}
				if err := c.stop(); err != nil {
					t.Error(err)
				}
			})
		}
	})
}

func TestPlansThatWereNotEnqueued(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		p := make(plans)
		o.Plans = p.work
		o.Waiting = func(context.Context) ([]string, error) { return []string{"left"}, nil }
		running(t, o)
		work := next(t, "the plan", p)
		work.end <- nil
		if work.id != "left" {
			t.Errorf("worked on %q", work.id)
		}
	})
}

func TestShutdownWaitsForWhatIsInProgress(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		p := make(plans)
		o.Plans = p.work
		c := running(t, o)
		c.enqueue("one")
		work := next(t, "the plan", p)
		ended := make(chan error, 1)
		go func() { ended <- c.stop() }()
		<-work.ctx.Done()
		select {
		case err := <-ended:
			t.Error("stopped before its work had ended:", err)
		default:
		}
		work.end <- work.ctx.Err()
		if err := next(t, "the end", ended); err != nil {
			t.Error(err)
		}
		// The next program continues it.
		running(t, o)
		work = next(t, "the plan again", p)
		work.end <- nil
		if work.id != "one" {
			t.Errorf("worked on %q", work.id)
		}
	})
}

func TestShutdownGivesUpOnWorkThatHangs(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		p := make(plans)
		o.Plans, o.Drain = p.work, time.Millisecond
		c := running(t, o)
		c.enqueue("one")
		work := next(t, "the plan", p)
		if err := c.stop(); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("stopped with %v", err)
		}
		work.end <- nil
		if err := c.client.StopAndCancel(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
}

func TestPeriodicRunsOnOneCopy(t *testing.T) {
	url := pgtest.NewDatabase(t)
	runs := make(chan call)
	do := func(ctx context.Context) error {
		c := call{ctx: ctx, end: make(chan error, 1)}
		select {
		case runs <- c:
			return <-c.end
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	o := Options{PostgresURL: url, Periodics: []Periodic{{Name: "sweep", Every: time.Hour, Do: do}}}
	one, two := newCopy(t, o), newCopy(t, o)
	one.start()
	run := next(t, "the run at start", runs)
	two.start()
	two.Wake("sweep", 0)
	select {
	case <-runs:
		t.Error("both copies run it at once")
	default:
	}
	run.end <- nil
	run = next(t, "the run that the other copy asked for", runs)
	run.end <- nil
}

func TestPeriodicIsRepeated(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		runs, failed := make(chan struct{}), make(chan string, 100)
		o.Failed = func(name string) { failed <- name }
		o.Periodics = []Periodic{{Name: "often", Every: 50 * time.Millisecond, Do: func(ctx context.Context) error {
			select {
			case runs <- struct{}{}:
			case <-ctx.Done():
			}
			return errors.New("no database")
		}}}
		running(t, o)
		for range 3 {
			next(t, "a run", runs)
		}
		if name := next(t, "a failure", failed); name != "often" {
			t.Errorf("%q failed", name)
		}
	})
}

func TestJobThatPanicsIsTold(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		var log bytes.Buffer
		failed := make(chan string, 1)
		o.Log, o.Failed = slog.New(slog.NewTextHandler(&log, nil)), func(name string) { failed <- name }
		o.Periodics = []Periodic{{Name: "bad", Every: time.Hour, Do: func(context.Context) error { panic("a bug") }}}
		c := running(t, o)
		next(t, "the failure", failed)
		_ = c.stop()
		if !strings.Contains(log.String(), "panic: a bug") || strings.Contains(log.String(), "level=DEBUG") {
			t.Errorf("log: %s", &log)
		}
	})
}

func TestMigratingAtTheSameTime(t *testing.T) {
	path, url := filepath.Join(t.TempDir(), "test.db"), pgtest.NewDatabase(t)
	for _, open := range []func() (Options, error){
		func() (Options, error) {
			s, err := store.Open(t.Context(), store.Options{Engine: store.SQLite, Path: path})
			if err != nil {
				return Options{}, err
			}
			t.Cleanup(func() { _ = s.Close() })
			return Options{SQLite: s.SQLite()}, nil
		},
		func() (Options, error) { return Options{PostgresURL: url}, nil },
	} {
		var work sync.WaitGroup
		for range 3 {
			work.Go(func() {
				o, err := open()
				if err != nil {
					t.Error(err)
					return
				}
				r, err := New(t.Context(), o)
				if err != nil {
					t.Error(err)
					return
				}
				r.Close()
			})
		}
		work.Wait()
	}
}

func TestOptionsThatAreMissing(t *testing.T) {
	for name, o := range map[string]Options{"no database": {}, "two": {SQLite: nil, PostgresURL: "postgres://%"}} {
		if _, err := New(t.Context(), o); err == nil {
			t.Error(name, "is accepted")
		}
	}
}

// The end of a turn is neither the end of the job nor a deadline.
func TestEndOfATurn(t *testing.T) {
	onEngines(t, func(t *testing.T, o Options) {
		p := make(plans)
		o.Plans, o.timing = p.work, quick
		o.timing.planTurn = time.Nanosecond
		c := running(t, o)
		c.enqueue("one")
		work := next(t, "the plan", p)
		<-work.turn.Done()
		if err := work.turn.Err(); !errors.Is(err, context.Canceled) {
			t.Errorf("the turn ended with %v", err)
		}
		if err := work.ctx.Err(); err != nil {
			t.Errorf("the job ended with %v", err)
		}
		work.end <- work.turn.Err()
		work = next(t, "its next turn", p)
		stopped := make(chan error)
		go func() { stopped <- c.stop() }()
		<-work.ctx.Done() // the end of the program is noticed after that of the turn
		work.end <- work.ctx.Err()
		if err := <-stopped; err != nil {
			t.Error(err)
		}
	})
}
