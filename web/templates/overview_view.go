package templates

// OverviewView is the state of the registry in one page.
type OverviewView struct {
	ReadAt     string
	RefreshURL string
	Stale      Stale
	Numbers    []Number
	Attention  []Attention
	Calm       string // that nothing needs attention, "" if something does
	Unchecked  string // that some patterns were not checked, "" if all were
	Changes    OverviewChanges
	Growth     *Growth // nil without entries that say when they were created
	Plans      []PlanLink
}

// Number is a count that leads to what it counts.
type Number struct {
	Label, Value, URL string
	Parts             []Link // what it is made of
}

// Attention is what is wrong with some entries.
type Attention struct {
	Rule, Title, Label string
	URL                string // the findings of the rule
	Tone               Tone
	Count              int
	Items              []AttentionItem
	More               int // further ones, which are not listed
}

// AttentionItem is one entry that needs attention, or several of one name.
type AttentionItem struct{ URL, Name, About string }

// shownItems is how many items are visible at once.
const shownItems = 3

// OverviewChanges are the newest changes of the last days.
type OverviewChanges struct {
	Text string // how many there are
	Rows []ChangeRow
	URL  string // all of them
	All  string // the label of that link
}

// Growth is how the number of entries has grown.
type Growth struct {
	About       string
	SVG         string // drawn by package chart
	Limit       string // the number at the upper edge
	First, Last string // the days at the edges
	Points      []GrowthPoint
}

// GrowthPoint is the number of entries at the end of a day.
type GrowthPoint struct{ Day, Entries string }
