package templates

import "github.com/a-h/templ"

// importPages has a sample of each page of imports.
func importPages() map[string]templ.Component {
	why := &FailureText{Title: "The list can't be read", Text: []string{"Line 3, column 7, byte 61.", "Write a quotation mark inside a quoted cell twice."}}
	return map[string]templ.Component{
		"ImportForm": ImportForm(samplePage(), ImportFormView{URL: "/imports", TemplateURL: "/imports/template.csv"}),
		"ImportForm: not read": ImportForm(samplePage(), ImportFormView{
			URL: "/imports", TemplateURL: "/imports/template.csv", Failure: why, File: sampleName + ".csv", Text: "name;email", Mirror: true,
		}),
		"ImportSheet": ImportSheet(samplePage(), ImportSheetView{
			URL: "/imports/1", Back: "/imports/new", File: sampleName + ".xlsx", Failure: why, Sheets: []string{sampleName, "Sheet 2"}, Sheet: "Sheet 2",
		}),
		"ImportMapping": ImportMapping(samplePage(), ImportMappingView{
			URL: "/imports/1", Back: "/imports/new", File: sampleName + ".csv", Failure: why, Header: true,
			Columns: []ImportColumn{{"column-0", sampleName, "name", []string{sampleName, "B"}}, {"column-1", "Column 2", "", nil}},
			Uses:    []Option{{Value: "", Label: "Not used"}, {Value: "name", Label: "Name"}},
		}),
		"Plan: import": samplePlan(func(v *PlanView) {
			v.Import = &PlanImport{
				File: sampleName + ".csv", Rows: "3 rows", Mirror: true, Notes: []string{"Line 1 was skipped: it names the delimiter."}, Columns: []PlanColumn{{sampleName, "Name"}}, Dropped: 2,
				Left:    []PlanLeft{{"guest", 2, "The account is a guest", "/plans/1?reason=guest", "Include 2 guests"}, {"wrong", 1, "Wrong", "/plans/1?reason=wrong", ""}},
				PlanCSV: "/plans/1/operations.csv", FailedCSV: "/plans/1/failed.csv",
			}
			v.Apply.Dangers = []PlanDanger{{"lets-anyone-in", "2 rows would let anyone use the name.", false, "Tick this."}}
			v.Apply.Deletions = &PlanDeletions{"Type 3", "2", "Type 3."}
			form := EntryForm{Values: map[string]string{"name": sampleName, "email": sampleEmail, "is_email_regex": Ticked, "comments": "a"}}
			v.Rows[0].Revise = &PlanRevision{Position: "0", TakeOut: true, URL: "/plans/1/take-out", CorrectURL: "/plans/1/correct", Form: &form, Open: true, Fault: []string{"A fault."}}
			v.Rows[1].Revise = &PlanRevision{Position: "1", TakeIn: true, URL: "/plans/1/take-in"}
		}),
	}
}
