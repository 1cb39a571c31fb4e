package templates

import (
	"time"

	"namesake/internal/registry"
)

// PlanView is a plan: what it will do, does or did.
type PlanView struct {
	Breaks              *BrokenTests  // the tests that a draft would break, nil for none
	Findings            *PlanFindings // the findings that a draft would cause, nil for none
	Title               string
	URL                 string
	Back                string // the list that its owner came from
	State               string // for programs that style or test the page
	Label               string // the state, for people
	About               string // where it came from
	Owner               string
	Created             time.Time
	Chips               []Chip // what its entries match
	Of, Undo            string // the plan that it undoes; the one that undoes it
	Progress            *PlanProgressView
	Apply               *PlanApply
	Old                 string       // says that the plan was made from an old copy of the registry, "" if not
	Empty               string       // why there is nothing to apply, "" otherwise
	Stop                *FailureText // the error that paused it
	StopTitle, StopNote string
	Unsent              string // says how many operations could not be done, "" for none
	UnsentTo            string
	Buttons             []PlanButton
	Notes               []string // below the buttons
	UndoTill            time.Time
	Import              *PlanImport // nil unless it was made from a list
	Names               *PlanNames
	Filters             []PlanFilter
	Filtered            bool   // whether one is set
	Range               string // "1 to 50 of 200"
	Rows                []PlanRow
	Pager               Pager
}

// PlanFindings are the findings that a draft would cause.
type PlanFindings struct {
	Title     string // "" if none is known
	Tone      Tone
	Items     []PlanFinding
	Rest      string // says how many more there are, "" for none
	Unchecked string // says what there was no time to check, "" for nothing
}

// PlanFinding is a finding that a draft would cause.
type PlanFinding struct {
	Severity, Rule   string // for programs that test the page
	Label            string
	Tone             Tone
	Title, Name      string
	Text, Suggestion string
}

// PlanProgressView is how far an active plan has got.
type PlanProgressView struct {
	URL        string // of the plan
	Listing    bool
	Found      string
	Tried, All int
	Parts      string // how many are done, left and failed
	Pace       string // and how long it takes
	Unfinished string
}

// PlanApply asks to apply a plan.
type PlanApply struct {
	Parts  []PlanPart
	Type   bool // whether the number has to be typed
	Number string
	Label  string // what to type, and why
	Typed  string
	Fault  string
	Button string
	Danger bool
	// Dangers and Deletions have to be confirmed for themselves.
	Dangers   []PlanDanger
	Deletions *PlanDeletions
	Note      string
}

// PlanPart is how many operations of a kind a plan has.
type PlanPart struct {
	Kind  string
	Count int
	Label string
}

// PlanButton does something with a plan.
type PlanButton struct{ Act, Label, Variant string }

// PlanNames is what a plan does to names.
type PlanNames struct {
	AsOf  time.Time
	Fault *FailureText
	Note  string
	// Danger says that names lose all protection, "" if none does. Unprotected are these.
	Danger      string
	Unprotected []string
	First       []PlanName
	More        []PlanName
	Rest        string // how many more there are than are listed
}

// PlanName is what a plan does to one name.
type PlanName struct {
	Tone Tone
	Mark string
	Text string
}

// PlanFilter is one of the states that operations are filtered by.
type PlanFilter struct {
	Label   string
	Count   int
	URL     string
	Current bool
}

// PlanRow is one operation.
type PlanRow struct {
	Number       int
	Kind, State  string
	KindLabel    string
	StateLabel   string
	StateTone    Tone
	Line         int
	ID           registry.ID
	Name, Email  string
	IsEmailRegex bool
	Diff         []FieldDiff  // what an edit changes, and what else a create gives
	Advice       []PlanAdvice // what the form of an entry would say about the values
	Why          *FailureText
	Muted        bool   // whether Why is no failure
	Entry        string // the page of the entry, "" where there is none
	Record       string // the page of the record
	Revise       *PlanRevision
}

// PlanImport says how the list was read from which a plan was made.
type PlanImport struct {
	File, Rows         string
	Mirror             bool
	Notes              []string
	Columns            []PlanColumn
	Dropped            int // columns that were not read
	Left               []PlanLeft
	PlanCSV, FailedCSV string // downloads; the second is "" where nothing has failed
}

// PlanColumn is a column of a list, and its use.
type PlanColumn struct{ Name, Use string }

// PlanLeft is a reason for which operations are left out.
type PlanLeft struct {
	Reason string
	Count  int
	Label  string
	URL    string // shows them
	TakeIn string // the button that takes them in, "" for none
}

// PlanDanger is what has to be accepted of dangerous operations.
type PlanDanger struct {
	Rule, Label string
	Accepted    bool
	Fault       string
}

// PlanDeletions asks for the number of deletions.
type PlanDeletions struct{ Label, Typed, Fault string }

// PlanRevision is what the owner of a draft can do with an operation.
type PlanRevision struct {
	Position        string
	At              string // the page of operations, as its query
	TakeOut, TakeIn bool
	URL             string     // takes it out or in
	Form            *EntryForm // to correct it, nil if that is impossible
	CorrectURL      string
	Open            bool
	Fault           []string // what is wrong with what was typed
}

// PlanAdvice is something to check before an operation runs.
type PlanAdvice struct{ Severity, Text, Suggestion string }

// PlanLink is a plan in the list.
type PlanLink struct {
	URL     string
	Title   string
	About   string
	File    string // the name of the imported file, "" for none
	Owner   string
	Label   string
	State   string
	Created time.Time
}
