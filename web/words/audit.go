package words

import (
	"strings"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// actionTexts names each action of the audit trail: as something to do, and as something
// done.
var actionTexts = map[rbac.Action]struct{ todo, done string }{
	rbac.CreateEntry:      {"Create an entry", "Created an entry"},
	rbac.EditEntry:        {"Edit an entry", "Edited an entry"},
	rbac.DeleteEntry:      {"Delete an entry", "Deleted an entry"},
	rbac.ViewPlan:         {"View a plan", "Viewed a plan"},
	rbac.RunPlan:          {"Run a plan", "Ran a plan"},
	rbac.ViewOwnSessions:  {"View own sessions", "Viewed own sessions"},
	rbac.EndOwnSession:    {"End own session", "Ended own session"},
	rbac.ViewAllSessions:  {"View all sessions", "Viewed all sessions"},
	rbac.EndAnySession:    {"End another user's session", "Ended another user's session"},
	rbac.ListEntries:      {"View the entries", "Viewed the entries"},
	rbac.ViewEntry:        {"View an entry", "Viewed an entry"},
	rbac.CheckPattern:     {"Check a pattern", "Checked a pattern"},
	rbac.ViewChanges:      {"View changes of the registry", "Viewed changes of the registry"},
	rbac.ListTests:        {"View tests", "Viewed tests"},
	rbac.CreateTest:       {"Add a test", "Added a test"},
	rbac.DeleteTest:       {"Delete a test", "Deleted a test"},
	rbac.ViewFindings:     {"View findings", "Viewed findings"},
	rbac.DismissFinding:   {"Dismiss a finding", "Dismissed a finding"},
	rbac.RestoreFinding:   {"Restore a finding", "Restored a finding"},
	rbac.StartSession:     {"Sign in", "Signed in"},
	rbac.EndSession:       {"End a session", "Session ended"},
	rbac.RefuseSession:    {"Sign in", "Signed in"},
	rbac.ViewAudit:        {"View the audit trail", "Viewed the audit trail"},
	rbac.ExportAudit:      {"Export the audit trail", "Exported the audit trail"},
	rbac.RefreshRegistry:  {"Read the registry", "Read the registry"},
	rbac.ExportRegistry:   {"Export entries", "Exported entries"},
	rbac.CheckpointAudit:  {"Remove older records", "Removed older records"},
	rbac.ChangedElsewhere: {"Change entries elsewhere", "Entries were changed elsewhere"},
}

// ActionLabel names an action for a list to choose from.
func ActionLabel(a rbac.Action) string {
	if texts, ok := actionTexts[a]; ok {
		return texts.todo + " (" + string(a) + ")"
	}
	return string(a)
}

// ActionText names the action of a record: in the past tense when it was done.
func ActionText(r audit.Record) string {
	texts, ok := actionTexts[r.Action]
	switch {
	case !ok:
		return string(r.Action)
	case r.Outcome == audit.OutcomeDone:
		return texts.done
	}
	return texts.todo
}

// ActionLine says in a few words what a record is about: what was done, or tried. For an
// action on an entry whose name is known, the name follows.
func ActionLine(r audit.Record, named bool) string {
	texts, ok := actionTexts[r.Action]
	if !ok {
		return string(r.Action)
	}
	todo, done := texts.todo, texts.done
	if named {
		todo, done = strings.TrimSuffix(todo, " an entry"), strings.TrimSuffix(done, " an entry")
	}
	switch r.Outcome {
	case audit.OutcomeDone:
		return done + endedSession(r)
	case audit.OutcomeRefused, audit.OutcomeFailed:
		return "Tried to " + strings.ToLower(todo[:1]) + todo[1:]
	case audit.OutcomeIntent, audit.OutcomeUnknown:
	}
	return todo
}

// endedSession says whose session ended, and why.
func endedSession(r audit.Record) string {
	if r.Action != rbac.EndSession {
		return ""
	}
	text := ""
	for _, member := range []string{"email", "username", "name", "subject"} {
		if who, ok := r.After[member].(string); ok && who != "" {
			text = ": " + who
			break
		}
	}
	if why, ok := r.After["reason"].(string); ok {
		text += " (" + why + ")"
	}
	return text
}

// OutcomeLabel names an outcome.
func OutcomeLabel(o audit.Outcome) string {
	switch o {
	case audit.OutcomeIntent:
		return "Intent"
	case audit.OutcomeDone:
		return "Done"
	case audit.OutcomeRefused:
		return "Refused"
	case audit.OutcomeFailed:
		return "Failed"
	case audit.OutcomeUnknown:
		return "Unknown"
	}
	return string(o)
}

// OutcomeMeaning says in a sentence what the outcome of a record means.
func OutcomeMeaning(r audit.Record) string {
	switch r.Outcome {
	case audit.OutcomeIntent:
		return "Recorded before the request was sent. The outcome is a separate record."
	case audit.OutcomeDone:
		return "The action was completed."
	case audit.OutcomeRefused:
		if len(r.Errors) > 0 {
			return "Nothing was changed: " + r.Errors[0].Message
		}
		return "Nothing was changed."
	case audit.OutcomeFailed:
		return "The action failed. Nothing was changed."
	case audit.OutcomeUnknown:
		return "The change may have been made. Namesake checks it again and records the result for the same intent."
	}
	return ""
}

// Confirmed says what a person confirmed.
func Confirmed(c registry.Confirmation) string {
	if c.Kind == registry.KindDuplicate {
		return "The address is already in the registry"
	}
	if c.Kind == registry.KindInDoubt {
		return "An earlier create of the same entry was not settled yet, so there may be two"
	}
	text := c.Field + ", " + strings.ReplaceAll(c.Kind, "-", " ")
	if c.Detail != "" {
		text += ": " + c.Detail
	}
	return text
}
