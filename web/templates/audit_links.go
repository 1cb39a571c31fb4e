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

// person names the person of a record: by e-mail address, or else by user name, name or
// subject.
func person(a rbac.Actor) string { return cmp.Or(a.Email, a.Username, a.Name, a.Subject) }

// subjectName is the name of the record's entry, "" when the record has none.
func subjectName(r audit.Record) string { return subject(r, registry.FieldName) }

// subjectEmail is the address or pattern of the record's entry, "" when the record has none.
func subjectEmail(r audit.Record) string {
	if !strings.HasPrefix(string(r.Action), "entry.") {
		return ""
	}
	return subject(r, registry.FieldEmail)
}

func subject(r audit.Record, field string) string {
	for _, side := range []registry.Values{r.After, r.Before} {
		if value, ok := side[field].(string); ok && value != "" {
			return value
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
