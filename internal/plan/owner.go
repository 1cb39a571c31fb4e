package plan

import (
	"context"
	"errors"

	"namesake/internal/rbac"
)

// owner returns the owner of a plan with the role that they have now, at most the one that
// they had when they started it. It returns a *WithdrawnError if they may no longer run
// plans or do one of the actions.
func (s *Service) owner(ctx context.Context, p Plan, actions ...rbac.Action) (rbac.Caller, error) {
	now, err := s.owners.Standing(ctx, p.Owner.Actor, p.Changed)
	if err != nil {
		return rbac.Caller{}, databaseError(err)
	}
	who := p.Owner
	who.Role = min(who.Role, now.Role)
	for _, action := range append([]rbac.Action{rbac.RunPlan}, actions...) {
		if !who.May(action) {
			return rbac.Caller{}, &WithdrawnError{action, now}
		}
	}
	return who, nil
}

// recordWithdrawn records that a plan does not continue because of its owner's role.
func (s *Service) recordWithdrawn(ctx context.Context, owner rbac.Caller, withdrawn *WithdrawnError) error {
	owner.Role = withdrawn.Standing.Role
	var forbidden *rbac.ForbiddenError
	if err := s.audit.Authorize(ctx, owner, withdrawn.Action); !errors.As(err, &forbidden) {
		return err
	}
	return nil
}
