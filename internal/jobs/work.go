package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// The kinds of jobs, which are also the names of their queues.
const (
	planKind   = "plan"
	upkeepKind = "upkeep"
)

// job identifies a row.
type job struct{ kind, name string }

type planArgs struct {
	ID string `json:"id"`
}

func (planArgs) Kind() string { return planKind }

type upkeepArgs struct {
	Name string `json:"name"`
}

func (upkeepArgs) Kind() string { return upkeepKind }

func (j job) args() river.JobArgs {
	if j.kind == planKind {
		return planArgs{j.name}
	}
	return upkeepArgs{j.name}
}

// options allow one row of a job to wait or run at a time.
func (j job) options() *river.InsertOpts {
	return &river.InsertOpts{
		Queue: j.kind,
		UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
			rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
		}},
	}
}

// insert adds j unless it is already waiting. running is true if it was not added because
// it is running: that run may be too early to see the reason for this one.
func (r *Runner) insert(ctx context.Context, j job) (running bool, err error) {
	r.starting.RLock()
	defer r.starting.RUnlock()
	result, err := r.client.Insert(ctx, j.args(), j.options())
	if err != nil {
		return false, err
	}
	return result.UniqueSkippedAsDuplicate && result.Job.State == rivertype.JobStateRunning, nil
}

// timing has the durations of a Runner; tests use shorter ones.
type timing struct {
	planTurn         time.Duration // how long a plan is worked on before others have their turn
	retryDelay       time.Duration // pause before a failed plan is tried again
	reinsertDelay    time.Duration // pause before adding a job again that was running
	heartbeat        time.Duration // pause between two marks of a job
	heartbeatTimeout time.Duration // age of the last mark at which the copy counts as killed
	takeOverInterval time.Duration // pause between two searches for such jobs
	pollInterval     time.Duration // pause between two searches for jobs of other copies
}

var usualTiming = timing{
	planTurn: 30 * time.Second, retryDelay: 15 * time.Second, reinsertDelay: 500 * time.Millisecond,
	heartbeat: 5 * time.Second, heartbeatTimeout: 20 * time.Second, takeOverInterval: 10 * time.Second, pollInterval: 5 * time.Second,
}

// later returns the error that reschedules a job after a pause. Unlike other errors it may
// recur any number of times.
func later(in time.Duration) error { return river.JobSnooze(in) }

func (r *Runner) workPlan(ctx context.Context, row *river.Job[planArgs]) error {
	id := row.Args.ID
	if !r.begin(id) {
		return later(r.timing.reinsertDelay) // another copy took the row over while this one was still at work
	}
	defer r.end(id)
	if ctx.Err() != nil {
		return later(0)
	}
	held, release := r.hold(ctx, row.ID)
	defer release()
	// The end of a turn is no deadline: it must not look like a call that took too long.
	turn, endTurn := context.WithCancel(held)
	defer endTurn()
	timer := time.AfterFunc(r.timing.planTurn, endTurn)
	defer timer.Stop()
	err := r.Plans(held, turn, id)
	switch {
	case turn.Err() != nil:
		return later(0)
	case err != nil:
		r.failed(ctx, planKind, err, "plan", id)
		return later(r.timing.retryDelay)
	}
	return nil
}

func (r *Runner) workUpkeep(ctx context.Context, row *river.Job[upkeepArgs]) error {
	p, ok := r.periodics[row.Args.Name]
	if !ok || ctx.Err() != nil {
		return nil // a job of another version, or one that runs again at the next start
	}
	held, release := r.hold(ctx, row.ID)
	defer release()
	if err := p.Do(held); err != nil && held.Err() == nil {
		r.failed(ctx, p.Name, err)
	}
	return nil
}

func (r *Runner) failed(ctx context.Context, name string, err error, more ...any) {
	r.Log.ErrorContext(ctx, "a job failed; it is tried again later", append([]any{"job", name, "error", err}, more...)...)
	if r.Failed != nil {
		r.Failed(name)
	}
}

// begin reports whether this copy may start to work on a plan: only once at a time.
func (r *Runner) begin(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.working[id] {
		return false
	}
	r.working[id] = true
	return true
}

func (r *Runner) end(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.working, id)
}

// errTakenOver ends the work on a job that another copy has taken over.
var errTakenOver = errors.New("another copy has taken the job over")

// panicked reports a job that panicked, which is a bug.
func (r *Runner) panicked(ctx context.Context, row *rivertype.JobRow, value any, trace string) {
	r.failed(ctx, row.Kind, fmt.Errorf("panic: %v", value), "trace", trace)
}

// ours reports whether this copy is working on the job of a row.
func (r *Runner) ours(row *rivertype.JobRow) bool {
	return row.State == rivertype.JobStateRunning && len(row.AttemptedBy) > 0 && row.AttemptedBy[len(row.AttemptedBy)-1] == r.id
}

// periodicJobs converts the Periodics to River's type.
func (r *Runner) periodicJobs() []*river.PeriodicJob {
	var jobs []*river.PeriodicJob
	for _, p := range r.periodics {
		j := job{kind: upkeepKind, name: p.Name}
		jobs = append(jobs, river.NewPeriodicJob(river.PeriodicInterval(p.Every), func() (river.JobArgs, *river.InsertOpts) {
			return j.args(), j.options()
		}, &river.PeriodicJobOpts{ID: p.Name}))
	}
	return jobs
}
