package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

func jane() map[string]string {
	return map[string]string{"name": "Jane Smith", "email": "jane.smith@example.com"}
}

func with(base map[string]string, more ...string) map[string]string {
	for i := 0; i < len(more); i += 2 {
		base[more[i]] = more[i+1]
	}
	return base
}

// find returns the sandbox's entries with the given name.
func (a *app) find(name string) []sandbox.Entry {
	var found []sandbox.Entry
	for _, e := range a.sandbox.Entries() {
		if e.Name == name {
			found = append(found, e)
		}
	}
	return found
}

func TestFormTakesEveryParameterOfTheCall(t *testing.T) {
	t.Parallel()
	page := newApp(t).as("editor").get(entries + "/new").wants(http.StatusOK)
	for _, name := range []string{
		"name", "email", "is_email_regex", "comments",
		"directory_id", "directory_node_id", "external_directory_node_id", "provenance",
	} {
		input := page.Find("#" + name)
		same(t, name+": fields of that name", input.Length(), 1)
		same(t, name+": name", input.AttrOr("name", ""), name)
		if label := page.text("label[for=" + name + "]"); label == "" {
			t.Errorf("%s has no label", name)
		}
		same(t, name+": hint", page.Find("#"+input.AttrOr("aria-describedby", "none")).Length(), 1)
	}
	for _, folded := range []string{"directory_id", "directory_node_id", "external_directory_node_id", "provenance"} {
		same(t, folded+" is folded", page.Find("details:not([open]) #"+folded).Length(), 1)
	}
	page.contains("label[for=external_directory_node_id]", "deprecated")
	page.contains("#meaning", "Mail that shows this name is flagged unless it comes from the address you enter")
}

func TestCreateShowsTheEntry(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	res := b.create(with(jane(), "comments", "Board member\nsince 2024", "directory_id", "0", "directory_node_id", "12",
		"external_directory_node_id", "ext-1", "provenance", "SNOOPY-GOOGLE_DIRECTORY")).wants(http.StatusSeeOther)
	made := app.find("Jane Smith")
	same(t, "entries", len(made), 1)
	same(t, "location", res.location(), entries+"/"+made[0].ID)

	page := b.get(res.location()).wants(http.StatusOK)
	page.contains("h1", "Jane Smith")
	page.contains("[role=status]", "Created")
	page.contains("[role=status]", "Cf-Ray")
	same(t, "id", page.text("#entry-id"), made[0].ID)
	same(t, "copy button", page.Find("button[data-copy=entry-id]").Length(), 1)
	same(t, "place that says so", page.Find("[role=status][data-copied=entry-id]").Length(), 1)
	for field, want := range map[string]string{
		"name": "Jane Smith", "email": "jane.smith@example.com", "is_email_regex": "One address",
		"comments": "Board member since 2024", "provenance": "Google", "directory_id": "0", "directory_node_id": "12",
		"external_directory_node_id": "ext-1", "created_at": "UTC", "modified_at": "UTC",
	} {
		page.contains("[data-field="+field+"] dd", want)
	}
	if _, ok := page.Find("[data-field=modified_at] time").Attr("title"); !ok {
		t.Error("the time does not tell UTC in its title")
	}
	if again := b.get(res.location()); again.Find("h2:contains('Created')").Length() != 0 {
		t.Error("the notice is shown twice")
	}
}

func TestEmptyOptionalFieldsAreLeftOut(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.as("editor").create(jane()).wants(http.StatusSeeOther)
	e := app.find("Jane Smith")[0]
	same(t, "comments given", e.Comments != nil, false)
	same(t, "directory_id given", e.DirectoryID != nil, false)
	same(t, "directory_node_id given", e.DirectoryNodeID != nil, false)
	same(t, "external_directory_node_id given", e.ExternalDirectoryNodeID != nil, false)
	same(t, "provenance", e.Provenance, sandbox.Manual)
	same(t, "is_email_regex", e.IsEmailRegex, false)
}

func TestInvalidValues(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("å", 1025)
	tests := []struct {
		name  string
		typed map[string]string
		want  map[string]string // field -> part of the sentence
	}{
		{"nothing", map[string]string{}, map[string]string{"name": "Enter the display name", "email": "Enter an address"}},
		{"only spaces", map[string]string{"name": "  ", "email": " \t"}, map[string]string{"name": "Enter the display name", "email": "Enter an address"}},
		{"everything at once", map[string]string{"name": long, "email": "jane", "directory_id": "1.5", "directory_node_id": "many", "provenance": "ELSEWHERE"}, map[string]string{
			"name": "at most 1024 characters", "email": "not an e-mail address", "directory_id": "whole number", "directory_node_id": "whole number", "provenance": "Choose one of the sources",
		}},
		{"several addresses", with(jane(), "email", "a@example.com, b@example.com"), map[string]string{"email": "Enter one address here"}},
		{"a pattern as an address", with(jane(), "email", `.*@example\.com`), map[string]string{"email": "choose “Pattern”"}},
		{"line break in the name", with(jane(), "name", "Jane\nSmith"), map[string]string{"name": "line break or another control character"}},
		{"a zero-width space", with(jane(), "email", "jane\u200b@example.com"), map[string]string{"email": "can't be seen"}},
		{"only what can't be seen", with(jane(), "name", "\u200b\ufeff"), map[string]string{"name": "can't be seen"}},
		{"turned around", with(jane(), "name", "Jane \u202ehtimS"), map[string]string{"name": "can't be seen"}},
		{"a no-break space in the address", with(jane(), "email", "jane\u00a0smith@example.com"), map[string]string{"email": "not an e-mail address"}},
		{"NUL in the comments", with(jane(), "comments", "a\x00b"), map[string]string{"comments": "control character"}},
		{"NUL in the address", with(jane(), "email", "jane\x00@example.com"), map[string]string{"email": "control character"}},
		{"not text", with(jane(), "name", "Jane \xff", "comments", "\xc3\x28"), map[string]string{"name": "not text (UTF-8)", "comments": "not text (UTF-8)"}},
		{"number too large", with(jane(), "directory_id", "9223372036854775808"), map[string]string{"directory_id": "whole number"}},
	}
	app := newApp(t)
	before := len(app.sandbox.Entries())
	b := app.as("editor")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := b.in(t).create(tt.typed).wants(http.StatusUnprocessableEntity)
			same(t, "fields at fault", page.Find("[aria-invalid=true]").Length(), len(tt.want))
			same(t, "lines of the summary", page.Find("#error-summary li").Length(), len(tt.want))
			for field, want := range tt.want {
				page.contains("#"+field+"-error", want)
				same(t, field+" names its error", strings.Contains(page.Find("#"+field).AttrOr("aria-describedby", ""), field+"-error"), true)
				same(t, field+" is linked from the summary", page.Find("#error-summary a[href='#"+field+"']").Length(), 1)
			}
			_, takesFocus := page.Find("#error-summary[tabindex='-1']").Attr("autofocus")
			same(t, "summary takes the focus", takesFocus, true)
			kept(t, page, tt.typed)
		})
	}
	same(t, "entries made", len(app.sandbox.Entries())-before, 0)
	same(t, "calls of the API", len(app.sandbox.Calls()), 0)
}

// kept checks that the form holds what was typed.
func kept(t *testing.T, page *answer, typed map[string]string) {
	t.Helper()
	form := fields(page)
	for name, want := range typed {
		want = strings.ReplaceAll(strings.ToValidUTF8(want, "\uFFFD"), "\x00", "\uFFFD")
		if got := form.Get(name); got != want {
			t.Errorf("%s holds %q, want what was typed: %q", name, got, want)
		}
	}
}

func TestValidValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                string
		typed               map[string]string
		wantName, wantEmail string
	}{
		{"spaces around", map[string]string{"name": "  Ann Ray ", "email": " ann@example.com "}, "Ann Ray", "ann@example.com"},
		{"longest name", map[string]string{"name": strings.Repeat("å", 1024), "email": "a@example.com"}, strings.Repeat("å", 1024), "a@example.com"},
		{"letters that are joined", map[string]string{"name": "می\u200cخواهم", "email": "m@example.com"}, "می\u200cخواهم", "m@example.com"},
		{"another script", map[string]string{"name": "Анна Каренина", "email": "анна@пример.рф"}, "Анна Каренина", "анна@пример.рф"},
		{"signs in an address", map[string]string{"name": "Mx", "email": "o'hara+a*b@sub.example.com"}, "Mx", "o'hara+a*b@sub.example.com"},
		{"a pattern", map[string]string{"name": "Pat", "email": `^p(at)?@example\.com$`, "is_email_regex": "true"}, "Pat", `^p(at)?@example\.com$`},
	}
	app := newApp(t)
	b := app.as("editor")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b.in(t).create(tt.typed).wants(http.StatusSeeOther)
			made := app.find(tt.wantName)
			same(t, "entries", len(made), 1)
			same(t, "email", made[0].Email, tt.wantEmail)
			same(t, "is_email_regex", made[0].IsEmailRegex, tt.typed["is_email_regex"] == "true")
		})
	}
}

func TestEverythingTypedComesBack(t *testing.T) {
	t.Parallel()
	typed := map[string]string{
		"name": `"><script>alert(1)</script> &amp; 'quote' 😀`, "email": `not "an address" <b>`,
		"comments": "\n  first line after an empty one\n\n<textarea></textarea>\ttab  ", "directory_id": " 1e3 ",
		"external_directory_node_id": "  spaced  ", "provenance": "<made-up>", "is_email_regex": "true",
	}
	page := newApp(t).as("editor").create(typed).wants(http.StatusUnprocessableEntity)
	kept(t, page, typed)
	same(t, "scripts", page.Find("script:not([src])").Length(), 0)
}

func TestFormsThatAreNotForms(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, kind, body string
		want             int
		wantName         string
	}{
		{"too large", "application/x-www-form-urlencoded", "name=Jane&comments=" + strings.Repeat("x", 2<<20), http.StatusRequestEntityTooLarge, "Jane"},
		{"too large, cut in an escape", "application/x-www-form-urlencoded", "email=jane&comments=" + strings.Repeat("%C3%A5", 1<<18) + "&name=Jane", http.StatusRequestEntityTooLarge, ""},
		{"too large, multipart", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"comments\"\r\n\r\n" + strings.Repeat("x", 2<<20), http.StatusRequestEntityTooLarge, ""},
		{"bad escape", "application/x-www-form-urlencoded", "name=Jane&email=%zz", http.StatusBadRequest, "Jane"},
		{"JSON", "application/json", `{"name":"Jane"}`, http.StatusBadRequest, ""},
		{"empty", "", "", http.StatusUnprocessableEntity, ""},
		{"broken multipart", "multipart/form-data; boundary=x", "--x\r\nrubbish", http.StatusBadRequest, ""},
	}
	app := newApp(t)
	b := app.as("editor")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			page := b.in(t).do(http.MethodPost, entries, strings.NewReader(tt.body), map[string]string{"Content-Type": tt.kind}).wants(tt.want)
			same(t, "name typed", fields(page).Get("name"), tt.wantName)
			same(t, "summary", page.Find("#error-summary").Length(), 1)
		})
	}
	same(t, "calls of the API", len(app.sandbox.Calls()), 0)
}

func TestQueryNeverFillsASentForm(t *testing.T) {
	t.Parallel()
	page := newApp(t).as("editor").post(entries+"?name=Query&email=q@example.com", url.Values{"comments": {"x"}}).wants(http.StatusUnprocessableEntity)
	same(t, "name", fields(page).Get("name"), "")
}

func TestDuplicateIsRefusedAtTheField(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	b.create(jane()).wants(http.StatusSeeOther)
	page := b.create(jane()).wants(http.StatusUnprocessableEntity)
	page.contains("#email-error code.pointer", "/email")
	page = b.anyway(page).wants(http.StatusUnprocessableEntity)
	page.contains("#email-error code.pointer", "/email")
	page.contains("#error-summary", "Cloudflare refused the values")
	kept(t, page, jane())
	same(t, "entries", len(app.find("Jane Smith")), 1)
}

func TestTheSameFormMakesOneEntry(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
	b := app.as("editor")
	form := b.get(entries + "/new")

	var sent sync.WaitGroup
	locations := make([]string, 5)
	values := fields(form)
	for name, value := range jane() {
		values.Set(name, value)
	}
	for i := range locations {
		sent.Go(func() {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, app.server.URL+entries, strings.NewReader(values.Encode()))
			if err != nil {
				t.Error(err)
				return
			}
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			res, err := b.client.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			_ = res.Body.Close()
			locations[i] = res.Header.Get("Location")
		})
	}
	sent.Wait()
	made := app.find("Jane Smith")
	if len(made) != 1 {
		t.Fatalf("%d entries, want 1", len(made))
	}
	for _, l := range locations {
		same(t, "location", l, entries+"/"+made[0].ID)
	}
	// Back to the form with the back button, and sent once more.
	same(t, "location", b.submit(form, jane()).wants(http.StatusSeeOther).location(), entries+"/"+made[0].ID)
	b.get(entries+"/"+made[0].ID).contains("main", "Already created")

	// The same form with other values: nothing is sent, and it can be sent on purpose.
	changed := with(jane(), "comments", "changed")
	page := b.submit(form, changed).wants(http.StatusConflict)
	page.contains("#error-summary", "This form has already created an entry")
	kept(t, page, changed)
	same(t, "entries", len(app.find("Jane Smith")), 1)
	b.anyway(b.submit(page, nil)).wants(http.StatusSeeOther)
	same(t, "entries after it was sent on purpose", len(app.find("Jane Smith")), 2)
}

func TestAKeyIsOnePersons(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.AllowDuplicates = true })
	form := app.as("editor").get(entries + "/new")
	app.as("editor").submit(form, jane()).wants(http.StatusSeeOther)
	admin := app.as("admin")
	admin.anyway(admin.submit(form, jane())).wants(http.StatusSeeOther)
	same(t, "entries", len(app.find("Jane Smith")), 2)
}

func TestCreateAnswersInJSON(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	header := map[string]string{"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
	send := func(form url.Values) *answer {
		return b.do(http.MethodPost, entries, strings.NewReader(form.Encode()), header)
	}
	made := send(url.Values{"name": {"Jane Smith"}, "email": {"jane.smith@example.com"}}).wants(http.StatusSeeOther)
	for _, want := range []string{`"success":true`, `"id":"` + app.find("Jane Smith")[0].ID, `"errors":[]`, `"comments":null`} {
		same(t, want, strings.Contains(made.body, want), true)
	}
	same(t, "location", made.location(), entries+"/"+app.find("Jane Smith")[0].ID)
	wrong := send(url.Values{"name": {"Jane"}, "email": {"jane"}}).wants(http.StatusUnprocessableEntity)
	for _, want := range []string{`"success":false`, `"pointer":"/email"`, `"result":null`} {
		same(t, want, strings.Contains(wrong.body, want), true)
	}
	duplicate := send(url.Values{"name": {"Jane Smith"}, "email": {"jane.smith@example.com"}}).wants(http.StatusUnprocessableEntity)
	same(t, "the API's pointer", strings.Contains(duplicate.body, `"pointer":"/email"`), true)
}
