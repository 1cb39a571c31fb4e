package templates

import "time"

// TestsView is the page of the tests that people write.
type TestsView struct {
	URL, ReadAt  string
	Stale        Stale
	Notes        []string
	Unread       []string // says which settings could not be read
	Summary      string   // counts them by how they stand, "" without any
	Items        []TestItem
	Count        string
	Pager        Pager
	CanChange    bool
	Full         bool // there can't be more tests
	Form         TestForm
	Expectations []Option
	Text         string   // of a file, as it was sent
	Faults       []string // of a file or of suggestions
	Suggested    bool     // suggestions were asked for
	Suggestions  []SuggestedTest
}

// TestItem is a test, and how it stands.
type TestItem struct {
	ID, Name, Email, Must, Note string
	State, Label                string
	Tone                        Tone
	Text                        string   // says why
	Flagged, Clear              []string // when the mail is flagged and when it is not, if that depends
	Who                         string
	At                          time.Time
	CheckURL                    string
	DeleteURL                   string // "" for people who may not delete it
}

// TestForm is what was typed to add a test.
type TestForm struct {
	Name, Email, Expect, Note string
	SavedID                   string // of the form that was saved when a session ended, "" for none
	Faults                    map[string][]Message
}

// SuggestedTest is a test that can be added.
type SuggestedTest struct {
	Value                      string
	Name, Email, Must, Because string
	Ticked                     bool
}

// BrokenTests are the tests that a change would break. Value confirms them.
type BrokenTests struct {
	Title     string
	Sentences []string
	Value     string
	Fault     string // that they were not confirmed
	Accepted  bool
	Label     string // of the box that accepts them
	// More heads the tests that may break as well, because they could not be evaluated.
	More        string
	Unevaluated []string
}

// ConfirmBreaksView asks to confirm a change that breaks tests.
type ConfirmBreaksView struct {
	Title, Lead    string
	Broken         BrokenTests
	Field          string // that confirms them
	Action         string
	Fields         []HiddenField
	Button, Cancel string
}

// HiddenField is a field that a form repeats.
type HiddenField struct{ Name, Value string }
