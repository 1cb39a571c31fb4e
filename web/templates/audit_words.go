package templates

import (
	"cmp"
	"net/url"
	"strconv"
	"strings"
	"time"

	"namesake/internal/registry"
)

// actionWords are the actions of the audit trail in a person's words: as
// something to do, and as something done.
var actionWords = map[registry.Action]struct{ todo, done string }{
	registry.CreateEntry:     {"Create an entry", "Created an entry"},
	registry.EditEntry:       {"Change an entry", "Changed an entry"},
	registry.DeleteEntry:     {"Delete an entry", "Deleted an entry"},
	registry.ViewPlan:        {"See a plan", "Saw a plan"},
	registry.RunPlan:         {"Run a plan", "Ran a plan"},
	registry.ViewOwnSessions: {"See own sessions", "Saw own sessions"},
	registry.EndOwnSession:   {"End an own session", "Ended an own session"},
	registry.ViewAllSessions: {"See everybody's sessions", "Saw everybody's sessions"},
	registry.EndAnySession:   {"End somebody's session", "Ended somebody's session"},
	registry.ListEntries:     {"See the entries", "Saw the entries"},
	registry.ViewEntry:       {"See an entry", "Saw an entry"},
	registry.CheckPattern:    {"Check a pattern", "Checked a pattern"},
	registry.StartSession:    {"Sign in", "Signed in"},
	registry.EndSession:      {"End a session", "Session ended"},
	registry.RefuseSession:   {"Sign in", "Signed in"},
	registry.ViewAudit:       {"See the audit trail", "Saw the audit trail"},
	registry.ExportAudit:     {"Export the audit trail", "Exported the audit trail"},
	registry.CheckpointAudit: {"Remove older records", "Removed older records"},
}

// ActionLabel names an action for a list to choose from.
func ActionLabel(a registry.Action) string {
	if words, ok := actionWords[a]; ok {
		return words.todo + " (" + string(a) + ")"
	}
	return string(a)
}

// Deed tells in a person's words what a record is about: as done when it was.
func Deed(r registry.Record) string {
	words, ok := actionWords[r.Action]
	switch {
	case !ok:
		return string(r.Action)
	case r.Outcome == registry.OutcomeDone:
		return words.done
	}
	return words.todo
}

// OutcomeLabel names an outcome.
func OutcomeLabel(o registry.Outcome) string {
	switch o {
	case registry.OutcomeIntent:
		return "Intent"
	case registry.OutcomeDone:
		return "Done"
	case registry.OutcomeRefused:
		return "Refused"
	case registry.OutcomeFailed:
		return "Failed"
	case registry.OutcomeUnknown:
		return "Unknown"
	}
	return string(o)
}

// outcomeMeaning says in a sentence what an outcome stands for.
func outcomeMeaning(o registry.Outcome) string {
	switch o {
	case registry.OutcomeIntent:
		return "Written before anything was sent. What came of it is a record of its own."
	case registry.OutcomeDone:
		return "It was done."
	case registry.OutcomeRefused:
		return "It was refused, by a role, by a rule, by a conflict or by Cloudflare. It changed nothing."
	case registry.OutcomeFailed:
		return "It failed, and certainly changed nothing."
	case registry.OutcomeUnknown:
		return "It may have taken effect or not. Namesake looks again; a later record of the same intent settles it."
	}
	return ""
}

func outcomeClass(o registry.Outcome) string {
	switch o {
	case registry.OutcomeDone:
		return "border-good bg-good-surface text-good"
	case registry.OutcomeRefused, registry.OutcomeFailed:
		return "border-destructive bg-bad-surface text-destructive"
	case registry.OutcomeUnknown:
		return "border-warn bg-warn-surface text-warn"
	case registry.OutcomeIntent:
	}
	return "text-muted-foreground"
}

// person names who a record is about: by e-mail address, or else by what the sign-in
// service calls them, or by subject.
func person(a registry.Actor) string { return cmp.Or(a.Email, a.Username, a.Name, a.Subject) }

// subjectName is the name of the entry that a record is about, "" when it holds none.
func subjectName(r registry.Record) string {
	for _, side := range []registry.Values{r.After, r.Before} {
		if name, ok := side[registry.FieldName].(string); ok && name != "" {
			return name
		}
	}
	return ""
}

// recordEntryURL leads to the record's entry, "" when it has none here.
func recordEntryURL(p Page, r registry.Record) string {
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

func personAuditURL(a registry.Actor) string {
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
	if c.Kind == registry.KindTwin {
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
