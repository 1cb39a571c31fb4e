package templates

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// actionWords are the actions of the audit trail in a person's words: as
// something to do, and as something done.
var actionWords = map[rbac.Action]struct{ todo, done string }{
	rbac.CreateEntry:     {"Create an entry", "Created an entry"},
	rbac.EditEntry:       {"Change an entry", "Changed an entry"},
	rbac.DeleteEntry:     {"Delete an entry", "Deleted an entry"},
	rbac.ViewPlan:        {"See a plan", "Saw a plan"},
	rbac.RunPlan:         {"Run a plan", "Ran a plan"},
	rbac.ViewOwnSessions: {"See own sessions", "Saw own sessions"},
	rbac.EndOwnSession:   {"End an own session", "Ended an own session"},
	rbac.ViewAllSessions: {"See everybody's sessions", "Saw everybody's sessions"},
	rbac.EndAnySession:   {"End somebody's session", "Ended somebody's session"},
	rbac.ListEntries:     {"See the entries", "Saw the entries"},
	rbac.ViewEntry:       {"See an entry", "Saw an entry"},
	rbac.CheckPattern:    {"Check a pattern", "Checked a pattern"},
	rbac.StartSession:    {"Sign in", "Signed in"},
	rbac.EndSession:      {"End a session", "Session ended"},
	rbac.RefuseSession:   {"Sign in", "Signed in"},
	rbac.ViewAudit:       {"See the audit trail", "Saw the audit trail"},
	rbac.ExportAudit:     {"Export the audit trail", "Exported the audit trail"},
	rbac.CheckpointAudit: {"Remove older records", "Removed older records"},
}

// ActionLabel names an action for a list to choose from.
func ActionLabel(a rbac.Action) string {
	if words, ok := actionWords[a]; ok {
		return words.todo + " (" + string(a) + ")"
	}
	return string(a)
}

// Deed tells in a person's words what a record is about: as done when it was.
func Deed(r audit.Record) string {
	words, ok := actionWords[r.Action]
	switch {
	case !ok:
		return string(r.Action)
	case r.Outcome == audit.OutcomeDone:
		return words.done
	}
	return words.todo
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

// outcomeMeaning says in a sentence what an outcome stands for.
func outcomeMeaning(o audit.Outcome) string {
	switch o {
	case audit.OutcomeIntent:
		return "Written before anything was sent. What came of it is a record of its own."
	case audit.OutcomeDone:
		return "It was done."
	case audit.OutcomeRefused:
		return "It was refused, by a role, by a rule, by a conflict or by Cloudflare. It changed nothing."
	case audit.OutcomeFailed:
		return "It failed, and certainly changed nothing."
	case audit.OutcomeUnknown:
		return "It may have taken effect or not. Namesake looks again; a later record of the same intent settles it."
	}
	return ""
}

func outcomeClass(o audit.Outcome) string {
	switch o {
	case audit.OutcomeDone:
		return "border-good bg-good-surface text-good"
	case audit.OutcomeRefused, audit.OutcomeFailed:
		return "border-destructive bg-bad-surface text-destructive"
	case audit.OutcomeUnknown:
		return "border-warn bg-warn-surface text-warn"
	case audit.OutcomeIntent:
	}
	return "text-muted-foreground"
}

// person names who a record is about: by e-mail address, or else by what the sign-in
// service calls them, or by subject.
func person(a rbac.Actor) string { return cmp.Or(a.Email, a.Username, a.Name, a.Subject) }

// subjectName is the name of the entry that a record is about, "" when it holds none.
func subjectName(r audit.Record) string {
	for _, side := range []registry.Values{r.After, r.Before} {
		if name, ok := side[registry.FieldName].(string); ok && name != "" {
			return name
		}
	}
	return ""
}

// recordEntryURL leads to the record's entry, "" when it has none here.
func recordEntryURL(p Page, r audit.Record) string {
	if r.Entry == "" || p.EntriesURL != "/accounts/"+string(r.Account)+"/entries" {
		return ""
	}
	return entryURL(p, r.Entry)
}

// AuditURL is where the audit trail is read.
const AuditURL = "/audit"

func recordURL(seq int64) string { return AuditURL + "/" + strconv.FormatInt(seq, 10) }

// EntryAuditURL leads to all records of an entry.
func EntryAuditURL(id registry.ID) string { return AuditURL + "?entry=" + url.QueryEscape(string(id)) }

func personAuditURL(a rbac.Actor) string {
	return AuditURL + "?person=" + url.QueryEscape(cmp.Or(a.Email, a.Subject))
}

func count(seq int64) string { return strconv.FormatInt(seq, 10) }

// zulu spells a time as a valid content of a time element, in UTC. The audit trail
// shows no local times: they are to be compared with logs, and its filters are UTC.
func zulu(t time.Time) string   { return t.UTC().Format("2006-01-02 15:04:05Z") }
func zuluMS(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000Z") }

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Round(time.Microsecond).Microseconds())/1000, 'f', -1, 64) + " ms"
}

// confirmedWords says what a person went on with.
func confirmedWords(c registry.Confirmation) string {
	if c.Kind == registry.KindDuplicate {
		return "The address is in the registry already"
	}
	if c.Kind == registry.KindInDoubt {
		return "An earlier create of the same entry was not settled yet, so there may be two"
	}
	words := c.Field + ", " + strings.ReplaceAll(c.Kind, "-", " ")
	if c.Detail != "" {
		words += ": " + c.Detail
	}
	return words
}
