package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"namesake/internal/plan"
	"namesake/internal/registry"
)

// The page of a draft says about each operation what the form of an entry would say, in the
// same words.
func TestAdviceOnAPlan(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	pattern := func(name, email string) registry.Values {
		v := values(name, email)
		v[registry.FieldIsEmailRegex] = true
		return v
	}
	wide := app.seen("1")
	wide[registry.FieldEmail], wide[registry.FieldIsEmailRegex] = `.*@gmail\.com`, true
	tests := []struct {
		operation plan.Operation
		severity  string // of the first piece of advice, "" for none
		says      string // in it
		asks      bool   // whether the form asks to confirm it
	}{
		{add(pattern("Ada Moreau", ".*")), "Danger:", "matches any address: the name is unprotected", true},
		{add(pattern("Ada Okafor", `ada@haldenvoss\.example`)), "Warning:", "Not anchored", false},
		{add(values(`"Ada Moreau"`, "ada@example.com")), "Warning:", "Mail programs show a name without", true},
		{add(values("Norah Quist", "norah@example.com")), "", "", false},
		{edit("1", app.seen("1"), wide), "Danger:", "gmail.com", true},
		{edit("3", app.seen("3"), values("Omar Haddad", "p3@example.com", registry.FieldComments, "new")), "", "", false},
		{remove("4", app.seen("4")), "", "", false},
	}
	operations := make([]plan.Operation, len(tests))
	for i, tt := range tests {
		operations[i] = tt.operation
	}
	draft := b.draft(operations...)
	rows := draft.operations("waiting")
	same(t, "operations that wait", rows.Length(), len(tests))
	for i, tt := range tests {
		advice := rows.Eq(i).Find("[data-advice] li").First()
		sentence := advice.Find("span").First().Text()
		if advice.Find("strong").Text() != tt.severity || (sentence == "") != (tt.says == "") || !strings.Contains(sentence, tt.says) {
			t.Errorf("operation %d: %q %q, want %q %q", i, advice.Find("strong").Text(), sentence, tt.severity, tt.says)
			continue
		}
		if tt.says == "" {
			continue
		}
		d := tt.operation.After.Draft()
		said := b.post("/regex/check", url.Values{"pattern": {d.Email}}).wants(http.StatusOK)
		if tt.asks {
			form := map[string]string{"name": d.Name, "email": d.Email}
			if d.IsEmailRegex {
				form["is_email_regex"] = "true"
			}
			said = b.submit(b.get(entries+"/new"), form).wants(http.StatusUnprocessableEntity)
		}
		said.contains("main", sentence)
	}

	done := b.apply(draft)
	same(t, "advice once it is done", done.Find("[data-advice]").Length(), 0)
}
