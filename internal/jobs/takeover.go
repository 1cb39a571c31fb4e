package jobs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// River takes over a job when it has run longer than a limit, by the clock of the copy that
// looks. Namesake's jobs may run long, and the clocks of copies may differ. So a copy
// regularly marks its jobs as just started; other copies take over a job without a fresh
// mark, by the shared clock.

// hold marks a job every few seconds until release is called. The returned context also
// ends when another copy has taken over the job.
func (r *Runner) hold(ctx context.Context, id int64) (held context.Context, release func()) {
	held, cancel := context.WithCancelCause(ctx)
	ended, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		ctx := context.WithoutCancel(ctx) // work in progress is finished after ctx ends
		ticks := time.NewTicker(r.timing.heartbeat)
		defer ticks.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ticks.C:
			}
			row, err := r.mark(ctx, id)
			switch {
			case err != nil:
				r.Log.WarnContext(ctx, "a job could not be marked as being worked on", "error", err)
			case !r.ours(row):
				cancel(errTakenOver)
			}
		}
	}()
	return held, func() {
		close(ended)
		<-done
		cancel(nil)
	}
}

// mark marks a job as in progress, and returns its row.
func (r *Runner) mark(ctx context.Context, id int64) (*rivertype.JobRow, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timing.heartbeat)
	defer cancel()
	now := r.Now().UTC()
	return r.rows.JobUpdateFull(ctx, &riverdriver.JobUpdateFullParams{ID: id, AttemptedAtDoUpdate: true, AttemptedAt: &now})
}

// maxTakenOver limits the number of jobs taken over at the same time.
const maxTakenOver = 100

// takeOver frees the running jobs whose last mark is older than before.
func (r *Runner) takeOver(ctx context.Context, before time.Time) error {
	before = before.UTC()
	left, err := r.rows.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: maxTakenOver, StuckHorizon: before})
	if err != nil || len(left) == 0 {
		return err
	}
	now := r.Now().UTC()
	params := &riverdriver.JobRescueManyParams{StuckHorizon: before}
	for _, row := range left {
		note, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: row.Attempt, Error: "the copy that worked on it was killed"})
		if err != nil {
			return err
		}
		params.ID = append(params.ID, row.ID)
		params.Error = append(params.Error, note)
		params.FinalizedAt = append(params.FinalizedAt, nil)
		params.ScheduledAt = append(params.ScheduledAt, now)
		params.State = append(params.State, string(rivertype.JobStateAvailable))
		r.Log.InfoContext(ctx, "a job was left running by a copy that was killed; it is taken over", "kind", row.Kind, "args", string(row.EncodedArgs))
	}
	_, err = r.rows.JobRescueMany(ctx, params)
	return err
}
