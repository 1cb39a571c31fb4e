// Package jobs runs Namesake's background work: plans and periodic jobs. Each job is a row
// in the database, so that several copies of the program share the work, and one takes over
// from another that was killed. Only this package uses River, which manages the rows; it
// imports no other package of this module.
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
	// maxPlans is the number of plans that a copy works on at the same time.
	maxPlans = 4
	// maxUpkeep is the number of periodic jobs that a copy runs at the same time.
	maxUpkeep = 4
	// retention is how long the rows of finished jobs are stored.
	retention = time.Hour
)

// Periodic is repeated work. It runs on one copy of the program at a time.
type Periodic struct {
	Name  string
	Every time.Duration
	// Do must end soon after ctx ends. An error is logged and counted; the next run tries
	// again.
	Do func(ctx context.Context) error
}

// Options are the parts of a Runner.
type Options struct {
	// SQLite is the pool that writes to the SQLite database; PostgresURL is the address of
	// the PostgreSQL database. One of them is required.
	SQLite      *sql.DB
	PostgresURL string

	Periodics []Periodic
	// Plans works on the plan id until nothing is left to do, ctx ends or turn ends, and then
	// finishes the operations in progress. turn ends with ctx, or before it to give other
	// plans their turn; work that can't be continued later may take longer. Plans is
	// idempotent. It is called again after an error, and when turn ended.
	Plans func(ctx, turn context.Context, id string) error
	// Waiting returns the plans with work to do, including those for which the program was
	// killed before it called Enqueue. It may be nil.
	Waiting func(ctx context.Context) ([]string, error)

	// Drain is how long Run waits for jobs in progress; a minute when 0.
	Drain  time.Duration
	Now    func() time.Time  // the clock that all programs on the database share; time.Now when nil
	Failed func(name string) // called after a failed job, with "plan" or a Periodic's name; may be nil
	Log    *slog.Logger      // slog.Default() when nil

	timing timing // usualTiming when zero
}

// Runner runs jobs. It is safe for concurrent use.
type Runner struct {
	Options
	id        string // identifies this copy among those on the database
	client    client
	rows      riverdriver.Executor
	close     func()
	periodics map[string]Periodic
	pending   pending

	starting sync.RWMutex // River's client refuses jobs while it starts

	mu      sync.Mutex
	working map[string]bool // plans that this copy works on
}

// client has the methods of River's client that do not depend on the type of transaction.
type client interface {
	Start(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	Insert(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
}

// New returns a Runner, and updates River's tables. Jobs run only during Run.
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

// Close frees what New opened. Call it after Run.
func (r *Runner) Close() { r.close() }

// Enqueue schedules work on the plan id, at once if a copy is free. It does nothing if the
// plan is already scheduled; if a worker has the plan, the plan is scheduled once more
// after that.
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

// Wake runs the periodic job name after a pause, in addition to its other runs. It has no
// effect outside Run.
func (r *Runner) Wake(name string, in time.Duration) {
	r.pending.add(job{kind: upkeepKind, name: name}, time.Now().Add(in))
}

// Run runs jobs until ctx ends, and then waits for those in progress.
func (r *Runner) Run(ctx context.Context) error {
	if r.SQLite != nil {
		// This is the only copy on the database, so running jobs were abandoned, also those
		// with a mark from the future because the machine's clock was set back.
		if err := r.takeOver(ctx, r.Now().AddDate(100, 0, 0)); err != nil && ctx.Err() == nil {
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
		return fmt.Errorf("wait for the jobs in progress: %w", err)
	}
	return nil
}

func (r *Runner) startClient(ctx context.Context) error {
	r.starting.Lock()
	defer r.starting.Unlock()
	return r.client.Start(context.WithoutCancel(ctx)) // the end of Run stops it
}

// keepUp adds pending jobs when they are due, and takes over jobs of killed copies, until
// ctx ends.
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

// waitingPlans is the periodic job that finds plans that were not enqueued.
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
