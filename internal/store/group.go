package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"sync"
)

// maxGroup is the number of writers that one commit serves.
const maxGroup = 16

// group lets writers that wait for SQLite's only writing connection share a transaction. A
// commit waits for the disk for some milliseconds, most of the time of a short change, and takes
// no longer for several changes than for one. The first writer leads: it begins the transaction,
// hands it to those that wait, one after the other, and commits. A member that fails is rolled
// back alone.
type group struct {
	db    *sql.DB
	check func() error // before each commit

	mu      sync.Mutex
	led     bool
	waiting []*member
}

// member waits for its turn in a group.
type member struct {
	turn      chan *sql.Tx // the leader's transaction; nil for the leader of the next one
	ran       chan effect
	committed chan error
}

// effect is what a member left in the leader's transaction.
type effect int

const (
	broke  effect = iota // the transaction may be lost
	left                 // nothing
	joined               // its change, which is to be committed
)

// errLost reports that a change was rolled back because of another one in the same transaction.
var errLost = errors.New("another change broke the transaction")

// change runs do in a transaction, which others may share. It returns after the commit, or
// errLost.
func (g *group) change(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error {
	w := &member{turn: make(chan *sql.Tx, 1), ran: make(chan effect), committed: make(chan error, 1)}
	tx, err := g.wait(ctx, w)
	switch {
	case err != nil:
		return err
	case tx == nil:
		return g.lead(ctx, do)
	}
	if err := w.run(ctx, tx, do); err != nil {
		return err
	}
	return <-w.committed
}

// wait waits for the turn of w. It returns nil when w has to lead.
func (g *group) wait(ctx context.Context, w *member) (*sql.Tx, error) {
	g.mu.Lock()
	if !g.led {
		g.led = true
		g.mu.Unlock()
		return nil, nil
	}
	g.waiting = append(g.waiting, w)
	g.mu.Unlock()
	select {
	case tx := <-w.turn:
		return tx, nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	at := slices.Index(g.waiting, w)
	if at >= 0 {
		g.waiting = slices.Delete(g.waiting, at, at+1)
	}
	g.mu.Unlock()
	if at >= 0 {
		return nil, ctx.Err()
	}
	return <-w.turn, nil // it came at the same moment, and the leader waits for w to use it
}

// next takes the member that has waited longest, nil if there is none.
func (g *group) next() *member {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		return nil
	}
	w := g.waiting[0]
	g.waiting = slices.Delete(g.waiting, 0, 1)
	return w
}

// lead runs do and the changes of writers that wait, and commits them.
func (g *group) lead(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) (err error) {
	defer g.handOver()
	tx, end, err := g.begin(ctx)
	if err != nil {
		return err
	}
	defer end()
	if err := do(ctx, tx); err != nil {
		return err
	}
	var members []*member
	defer func() {
		for _, w := range members {
			w.committed <- err
		}
	}()
	for range maxGroup - 1 {
		w := g.next()
		if w == nil {
			break
		}
		w.turn <- tx
		switch <-w.ran {
		case joined:
			members = append(members, w)
		case broke:
			return errLost
		case left:
		}
	}
	if err := g.check(); err != nil {
		return err
	}
	return tx.Commit()
}

// begin begins a transaction that does not end with ctx, because others share it. end rolls it
// back unless it was committed.
func (g *group) begin(ctx context.Context) (tx *sql.Tx, end func(), err error) {
	shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	tx, err = g.db.BeginTx(shared, nil)
	if stop(); err != nil {
		cancel()
		return nil, nil, errors.Join(err, ctx.Err())
	}
	return tx, func() {
		_ = tx.Rollback() // after a commit, or an error that has ended it, there is nothing to roll back
		cancel()
	}, nil
}

// handOver makes the member that has waited longest lead the next transaction.
func (g *group) handOver() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.led = len(g.waiting) > 0; g.led {
		w := g.waiting[0]
		g.waiting = slices.Delete(g.waiting, 0, 1)
		w.turn <- nil
	}
}

// run runs do in the leader's transaction tx, and tells the leader what it left there, also if do
// panics.
func (w *member) run(ctx context.Context, tx *sql.Tx, do func(ctx context.Context, tx *sql.Tx) error) error {
	done := broke
	defer func() { w.ran <- done }()
	if err := ctx.Err(); err != nil {
		done = left
		return err
	}
	always := context.WithoutCancel(ctx)
	if _, err := tx.ExecContext(always, `SAVEPOINT joining`); err != nil {
		return err
	}
	if err := do(ctx, tx); err != nil {
		// SQLite has rolled everything back after some errors; then there is no savepoint.
		if _, gone := tx.ExecContext(always, `ROLLBACK TO joining`); gone == nil {
			done = left
		}
		return err
	}
	if _, err := tx.ExecContext(always, `RELEASE joining`); err != nil {
		return err
	}
	done = joined
	return nil
}
