package templates

import "github.com/a-h/templ"

func sampleGrowth() Growth {
	return Growth{About: "Entries in the registry over time.", SVG: `<svg class="chart" aria-hidden="true"></svg>`, Limit: "50", First: "1 Jan 2026", Last: "today", Points: []GrowthPoint{{"1 Jan 2026", "0"}, {"1 Feb 2026", "42"}}}
}

func sampleOverview() OverviewView {
	item := AttentionItem{sampleURL, sampleHebrew, sampleEmail}
	return OverviewView{
		ReadAt: "Read from Cloudflare at 12:00.", RefreshURL: sampleURL, Numbers: []Number{{Label: "Entries", Value: "42", URL: sampleURL}},
		Attention: []Attention{{Rule: "duplicate", Title: "Duplicate", URL: "/findings?rule=duplicate", Label: "Warning", Tone: Warn, Count: 6, Items: []AttentionItem{item, {URL: sampleURL}, item, item}, More: 2}},
		Unchecked: "2 patterns are not checked yet.", Growth: new(sampleGrowth()), Plans: []PlanLink{{URL: sampleURL, Title: "Delete 2 entries", Owner: sampleName, State: "running", Label: "Running", Created: sampleTime}},
		Changes: OverviewChanges{Text: "1 made here.", Rows: []ChangeRow{{Kind: "created", Label: "Created", EntryURL: sampleURL, Name: sampleHebrew, Email: sampleEmail, Who: sampleEmail, When: "now", At: sampleTime}, {Kind: "deleted", Label: "Deleted", Elsewhere: true, EntryURL: sampleURL, Who: "Outside", When: "now", At: sampleTime}}, URL: sampleURL, All: "All changes"},
	}
}

func galleryOverview() map[string]templ.Component {
	calm := sampleOverview()
	calm.Attention, calm.Unchecked, calm.Calm, calm.Plans, calm.Growth, calm.Changes.Rows = nil, "", "Nothing needs attention.", nil, nil, nil
	calm.Stale = Stale{Title: "This is the registry as it was 3 minutes ago"}
	return map[string]templ.Component{
		"Overview":       Overview(samplePage(), sampleOverview()),
		"Overview: calm": Overview(samplePage(), calm),
	}
}
