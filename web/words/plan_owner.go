package words

import (
	"fmt"

	"namesake/internal/plan"
	"namesake/internal/rbac"
)

// ForbiddenOperation says that the role of a plan's owner does not allow an operation.
func ForbiddenOperation(e *rbac.ForbiddenError) Notice {
	n := Notice{Title: "The role of the plan's owner does not allow this"}
	if e.Actor.Role != rbac.RoleNone { // earlier versions did not store it
		n.Text = append(n.Text, fmt.Sprintf("The owner had the role %s.", e.Actor.Role))
	}
	if least, ok := e.Action.Needs(); ok {
		n.Text = append(n.Text, fmt.Sprintf("This operation needs the role %s.", least))
	}
	return n
}

// Withdrawn says why the owner of a plan may no longer run it, and what to do.
func Withdrawn(e *plan.WithdrawnError) []string {
	switch {
	case e.Standing.Ended:
		return []string{"A session of the owner was ended from the list of sessions after the plan had started.", "To continue, the owner signs in again and resumes the plan."}
	case e.Standing.Unknown:
		return []string{"The owner has not signed in for more than a day, so their present role is not known.", "To continue, the owner signs in again and resumes the plan."}
	case e.Standing.Role == rbac.RoleNone:
		return []string{"Since their latest sign-in, the owner has no role in Namesake.", "The owner can resume the plan after signing in with a role that may make these changes."}
	}
	return []string{fmt.Sprintf("Since their latest sign-in, the owner has the role %s, which may not make these changes.", e.Standing.Role), "The owner can resume the plan after signing in with a role that may make them."}
}
