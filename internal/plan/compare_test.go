package plan

import (
	"reflect"
	"testing"

	"namesake/internal/mirror"
	"namesake/internal/registry"
)

// listed are the fields of the lists of these tests.
var listed = []string{registry.FieldName, registry.FieldEmail, registry.FieldIsEmailRegex, registry.FieldComments}

func viewOf(entries ...registry.Entry) *mirror.View {
	rows := make([]mirror.Row, len(entries))
	for i, e := range entries {
		rows[i] = mirror.Row{Entry: e, Version: int64(i + 1)}
	}
	return mirror.NewView(rows)
}

// Each row of a list is compared with the registry.
func TestCompare(t *testing.T) {
	view := viewOf(
		registry.Entry{ID: "1", Name: "Jane Doe", Email: "jane@example.com", Provenance: registry.Manual, Comments: new("CEO")},
		registry.Entry{ID: "2", Name: "JANE DOE", Email: "Jane@Example.com", Provenance: registry.Manual},
		registry.Entry{ID: "3", Name: "José", Email: `jos.@example\.com`, IsEmailRegex: true, Provenance: registry.Manual, DirectoryID: new(int64(7))},
		registry.Entry{ID: "4", Name: "Ann", Email: "ann@example.com", Provenance: registry.GoogleDirectory},
	)
	row := func(line int, id registry.ID, name, email, comments string) Row {
		return Row{Line: line, ID: id, Draft: registry.Draft{Name: name, Email: email, Comments: comments}, Fields: listed}
	}
	jose := row(9, "", "José", `jos.@example\.com`, "")
	jose.Draft.IsEmailRegex = true
	synced := row(12, "", "Ann", "ann@example.com", "")
	wrong := row(13, "", "Tom", "tom", "")
	wrong.Fault = &RowFault{What: "quote", Column: 3, Byte: 120}
	guest := row(14, "", "Guest", "guest_x#EXT#@example.com", "")
	guest.Reasons = []Reason{"guest"}
	edited := func(changes registry.Values) registry.Values {
		e, _ := view.Entry("1")
		return e.Values().With(changes)
	}
	type want struct {
		kind    Kind
		id      registry.ID
		state   OperationState
		reason  Reason
		fault   string
		changes registry.Values // of an edit; of a create, all values
	}
	tests := []struct {
		name string
		row  Row
		want want
	}{
		{"unchanged by id", row(2, "1", "Jane Doe", "jane@example.com", "CEO"), want{kind: Edit, id: "1", state: OpUnchanged}},
		{"the same entry again", row(3, "1", "Jane Doe", "jane@example.com", "CFO"), want{kind: Edit, id: "1", state: OpSkipped, fault: "repeated", changes: registry.Values{"comments": "CFO"}}},
		{"spelled as in the registry", row(4, "", "JANE DOE", "JANE@example.com", ""), want{kind: Edit, id: "2", state: OpUnchanged}},
		{"new", row(5, "", " New\u00a0One ", "new@Example.com", "x"), want{kind: Create, state: OpWaiting, changes: registry.Values{"name": "New\u00a0One", "email": "new@Example.com", "is_email_regex": false, "comments": "x"}}},
		{"new again, in other case", row(6, "", "NEW ONE", "NEW@example.com", ""), want{kind: Create, state: OpSkipped, fault: "repeated", changes: registry.Values{"name": "NEW ONE", "email": "NEW@example.com", "is_email_regex": false}}},
		{"an id that is gone", row(7, "99", "Other", "o@example.com", ""), want{kind: Create, state: OpWaiting, changes: registry.Values{"name": "Other", "email": "o@example.com", "is_email_regex": false}}},
		{"another form of Unicode", jose, want{kind: Edit, id: "3", state: OpUnchanged}},
		{"a comment of a synced entry", row(10, "4", "Ann", "ann@example.com", "x"), want{kind: Edit, id: "4", state: OpSkipped, fault: "synced", changes: registry.Values{"comments": "x"}}},
		{"a synced entry", synced, want{kind: Edit, id: "4", state: OpUnchanged, fault: "duplicate"}},
		{"wrong", wrong, want{kind: Create, state: OpSkipped, reason: Wrong, fault: "row", changes: registry.Values{"name": "Tom", "email": "tom", "is_email_regex": false}}},
		{"a guest", guest, want{kind: Create, state: OpSkipped, reason: "guest", fault: "left_out", changes: registry.Values{"name": "Guest", "email": "guest_x#EXT#@example.com", "is_email_regex": false}}},
	}
	c := newComparison(view)
	for i, tt := range tests {
		c.add(tt.row)
		o := c.operations[i]
		got := want{kind: o.Kind, id: o.EntryID, state: o.State, reason: o.Reason}
		if o.Fault != nil {
			got.fault = o.Fault.What
		}
		if o.Kind == Create {
			got.changes = o.After
		} else if diff := o.Before.Diff(o.After.Draft()); len(diff) > 0 {
			got.changes = diff
		}
		if o.Position != i || o.Line != tt.row.Line || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v at %d, line %d, want %+v", tt.name, got, o.Position, o.Line, tt.want)
		}
	}
	if got := edited(nil); got["comments"] != "CEO" {
		t.Errorf("the comparison has changed the view: %v", got)
	}
}

// A list that is to be the registry deletes manual entries, but for those that a wrong row may
// be about.
func TestCompareMirror(t *testing.T) {
	view := viewOf(
		registry.Entry{ID: "1", Name: "In the list", Email: "1@example.com", Provenance: registry.Manual},
		registry.Entry{ID: "2", Name: "Left out", Email: "2@example.com", Provenance: registry.Manual},
		registry.Entry{ID: "3", Name: "Synced", Email: "3@example.com", Provenance: registry.GoogleDirectory},
		registry.Entry{ID: "4", Name: "Wrong", Email: "4@example.com", Provenance: registry.Manual},
		registry.Entry{ID: "5", Name: "Missing", Email: "5@example.com", Provenance: registry.Manual},
		registry.Entry{ID: "6", Name: "missing", Email: "6@example.com", Provenance: registry.Manual},
	)
	c := newComparison(view)
	c.add(Row{Line: 2, Draft: registry.Draft{Name: "In the list", Email: "1@example.com"}, Fields: listed})
	c.add(Row{Line: 3, Draft: registry.Draft{Name: "Left out", Email: "2@example.com"}, Fields: listed, Reasons: []Reason{"disabled"}})
	c.add(Row{Line: 4, Draft: registry.Draft{Name: "Wrong", Email: "4@"}, Fields: listed, Fault: &RowFault{What: "quote"}})
	c.addDeletions()
	type deletion struct {
		id     registry.ID
		state  OperationState
		reason Reason
	}
	var got []deletion
	for _, o := range c.operations[3:] {
		got = append(got, deletion{o.EntryID, o.State, o.Reason})
	}
	want := []deletion{{"5", OpWaiting, ""}, {"6", OpWaiting, ""}, {"4", OpSkipped, Kept}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
