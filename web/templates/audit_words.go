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

// actionWords names each action of the audit trail: as something to do, and as something
// done.
var actionWords = map[rbac.Action]struct{ todo, done string }{
	rbac.CreateEntry:     {"Create an entry", "Created an entry"},
	rbac.EditEntry:       {"Edit an entry", "Edited an entry"},
	rbac.DeleteEntry:     {"Delete an entry", "Deleted an entry"},
	rbac.ViewPlan:        {"View a plan", "Viewed a plan"},
	rbac.RunPlan:         {"Run a plan", "Ran a plan"},
	rbac.ViewOwnSessions: {"View own sessions", "Viewed own sessions"},
	rbac.EndOwnSession:   {"End own session", "Ended own session"},
	rbac.ViewAllSessions: {"View all sessions", "Viewed all sessions"},
	rbac.EndAnySession:   {"End another user's session", "Ended another user's session"},
	rbac.ListEntries:     {"View the entries", "Viewed the entries"},
	rbac.ViewEntry:       {"View an entry", "Viewed an entry"},
	rbac.CheckPattern:    {"Check a pattern", "Checked a pattern"},
	rbac.StartSession:    {"Sign in", "Signed in"},
	rbac.EndSession:      {"End a session", "Session ended"},
	rbac.RefuseSession:   {"Sign in", "Signed in"},
	rbac.ViewAudit:       {"View the audit trail", "Viewed the audit trail"},
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

// actionText names the action of a record: in the past tense when it was done.
func actionText(r audit.Record) string {
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

// outcomeMeaning says in a sentence what the outcome of a record means.
func outcomeMeaning(r audit.Record) string {
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

// person names the person of a record: by e-mail address, or else by user name, name or
// subject.
func person(a rbac.Actor) string { return cmp.Or(a.Email, a.Username, a.Name, a.Subject) }

// subjectName is the name of the record's entry, "" when the record has none.
func subjectName(r audit.Record) string {
	for _, side := range []registry.Values{r.After, r.Before} {
		if name, ok := side[registry.FieldName].(string); ok && name != "" {
			return name
		}
	}
	return ""
}

// recordEntryURL is the page of the record's entry, "" when it has none in this account.
func recordEntryURL(p Page, r audit.Record) string {
	if r.Entry == "" || p.EntriesURL != "/accounts/"+string(r.Account)+"/entries" {
		return ""
	}
	return entryURL(p, r.Entry)
}

// AuditURL is the page of the audit trail.
const AuditURL = "/audit"

func recordURL(seq int64) string { return AuditURL + "/" + strconv.FormatInt(seq, 10) }

// EntryAuditURL lists all records of an entry.
func EntryAuditURL(id registry.ID) string { return AuditURL + "?entry=" + url.QueryEscape(string(id)) }

func personAuditURL(a rbac.Actor) string {
	return AuditURL + "?person=" + url.QueryEscape(cmp.Or(a.Email, a.Subject))
}

func count(seq int64) string { return strconv.FormatInt(seq, 10) }

// zulu formats a time in UTC as a <time> element takes it. The audit trail shows UTC
// because people compare it with logs, and because its filters are UTC.
func zulu(t time.Time) string   { return t.UTC().Format("2006-01-02 15:04:05Z") }
func zuluMS(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000Z") }

func milliseconds(d time.Duration) string {
	return strconv.FormatFloat(float64(d.Round(time.Microsecond).Microseconds())/1000, 'f', -1, 64) + " ms"
}

// confirmedWords says what a person confirmed.
func confirmedWords(c registry.Confirmation) string {
	if c.Kind == registry.KindDuplicate {
		return "The address is already in the registry"
	}
	if c.Kind == registry.KindInDoubt {
		return "An earlier creation of the same entry was not settled yet, so there may be two"
	}
	words := c.Field + ", " + strings.ReplaceAll(c.Kind, "-", " ")
	if c.Detail != "" {
		words += ": " + c.Detail
	}
	return words
}
