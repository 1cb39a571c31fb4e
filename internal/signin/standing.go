package signin

import (
	"context"
	"fmt"
	"time"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Standing returns what a person may do in work that continues without them and that they
// started, or resumed, at since. The latest sign-in decides, also if it was refused or its
// session is over. After a session was ended from the list of sessions they may do nothing
// until they sign in and resume the work.
func (s *Service) Standing(ctx context.Context, who rbac.Actor, since time.Time) (rbac.Standing, error) {
	sessions, err := s.sessions.SessionsOf(ctx, who.Issuer, who.Subject)
	switch {
	case err != nil:
		return rbac.Standing{}, fmt.Errorf("%w: %w", registry.ErrDatabase, err)
	case len(sessions) == 0:
		return rbac.Standing{Unknown: true}, nil
	}
	for _, n := range sessions {
		if n.EndReason == EndedByPerson && !n.Ended.Before(since) {
			return rbac.Standing{Ended: true}, nil
		}
	}
	return rbac.Standing{Role: sessions[0].Actor.Role}, nil
}
