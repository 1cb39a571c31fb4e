// Package auth identifies people: it turns a request into a rbac.Actor, or returns the
// reason why it can't. What that person may do is decided elsewhere.
package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gorilla/sessions"

	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/signin"
)

// ErrNoSession reports a request by a person who is not signed in.
var ErrNoSession = errors.New("not signed in")

// EndedError reports a request in a session that has ended. It is also an ErrNoSession.
type EndedError struct {
	Session signin.Session
	Why     signin.EndReason
}

func (e *EndedError) Error() string { return "not signed in any more: " + string(e.Why) }

// Is makes an EndedError an ErrNoSession.
func (e *EndedError) Is(target error) bool { return target == ErrNoSession }

// Registrar starts and ends sessions, and records both. It is a *signin.Service.
type Registrar interface {
	StartSession(ctx context.Context, who rbac.Caller, n signin.Session) error
	EndSession(ctx context.Context, who rbac.Caller, hash string, why signin.EndReason) error
}

// SessionOptions are the parts of Sessions. All are required.
type SessionOptions struct {
	Rows      signin.Store
	Forms     signin.SavedForms
	Keys      signin.Keys
	Registrar Registrar
	Secure    bool // whether people reach the program by https; cookies are then sent by https only
	Limits    signin.Limits
	Now       func() time.Time
}

// Sessions signs people in and out and identifies them. It is the store behind a
// gorilla/sessions cookie.
type Sessions struct {
	rows      signin.Store
	forms     signin.SavedForms
	registrar Registrar
	ring      *keyRing
	cookie    sessions.Options
	name      string
	limits    signin.Limits
	now       func() time.Time
}

var _ sessions.Store = (*Sessions)(nil)

// NewSessions returns Sessions over o, or an error when a part is missing.
func NewSessions(o SessionOptions) (*Sessions, error) {
	if o.Rows == nil || o.Forms == nil || o.Keys == nil || o.Registrar == nil || o.Now == nil || o.Limits.Idle <= 0 || o.Limits.Absolute <= 0 {
		return nil, errors.New("sessions: Rows, Forms, Keys, Registrar, Limits and Now are required")
	}
	s := &Sessions{
		rows: o.Rows, forms: o.Forms, registrar: o.Registrar, limits: o.Limits, now: o.Now, name: "namesake",
		ring: &keyRing{keys: o.Keys, cookieLifetime: max(o.Limits.Absolute, flowLimit), now: o.Now},
	}
	s.cookie = sessions.Options{Path: "/", HttpOnly: true, Secure: o.Secure, SameSite: http.SameSiteLaxMode}
	if o.Secure {
		// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis: bound to this host and path.
		s.name = "__Host-namesake"
	}
	return s, nil
}

// RotateKeys adds a key for cookies when the newest one is 30 days old. Call it about
// every hour; all copies of the program may call it.
func (s *Sessions) RotateKeys(ctx context.Context) error {
	if err := s.ring.rotate(ctx); err != nil {
		return fmt.Errorf("rotate the keys of cookies: %w", err)
	}
	return nil
}

// What a gorilla session holds.
const (
	rowKey    = "row"    // the signin.Session of an open session
	overKey   = "over"   // the *EndedError of an ended one
	callerKey = "caller" // who is signing in
)

// Get returns the session of r, from the request's registry when it was loaded before.
func (s *Sessions) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New loads the session that r's cookie, or the assertion bound to r, stands for, or
// makes an empty one.
func (s *Sessions) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	options := s.cookie
	session.Options, session.IsNew = &options, true
	key, err := s.keyOf(r, name)
	if err != nil || key == "" {
		return session, err
	}
	return session, s.load(r.Context(), session, key)
}

// load puts the row of a hash into session.
func (s *Sessions) load(ctx context.Context, session *sessions.Session, key string) error {
	row, ok, err := s.rows.Session(ctx, key)
	if err != nil {
		return fmt.Errorf("%w: load session: %w", registry.ErrDatabase, err)
	}
	if !ok {
		return nil
	}
	session.IsNew = false
	if why := row.Over(s.limits, s.now()); why != "" {
		session.Values[overKey] = &EndedError{row, why}
	} else {
		session.Values[rowKey] = row
	}
	return nil
}

// keyOf returns the hash under which the session of r is kept, "" for none.
func (s *Sessions) keyOf(r *http.Request, name string) (string, error) {
	if key, ok := r.Context().Value(assertionKey{}).(string); ok {
		return key, nil
	}
	cookie, err := r.Cookie(name)
	if err != nil {
		return "", nil //nolint:nilerr // a missing cookie means no session
	}
	var id string
	if ok, err := s.ring.open(r.Context(), name, cookie.Value, &id); err != nil || !ok {
		return "", err
	}
	return hash(id), nil
}

// assertionKey is where a request's context holds the key of its verified assertion.
type assertionKey struct{}

// bind makes r a request in the session of an assertion, whatever cookie it has.
func bind(r *http.Request, key string) {
	*r = *r.WithContext(context.WithValue(r.Context(), assertionKey{}, key))
}

// Save starts a new session, or ends it when MaxAge is negative, and sets the
// cookie.
func (s *Sessions) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	row, _ := session.Values[rowKey].(signin.Session)
	who, _ := session.Values[callerKey].(rbac.Caller)
	if session.Options.MaxAge < 0 {
		if err := s.registrar.EndSession(r.Context(), who, row.Hash, signin.EndedSignOut); err != nil {
			return err // the cookie stays, for another try
		}
		http.SetCookie(w, sessions.NewCookie(session.Name(), "", session.Options))
		return nil
	}
	row.Hash = hash(session.ID)
	sealed, err := s.ring.seal(r.Context(), session.Name(), session.ID)
	if err != nil {
		return err
	}
	if err := s.registrar.StartSession(r.Context(), who, row); err != nil {
		return err
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), sealed, session.Options))
	return nil
}

// Identify returns the person who sent r. It returns ErrNoSession for a request without a
// session, as an *EndedError when the session has ended.
func (s *Sessions) Identify(r *http.Request) (rbac.Actor, error) {
	row, err := s.identify(r)
	return row.Actor, err
}

// identify returns the session of r, and saves when it was last used.
func (s *Sessions) identify(r *http.Request) (signin.Session, error) {
	_, row, err := s.current(r)
	if err != nil {
		return signin.Session{}, err
	}
	// The row is written every seenInterval only. A failed write shortens the session and
	// is otherwise ignored, because reading must work on a full disk.
	if now := s.now(); now.Sub(row.Seen) > seenInterval {
		if err := s.update(r, func(row *signin.Session) { row.Seen = now }); errors.Is(err, ErrNoSession) {
			return signin.Session{}, err
		}
	}
	return row, nil
}

// seenInterval is how often the row of a session in use is written. The session may end
// that much earlier than its idle limit says.
const seenInterval = 10 * time.Second

// Limits returns how long a session lasts.
func (s *Sessions) Limits() signin.Limits { return s.limits }

// Current returns the hash of the session of r, "" when there is none.
func (s *Sessions) Current(r *http.Request) string {
	_, row, err := s.current(r)
	if err != nil {
		return ""
	}
	return row.Hash
}

// Until returns when the session of r ends even if it is used: at its absolute limit or,
// earlier, when the assertion behind it expires. ok is false when there is no session.
func (s *Sessions) Until(r *http.Request) (until time.Time, ok bool) {
	_, row, err := s.current(r)
	if err != nil {
		return time.Time{}, false
	}
	until = row.Started.Add(s.limits.Absolute)
	if !row.Expires.IsZero() && row.Expires.Before(until) {
		until = row.Expires
	}
	return until, true
}

// current returns the session of r as it was when the request began.
func (s *Sessions) current(r *http.Request) (*sessions.Session, signin.Session, error) {
	session, err := s.Get(r, s.name)
	if err != nil {
		return nil, signin.Session{}, err
	}
	if over, ok := session.Values[overKey].(*EndedError); ok {
		return session, signin.Session{}, over
	}
	row, ok := session.Values[rowKey].(signin.Session)
	if !ok {
		return session, signin.Session{}, ErrNoSession
	}
	return session, row, nil
}

// update changes the session of r as it is now.
func (s *Sessions) update(r *http.Request, change func(*signin.Session)) error {
	_, row, err := s.current(r)
	if err != nil {
		return err
	}
	ok, err := s.rows.UpdateSession(r.Context(), row.Hash, change)
	if err != nil {
		return fmt.Errorf("update session: %w", err)
	}
	if !ok {
		return ErrNoSession
	}
	return nil
}

// SignIn starts a session for who with groups, under a new id. An earlier session of the
// same browser ends. hint is stored, sealed, until the new session ends.
func (s *Sessions) SignIn(w http.ResponseWriter, r *http.Request, who rbac.Caller, hint Hint, groups ...string) error {
	session, row, err := s.current(r)
	switch {
	case err == nil:
		earlier := rbac.Caller{Actor: row.Actor, RequestID: who.RequestID, Address: who.Address}
		if err := s.registrar.EndSession(r.Context(), earlier, row.Hash, signin.EndedByNewSignIn); err != nil {
			return err
		}
	case !errors.Is(err, ErrNoSession):
		return err
	}
	id := make([]byte, 32)
	rand.Read(id)
	session.ID = base64.RawURLEncoding.EncodeToString(id)
	next := s.begin(r, who, groups)
	if !hint.Empty() {
		if next.Hint, err = s.ring.sealText(r.Context(), hintOf(hash(session.ID)), []byte(hint.token)); err != nil {
			return err
		}
	}
	session.Values = map[any]any{rowKey: next, callerKey: who}
	if err := s.Save(r, w, session); err != nil {
		session.Values = map[any]any{} // the person is not signed in
		return err
	}
	return nil
}

// begin returns a new session of who, without its hash.
func (s *Sessions) begin(r *http.Request, who rbac.Caller, groups []string) signin.Session {
	now := s.now()
	return signin.Session{
		Actor: who.Actor, Groups: groups, Refused: who.Role == rbac.RoleNone,
		Address: who.Address, Browser: clip(r.UserAgent()), Started: now, Seen: now,
	}
}

// SignOut ends the session of r, in which who is signed in.
func (s *Sessions) SignOut(w http.ResponseWriter, r *http.Request, who rbac.Caller) error {
	session, row, err := s.current(r)
	if err != nil || row.Refused {
		return err
	}
	session.Options.MaxAge = -1
	session.Values[callerKey] = who
	return s.Save(r, w, session)
}

// AddFlash saves a notice, any value with a JSON form, for the person's next page.
func (s *Sessions) AddFlash(r *http.Request, notice any) error {
	encoded, err := json.Marshal(notice)
	if err != nil {
		return fmt.Errorf("encode notice: %w", err)
	}
	return s.update(r, func(row *signin.Session) {
		row.Flash = append(row.Flash, string(encoded))
		row.Flash = row.Flash[max(0, len(row.Flash)-maxFlash):]
	})
}

// maxFlash is the number of waiting notices; beyond it the oldest are dropped.
const maxFlash = 20

// Flash returns the waiting notices, in JSON. They keep waiting.
func (s *Sessions) Flash(r *http.Request) ([]string, error) {
	_, row, err := s.current(r)
	return row.Flash, err
}

// TakeFlash removes and returns the waiting notices, in JSON, that wanted accepts. The
// others keep waiting.
func (s *Sessions) TakeFlash(r *http.Request, wanted func(notice string) bool) (taken []string, err error) {
	_, row, err := s.current(r)
	if err != nil || !slices.ContainsFunc(row.Flash, wanted) {
		return nil, err
	}
	err = s.update(r, func(row *signin.Session) {
		taken = nil // the update may run this function again
		row.Flash = slices.DeleteFunc(row.Flash, func(notice string) bool {
			if !wanted(notice) {
				return false
			}
			taken = append(taken, notice)
			return true
		})
	})
	if err != nil {
		return nil, err
	}
	return taken, nil
}

func hash(id string) string {
	sum := sha256.Sum256([]byte(id))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
