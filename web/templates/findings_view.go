package templates

import "namesake/internal/registry"

// FindingsView is what is wrong in the registry.
type FindingsView struct {
	Unread     []string // says which settings could not be read
	ReadAt     string
	RefreshURL string
	Stale      Stale
	Notes      []string // what was corrected in the request
	Filter     FindingsFilter
	Groups     []FindingGroup
	Count      string // "1 to 50 of 80 findings"
	Pager      Pager
	Unchecked  string // that some patterns were not checked, "" if all were
	Calm       string // that nothing is wrong, "" if something is
	FixURL     string // takes several findings to fix, "" for people who may not
}

// FindingsFilter is the form above the findings, with its values.
type FindingsFilter struct {
	URL        string
	Severities []Choice
	Severity   string // as in the URL, like the two below
	Dismissed  string
	Entry      string
	Rules      []Option
	Search     string
	Chips      []Chip
}

// FindingGroup has the findings of a rule and a severity.
type FindingGroup struct {
	Rule, Title, Label string
	Severity           string
	Tone               Tone
	Count              int
	FixAll             string // the label of the button that fixes all, "" if none can be fixed
	Items              []FindingItem
}

// FindingItem is one thing that is wrong.
type FindingItem struct {
	ID          string
	Rule        string
	Title       string // of the rule, where no heading says it
	Label       string // the severity
	Tone        Tone
	Name        string
	Entries     []registry.Entry
	More        int // further entries, which are not listed
	Message     string
	Witness     string // "" where the entries say it
	Shows       string // what the witness is
	CheckURL    string // the check of mail from the witness, "" for none
	Suggestion  string
	Fix         string // the label of the button that fixes it, "" if it can't be
	FixURL      string
	Dismiss     *DismissForm // nil for people who may not, and for what is dismissed
	Dismissed   *DismissedNote
	ReturnEntry registry.ID // the entry whose page shows the finding, "" for the list
	ReturnQuery string      // the query of the list that shows it
}

// DismissForm hides a finding.
type DismissForm struct {
	URL           string
	Fingerprint   string
	Reason, Until string // as typed
	Today         string // the first day that Until can be
	Faults        map[string][]Message
	Open          bool
}

// DismissedNote says who hid a finding, and why.
type DismissedNote struct {
	Reason     string
	Until      string // "for good"
	Who, On    string
	RestoreURL string // "" for people who may not
}
