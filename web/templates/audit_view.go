package templates

import (
	"slices"
	"strings"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/web/words"
)

// AuditView is a page of the audit trail.
type AuditView struct {
	Filter    AuditFilter
	Notes     []string // what was corrected in the request
	Rows      []AuditRow
	Head      AuditHead
	Newest    string // the first page with the same filters
	Newer     string // "" when there is none
	Older     string
	ExportURL string // of JSON Lines, "" for people who may not export
	CSVURL    string
	Every     bool   // whether every record is listed, and not each action once
	OtherURL  string // lists the other way
}

// AuditRow is a record in a list. An action has one row: its newest record.
type AuditRow struct {
	audit.Record
	Ago string // how long ago it was
}

// changed names the fields that an edit changes.
func (r AuditRow) changed() string {
	if r.Action != rbac.EditEntry {
		return ""
	}
	var labels []string
	for _, d := range DiffValues(r.Before, r.After) {
		if d.Change != Unchanged {
			labels = append(labels, words.Field(d.Field).Detail)
		}
	}
	return strings.Join(labels, ", ")
}

// AuditHead is the newest record of all. Seq is 0 when there is none.
type AuditHead struct {
	Seq  int64
	Hash string
}

// AuditFilter is the form above the audit trail, with its values.
type AuditFilter struct {
	Search             string
	Person, Entry      string
	Since, Until       string // as in the URL
	SinceDay, UntilDay bool   // whether the value is a day or empty, and not a time
	Actions, Outcomes  []Option
	Chips              []Chip
	Periods            []Choice
	Every              bool
}

// more reports whether a filter is set besides the search and the first day.
func (f AuditFilter) more() bool {
	return slices.ContainsFunc(f.Chips, func(c Chip) bool { return c.Name != "search" && c.Name != "since" })
}

// Option is a choice in a list.
type Option struct {
	Value, Label string
	Selected     bool
}

// Choice is a link of several, one of which is the current one.
type Choice struct {
	Label, URL string
	Current    bool
}

// EntryHistory is the section of an entry's page that lists its changes.
type EntryHistory struct {
	Items []HistoryItem // the newest, newest first
	All   string        // lists all records, under the entry's present ID
	More  bool          // whether there are more
	Since string        // from when on changes made elsewhere are known, "" if the registry was not read yet
	// PutBackURL makes a plan that puts a change back, "" for people who may not.
	PutBackURL string
	// Former is the number that was the entry's id before mid-2026, "" for none, and
	// FormerAll lists the records under it.
	Former    registry.ID
	FormerAll string
}

// HistoryItem is a record about an entry, or a change of it that was made elsewhere.
type HistoryItem struct {
	Record *AuditRow
	Change *ChangeRow
}

// recorded reports whether there are records, and not only changes made elsewhere.
func (h EntryHistory) recorded() bool {
	return slices.ContainsFunc(h.Items, func(i HistoryItem) bool { return i.Record != nil })
}
