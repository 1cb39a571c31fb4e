package store

import (
	"context"
	"database/sql"
	"time"

	"namesake/internal/plan"
)

// ClaimPlan claims an active plan for worker, unless another worker has it.
func (s *Store) ClaimPlan(ctx context.Context, id, worker string, now, until time.Time) (p plan.Plan, ok bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		p, ok, err = scanPlan(tx.QueryRowContext(ctx, `UPDATE plans SET worker = $2, claimed = $3
			WHERE id = $1 AND `+active+` AND claimed <= $4 RETURNING `+planColumns, id, worker, micros(until), micros(now)).Scan)
		return err
	})
	return p, ok, wrap("claim a plan", err)
}

// UnclaimedPlans returns active plans without a worker.
func (s *Store) UnclaimedPlans(ctx context.Context, now time.Time, limit int) (ids []string, err error) {
	err = s.query(ctx, `SELECT id FROM plans WHERE `+active+` AND claimed <= $1 ORDER BY created, id LIMIT $2`, []any{micros(now), limit}, func(rows *sql.Rows) error {
		var id string
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	return ids, wrap("look for plans", err)
}

// claimIsActive reports whether a worker has a plan that is still active.
const claimIsActive = `SELECT EXISTS (SELECT 1 FROM plans WHERE id = $1 AND worker = $2 AND ` + active + `)`

// RenewPlanClaim reports whether worker still has the plan and the plan is still active.
func (s *Store) RenewPlanClaim(ctx context.Context, id, worker string, until time.Time) (goOn bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE plans SET claimed = $3 WHERE id = $1 AND worker = $2`, id, worker, micros(until)); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, claimIsActive, id, worker).Scan(&goOn)
	})
	return goOn, wrap("renew the claim of a plan", err)
}

// ReleasePlan ends the claim of worker on a plan.
func (s *Store) ReleasePlan(ctx context.Context, id, worker string) error {
	_, err := s.updatePlan(ctx, `UPDATE plans SET worker = '', claimed = 0 WHERE id = $1 AND worker = $2`, id, worker)
	return err
}

// ReleaseAllPlans ends all claims. It is for a program that is the only one on the
// database.
func (s *Store) ReleaseAllPlans(ctx context.Context) error {
	_, err := s.updatePlan(ctx, `UPDATE plans SET worker = '', claimed = 0 WHERE claimed > 0`)
	return err
}

// AddListed adds operations while worker lists them; first removes those of an earlier
// listing.
func (s *Store) AddListed(ctx context.Context, id, worker string, first bool, operations []plan.Operation) (goOn bool, err error) {
	return s.whileListing(ctx, id, worker, func(ctx context.Context, tx *sql.Tx) error {
		if first {
			if _, err := tx.ExecContext(ctx, `DELETE FROM plan_operations WHERE plan = $1`, id); err != nil {
				return err
			}
		}
		return s.insertOperations(ctx, tx, id, operations)
	})
}

// SaveListed changes operations while worker lists them.
func (s *Store) SaveListed(ctx context.Context, id, worker string, operations []plan.Operation) (goOn bool, err error) {
	return s.whileListing(ctx, id, worker, func(ctx context.Context, tx *sql.Tx) error {
		return eachOperation(ctx, tx, saveOperation, id, operations)
	})
}

func (s *Store) whileListing(ctx context.Context, id, worker string, do func(ctx context.Context, tx *sql.Tx) error) (goOn bool, err error) {
	err = s.changeWithTimeout(ctx, addTimeout, func(ctx context.Context, tx *sql.Tx) (err error) {
		goOn, err = affect(ctx, tx, `UPDATE plans SET worker = worker WHERE id = $1 AND worker = $2 AND state = 'listing'`, id, worker)
		if err != nil || !goOn {
			return err
		}
		return do(ctx, tx)
	})
	return goOn && err == nil, wrap("list the operations of a plan", err)
}

// reviseOperation saves an operation, with the arguments of eachOperation.
const reviseOperation = `UPDATE plan_operations SET kind = $3, entry_id = $4, line = $5, before_values = $6, after_values = $7, state = $8, fault = $9,
	record = $10, created = $11, create_key = $12, reason = $13, danger = $14, intent = $15 WHERE plan = $1 AND position = $2`

// saveOperation saves a waiting operation, with the arguments of eachOperation.
const saveOperation = reviseOperation + ` AND state = 'waiting'`

// SaveOperation saves the result of a waiting operation, even if another worker has the
// plan by now.
func (s *Store) SaveOperation(ctx context.Context, id, worker string, o plan.Operation) (goOn bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if err := eachOperation(ctx, tx, saveOperation, id, []plan.Operation{o}); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, claimIsActive, id, worker).Scan(&goOn)
	})
	return goOn, wrap("save an operation of a plan", err)
}

// EndPlan stores the final state of the work on a plan that worker has, and ends the claim.
// It does nothing if the plan was paused, or if an operation waits in a plan that would be
// done.
func (s *Store) EndPlan(ctx context.Context, p plan.Plan, from plan.State, worker string) (bool, error) {
	stop, err := optionalJSON(p.Stop)
	if err != nil {
		return false, wrap("end plan", err)
	}
	protection, err := optionalJSON(p.Protection)
	if err != nil {
		return false, wrap("end plan", err)
	}
	return s.updatePlan(ctx, `UPDATE plans SET state = $4, stop = $5, listed = $6, changed = $7, protection = $8, worker = '', claimed = 0
		WHERE id = $1 AND worker = $2 AND state = $3
		AND ($4 <> 'done' OR NOT EXISTS (SELECT 1 FROM plan_operations WHERE plan = $1 AND state = 'waiting'))`,
		p.ID, worker, string(from), string(p.State), stop, p.Listed, micros(p.Changed), protection)
}
