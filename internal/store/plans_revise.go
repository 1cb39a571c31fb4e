package store

import (
	"context"
	"database/sql"
	"slices"
	"strconv"

	"namesake/internal/plan"
)

// ChosenOperations returns the chosen operations of a plan, in order.
func (s *Store) ChosenOperations(ctx context.Context, id string, chosen plan.Chosen) (operations []plan.Operation, err error) {
	if chosen.Reason != "" {
		operations, err = readOperations(ctx, s.read, `plan = $1 AND reason = $2 ORDER BY position`, []any{id, text(chosen.Reason)})
	}
	if chosen.Deletions && err == nil {
		var more []plan.Operation
		more, err = readOperations(ctx, s.read, `plan = $1 AND kind = 'delete' ORDER BY position`, []any{id})
		operations = append(operations, more...)
	}
	for some := range slices.Chunk(chosen.Positions, maxNamed) {
		if err != nil {
			break
		}
		where, args := `plan = $1 AND position IN (`, []any{id}
		for i, position := range some {
			if i > 0 {
				where += ", "
			}
			args = append(args, position)
			where += "$" + strconv.Itoa(len(args))
		}
		var more []plan.Operation
		more, err = readOperations(ctx, s.read, where+`) ORDER BY position`, args)
		operations = append(operations, more...)
	}
	return operations, err
}

// PlanMarks counts the operations of a plan that are left out, or dangerous.
func (s *Store) PlanMarks(ctx context.Context, id string) (plan.Marks, error) {
	marks := plan.Marks{Reasons: map[plan.Reason]int{}, Dangers: map[string]int{}}
	err := s.query(ctx, `SELECT reason, danger, state, COUNT(*) FROM plan_operations
		WHERE plan = $1 AND (reason <> '' OR danger <> '') GROUP BY reason, danger, state`, []any{id}, func(rows *sql.Rows) error {
		var reason plan.Reason
		var danger string
		var state plan.OperationState
		var n int
		err := rows.Scan(&reason, &danger, &state, &n)
		if reason != "" && state == plan.OpSkipped {
			marks.Reasons[reason] += n
		}
		if danger != "" && state == plan.OpWaiting {
			marks.Dangers[danger] += n
		}
		return err
	})
	return marks, wrap("count the marks of a plan", err)
}

// RevisePlan changes operations of a draft that no worker has, and makes it Listing, as it was
// before it became a draft: resuming it after a pause makes it a draft again.
func (s *Store) RevisePlan(ctx context.Context, p plan.Plan, operations []plan.Operation) (revised bool, err error) {
	err = s.changeWithTimeout(ctx, addTimeout, func(ctx context.Context, tx *sql.Tx) (err error) {
		revised, err = affect(ctx, tx, `UPDATE plans SET state = 'listing', listed = FALSE, protection = '', changed = $2 WHERE id = $1 AND state = 'draft' AND claimed <= $2`, p.ID, micros(p.Changed))
		if err != nil || !revised {
			return err
		}
		return eachOperation(ctx, tx, reviseOperation, p.ID, operations)
	})
	return revised && err == nil, wrap("revise a plan", err)
}
