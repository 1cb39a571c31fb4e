package auditlog

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// auditFilter is what the URL of the audit trail selects: the query, and the two
// times as they stand there.
type auditFilter struct {
	query        audit.Query
	since, until string
	all          bool // whether every record is asked for, and not each action once
}

// auditFilters are the names of the filters in the URL, in the order in which they
// are told.
var auditFilters = []string{"search", "person", "action", "entry", "outcome", "since", "until"}

// upwards reports whether a page is asked for that begins at its older end.
func (f auditFilter) upwards() bool { return f.query.After > 0 && f.query.Before == 0 }

// value returns a filter as it stands in the URL, "" when it is not set.
func (f auditFilter) value(name string) string {
	switch name {
	case "search":
		return f.query.Search
	case "person":
		return f.query.Person
	case "action":
		return string(f.query.Action)
	case "entry":
		return string(f.query.Entry)
	case "outcome":
		return string(f.query.Outcome)
	case "since":
		return f.since
	case "until":
		return f.until
	}
	return ""
}

// url is path with the filters but one, and with one more parameter; "" for none.
func (f auditFilter) url(path, without, more string, seq int64) string {
	values := url.Values{}
	for _, name := range auditFilters {
		if value := f.value(name); value != "" && name != without {
			values.Set(name, value)
		}
	}
	if f.all && path == templates.AuditURL {
		values.Set("records", everyRecord)
	}
	if more != "" {
		values.Set(more, strconv.FormatInt(seq, 10))
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// everyRecord asks for all records of each action.
const everyRecord = "all"

// maxSearch is longer than any name, address or request id.
const maxSearch = 1024

// parseAuditFilter reads the URL of the audit trail. What is wrong is left out,
// with a sentence about it, as in parseQuery.
func parseAuditFilter(values url.Values) (f auditFilter, notes []string) {
	f.query.Person = strings.TrimSpace(strings.ToValidUTF8(values.Get("person"), "\uFFFD"))
	if len(f.query.Person) > web.MaxPerson {
		notes = append(notes, fmt.Sprintf("person can't be %q: it was left out. It is longer than any address.", words.Clip(f.query.Person)))
		f.query.Person = ""
	}
	f.query.Search = strings.TrimSpace(strings.ToValidUTF8(values.Get("search"), "\uFFFD"))
	if len(f.query.Search) > maxSearch {
		notes = append(notes, fmt.Sprintf("search can't be %q: it was left out. It is longer than any name or address.", words.Clip(f.query.Search)))
		f.query.Search = ""
	}
	f.all = values.Get("records") == everyRecord
	f.query.Action = web.OneOf(values, "action", rbac.RecordedActions(), &notes)
	f.query.Outcome = web.OneOf(values, "outcome", audit.Outcomes(), &notes)
	f.query.Entry = web.EntryID(values, &notes)
	f.query.Since, f.since = web.ParseTime(values, "since", 0, &notes)
	f.query.Until, f.until = web.ParseTime(values, "until", 1, &notes) // to the end of that day
	f.query.Before = web.RecordSeq(values.Get("before"), "before", &notes)
	f.query.After = web.RecordSeq(values.Get("after"), "after", &notes)
	return f, notes
}

// auditPages is one page of records, and where the pages around it begin: 0 where
// there is none.
type auditPages struct {
	records       []audit.Record
	before, after int64 // the next older page is before this seq, the next newer one after that
}

// pageAudit makes a page of records, of which one more than a page may be given.
// Those beyond the page are at the far end from where it starts.
func pageAudit(f auditFilter, records []audit.Record) auditPages {
	upwards, more := f.upwards(), len(records) > auditPerPage
	switch {
	case more && upwards:
		records = records[len(records)-auditPerPage:]
	case more:
		records = records[:auditPerPage]
	}
	p := auditPages{records: records}
	if len(records) == 0 {
		return p
	}
	newest, oldest := records[0].Seq, records[len(records)-1].Seq
	if (upwards && more) || f.query.Before > 0 {
		p.after = newest
	}
	if upwards || more {
		p.before = oldest
	}
	return p
}

// auditView is what the audit page shows, without HTTP.
func auditView(f auditFilter, notes []string, p auditPages, head templates.AuditHead, mayExport bool, now time.Time) templates.AuditView {
	v := templates.AuditView{Filter: filterView(f, now), Notes: notes, Head: head}
	for _, r := range p.records {
		v.Rows = append(v.Rows, web.AuditRow(r, now))
	}
	if f.query.Before > 0 || f.query.After > 0 {
		v.Newest = f.url(templates.AuditURL, "", "", 0)
	}
	if p.after > 0 {
		v.Newer = f.url(templates.AuditURL, "", "after", p.after)
	}
	if p.before > 0 {
		v.Older = f.url(templates.AuditURL, "", "before", p.before)
	}
	if mayExport {
		v.ExportURL, v.CSVURL = f.url(templates.AuditURL+".jsonl", "", "", 0), f.url(templates.AuditURL+".csv", "", "", 0)
	}
	other := f
	other.all = !f.all
	v.Every, v.OtherURL = f.all, other.url(templates.AuditURL, "", "", 0)
	return v
}

func filterView(f auditFilter, now time.Time) templates.AuditFilter {
	v := templates.AuditFilter{
		Search: f.query.Search, Person: f.query.Person, Entry: string(f.query.Entry), Every: f.all,
		Since: f.since, Until: f.until, SinceDay: web.IsDay(f.since), UntilDay: web.IsDay(f.until),
	}
	for _, a := range rbac.RecordedActions() {
		v.Actions = append(v.Actions, templates.Option{Value: string(a), Label: words.ActionLabel(a), Selected: a == f.query.Action})
	}
	for _, o := range audit.Outcomes() {
		v.Outcomes = append(v.Outcomes, templates.Option{Value: string(o), Label: words.OutcomeLabel(o), Selected: o == f.query.Outcome})
	}
	for _, name := range auditFilters {
		if value := f.value(name); value != "" {
			v.Chips = append(v.Chips, templates.Chip{Name: name, Value: value, Without: f.url(templates.AuditURL, name, "", 0)})
		}
	}
	v.Periods = periods(f, now)
	return v
}

// periods are the links that choose the last days.
func periods(f auditFilter, now time.Time) []templates.Choice {
	at := f
	at.until = ""
	var links []templates.Choice
	for _, p := range []struct {
		label string
		days  int
	}{{"Today", 1}, {"7 days", 7}, {"30 days", 30}, {"All time", 0}} {
		at.since = ""
		if p.days > 0 {
			at.since = now.UTC().AddDate(0, 0, 1-p.days).Format(time.DateOnly)
		}
		links = append(links, templates.Choice{Label: p.label, URL: at.url(templates.AuditURL, "", "", 0), Current: f.since == at.since && f.until == ""})
	}
	return links
}

// auditRecordView is what the page of a record shows, without HTTP.
func auditRecordView(r audit.Record, line []byte, whole bool, outcomes []audit.Record, head int64) templates.AuditRecordView {
	v := templates.AuditRecordView{
		Record: r, Fields: templates.DiffValues(r.Before, r.After), Outcomes: outcomes,
		Line: string(line), Whole: whole,
	}
	if r.PrevHash != "" {
		v.Previous = r.Seq - 1
	}
	if r.Seq < head {
		v.Next = r.Seq + 1
	}
	return v
}

// auditLine returns the line of r in an export, and whether r's hash belongs to it.
func auditLine(r audit.Record) (line []byte, whole bool, err error) {
	sealed, canonical, err := r.Seal(r.Seq, r.PrevHash)
	if err != nil {
		return nil, false, err
	}
	return audit.AppendLine(nil, canonical, r.Hash), sealed.Hash == r.Hash, nil
}

// auditInfo says where the pages around a page of records begin.
type auditInfo struct {
	Count  int   `json:"count"`
	Before int64 `json:"before,omitempty"` // ask with before=N for the next older page
	After  int64 `json:"after,omitempty"`  // ask with after=N for the next newer page
}

// auditList is an envelope with the positions of a page of records.
type auditList struct {
	web.Envelope
	ResultInfo auditInfo `json:"result_info"`
}

func auditEnvelope(p auditPages) (auditList, error) {
	lines := make([]json.RawMessage, len(p.records))
	for i, r := range p.records {
		line, _, err := auditLine(r)
		if err != nil {
			return auditList{}, err
		}
		lines[i] = line
	}
	return auditList{web.Succeeded(lines), auditInfo{Count: len(lines), Before: p.before, After: p.after}}, nil
}
