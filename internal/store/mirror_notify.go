package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"namesake/internal/registry"
)

// mirrorChannel is the channel of PostgreSQL's notifications about the mirror.
const mirrorChannel = "namesake_mirror"

// relistenPause is the pause before listening again after the connection broke.
const relistenPause = time.Second

// notifyMirror tells the other copies of the program, when tx is committed, that the mirror
// has changed, or the dismissals of findings in it.
func (s *Store) notifyMirror(ctx context.Context, tx *sql.Tx, account registry.AccountID) error {
	if s.engine != Postgres {
		return nil
	}
	_, err := tx.ExecContext(ctx, `SELECT pg_notify($1, $2)`, mirrorChannel, string(account))
	return err
}

// ListenMirror calls changed whenever a copy of the program may have changed the mirror, or
// dismissals, until ctx ends. With SQLite there is no other copy.
func (s *Store) ListenMirror(ctx context.Context, changed func()) {
	for s.engine == Postgres {
		err := s.listen(ctx, changed)
		if ctx.Err() != nil {
			return
		}
		s.log.WarnContext(ctx, "changes of the mirror by other copies are noticed later: the connection that listens for them broke", "error", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(relistenPause):
		}
	}
}

func (s *Store) listen(ctx context.Context, changed func()) error {
	conn, err := s.read.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.Raw(func(driver any) error {
		pg := driver.(*stdlib.Conn).Conn() //nolint:forcetypeassert // openPostgres opens no other
		if _, err := pg.Exec(ctx, "LISTEN "+mirrorChannel); err != nil {
			return err
		}
		for {
			changed() // at first too: a notification may have been missed
			if _, err := pg.WaitForNotification(ctx); err != nil {
				_ = pg.Close(context.WithoutCancel(ctx)) // it still listens, so the pool must not use it again
				return err
			}
		}
	})
}
