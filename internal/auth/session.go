// Package auth answers who is asking. It turns a request into a registry.Actor,
// or says why it can't; it decides nothing about what that person may do.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gorilla/sessions"

	"namesake/internal/registry"
)

// ErrNoSession reports a request by somebody who is not signed in, or whose
// session has ended.
var ErrNoSession = errors.New("not signed in")

// Limits of a session.
const (
	idleLimit     = 30 * time.Minute // without a request
	absoluteLimit = 12 * time.Hour   // since sign-in
)

// Sessions signs people in and out and tells who they are. It is the store
// behind a gorilla/sessions cookie.
type Sessions struct {
	rows   registry.Sessions
	cookie sessions.Options
	name   string
	now    func() time.Time
}

var _ sessions.Store = (*Sessions)(nil)

// NewSessions returns Sessions over rows. secure says whether people reach the
// program by https, which the cookie is then bound to.
func NewSessions(rows registry.Sessions, secure bool, now func() time.Time) (*Sessions, error) {
	if rows == nil || now == nil {
		return nil, errors.New("sessions: rows and a clock are required")
	}
	s := &Sessions{rows: rows, now: now, name: "namesake"}
	s.cookie = sessions.Options{Path: "/", HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode}
	if secure {
		// https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis: bound to this host and path.
		s.name = "__Host-namesake"
	}
	return s, nil
}

const valueKey = "session"

// Get returns the session of r, from the request's registry when it was loaded before.
func (s *Sessions) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New loads the session that r's cookie names, or makes an empty one.
func (s *Sessions) New(r *http.Request, name string) (*sessions.Session, error) {
	session := sessions.NewSession(s, name)
	options := s.cookie
	session.Options, session.IsNew = &options, true
	cookie, err := r.Cookie(name)
	if err != nil {
		return session, nil //nolint:nilerr // no cookie is an empty session, as gorilla's stores have it
	}
	row, ok, err := s.rows.Session(r.Context(), hash(cookie.Value))
	if err != nil {
		return session, fmt.Errorf("load session: %w", err)
	}
	if ok && s.live(row) {
		session.ID, session.IsNew = cookie.Value, false
		session.Values[valueKey] = row
	}
	return session, nil
}

func (s *Sessions) live(row registry.Session) bool {
	now := s.now()
	return now.Sub(row.Seen) < idleLimit && now.Sub(row.Started) < absoluteLimit
}

// Save adds the row of a new session, or deletes it when MaxAge is negative, and
// sets the cookie.
func (s *Sessions) Save(r *http.Request, w http.ResponseWriter, session *sessions.Session) error {
	row, _ := session.Values[valueKey].(registry.Session)
	if session.Options.MaxAge < 0 {
		http.SetCookie(w, sessions.NewCookie(session.Name(), "", session.Options))
		return s.rows.DeleteSession(r.Context(), hash(session.ID))
	}
	row.Hash = hash(session.ID)
	if err := s.rows.AddSession(r.Context(), row, s.now().Add(-absoluteLimit)); err != nil {
		return fmt.Errorf("add session: %w", err)
	}
	http.SetCookie(w, sessions.NewCookie(session.Name(), session.ID, session.Options))
	return nil
}

// Identify tells who sent r. It returns ErrNoSession when nobody is signed in.
func (s *Sessions) Identify(r *http.Request) (registry.Actor, error) {
	_, row, err := s.current(r)
	if err != nil {
		return registry.Actor{}, err
	}
	// The row is written once a minute at most, not with every request. That it can't
	// be written only shortens the session: reading must work on a full disk.
	if now := s.now(); now.Sub(row.Seen) > time.Minute {
		if err := s.update(r, func(row *registry.Session) { row.Seen = now }); errors.Is(err, ErrNoSession) {
			return registry.Actor{}, err
		}
	}
	return row.Actor, nil
}

// current returns the session of r as it was when the request began.
func (s *Sessions) current(r *http.Request) (*sessions.Session, registry.Session, error) {
	session, err := s.Get(r, s.name)
	if err != nil {
		return nil, registry.Session{}, err
	}
	row, ok := session.Values[valueKey].(registry.Session)
	if !ok {
		return nil, registry.Session{}, ErrNoSession
	}
	return session, row, nil
}

// update changes the session of r as it is now.
func (s *Sessions) update(r *http.Request, change func(*registry.Session)) error {
	session, _, err := s.current(r)
	if err != nil {
		return err
	}
	ok, err := s.rows.UpdateSession(r.Context(), hash(session.ID), change)
	if err != nil {
		return fmt.Errorf("update session: %w", err)
	}
	if !ok {
		return ErrNoSession
	}
	return nil
}

// SignIn begins a session for who, under a new id. An earlier session of the same
// browser ends.
func (s *Sessions) SignIn(w http.ResponseWriter, r *http.Request, who registry.Caller) error {
	session, err := s.Get(r, s.name)
	if err != nil {
		return err
	}
	if !session.IsNew {
		if err := s.rows.DeleteSession(r.Context(), hash(session.ID)); err != nil {
			return fmt.Errorf("end the earlier session: %w", err)
		}
	}
	id := make([]byte, 32)
	rand.Read(id)
	session.ID = base64.RawURLEncoding.EncodeToString(id)
	now := s.now()
	session.Values[valueKey] = registry.Session{Actor: who.Actor, Address: who.Address, Browser: r.UserAgent(), Started: now, Seen: now}
	return s.Save(r, w, session)
}

// SignOut ends the session of r.
func (s *Sessions) SignOut(w http.ResponseWriter, r *http.Request) error {
	session, _, err := s.current(r)
	if err != nil {
		return err
	}
	session.Options.MaxAge = -1
	return s.Save(r, w, session)
}

// AddFlash leaves a notice, anything with a JSON form, for the person's next page.
func (s *Sessions) AddFlash(r *http.Request, notice any) error {
	encoded, err := json.Marshal(notice)
	if err != nil {
		return fmt.Errorf("encode notice: %w", err)
	}
	return s.update(r, func(row *registry.Session) { row.Flash = append(row.Flash, string(encoded)) })
}

// TakeFlash hands the waiting notices to take, in JSON, and forgets them.
func (s *Sessions) TakeFlash(r *http.Request, take func(notice []byte) error) error {
	_, row, err := s.current(r)
	if err != nil || len(row.Flash) == 0 {
		return err
	}
	var waiting []string
	if err := s.update(r, func(row *registry.Session) { waiting, row.Flash = row.Flash, nil }); err != nil {
		return err
	}
	for _, notice := range waiting {
		if err := take([]byte(notice)); err != nil {
			return fmt.Errorf("decode notice: %w", err)
		}
	}
	return nil
}

func hash(id string) string {
	sum := sha256.Sum256([]byte(id))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
