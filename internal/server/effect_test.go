package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Create and add another leads to the form for another address of the same name.
func TestCreateAndAddAnother(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	typed := with(jane(), "comments", "not kept", "another", "1")
	to := b.create(typed).wants(http.StatusSeeOther).location()
	same(t, "leads to", to, entries+"/new?name=Jane+Smith")
	form := b.get(to).wants(http.StatusOK)
	form.contains("[role=status]", "Created")
	form.contains("[role=status]", "Mail from jane.smith@example.com may now show “Jane Smith”. Enter another address for this name.")
	kept(t, form, map[string]string{"name": "Jane Smith", "email": "", "comments": ""})
	_, focus := form.Find("#email").Attr("autofocus")
	same(t, "the address has the focus", focus, true)
	form.contains("#name-entries", "“Jane Smith” has 1 address already.")
	same(t, "listed", form.listed("#name-entries"), "jane.smith@example.com")
	same(t, "entries", len(app.find("Jane Smith")), 1)

	// What needs a decision first is asked about as always, and another form is not offered.
	page := b.submit(form, with(jane(), "another", "1")).wants(http.StatusUnprocessableEntity)
	same(t, "offered", page.Find("button[name=another]").Length(), 0)
	same(t, "offered for an edit", b.get(entries+"/"+app.find("Jane Smith")[0].ID+"/edit").Find("button[name=another]").Length(), 0)
}

// The form says while a person types, and without a script, which entries have the address.
func TestAddressThatIsListed(t *testing.T) {
	t.Parallel()
	app := newApp(t, withJanes)
	b := app.as("editor")
	b.get(entries).wants(http.StatusOK) // reads the registry
	tests := []struct{ name, query, says, links string }{
		{"the same entry", "name=Jane+Smith&email=OTHER@example.com", "This address is already listed: Jane Smith", "/5"},
		{"another name", "name=New+Person&email=jane@example.com", "This address is already listed: Jane Þórunn Smith", "/1"},
		{"no name yet", "email=jane@example.com", "This address is already listed: Jane Þórunn Smith", "/1"},
		{"a pattern", "name=New+Person&is_email_regex=true&email=" + url.QueryEscape(`.*@gmail\.com`), "This pattern is already listed: Jane Þórunn Smith", "/3"},
		{"the text of a pattern as an address", "email=" + url.QueryEscape(`.*@gmail\.com`), "", ""},
		{"the text of an address as a pattern", "is_email_regex=true&email=jane@example.com", "", ""},
		{"the entry itself", "entry=1&name=Jane&email=jane@example.com", "", ""},
		{"a part", "email=ane@example.com", "", ""},
		{"nothing", "name=New+Person", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := b.in(t)
			live := b.get(entries + "/of-name?" + tt.query).wants(http.StatusOK)
			const box = "section[aria-label='Before you send it']"
			if tt.says != "" {
				live.contains(box, tt.says)
			}
			same(t, "links", strings.TrimSpace(live.hrefs(box+" li a")), tt.links)
			if !strings.Contains(tt.query, "entry=") {
				same(t, "in the form", b.get(entries+"/new?"+tt.query).text("#name-entries"), live.text("body"))
			}
		})
	}
}

// What lets anyone in is red, and is created by a second, deliberate step only.
func TestAnyoneCanUseTheName(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	for name, typed := range map[string]map[string]string{
		"any address":           {"name": "Ann", "email": `.*`, "is_email_regex": "true"},
		"a public mail domain":  {"name": "Ann", "email": `^.*@gmail\.com$`, "is_email_regex": "true"},
		"a shared sender":       {"name": "Ann", "email": "no-reply@dropbox.com"},
		"a pattern of a sender": {"name": "Ann", "email": `^.*@docusign\.net$`, "is_email_regex": "true"},
	} {
		t.Run(name, func(t *testing.T) {
			app, b := app.in(t), b.in(t)
			query := url.Values{}
			for field, value := range typed {
				query.Set(field, value)
			}
			form := b.get(entries + "/new?" + query.Encode()).wants(http.StatusOK)
			same(t, "headers", form.Find("section[aria-labelledby=effect] h3.text-destructive").Text(), "Valid, but anyone can use this name")
			before := creates(app)
			page := b.submit(form, nil).wants(http.StatusUnprocessableEntity)
			page.contains("#error-summary-title", "Not sent: anyone could use this name")
			anyway := page.Find("button[name=confirmed]")
			same(t, "look of the button", anyway.AttrOr("data-variant", ""), "destructive")
			same(t, "creates sent", creates(app), before)
			b.confirm(page).wants(http.StatusSeeOther)
			same(t, "creates sent", creates(app), before+1)
		})
	}
}
