package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"namesake/internal/audit"
	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// addTimeout limits the time to add all operations of a plan.
const addTimeout = 30 * time.Second

// AddPlan stores a new plan with its operations.
func (s *Store) AddPlan(ctx context.Context, p plan.Plan, operations []plan.Operation) error {
	return wrap("add plan", s.changeWithTimeout(ctx, addTimeout, func(ctx context.Context, tx *sql.Tx) error {
		if err := insertPlan(ctx, tx, p); err != nil {
			return err
		}
		return s.insertOperations(ctx, tx, p.ID, operations)
	}))
}

// AddUndo stores a plan that undoes another one, which must be inactive and have something to
// undo, and marks that one.
func (s *Store) AddUndo(ctx context.Context, p plan.Plan) (added bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) error {
		added = false
		// The lock lets the count see the undo of another transaction.
		locked, err := affect(ctx, tx, `UPDATE plans SET undone = undone
			WHERE id = $1 AND state IN ('paused', 'done', 'cancelled') AND claimed <= $2`, p.Undoes, micros(p.Created))
		if err != nil || !locked {
			return err
		}
		n, err := countToUndo(ctx, tx, p.Undoes)
		if err != nil || n == 0 {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE plans SET undone = TRUE WHERE id = $1`, p.Undoes); err != nil {
			return err
		}
		added = true
		return insertPlan(ctx, tx, p)
	})
	return added && err == nil, wrap("add plan", err)
}

func insertPlan(ctx context.Context, tx *sql.Tx, p plan.Plan) error {
	values, err := planValues(p)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO plans (`+planColumns+`, issuer, subject, worker)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, '')`,
		append(values, text(p.Owner.Issuer), text(p.Owner.Subject))...)
	return err
}

// RemovePlans removes the plans that were created before a time, with their operations, unless
// they or their undo are active. It returns their number.
func (s *Store) RemovePlans(ctx context.Context, before time.Time) (removed int64, err error) {
	err = s.changeWithTimeout(ctx, addTimeout, func(ctx context.Context, tx *sql.Tx) error {
		const old = `created < $1 AND NOT (` + active + `) AND id NOT IN (SELECT undoes FROM plans WHERE ` + active + `)`
		// The update keeps the plans from becoming active before they are removed.
		if _, err := tx.ExecContext(ctx, `UPDATE plans SET worker = worker WHERE `+old, micros(before)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM plan_operations WHERE plan IN (SELECT id FROM plans WHERE `+old+`)`, micros(before)); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `DELETE FROM plans WHERE `+old, micros(before))
		if err != nil {
			return err
		}
		removed, err = result.RowsAffected()
		return err
	})
	return removed, wrap("remove plans", err)
}

func (s *Store) insertOperations(ctx context.Context, tx *sql.Tx, id string, operations []plan.Operation) error {
	return insertMany(ctx, tx, s.engine, `INSERT INTO plan_operations (`+operationColumns+`, plan, intent) VALUES `, ``, operations, func(o plan.Operation) ([]any, error) {
		values, err := operationValues(o)
		return append(values, id, o.Intent()), err
	})
}

// eachOperation runs a statement for each operation with the plan's id, the values of
// operationColumns, and the intent.
func eachOperation(ctx context.Context, tx *sql.Tx, query, id string, operations []plan.Operation) (err error) {
	statement, err := tx.PrepareContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, statement.Close()) }()
	for _, o := range operations {
		values, err := operationValues(o)
		if err != nil {
			return err
		}
		if _, err := statement.ExecContext(ctx, append(append([]any{id}, values...), o.Intent())...); err != nil {
			return err
		}
	}
	return nil
}

const active = `state IN ('listing', 'running')`

// PausePlan pauses an active plan. Its worker keeps the claim until the operations in
// progress are finished.
func (s *Store) PausePlan(ctx context.Context, id string, at time.Time) error {
	_, err := s.updatePlan(ctx, `UPDATE plans SET state = 'paused', changed = $2 WHERE id = $1 AND `+active, id, micros(at))
	return err
}

// MovePlan sets the state and owner of a plan without a worker, and makes its operations in
// one of the states again waiting.
func (s *Store) MovePlan(ctx context.Context, p plan.Plan, from plan.State, again ...plan.OperationState) (moved bool, err error) {
	owner, err := jsonText(ownerRowOf(p.Owner))
	accepted, errAccepted := acceptedText(p.AcceptedTests)
	if err := errors.Join(err, errAccepted); err != nil {
		return false, wrap("move plan", err)
	}
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		moved, err = affect(ctx, tx, `UPDATE plans SET state = $2, owner = $3, stop = '', changed = $4, accepted_tests = $6
			WHERE id = $1 AND state = $5 AND claimed <= $4 AND (NOT undone OR $2 = 'cancelled')`, p.ID, string(p.State), owner, micros(p.Changed), string(from), accepted)
		if err != nil || !moved {
			return err
		}
		if p.State == plan.Cancelled && p.Undoes != "" {
			if _, err := tx.ExecContext(ctx, `UPDATE plans SET undone = FALSE WHERE id = $1 AND NOT EXISTS (
				SELECT 1 FROM plans u WHERE u.undoes = $1 AND (u.state <> 'cancelled' OR EXISTS (
					SELECT 1 FROM plan_operations o WHERE o.plan = u.id AND o.state IN ('done', 'refused', 'failed', 'unknown'))))`, p.Undoes); err != nil {
				return err
			}
		}
		if len(again) > 0 {
			in, more := oneOf(again, 1)
			if _, err := tx.ExecContext(ctx, `UPDATE plan_operations SET state = 'waiting', fault = '' WHERE plan = $1 AND state `+in, append([]any{p.ID}, more...)...); err != nil {
				return err
			}
		}
		if p.State == plan.Running {
			_, err = tx.ExecContext(ctx, `UPDATE plans SET to_run = (SELECT COUNT(*) FROM plan_operations WHERE plan = $1 AND state = 'waiting') WHERE id = $1`, p.ID)
		}
		return err
	})
	return moved, wrap("move plan", err)
}

func (s *Store) updatePlan(ctx context.Context, query string, args ...any) (updated bool, err error) {
	err = s.change(ctx, func(ctx context.Context, tx *sql.Tx) (err error) {
		updated, err = affect(ctx, tx, query, args...)
		return err
	})
	return updated, wrap("update plan", err)
}

// FollowOutcome sets the state of the operation whose intent had no outcome, or a failed
// one, to the new outcome. An operation that was retried since has another intent.
func (s *Store) FollowOutcome(ctx context.Context, outcome audit.Record) error {
	state, created := plan.OpFailed, registry.ID("")
	if outcome.Outcome == audit.OutcomeDone {
		state = plan.OpDone
		if outcome.Action == rbac.CreateEntry {
			created = outcome.Entry
		}
	}
	_, err := s.updatePlan(ctx, `UPDATE plan_operations SET state = $2, record = $3, created = $4, fault = CASE WHEN $2 = 'done' THEN '' ELSE fault END
		WHERE intent <> 0 AND intent = $1 AND state IN ('unknown', 'failed', 'refused')`, outcome.Intent, string(state), outcome.Seq, string(text(created)))
	return err
}
