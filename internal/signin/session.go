package signin

import (
	"context"
	"errors"
	"net/url"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
)

// Session is a stored session. Its owner has a secret; only the secret's hash is stored,
// which also identifies the session.
type Session struct {
	Hash   string
	Actor  rbac.Actor // as at sign-in; Auth decides whether its role is the current one
	Groups []string   // the person's groups at sign-in
	// GroupsUnknown marks a session of a version that did not store groups.
	GroupsUnknown bool
	Refused       bool     // a remembered refusal, not a sign-in: the person had no role
	Address       string   // where it started
	Browser       string   // the User-Agent at its start
	Flash         []string // notices for the next page, each in JSON
	Started       time.Time
	Seen          time.Time
	Expires       time.Time // when the identity proof expires; zero if there is none
	Ended         time.Time // zero until it ends
	EndReason     EndReason // "" until it ends, and for sessions of versions that did not store it
	// Hint is what signing out of the sign-in service needs, sealed; "" if it needs
	// nothing. Only StartSession stores it, and only SessionHint returns it.
	Hint string
}

// Limits are the longest durations of a session.
type Limits struct {
	Idle     time.Duration // without a request
	Absolute time.Duration // since sign-in
}

// Over returns why s is over at now, or "" if it is not.
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

// EndReason says why a session ended.
type EndReason string

// The reasons. The audit trail stores them.
const (
	EndedBefore      EndReason = "ended before"
	EndedByAge       EndReason = "absolute limit reached"
	EndedIdle        EndReason = "idle limit reached"
	EndedSignOut     EndReason = "signed out"
	EndedByNewSignIn EndReason = "signed in anew"
	EndedByPerson    EndReason = "ended from the list of sessions"
	EndedByUpdate    EndReason = "groups not known" // the session is of a version that did not store groups
)

// Store stores sessions by their hash. It changes a session and writes the record together,
// or neither.
type Store interface {
	Session(ctx context.Context, hash string) (s Session, ok bool, err error)
	// StartSession stores s, and removes sessions that ended before forget. If there is one
	// with this hash, it returns ErrKnown and stores nothing; a session with a role
	// replaces a remembered refusal.
	StartSession(ctx context.Context, s Session, forget time.Time, record audit.Record) error
	// SessionHint returns the Hint of a session, "" if it has none or has ended.
	SessionHint(ctx context.Context, hash string) (string, error)
	// SaveRefusal stores s, of a person without a role, like StartSession but without a
	// record.
	SaveRefusal(ctx context.Context, s Session, forget time.Time) error
	// UpdateSession runs change on Flash and Seen of the current session, one call at a
	// time. It returns false if the session does not exist or has ended: it never revives a
	// session.
	UpdateSession(ctx context.Context, hash string, change func(*Session)) (ok bool, err error)
	// EndSession ends the session, and returns false if it does not exist or has ended. It
	// does not store a record without an action.
	EndSession(ctx context.Context, hash string, why EndReason, at time.Time, record audit.Record) (ok bool, err error)
	// SessionsOf returns the stored sessions of a person, also those that have ended and
	// refusals, newest first.
	SessionsOf(ctx context.Context, issuer, subject string) ([]Session, error)
	// OpenSessions returns the sessions that have not ended and that q selects, newest
	// first.
	OpenSessions(ctx context.Context, q Query) ([]Session, error)
}

// Query selects sessions that have not ended. The zero value selects all.
type Query struct {
	Issuer, Subject string // of one person; an empty subject selects those of all people
	// StartedAfter and SeenAfter exclude sessions that have reached a limit but are not
	// swept yet.
	StartedAfter, SeenAfter time.Time
	WithRole                bool   // excludes those that are Refused
	Before                  Cursor // only sessions after it in the list
	Limit                   int    // largest number; 0 for no limit
}

// Cursor is a position in the list of sessions: after the session that it names. The zero
// value is the start of the list.
type Cursor struct {
	Started time.Time
	Hash    string
}

// Cursor returns the position after s.
func (s Session) Cursor() Cursor { return Cursor{s.Started, s.Hash} }

// ErrKnown reports a session that can't be started because its hash is already in use or
// was.
var ErrKnown = errors.New("the session is known already")

// ErrNoSuch reports a session that does not exist or has ended.
var ErrNoSuch = errors.New("no such session")

// SavedForm is a form that a person sent after their session had ended. It is stored until
// they have signed in again and sent it, at most a day.
type SavedForm struct {
	Issuer, Subject string // the person
	Path            string // of the page that shows the form
	Values          url.Values
	SavedAt         time.Time
}

// SavedForms stores forms under a one-time id, bound to a person.
type SavedForms interface {
	// SaveForm stores f. It removes forms saved before forget, and all but the newest ones
	// of the same person.
	SaveForm(ctx context.Context, id string, f SavedForm, forget time.Time) error
	// SavedForm returns a form to its owner; ok is false for other people.
	SavedForm(ctx context.Context, id, issuer, subject string) (f SavedForm, ok bool, err error)
	DropForm(ctx context.Context, id, issuer, subject string) error
}

// Key seals cookies.
type Key struct {
	Seq       int64 // 1, 2, 3 … in the order of use
	Secret    []byte
	CreatedAt time.Time
}

// Keys stores the keys that all copies of the program share.
type Keys interface {
	// SessionKeys returns all keys, oldest first.
	SessionKeys(ctx context.Context) ([]Key, error)
	// AddSessionKey stores k, unless another copy has added a key with the same seq, and
	// removes keys created before forget.
	AddSessionKey(ctx context.Context, k Key, forget time.Time) error
}
