package templates

import (
	"time"

	"namesake/internal/registry"
)

// ChangesView is a page of the registry's changes.
type ChangesView struct {
	Filter  ChangesFilter
	ReadAt  string   // when the registry was read
	Stale   Stale    // the warning that this is too long ago
	Notes   []string // what was corrected in the request
	Rows    []ChangeRow
	Count   string // "1 to 50 of 80 changes"
	Pager   Pager
	Since   string // from when on changes are known, "" before the first reading
	PutBack PutBack
	Times   TimesView
}

// PutBack makes plans that put changes back. Without a URL it is not offered.
type PutBack struct {
	URL string
	All string // the label of the button for all that match
}

// ChangesFilter is the form above the changes, with its values.
type ChangesFilter struct {
	URL                string
	Name               string
	Entry, Record      string
	Since, Until       string // as in the URL
	SinceDay, UntilDay bool   // whether the value is a day or empty, and not a time
	By, Kinds          []Option
	Chips              []Chip
	Set                []Option // the filters that are set: their names and values
}

// ChangeRow is one change of an entry.
type ChangeRow struct {
	Seq          int64
	Kind, Label  string
	ID           registry.ID
	EntryURL     string
	Name, Email  string
	IsEmailRegex bool
	Diff         []FieldDiff // of an edit
	Elsewhere    bool
	Who, When    string // "" on pages that compare two times
	At           time.Time
	Record       string // its record of the audit trail, "" for none
}

// TimesView has forms that lead to the registry at an earlier time.
type TimesView struct{ EntriesURL, CompareURL string }

// PastView is the registry at an earlier time.
type PastView struct {
	At, When   string // for the URL, and for people
	Query      registry.Query
	Notes      []string
	Entries    []registry.Entry
	Count      string
	Pager      Pager
	Columns    map[registry.Order]Column
	All        string // without a search
	CompareURL string // compares it with now
	RestoreURL string // makes a plan back to it, "" for people who may not
}

// CompareView is what differs between two times.
type CompareView struct {
	From, To string // as in the URL
	Asked    bool   // whether there are two times to compare
	When     string
	ReadAt   string // when the registry was read
	Stale    Stale  // the warning that this is too long ago
	Notes    []string
	Counts   []PlanPart
	Rows     []ChangeRow
	Count    string
	Pager    Pager
	AtURL    string // the registry at the first time
	Times    TimesView
}

// DeletedView is the page of an entry that was deleted.
type DeletedView struct {
	Row       ChangeRow
	Entry     registry.Entry // as it was last known
	CreateURL string         // the form that creates it again, "" for people who may not
	// RestoreURL creates it again at once, "" for people who may not.
	RestoreURL string
	Synced     bool // a directory owned it
	History    *EntryHistory
	BackURL    string
}
