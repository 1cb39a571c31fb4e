package store

import (
	"context"
	"database/sql"
	"strconv"

	"namesake/internal/plan"
)

// toUndo selects the done operations of the plan $1 that no plan undoes, except the plan $2:
// a plan that undoes them has an operation on the same entry. If that plan was cancelled, the
// operations that it did not get to can be undone again.
const toUndo = `plan = $1 AND state = 'done' AND CASE kind WHEN 'create' THEN created ELSE entry_id END NOT IN (
	SELECT o.entry_id FROM plan_operations o JOIN plans u ON u.id = o.plan
	WHERE u.undoes = $1 AND u.id <> $2 AND (u.state <> 'cancelled' OR o.state IN ('done', 'unchanged')))`

// OperationsToUndo returns the done operations of a plan, after a position, that undo has to
// undo because no other plan does.
func (s *Store) OperationsToUndo(ctx context.Context, id, undo string, after, limit int) ([]plan.Operation, error) {
	return readOperations(ctx, s.read, toUndo+` AND position > $3 ORDER BY position LIMIT `+strconv.Itoa(limit), []any{id, undo, after})
}

// countToUndo counts the done operations of a plan that no other plan undoes. It returns 0
// while the operations of an undo are being looked up.
func countToUndo(ctx context.Context, db queryer, id string) (n int, err error) {
	err = query(ctx, db, `SELECT COUNT(*) FROM plan_operations WHERE `+toUndo+`
		AND NOT EXISTS (SELECT 1 FROM plans WHERE undoes = $1 AND NOT listed AND state <> 'cancelled')`, []any{id, ""}, func(rows *sql.Rows) error {
		return rows.Scan(&n)
	})
	return n, wrap("count the operations to undo", err)
}
