package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"namesake/internal/change"
	"namesake/internal/plan"
	"namesake/internal/registry"
)

var (
	_ plan.Store             = (*Store)(nil)
	_ change.OutcomeFollower = (*Store)(nil)
)

// Plan returns a plan with its counts.
func (s *Store) Plan(ctx context.Context, id string) (plan.Plan, bool, error) {
	return s.planWhere(ctx, s.read, `id = $1`, id)
}

// UndoOf returns the plan that undoes another one: the newest that is not cancelled,
// otherwise the newest.
func (s *Store) UndoOf(ctx context.Context, id string) (plan.Plan, bool, error) {
	if id == "" {
		return plan.Plan{}, false, nil
	}
	return s.planWhere(ctx, s.read, `undoes = $1 ORDER BY CASE state WHEN 'cancelled' THEN 1 ELSE 0 END, created DESC, id LIMIT 1`, id)
}

func (s *Store) planWhere(ctx context.Context, db queryer, where, value string) (p plan.Plan, ok bool, err error) {
	err = query(ctx, db, `SELECT `+planColumns+` FROM plans WHERE `+where, []any{text(value)}, func(rows *sql.Rows) (err error) {
		p, ok, err = scanPlan(rows.Scan)
		return err
	})
	if err != nil || !ok {
		return plan.Plan{}, false, wrap("read plan", err)
	}
	counts, err := countOperations(ctx, db, p.ID)
	p.Counts = counts[p.ID]
	if p.Counts == nil {
		p.Counts = plan.Counts{}
	}
	if p.ToUndo = p.Counts.Of(plan.OpDone); err == nil && p.Undone {
		p.ToUndo, err = countToUndo(ctx, db, p.ID)
	}
	return p, true, wrap("count the operations of a plan", err)
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// countOperations counts the operations of plans, reading only an index.
func countOperations(ctx context.Context, db queryer, ids ...string) (map[string]plan.Counts, error) {
	counts := map[string]plan.Counts{}
	in, args := oneOf(ids, 0)
	err := query(ctx, db, `SELECT plan, state, kind, COUNT(*) FROM plan_operations WHERE plan `+in+` GROUP BY plan, state, kind`, args, func(rows *sql.Rows) error {
		var id string
		var cell plan.Cell
		var n int
		err := rows.Scan(&id, &cell.State, &cell.Kind, &n)
		if counts[id] == nil {
			counts[id] = plan.Counts{}
		}
		counts[id][cell] = n
		return err
	})
	return counts, err
}

// Plans returns the newest plans of an account, first those of a person, then those of
// others.
func (s *Store) Plans(ctx context.Context, account registry.AccountID, issuer, subject string, limit int) ([]plan.Plan, error) {
	return s.plansWhere(ctx, `account IN ('', $1) ORDER BY CASE WHEN issuer = $2 AND subject = $3 THEN 0 ELSE 1 END, created DESC, id LIMIT $4`,
		string(account), text(issuer), text(subject), limit)
}

// OpenPlans returns the newest plans of an account that run or wait for a person.
func (s *Store) OpenPlans(ctx context.Context, account registry.AccountID, limit int) ([]plan.Plan, error) {
	return s.plansWhere(ctx, `account IN ('', $1) AND state IN ('listing', 'draft', 'running', 'paused') ORDER BY created DESC, id LIMIT $2`, string(account), limit)
}

func (s *Store) plansWhere(ctx context.Context, where string, args ...any) ([]plan.Plan, error) {
	var plans []plan.Plan
	var ids []string
	err := s.query(ctx, `SELECT `+planColumns+` FROM plans WHERE `+where, args, func(rows *sql.Rows) error {
		p, _, err := scanPlan(rows.Scan)
		plans, ids = append(plans, p), append(ids, p.ID)
		return err
	})
	if err != nil || len(plans) == 0 {
		return nil, wrap("list plans", err)
	}
	counts, err := countOperations(ctx, s.read, ids...)
	for i := range plans {
		plans[i].Counts = counts[plans[i].ID]
	}
	return plans, wrap("list plans", err)
}

// PlanPage returns a plan and a page of its operations, read in one transaction.
func (s *Store) PlanPage(ctx context.Context, id string, q plan.Query) (p plan.Plan, operations []plan.Operation, ok bool, err error) {
	limited, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	var options *sql.TxOptions // SQLite gives every transaction one snapshot
	if s.engine == Postgres {
		options = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}
	}
	tx, err := s.read.BeginTx(limited, options)
	if err != nil {
		return plan.Plan{}, nil, false, wrap("read plan", explain(err))
	}
	defer func() { err = errors.Join(err, explain(tx.Rollback())) }()
	if p, ok, err = s.planWhere(limited, tx, `id = $1`, id); err != nil || !ok {
		return plan.Plan{}, nil, false, err
	}
	where, args := `plan = $1`, []any{id}
	if len(q.States) > 0 {
		in, more := oneOf(q.States, len(args))
		where, args = where+` AND state `+in, append(args, more...)
	}
	if q.Reason != "" {
		args = append(args, text(q.Reason))
		where += ` AND reason = $` + strconv.Itoa(len(args))
	}
	order := `position`
	if q.DoneFirst {
		order = `CASE state WHEN 'done' THEN 0 WHEN 'waiting' THEN 2 WHEN 'unchanged' THEN 3 WHEN 'skipped' THEN 3 ELSE 1 END, position`
	}
	operations, err = readOperations(limited, tx, where+` ORDER BY `+order+` LIMIT `+strconv.Itoa(q.PerPage)+` OFFSET `+strconv.Itoa((q.Page-1)*q.PerPage), args)
	return p, operations, true, err
}

// PlanOperations returns operations of a plan in order, after a position.
func (s *Store) PlanOperations(ctx context.Context, id string, states []plan.OperationState, after, limit int) ([]plan.Operation, error) {
	in, more := oneOf(states, 2)
	return readOperations(ctx, s.read, `plan = $1 AND position > $2 AND state `+in+` ORDER BY position LIMIT `+strconv.Itoa(limit), append([]any{id, after}, more...))
}

func readOperations(ctx context.Context, db queryer, where string, args []any) ([]plan.Operation, error) {
	var operations []plan.Operation
	err := query(ctx, db, `SELECT `+operationColumns+` FROM plan_operations WHERE `+where, args, func(rows *sql.Rows) error {
		o, err := scanOperation(rows.Scan)
		operations = append(operations, o)
		return err
	})
	return operations, wrap("read the operations of a plan", err)
}

// oneOf returns the condition that a column has one of values, with placeholders from
// $(n+1) on.
func oneOf[T ~string](values []T, n int) (string, []any) {
	places, args := make([]string, len(values)), make([]any, len(values))
	for i, v := range values {
		places[i], args[i] = fmt.Sprintf("$%d", n+i+1), string(v)
	}
	return "IN (" + strings.Join(places, ", ") + ")", args
}
