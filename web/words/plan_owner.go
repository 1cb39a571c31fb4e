package words

import (
	"fmt"

	"namesake/internal/plan"
	"namesake/internal/rbac"
)

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
