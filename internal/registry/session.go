package registry

import (
	"context"
	"time"
)

// Session is what is kept of a session. The browser holds a random id; only its
// hash is kept.
type Session struct {
	Hash    string
	Actor   Actor
	Address string   // where it was begun
	Browser string   // the User-Agent that it was begun with
	Flash   []string // notices for the next page, each in JSON
	Started time.Time
	Seen    time.Time
}

// Sessions keeps sessions by the hash of their id.
type Sessions interface {
	Session(ctx context.Context, hash string) (s Session, ok bool, err error)
	// AddSession keeps s, and forgets what was begun before expired.
	AddSession(ctx context.Context, s Session, expired time.Time) error
	// UpdateSession lets change work on Flash and Seen of the session as it is now,
	// alone, and returns false when there is none: a session that has ended is not
	// brought back.
	UpdateSession(ctx context.Context, hash string, change func(*Session)) (ok bool, err error)
	DeleteSession(ctx context.Context, hash string) error
}
