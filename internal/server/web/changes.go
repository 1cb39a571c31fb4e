package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"namesake/internal/audit"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// Where changes are, and below it the comparison of two times, the plan that puts changes
// back, and the plan that goes back to a time.
const (
	ChangesPath = "/accounts/:account/changes"
	ComparePath = "/compare"
	PutBackPath = "/put-back"
	RestorePath = "/restore"
)

// ChangesURL is the list of changes.
func (s *Base) ChangesURL() string { return "/accounts/" + string(s.Account) + "/changes" }

// ParseTime reads a time from a URL or a form: a day or a time, UTC unless it says
// otherwise. For a day it is the start of the day that many days later. written is the
// value as it stands there. What is wrong is left out, with a sentence about it.
func ParseTime(values url.Values, name string, later int, notes *[]string) (at time.Time, written string) {
	raw := strings.TrimSpace(values.Get(name))
	if raw == "" {
		return time.Time{}, ""
	}
	if day, err := time.Parse(time.DateOnly, raw); err == nil {
		return day.AddDate(0, 0, later), raw
	}
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(form, raw); err == nil {
			return t, raw
		}
	}
	*notes = append(*notes, fmt.Sprintf("%s can't be %q: it was left out. Write a day as 2026-01-31, or a time as 2026-01-31T15:04:05Z.", name, words.Clip(raw)))
	return time.Time{}, ""
}

// RequestedTime reads a time that a request must name. It returns a *BadTimeError.
func RequestedTime(values url.Values, name string) (time.Time, error) {
	var notes []string
	at, written := ParseTime(values, name, 0, &notes)
	if len(notes) == 0 && written == "" {
		notes = []string{"The field " + name + " is missing. Write a day as 2026-01-31, or a time as 2026-01-31T15:04:05Z."}
	}
	if len(notes) > 0 {
		return time.Time{}, &BadTimeError{Notes: notes}
	}
	return at.UTC(), nil
}

// IsDay reports whether a time as ParseTime reads it is a day, or is not given.
func IsDay(written string) bool { return len(written) <= len(time.DateOnly) }

// ChangeRows returns changes as pages show them.
func (s *Base) ChangeRows(ctx context.Context, who rbac.Caller, changes []mirror.Change) ([]templates.ChangeRow, error) {
	records, err := s.recordsOf(ctx, who, changes)
	if err != nil {
		return nil, err
	}
	rows := make([]templates.ChangeRow, len(changes))
	for i, c := range changes {
		row := s.ChangeRow(c.Entry, c.Kind, c.Before, c.After)
		row.Seq, row.Elsewhere, row.Who, row.At = c.Seq, c.By == mirror.Elsewhere, words.Outside, c.FirstSeen
		row.When = words.Moment(c.FirstSeen)
		if row.Elsewhere {
			row.When = words.Between(c.LastSeen, c.FirstSeen)
		}
		if r, known := records[c.Record]; known {
			row.Record = templates.AuditURL + "/" + strconv.FormatInt(c.Record, 10)
			if !row.Elsewhere {
				row.Who = Contact(r.Actor)
			}
		} else if !row.Elsewhere {
			row.Who = words.ChangePlace(c.By)
		}
		rows[i] = row
	}
	return rows, nil
}

// ChangeRow is a change, without its time and its person.
func (s *Base) ChangeRow(id registry.ID, kind mirror.ChangeKind, before, after *registry.Entry) templates.ChangeRow {
	shown := after
	if shown == nil {
		shown = before
	}
	row := templates.ChangeRow{
		Kind: string(kind), Label: words.ChangeKind(kind), ID: id, EntryURL: s.EntryURL(id), Name: shown.Name, Email: shown.Email, IsEmailRegex: shown.IsEmailRegex,
	}
	if before != nil && after != nil {
		row.Diff = slices.DeleteFunc(templates.DiffValues(before.Values(), after.Values()), func(d templates.FieldDiff) bool { return d.Change == templates.Unchanged })
	}
	return row
}

// recordsOf returns the audit records of changes by their seq, for people who may see them.
func (s *Base) recordsOf(ctx context.Context, who rbac.Caller, changes []mirror.Change) (map[int64]audit.Record, error) {
	if len(changes) == 0 || !who.May(rbac.ViewAudit) {
		return nil, nil
	}
	var seqs []int64
	for _, c := range changes {
		seqs = append(seqs, c.Record)
	}
	slices.Sort(seqs)
	records, err := s.Audit.Records(ctx, who, audit.Query{Seqs: slices.Compact(seqs)})
	byseq := make(map[int64]audit.Record, len(records))
	for _, r := range records {
		byseq[r.Seq] = r
	}
	return byseq, err
}

// ToOptionalEntryJSON is ToEntryJSON, and null for no entry.
func ToOptionalEntryJSON(e *registry.Entry) any {
	if e == nil {
		return nil
	}
	return ToEntryJSON(*e)
}

// BadTimeError reports times that can't be understood.
type BadTimeError struct{ Notes []string }

func (e *BadTimeError) Error() string { return strings.Join(e.Notes, " ") }

// failTime says what is wrong with a time at which the registry is asked for.
func failTime(err error) (Failure, bool) {
	var bad *BadTimeError
	var unknown *mirror.TimeError
	switch {
	case errors.As(err, &bad):
		return Failure{Status: http.StatusBadRequest, Tone: templates.Bad, Title: "This time can't be understood", Text: bad.Notes}, true
	case !errors.As(err, &unknown):
		return Failure{}, false
	}
	f := Failure{Status: http.StatusUnprocessableEntity, Tone: templates.Bad, Title: "The registry at this time is not known"}
	at := words.Second(unknown.At)
	switch {
	case unknown.Since.IsZero():
		f.Text = []string{"Namesake has not read the whole registry yet. It does so within a minute after its start, if Cloudflare answers."}
	case unknown.At.Before(unknown.Since):
		f.Text = []string{"You asked for " + at + ". Namesake knows the registry, and what was changed in it, since " + words.Second(unknown.Since) + ". Choose a later time."}
	default:
		f.Text = []string{"You asked for " + at + ", which is in the future. It is now " + words.Second(unknown.Now) + "."}
	}
	return f, true
}
