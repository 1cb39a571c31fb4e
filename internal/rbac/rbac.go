package rbac

import (
	"fmt"
	"strconv"
)

// Role says what a person may do. A higher role may do everything that a lower one may.
type Role int

// The roles. RoleNone is for people who are signed out or in no group that grants a role.
const (
	RoleNone Role = iota
	Viewer
	Editor
	Admin
)

// String returns the role's name in lower case.
func (r Role) String() string {
	switch r {
	case RoleNone:
		return "none"
	case Viewer:
		return "viewer"
	case Editor:
		return "editor"
	case Admin:
		return "admin"
	}
	return "role " + strconv.Itoa(int(r))
}

// ParseRole returns the role with that name, RoleNone if there is none.
func ParseRole(name string) Role {
	for _, r := range []Role{Viewer, Editor, Admin} {
		if r.String() == name {
			return r
		}
	}
	return RoleNone
}

// Action is something a person asks for. Every route names the one it needs.
type Action string

// The actions.
const (
	Anything        Action = "public" // needs no sign-in: signing in itself, assets, health
	ListEntries     Action = "entry.list"
	ViewEntry       Action = "entry.view"
	CreateEntry     Action = "entry.create"
	EditEntry       Action = "entry.edit"
	DeleteEntry     Action = "entry.delete"
	ViewPlan        Action = "plan.view"
	RunPlan         Action = "plan.run" // needs the permission for each of its operations too
	CheckPattern    Action = "pattern.check"
	RefreshRegistry Action = "registry.refresh"
	ExportRegistry  Action = "registry.export"
	ViewChanges     Action = "registry.changes"
	ListTests       Action = "test.list"
	CreateTest      Action = "test.create"
	DeleteTest      Action = "test.delete"
	ViewFindings    Action = "finding.list"
	DismissFinding  Action = "finding.dismiss"
	RestoreFinding  Action = "finding.restore"
	ViewAudit       Action = "audit.view"
	ExportAudit     Action = "audit.export"

	ViewOwnSessions Action = "session.list_own"
	EndOwnSession   Action = "session.end_own"
	ViewAllSessions Action = "session.list"
	EndAnySession   Action = "session.end_any"
)

// Actions that only the program records: no route asks for them.
const (
	StartSession    Action = "session.start"
	EndSession      Action = "session.end"
	RefuseSession   Action = "session.refused"
	CheckpointAudit Action = "audit.checkpoint" // older records were removed, by configuration
	// ChangedElsewhere records the changes of the registry that a pass found and Namesake
	// did not make.
	ChangedElsewhere Action = "registry.changed_elsewhere"
)

// permissions is the whole permission table: the least role for each action, in the order
// in which a form offers the actions.
var permissions = []struct {
	action Action
	least  Role
}{
	{Anything, RoleNone},
	{CreateEntry, Editor},
	{EditEntry, Editor},
	{DeleteEntry, Editor},
	{ViewPlan, Editor},
	{RunPlan, Editor},
	{ListEntries, Viewer},
	{ViewEntry, Viewer},
	{CheckPattern, Viewer},
	{RefreshRegistry, Viewer},
	{ExportRegistry, Viewer}, // a viewer sees all of it anyway, a page at a time
	{ViewChanges, Viewer},
	{ListTests, Viewer},
	{CreateTest, Editor},
	{DeleteTest, Editor},
	{ViewFindings, Viewer},
	{DismissFinding, Editor},
	{RestoreFinding, Editor},
	{ViewAudit, Viewer},
	{ExportAudit, Admin},

	{ViewOwnSessions, Viewer},
	{EndOwnSession, Viewer},
	{ViewAllSessions, Admin},
	{EndAnySession, Admin},
}

// withoutPermission lists the recorded actions that need no permission.
var withoutPermission = []Action{StartSession, EndSession, RefuseSession, CheckpointAudit, ChangedElsewhere}

// RecordedActions returns every action that the audit trail can hold. Refusals of all
// actions are recorded, so it includes the whole permission table.
func RecordedActions() []Action {
	var actions []Action
	for _, p := range permissions {
		if p.action != Anything {
			actions = append(actions, p.action)
		}
	}
	return append(actions, withoutPermission...)
}

// Needs returns the least role that may do a. ok is false for an action outside the
// permission table, which is refused to all people.
func (a Action) Needs() (least Role, ok bool) {
	for _, p := range permissions {
		if p.action == a {
			return p.least, true
		}
	}
	return RoleNone, false
}

// Actor is a person who asks for something. Issuer and subject identify a person; the
// e-mail address and the names are for display only.
type Actor struct {
	Issuer   string
	Subject  string
	Email    string
	Name     string
	Username string // the sign-in service's name for them, where it gives no e-mail address
	Role     Role
	Auth     string // how they signed in: demo, oidc or access
}

// Contact returns the e-mail address, otherwise the user name, otherwise "".
func (p Actor) Contact() string {
	if p.Email != "" {
		return p.Email
	}
	return p.Username
}

// Recorded returns what a record stores about the person. The names stand in for a missing
// e-mail address; names that repeat another field are left out.
func (p Actor) Recorded() Actor {
	if p.Email != "" {
		p.Username = ""
	}
	if p.Email != "" || p.Name == p.Subject || p.Name == p.Username {
		p.Name = ""
	}
	return p
}

// Key returns a text that identifies the person.
func (p Actor) Key() string { return p.Issuer + "\x00" + p.Subject }

// Same reports whether both are the same person.
func (p Actor) Same(other Actor) bool { return p.Issuer == other.Issuer && p.Subject == other.Subject }

// Caller is an actor together with details of the request.
type Caller struct {
	Actor
	RequestID string
	Address   string // network address
}

// May reports whether the actor may do a. Unknown actions are refused.
func (p Actor) May(a Action) bool {
	least, ok := a.Needs()
	return ok && p.Role >= least
}

// Standing is what a person may do in work that continues without them.
type Standing struct {
	Role    Role // RoleNone if Ended or Unknown
	Ended   bool // one of their sessions was ended from the list of sessions
	Unknown bool // no sign-in of theirs is stored any more
}

// ForbiddenError reports that the actor's role does not allow the action.
type ForbiddenError struct {
	Actor  Actor
	Action Action
}

func (e *ForbiddenError) Error() string {
	return fmt.Sprintf("role %s may not %s", e.Actor.Role, e.Action)
}
