package server_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// An entry is kept that a row of the list may be about which is not used, also when the row is
// corrected or taken out.
func TestImportMirrorKeeps(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	const two = "name,email\nJane Smith,p1@example.com\nJane Smith,p2@example.com\n"
	type row struct{ position, name, email string } // taken out without a name
	for _, tt := range []struct {
		name, list   string
		revised      []row
		waiting, all string // the deletions
	}{
		{name: "no rows", list: two, waiting: "p3 p4", all: "p3 p4"},
		{name: "a wrong address", list: two + "Lena Vogt,p4@example com\n", waiting: "p3", all: "p3 p4"},
		{name: "a wrong address in other case", list: two + "Jane Roe,P4@EXAMPLE.COM\nLENA  VOGT,p4\n", waiting: "p3", all: "p3 p4"},
		{name: "a wrong name and address", list: two + "Lena Voght,p4@example com\n", all: "p3 p4"},
		{name: "a new address without a name", list: two + ",new@example.com\n", waiting: "p3 p4", all: "p3 p4"},
		{name: "an address without a name", list: two + ",p4@example.com\n", waiting: "p3", all: "p3 p4"},
		{name: "a name without an address", list: two + "Lena Vogt,\n", waiting: "p3", all: "p3 p4"},
		{name: "a name that is split", list: two + "Vogt, Lena,p4@example.com\n", all: "p3 p4"},
		{name: "quotation marks", list: two + "\"Lena\" Vogt,p4@example.com\n", all: "p3 p4"},
		{name: "a quotation mark without another", list: two + "\"Jane Smith,p4@example.com\n", all: "p3 p4"},
		{name: "a cell too many, and an empty one", list: "name,email,comments\nJane Smith,p1@example.com,\nJane Smith, Sr.,p9@example.com,\nJane Smith,p2@example.com\n", all: "p3 p4"},
		{name: "an empty cell too many in each row", list: "name,email\nJane Smith,p1@example.com,\nJane Smith,p2@example.com,\n", waiting: "p3 p4", all: "p3 p4"},
		{name: "rows in the quotation marks of a name", list: "name,email\nJane Smith,p1@example.com\n\"Jane Smith,p2@example.com\nOmar Haddad,p3@example.com\nLena\",p4@example.com\n", all: "p2 p3 p4"},
		{name: "rows in the quotation marks of comments", list: "name,email,comments\nJane Smith,p1@example.com,\"x\nJane Smith,p2@example.com,\nOmar Haddad,p3@example.com,y\"\n", all: "p2 p3 p4"},
		{name: "comments of several lines", list: "name,email,comments\nJane Smith,p1@example.com,\"x, y\nz\"\nJane Smith,p2@example.com,\"ann@example.com\nx\"\n", waiting: "p3 p4", all: "p3 p4"},
		{name: "one page of several", list: `{"result": [{"name": "Jane Smith", "email": "p1@example.com"}, {"name": "Omar Haddad", "email": "p3@example.com"}], "result_info": {"count": 2, "page": 1, "per_page": 2, "total_count": 5}}`, all: "p2 p4"},
		{name: "all pages", list: `{"result": [{"name": "Jane Smith", "email": "p1@example.com"}], "result_info": {"total_count": 2}}{"result": [{"name": "Omar Haddad", "email": "p3@example.com"}], "result_info": {"total_count": 2}}`, waiting: "p2 p4", all: "p2 p4"},
		{name: "cells that are not read", list: "name,email,title\nOmar Haddad,p3@example.com,Chief, Officer\n", all: "p1 p2 p3 p4"},
		{name: "a wrong id", list: "name,email,id\nLena V.,lena@example.com,4 \nOmar H.,omar@example.com,x\n", all: "p1 p2 p3"},
		{name: "another row with an id", list: "name,email,id\nOmar Haddad,p3@example.com,3\nLena V.,p4@example.com,3\n", waiting: "p1 p2", all: "p1 p2 p4"},
		{name: "recipients", list: "p1@example.com, p2@example.com, p3@example.com, p4@example.com", all: "p1 p2 p3 p4"},
		{name: "a recipient without an address", list: "Jane Smith <p1@example.com>, Lena Vogt", waiting: "p2 p3", all: "p2 p3 p4"},
		{name: "an example of the template", list: two + "Jane Doe,jane.doe@example.com\n", waiting: "p3 p4", all: "p3 p4"},
		{name: "a disabled account", list: "name,email,enabled\nJane Smith,p1@example.com,yes\nLena V.,p4@example.com,no\n", waiting: "p2 p3", all: "p2 p3 p4"},
		{name: "a wrong row, corrected", list: two + "Lena Vogt,p4@example com\n", revised: []row{{"2", "Lena Vogt", "p4@example.com"}}, waiting: "p3", all: "p3 p4"},
		{name: "a right row, corrected", list: two + "Lena Vogt,p44@example.com\n", revised: []row{{"2", "lena vogt", "P4@example.com"}}, waiting: "p3", all: "p3 p4"},
		{name: "an edit, corrected", list: "name,email,comments\nJane Smith,p1@example.com,x\n", revised: []row{{"0", "Lena Vogt", "p4@example.com"}}, waiting: "p2 p3", all: "p2 p3 p4"},
		{name: "a row of a renamed person, taken out", list: two + "Lena V.,p4@example.com\n", revised: []row{{"2", "", ""}}, waiting: "p3", all: "p3 p4"},
		{name: "a row, taken out and corrected", list: two + "Tom,tom@example.com\n", revised: []row{{"2", "", ""}, {"2", "Omar Haddad", "p3@example.com"}}, waiting: "p4", all: "p3 p4"},
		{name: "a row and its deletion, taken out", list: two + "Tom,tom@example.com\n", revised: []row{{"2", "Tom", "p4@example.com"}, {"3", "", ""}, {"2", "", ""}}, waiting: "p3", all: "p3 p4"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := b.in(t)
			draft := b.followed(b.paste(tt.list, "mode", "mirror"))
			path := strings.Split(draft.AttrOf("[action$='/take-out'], [action$='/take-in'], [action$='/correct']", "action"), "/")
			planURL := strings.Join(path[:len(path)-1], "/")
			for _, r := range tt.revised {
				if r.name == "" {
					b.post(planURL+"/take-out", url.Values{"position": {r.position}}).wants(http.StatusSeeOther)
				} else {
					b.post(planURL+"/correct", url.Values{"position": {r.position}, "name": {r.name}, "email": {r.email}}).wants(http.StatusSeeOther)
				}
				draft = b.ended(planURL)
			}
			deletions := func(state string) string {
				all := draft.each("li[data-kind=delete]" + state + " code")
				slices.Sort(all)
				return strings.ReplaceAll(strings.Join(all, " "), "@example.com", "")
			}
			same(t, "deletions", deletions(""), tt.all)
			same(t, "deletions that wait", deletions("[data-state=waiting]"), tt.waiting)
		})
	}
}

// A deletion of an entry that a corrected row is about does not come back with the others that
// are kept.
func TestImportMirrorKeepsTheCorrected(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	draft := b.followed(b.paste("name,email,title\nJane Smith,p1@example.com,a\nOmar Haddad,p3@example.com,Chief, Officer\nLena Vogt,p4@example com,x\n", "mode", "mirror"))
	path := strings.Split(draft.AttrOf("[action$='/correct']", "action"), "/correct")[0]
	b.post(path+"/correct", url.Values{"position": {"1"}, "name": {"Omar Haddad"}, "email": {"p3@example.com"}}).wants(http.StatusSeeOther)
	b.ended(path)
	b.post(path+"/correct", url.Values{"position": {"2"}, "name": {"Lena Vogt"}, "email": {"p4@example.com"}}).wants(http.StatusSeeOther)
	draft = b.ended(path)
	for _, line := range []string{"3", "4"} {
		same(t, "kept for line "+line, draft.Find("li[data-kind=delete]:contains('Line "+line+" of the list is about the same entry')").Length(), 1)
	}
	b.post(path+"/take-in", url.Values{"reason": {"kept"}}).wants(http.StatusSeeOther)
	draft = b.ended(path)
	same(t, "to be deleted", strings.Join(draft.each("li[data-kind=delete][data-state=waiting] code"), " "), "p2@example.com")
	b.post(path+"/apply", url.Values{"confirm": {"1"}, "confirm_deletions": {"1"}}).wants(http.StatusSeeOther)
	b.ended(path)
	same(t, "people", app.people(), "Jane Smith p1@example.com; Lena Vogt p4@example.com; Omar Haddad p3@example.com; Synced s@example.com")
}

// A list that says that it is a part deletes nothing before its owner has said so.
func TestImportMirrorOfAPart(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	const part = `{"result": [{"name": "Jane Smith", "email": "p1@example.com"}, {"name": "Omar Haddad", "email": "p3@example.com"}], "result_info": {"total_count": 5}}`
	added := b.followed(b.paste(part))
	same(t, "unchanged when it is added", added.operations("unchanged").Length(), 2)
	same(t, "left out when it is added", added.operations("skipped").Length(), 0)
	draft := b.followed(b.paste(part, "mode", "mirror"))
	draft.contains("main", "The list says that it has only a part of the entries, so this one is not deleted")
	same(t, "something to apply", draft.Find("#apply").Length(), 0)
	action := draft.Find("form:has([name=reason][value=unlisted])")
	same(t, "buttons", action.Length(), 1)
	path := strings.Split(action.AttrOr("action", ""), "/take-in")[0]
	b.post(path+"/take-in", url.Values{"reason": {"unlisted"}}).wants(http.StatusSeeOther)
	same(t, "to be deleted", strings.Join(b.ended(path).each("li[data-kind=delete][data-state=waiting] code"), " "), "p2@example.com p4@example.com")
}
