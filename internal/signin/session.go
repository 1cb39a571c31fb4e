package signin

import (
	"context"
	"errors"
	"net/url"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
)

// Session is what is kept of a session. Whoever has it holds a secret, of which
// only the hash is kept; the hash is also the session's name.
type Session struct {
	Hash   string
	Actor  rbac.Actor // as at sign-in; whether the role is the one of then or now, the source says
	Groups []string   // of the person, at sign-in
	// GroupsUnknown marks a session of a version that did not keep groups.
	GroupsUnknown bool
	Refused       bool     // nobody signed in: it is remembered that the person had no role
	Address       string   // where it was begun
	Browser       string   // the User-Agent that it was begun with
	Flash         []string // notices for the next page, each in JSON
	Started       time.Time
	Seen          time.Time
	Expires       time.Time // when the proof that it rests on does; zero when it rests on none
	Ended         time.Time // zero while it goes on
	// Hint is what signing out of the sign-in service takes, sealed; "" for nothing. Only
	// StartSession reads it, and only SessionHint returns it.
	Hint string
}

// Limits are how long a session lasts.
type Limits struct {
	Idle     time.Duration // without a request
	Absolute time.Duration // since sign-in
}

// Over says why s is over at now, or "" while it goes on.
func (s Session) Over(l Limits, now time.Time) EndReason {
	at := now
	if !s.Ended.IsZero() {
		at = s.Ended
	}
	switch {
	case at.Sub(s.Started) >= l.Absolute:
		return EndedByAge
	case at.Sub(s.Seen) >= l.Idle:
		return EndedIdle
	case !s.Ended.IsZero():
		return EndedBefore
	case s.GroupsUnknown:
		return EndedByUpdate
	}
	return ""
}

// EndReason is why a session ended.
type EndReason string

// The reasons. They stand in the audit trail.
const (
	EndedBefore      EndReason = "ended before"
	EndedByAge       EndReason = "absolute limit reached"
	EndedIdle        EndReason = "idle limit reached"
	EndedSignOut     EndReason = "signed out"
	EndedByNewSignIn EndReason = "signed in anew"
	EndedByPerson    EndReason = "ended from the list of sessions"
	EndedByUpdate    EndReason = "groups not known" // it is from a version that did not keep them
)

// Store keeps sessions by their hash, and writes what happens to them to the
// audit trail: both, or neither.
type Store interface {
	Session(ctx context.Context, hash string) (s Session, ok bool, err error)
	// StartSession keeps s, and forgets what had ended before forget. It returns
	// ErrSessionKnown, and writes nothing, when there is one with this hash already. A
	// refusal that is remembered gives way to somebody with a role.
	StartSession(ctx context.Context, s Session, forget time.Time, record audit.Record) error
	// SessionHint returns the Hint of a session, "" when it has none or has ended.
	SessionHint(ctx context.Context, hash string) (string, error)
	// SaveRefusal keeps s, of somebody without a role, as StartSession does, but writes no
	// record.
	SaveRefusal(ctx context.Context, s Session, forget time.Time) error
	// UpdateSession lets change work on Flash and Seen of the session as it is now,
	// alone, and returns false when there is none that goes on: a session that has
	// ended is not brought back.
	UpdateSession(ctx context.Context, hash string, change func(*Session)) (ok bool, err error)
	// EndSession ends the session, and returns false when there is none that goes on. A
	// record without an action is not written.
	EndSession(ctx context.Context, hash string, at time.Time, record audit.Record) (ok bool, err error)
	// OpenSessions returns the sessions that have not ended and that q selects, newest
	// first.
	OpenSessions(ctx context.Context, q Query) ([]Session, error)
}

// Query selects sessions that have not ended. The zero value selects all.
type Query struct {
	Issuer, Subject string // of one person; without a subject, of everybody
	// StartedAfter and SeenAfter leave out what has reached a limit and was not swept yet.
	StartedAfter, SeenAfter time.Time
	WithRole                bool   // leave out those that are Refused
	Before                  Cursor // only what stands behind it in the list
	Limit                   int    // at most so many; 0 for no limit
}

// Cursor is a place in the list of sessions: behind the session that it names.
// The zero value is the start of the list.
type Cursor struct {
	Started time.Time
	Hash    string
}

// Cursor returns the place behind s.
func (s Session) Cursor() Cursor { return Cursor{s.Started, s.Hash} }

// ErrKnown reports a session that cannot be started because there is, or
// was, one with the same hash.
var ErrKnown = errors.New("the session is known already")

// ErrNoSuch reports that there is no such session, or that it has ended.
var ErrNoSuch = errors.New("no such session")

// SavedForm is a form that was sent by somebody whose session had run out. It is
// kept until that person has signed in again and sent it, a day at most.
type SavedForm struct {
	Issuer, Subject string // the person
	Path            string // of the page that shows the form
	Values          url.Values
	SavedAt         time.Time
}

// SavedForms keeps forms by a one-time id, bound to a person.
type SavedForms interface {
	// SaveForm keeps f, and forgets what was kept before forget and all but the newest
	// forms of the same person.
	SaveForm(ctx context.Context, id string, f SavedForm, forget time.Time) error
	// SavedForm returns a form to the person whom it belongs to; ok is false for
	// everybody else.
	SavedForm(ctx context.Context, id, issuer, subject string) (f SavedForm, ok bool, err error)
	DropForm(ctx context.Context, id, issuer, subject string) error
}

// Key is a key that cookies are sealed with.
type Key struct {
	Seq       int64 // 1, 2, 3 … in the order in which they are used
	Secret    []byte
	CreatedAt time.Time
}

// Keys keeps the keys that all copies of the program share.
type Keys interface {
	// SessionKeys returns all keys, oldest first.
	SessionKeys(ctx context.Context) ([]Key, error)
	// AddSessionKey keeps k, unless another copy has added one with the same seq, and
	// forgets those made before forget.
	AddSessionKey(ctx context.Context, k Key, forget time.Time) error
}
