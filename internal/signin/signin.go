package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

const (
	// endedRetention is how long an ended session's owner is stored, so that a form they
	// were typing can be saved for them.
	endedRetention = 24 * time.Hour
	// SweepInterval is the pause between two searches for sessions that have reached a
	// limit.
	SweepInterval = time.Minute
)

// nameOf returns the audit trail's name of a session: enough of its hash to tell it from
// others.
func nameOf(hash string) string { return hash[:min(12, len(hash))] }

func (s Session) values() registry.Values {
	return registry.Values{"session": nameOf(s.Hash), "browser": s.Browser}
}

// StartSession stores n and records that who has signed in. It returns an
// *audit.UnrecordedError, with ErrKnown in its chain if the session already exists. It
// stores a session without a role too, so that not every request looks up the person again,
// but records it as refused.
func (s *Service) StartSession(ctx context.Context, who rbac.Caller, n Session) error {
	r, now := audit.Record{Action: rbac.StartSession, Outcome: audit.OutcomeDone, After: n.values()}, s.now()
	if n.Actor.Role == rbac.RoleNone {
		r = audit.Record{Action: rbac.RefuseSession, Outcome: audit.OutcomeRefused, After: n.values(), Errors: []registry.Problem{{Code: audit.CodeSignIn, Message: NoRole}}}
		if !s.refusals.take(now, who.Address) {
			if err := s.sessions.SaveRefusal(ctx, n, now.Add(-endedRetention)); err != nil {
				return &audit.UnrecordedError{Err: fmt.Errorf("keep refusal: %w", err)}
			}
			return nil
		}
	}
	err := s.sessions.StartSession(ctx, n, now.Add(-endedRetention), s.audit.Of(who, r))
	if err != nil {
		return &audit.UnrecordedError{Err: fmt.Errorf("record %s: %w", r.Action, err)}
	}
	return nil
}

// NoRole is the reason for refusing a person without a role.
const NoRole = "none of the person's groups has a role"

// EndSession ends the session of who. It returns no error if it has already ended.
func (s *Service) EndSession(ctx context.Context, who rbac.Caller, hash string, why EndReason) error {
	_, err := s.end(ctx, who, hash, why, registry.Values{"session": nameOf(hash)})
	return err
}

// end ends a session and records it. It returns false if the session does not exist.
func (s *Service) end(ctx context.Context, who rbac.Caller, hash string, why EndReason, what registry.Values) (bool, error) {
	what["reason"] = string(why)
	ok, err := s.sessions.EndSession(ctx, hash, why, s.now(), s.audit.Of(who, audit.Record{Action: rbac.EndSession, Outcome: audit.OutcomeDone, After: what}))
	if err != nil {
		return false, &audit.UnrecordedError{Err: fmt.Errorf("record %s: %w", rbac.EndSession, err)}
	}
	return ok, nil
}

// Own returns at most limit sessions of who, newest first, after the position before. A
// limit of 0 means no limit.
func (s *Service) Own(ctx context.Context, who rbac.Caller, before Cursor, limit int) ([]Session, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewOwnSessions); err != nil {
		return nil, err
	}
	return s.open(ctx, Query{Issuer: who.Issuer, Subject: who.Subject, Before: before, Limit: limit})
}

// All returns at most limit sessions of all people, newest first, after the position
// before. A limit of 0 means no limit.
func (s *Service) All(ctx context.Context, who rbac.Caller, before Cursor, limit int) ([]Session, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewAllSessions); err != nil {
		return nil, err
	}
	return s.open(ctx, Query{Before: before, Limit: limit})
}

// open returns open sessions, without refusals and those that have reached a limit.
func (s *Service) open(ctx context.Context, q Query) ([]Session, error) {
	now := s.now()
	q.StartedAfter, q.SeenAfter, q.WithRole = now.Add(-s.limits.Absolute), now.Add(-s.limits.Idle), true
	all, err := s.sessions.OpenSessions(ctx, q)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", registry.ErrDatabase, err)
	}
	open := all[:0]
	for _, n := range all {
		if n.Over(s.limits, now) == "" && !n.Refused {
			open = append(open, n)
		}
	}
	return open, nil
}

// CountSessions returns the number of open sessions, for the metrics.
func (s *Service) CountSessions(ctx context.Context) (int, error) {
	open, err := s.open(ctx, Query{})
	return len(open), err
}

// activePeriod is how long a person counts as active after a request. Sessions note
// requests only so often.
const activePeriod = 5 * time.Minute

// Active reports whether anyone is signed in and has made a request in the last minutes.
func (s *Service) Active(ctx context.Context) (bool, error) {
	since := s.now().Add(-activePeriod)
	recent, err := s.sessions.OpenSessions(ctx, Query{SeenAfter: since, WithRole: true, Limit: 1})
	return len(recent) > 0, err
}

// EndOwn ends one of the caller's own sessions, or returns ErrNoSuch.
func (s *Service) EndOwn(ctx context.Context, who rbac.Caller, hash string) error {
	if err := s.audit.Authorize(ctx, who, rbac.EndOwnSession); err != nil {
		return err
	}
	return s.endListed(ctx, who, hash, func(n Session) bool { return n.Actor.Same(who.Actor) })
}

// EndAny ends any person's session, or returns ErrNoSuch.
func (s *Service) EndAny(ctx context.Context, who rbac.Caller, hash string) error {
	if err := s.audit.Authorize(ctx, who, rbac.EndAnySession); err != nil {
		return err
	}
	return s.endListed(ctx, who, hash, func(Session) bool { return true })
}

// EndOthers ends the caller's own sessions except the one that asks, and returns their number.
func (s *Service) EndOthers(ctx context.Context, who rbac.Caller, asking string) (int, error) {
	if err := s.audit.Authorize(ctx, who, rbac.EndOwnSession); err != nil {
		return 0, err
	}
	return s.endAll(ctx, who, who.Actor, asking)
}

// EndAllOf ends all sessions of the person of a session except the one that asks, and
// returns who they are and the number. It returns ErrNoSuch if there is no such session.
func (s *Service) EndAllOf(ctx context.Context, who rbac.Caller, hash, asking string) (of rbac.Actor, n int, err error) {
	if err := s.audit.Authorize(ctx, who, rbac.EndAnySession); err != nil {
		return rbac.Actor{}, 0, err
	}
	session, ok, err := s.sessions.Session(ctx, hash)
	if err != nil {
		return rbac.Actor{}, 0, fmt.Errorf("%w: %w", registry.ErrDatabase, err)
	}
	if !ok {
		return rbac.Actor{}, 0, ErrNoSuch
	}
	n, err = s.endAll(ctx, who, session.Actor, asking)
	return session.Actor, n, err
}

// endAll ends the open sessions of a person except one.
func (s *Service) endAll(ctx context.Context, who rbac.Caller, of rbac.Actor, except string) (n int, err error) {
	open, err := s.open(ctx, Query{Issuer: of.Issuer, Subject: of.Subject})
	if err != nil {
		return 0, err
	}
	for _, session := range open {
		if session.Hash == except {
			continue
		}
		err := s.endListed(ctx, who, session.Hash, func(Session) bool { return true })
		if errors.Is(err, ErrNoSuch) { // it has ended since
			continue
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func (s *Service) endListed(ctx context.Context, who rbac.Caller, hash string, may func(Session) bool) error {
	n, ok, err := s.sessions.Session(ctx, hash)
	if err != nil {
		return fmt.Errorf("%w: %w", registry.ErrDatabase, err)
	}
	if !ok || !may(n) {
		return ErrNoSuch
	}
	what := n.values()
	what["issuer"], what["subject"], what["email"] = n.Actor.Issuer, n.Actor.Subject, n.Actor.Email
	shown := n.Actor.Recorded()
	for member, value := range map[string]string{"name": shown.Name, "username": shown.Username} {
		if value != "" {
			what[member] = value
		}
	}
	ended, err := s.end(ctx, who, hash, EndedByPerson, what)
	if err == nil && !ended {
		return ErrNoSuch
	}
	return err
}

// Sweep ends the sessions that have reached a limit, so that the trail says when and why
// each one ended.
func (s *Service) Sweep(ctx context.Context) error {
	open, err := s.sessions.OpenSessions(ctx, Query{})
	if err != nil {
		return fmt.Errorf("%w: %w", registry.ErrDatabase, err)
	}
	for _, n := range open {
		why := n.Over(s.limits, s.now())
		if why == "" {
			continue
		}
		if n.Refused { // a refusal has no session in the trail
			if _, err := s.sessions.EndSession(ctx, n.Hash, why, s.now(), audit.Record{}); err != nil {
				return fmt.Errorf("%w: %w", registry.ErrDatabase, err)
			}
			continue
		}
		who := rbac.Caller{Actor: n.Actor, Address: n.Address}
		if err := s.EndSession(ctx, who, n.Hash, why); err != nil {
			return err
		}
	}
	return nil
}

// RecordRefusalsPeriodically calls RecordRefusalsLeftOut every minute until ctx ends. It is
// no job: each process has its own count.
func (s *Service) RecordRefusalsPeriodically(ctx context.Context) {
	record := func(ctx context.Context) {
		if err := s.RecordRefusalsLeftOut(ctx); err != nil {
			s.log.ErrorContext(ctx, "the number of refused sign-ins could not be recorded", "error", err)
		}
	}
	defer func() { record(context.WithoutCancel(ctx)) }()
	for s.pause(ctx, SweepInterval) == nil {
		record(ctx)
	}
}
