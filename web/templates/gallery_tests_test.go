package templates

import "github.com/a-h/templ"

func sampleBroken() BrokenTests {
	return BrokenTests{Title: "This breaks 2 tests", Sentences: []string{"Mail that shows “" + sampleName + "” from " + sampleEmail + " must pass.", "x"}, Value: "1:passes,2:passes", Fault: "Tick this.", Accepted: true, Label: "Apply it although it breaks these 2 tests", More: "1 test could not be evaluated in time:", Unevaluated: []string{"x"}}
}

// galleryTests has samples of the page of tests, and of what asks about them.
func galleryTests() map[string]templ.Component {
	item := TestItem{ID: "1", Name: sampleName, Email: sampleEmail, Must: "must be flagged", Note: sampleHebrew, State: "broken", Label: "Broken", Tone: Bad, Text: "The mail passes. No entry protects the name “x”.", Who: sampleEmail, At: sampleTime, CheckURL: sampleURL, DeleteURL: "/tests/1/delete"}
	depends := item
	depends.ID, depends.State, depends.Label, depends.Tone, depends.Flagged, depends.Clear, depends.Note = "2", "depends", "Depends", Warn, []string{"If a."}, []string{"If b."}, ""
	v := TestsView{
		URL: "/tests", ReadAt: "Read at noon", Stale: sampleStale(), Notes: []string{"A note."}, Unread: []string{"Not read."}, Summary: "2 tests: 1 broken and 1 depending.", Items: []TestItem{item, depends},
		Count: "2 tests", Pager: Pager{Page: 1, First: "/tests", Next: "/tests?page=2"}, CanChange: true, Expectations: []Option{{"flagged", "must be flagged", true}, {"passes", "must pass", false}},
	}
	faulty := v
	faulty.Form = TestForm{Name: sampleName, Email: sampleEmail, Note: sampleHebrew, Faults: map[string][]Message{"name": {{Text: "Too long."}}, "email": {{Text: "Not one."}}, "expect": {{Text: "Choose."}}, "note": {{Text: "Too long."}}}}
	files := v
	files.Text, files.Faults = "name", []string{"Line 1: wrong."}
	suggested := v
	suggested.Suggested, suggested.Suggestions = true, []SuggestedTest{{Value: "v", Name: sampleName, Email: sampleEmail, Must: "must pass", Because: "Its own address", Ticked: true}, {Value: "w", Name: "x", Email: "y", Must: "must pass"}}
	nothing := suggested
	nothing.Suggestions = nil
	past := v
	past.Items, past.Pager.Page = nil, 3
	return map[string]templ.Component{
		"Tests": Tests(samplePage(), v), "Tests: faults": Tests(samplePage(), faulty), "Tests: files": Tests(samplePage(), files), "Tests: suggested": Tests(samplePage(), suggested),
		"Tests: nothing suggested": Tests(samplePage(), nothing), "Tests: past": Tests(samplePage(), past), "Tests: none": Tests(samplePage(), TestsView{URL: "/tests", CanChange: true}), "Tests: viewer": Tests(samplePage(), TestsView{URL: "/tests"}),
		"ConfirmBreaks": ConfirmBreaks(samplePage(), ConfirmBreaksView{Title: "Not undone", Lead: "It creates the entry again.", Broken: sampleBroken(), Field: "confirmed", Action: "/undo", Fields: []HiddenField{{"record", "1"}}, Button: "Undo it anyway", Cancel: sampleURL}),
	}
}
