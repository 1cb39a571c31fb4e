// Package jobs runs what Namesake does in the background: plans, and upkeep that is
// repeated. Each is a row in the database, so that several copies of the program share the
// work and one takes over from another that was killed. The package is the only one that
// knows River, which keeps the rows; it imports nothing of ours.
package jobs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

const (
	// maxPlans is how many plans a copy works on at a time.
	maxPlans = 4
	// maxUpkeep is how many periodic jobs a copy works on at a time.
	maxUpkeep = 4
	// retention is how long the rows of finished jobs are kept.
	retention = time.Hour
)

// Periodic is work that is repeated. With several copies of the program one of them does it.
type Periodic struct {
	Name  string
	Every time.Duration
	// Do ends soon after ctx ends. An error is logged and counted; the next run is the next try.
	Do func(ctx context.Context) error
}

// Options are the parts of a Runner.
type Options struct {
	// SQLite is the pool that writes to the SQLite database; PostgresURL says where the
	// PostgreSQL database is. One of them is needed.
	SQLite      *sql.DB
	PostgresURL string

	Periodics []Periodic
	// Plans works on the plan id until there is nothing left to do or ctx ends, and then
	// finishes the operations under way. It is idempotent. After an error it is called again
	// later; after ctx ended, when other plans have had their turn.
	Plans func(ctx context.Context, id string) error
	// Waiting returns the plans with work to do. It finds those that were to run when the
	// program was killed before it called Enqueue. There are none when it is nil.
	Waiting func(ctx context.Context) ([]string, error)

	// Drain is how long Run waits for jobs under way; a minute when 0.
	Drain  time.Duration
	Now    func() time.Time  // the clock that all programs on the database share; time.Now when nil
	Failed func(name string) // called when a job failed, with "plan" or a Periodic's name; may be nil
	Log    *slog.Logger      // slog.Default() when nil

	timing timing // the usual one when it is zero
}

// Runner runs jobs. It is safe for concurrent use.
type Runner struct {
	Options
	id        string // of this copy among those on the database
	client    client
	rows      riverdriver.Executor
	close     func()
	periodics map[string]Periodic
	pending   pending

	starting sync.RWMutex // River's client can't take jobs while it starts

	mu      sync.Mutex
	working map[string]bool // plans that this copy works on
}

// client is the part of River's client that does not depend on the kind of transaction.
type client interface {
	Start(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	Insert(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
}

// New returns a Runner, and brings River's tables up to date. Nothing runs before Run does.
func New(ctx context.Context, o Options) (*Runner, error) {
	if (o.SQLite == nil) == (o.PostgresURL == "") {
		return nil, errors.New("jobs: SQLite or PostgresURL is required, not both")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Drain == 0 {
		o.Drain = time.Minute
	}
	if o.timing == (timing{}) {
		o.timing = usualTiming
	}
	r := &Runner{
		Options: o, id: newID(), periodics: make(map[string]Periodic), working: make(map[string]bool),
		pending: pending{at: make(map[job]time.Time), changed: make(chan struct{}, 1)},
	}
	for _, p := range o.Periodics {
		r.periodics[p.Name] = p
	}
	if o.Waiting != nil {
		r.periodics[waitingPlans] = Periodic{Name: waitingPlans, Every: waitingInterval, Do: r.enqueueWaiting}
	}
	var err error
	if o.SQLite != nil {
		err = r.openSQLite(ctx)
	} else {
		err = r.openPostgres(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("open jobs: %w", err)
	}
	return r, nil
}

// Close frees what New opened. It is for after Run.
func (r *Runner) Close() { r.close() }

// Enqueue has the plan id worked on, at once where a copy is free. While it waits for that
// already, nothing changes; while it is worked on, it is worked on once more after that.
func (r *Runner) Enqueue(ctx context.Context, id string) error {
	j := job{kind: planKind, name: id}
	running, err := r.insert(ctx, j)
	if err != nil {
		return fmt.Errorf("enqueue plan %s: %w", id, err)
	}
	if running {
		r.pending.add(j, time.Now().Add(r.timing.reinsertDelay))
	}
	return nil
}

// Wake runs the periodic job name after a pause, in addition to its other runs. While Run is
// not running, nothing happens.
func (r *Runner) Wake(name string, in time.Duration) {
	r.pending.add(job{kind: upkeepKind, name: name}, time.Now().Add(in))
}

// Run runs jobs until ctx ends, and then waits for those under way.
func (r *Runner) Run(ctx context.Context) error {
	if r.SQLite != nil {
		// Nobody else works on this database: what is running was left behind.
		if err := r.takeOver(ctx, r.Now()); err != nil && ctx.Err() == nil {
			r.Log.ErrorContext(ctx, "jobs of the program before could not be taken over yet", "error", err)
		}
	}
	for {
		err := r.startClient(ctx)
		if err == nil {
			break
		}
		r.Log.ErrorContext(ctx, "jobs could not be started; it is tried again", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(retryInsert):
		}
	}
	for name := range r.periodics {
		r.Wake(name, 0)
	}
	r.keepUp(ctx)
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.Drain)
	defer cancel()
	if err := r.client.StopAndCancel(stop); err != nil {
		return fmt.Errorf("wait for the jobs under way: %w", err)
	}
	return nil
}

func (r *Runner) startClient(ctx context.Context) error {
	r.starting.Lock()
	defer r.starting.Unlock()
	return r.client.Start(context.WithoutCancel(ctx)) // it is stopped at the end of Run
}

// keepUp adds pending jobs when they are due, and takes over jobs of copies that were killed,
// until ctx ends.
func (r *Runner) keepUp(ctx context.Context) {
	look := time.NewTicker(r.timing.takeOverInterval)
	defer look.Stop()
	for {
		timer := time.NewTimer(r.insertDue(ctx))
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-r.pending.changed:
		case <-timer.C:
		case <-look.C:
			if err := r.takeOver(ctx, r.Now().Add(-r.timing.heartbeatTimeout)); err != nil && ctx.Err() == nil {
				r.Log.WarnContext(ctx, "jobs of copies that were killed could not be looked for", "error", err)
			}
		}
		timer.Stop()
	}
}

// waitingPlans is the periodic job that finds plans which were not enqueued.
const (
	waitingPlans    = "plans"
	waitingInterval = 30 * time.Second
)

func (r *Runner) enqueueWaiting(ctx context.Context) error {
	ids, err := r.Waiting(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if _, err := r.insert(ctx, job{kind: planKind, name: id}); err != nil {
			return err
		}
	}
	return nil
}
