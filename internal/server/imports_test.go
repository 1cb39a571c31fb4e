package server_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/importer"
	"namesake/internal/plan"
)

var imports = strings.TrimSuffix(entries, "entries") + "imports"

// upload sends a file to be imported.
func (b *browser) upload(name, content string) *answer {
	b.app.t.Helper()
	return b.uploadWith(nil, name, content)
}

// uploadWith sends files, each a name and its content, with the other fields of the form.
func (b *browser) uploadWith(fields map[string]string, files ...string) *answer {
	b.app.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for file := range slices.Chunk(files, 2) {
		part, err := w.CreateFormFile("file", file[0])
		must(b.app.t, err)
		_, err = part.Write([]byte(file[1]))
		must(b.app.t, err)
	}
	for field, value := range fields {
		must(b.app.t, w.WriteField(field, value))
	}
	must(b.app.t, w.Close())
	return b.do(http.MethodPost, imports, &body, map[string]string{"Content-Type": w.FormDataContentType()})
}

// paste sends a pasted list.
func (b *browser) paste(text string, more ...string) *answer {
	b.app.t.Helper()
	form := url.Values{"text": {text}}
	for i := 0; i < len(more); i += 2 {
		form.Set(more[i], more[i+1])
	}
	return b.post(imports, form)
}

// followed opens the draft of an import.
func (b *browser) followed(sent *answer) *answer {
	b.app.t.Helper()
	return b.ended(sent.wants(http.StatusSeeOther).location())
}

// A list becomes a plan, which shows what each row would do, and does that once.
func TestImport(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	const list = "sep=;\r\nname;email;is_email_regex;comments;password\r\n" +
		"Jane Smith;p1@example.com;false;;hunter2\r\n" + // unchanged
		"Omar Haddad;P3@example.com;false;new hire;hunter2\r\n" + // edited
		"Ada Moreau;ada@example.com;false;;hunter2\r\n" + // new
		"ADA MOREAU;Ada@Example.com;;;hunter2\r\n" + // repeated
		"Synced;s@example.com;;;hunter2\r\n" +
		"Tom;tom at example.com;;;hunter2\r\n" // wrong
	draft := b.followed(b.upload("people.csv", list))
	draft.contains("h1", "Create 1 and change 1 entries?")
	for state, want := range map[string]int{"waiting": 2, "unchanged": 2, "skipped": 2} {
		same(t, state, draft.operations(state).Length(), want)
	}
	list1 := draft.text("section[aria-labelledby=list]")
	for _, want := range []string{"people.csv", "6 rows", "Entries that it does not have stay", "Line 1 was skipped: it names the delimiter.", "1 other column not read"} {
		if !strings.Contains(list1, want) {
			t.Errorf("the list: %q, want it to say %q", list1, want)
		}
	}
	for _, want := range []string{"Line 5 of the list is about the same entry", "A field is not valid"} {
		if !strings.Contains(draft.tells("skipped"), want) {
			t.Errorf("skipped: %q, want it to say %q", draft.tells("skipped"), want)
		}
	}
	if strings.Contains(draft.body, "hunter2") {
		t.Error("the plan has a column that was not mapped")
	}
	path := strings.Split(draft.AttrOf("#apply", "action"), "/apply")[0]
	before := app.people()
	b.post(path+"/apply", nil).wants(http.StatusSeeOther)
	done := b.ended(path)
	same(t, "done", done.operations("done").Length(), 2)
	same(t, "people", app.people(), strings.Replace("Ada Moreau ada@example.com; "+before, "; ;", ";", 1))
	again := b.followed(b.upload("people.csv", list))
	again.contains("main", "No operation would change anything.")

	// Only what has failed comes back as a file, which can be corrected and sent as it is.
	failed := b.get(path + "/failed.csv").wants(http.StatusOK)
	same(t, "failed rows", strings.Count(failed.body, "\n"), 2)
	if !strings.Contains(failed.body, "Tom,tom at example.com,false,") || !strings.Contains(failed.body, "A field is not valid") {
		t.Errorf("failed.csv: %q", failed.body)
	}
	fixed := b.followed(b.upload("failed.csv", strings.Replace(failed.body, "tom at example.com", "tom@example.com", 1)))
	same(t, "the corrected row", fixed.operations("waiting").Length(), 1)
	same(t, "its name", fixed.text("li[data-state=waiting] bdi"), "Tom")
}

// AttrOf returns an attribute of the first match of a selector.
func (a *answer) AttrOf(selector, name string) string {
	a.t.Helper()
	value, ok := a.Find(selector).Attr(name)
	if !ok {
		a.t.Fatalf("no %s with %s:\n%s", selector, name, a.body)
	}
	return value
}

// The owner of a draft takes rows out and in, and corrects one in place.
func TestReviseAnImport(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	draft := b.followed(b.upload("users.csv", "userPrincipalName,displayName,mail,userType,accountEnabled\n"+
		"ada@example.com,Ada Moreau,ada@example.com,Member,True\n"+
		"old@example.com,Old Hand,old@example.com,Member,False\n"+
		"guest_x.example#EXT#@example.com,Guest,guest@x.example,Guest,False\n"+
		"tom@example,Tom,tom@example,Member,True\n"))
	path := strings.Split(draft.AttrOf("#apply", "action"), "/apply")[0]
	reasons := func(page *answer) string {
		return strings.Join(page.each("[data-left] > span"), "; ")
	}
	same(t, "left out", reasons(draft), "2 The account is disabled; 1 Wrong")

	b.post(path+"/take-in", url.Values{"reason": {"disabled"}}).wants(http.StatusSeeOther)
	draft = b.ended(path)
	same(t, "left out", reasons(draft), "1 The account is a guest; 1 Wrong")
	same(t, "waiting", draft.operations("waiting").Length(), 2)

	b.post(path+"/take-out", url.Values{"position": {"0"}}).wants(http.StatusSeeOther)
	draft = b.ended(path)
	same(t, "left out", reasons(draft), "1 The account is a guest; 1 You have taken it out; 1 Wrong")

	// What is typed comes back until it is right.
	typed := url.Values{"position": {"3"}, "name": {"Tom"}, "email": {"tom at home"}}
	refused := b.post(path+"/correct", typed).wants(http.StatusUnprocessableEntity)
	same(t, "what was typed", refused.AttrOf("#email-3", "value"), "tom at home")
	refused.contains("[data-state=skipped] [role=alert]", "address")
	typed.Set("email", "tom@example.com")
	b.post(path+"/correct", typed).wants(http.StatusSeeOther)
	draft = b.ended(path)
	same(t, "left out", reasons(draft), "1 The account is a guest; 1 You have taken it out")
	b.post(path+"/apply", nil).wants(http.StatusSeeOther)
	b.ended(path)
	for email, want := range map[string]bool{"ada@example.com": false, "old@example.com": true, "guest@x.example": false, "tom@example.com": true} {
		if got := strings.Contains(app.people(), email); got != want {
			t.Errorf("%s is there: %t, want %t", email, got, want)
		}
	}
	b.post(path+"/take-out", url.Values{"position": {"0"}}).wants(http.StatusConflict)
	app.as("viewer").post(path+"/take-out", url.Values{"position": {"0"}}).wants(http.StatusForbidden)
}

// A list that is to be the registry deletes what it does not have, once that is confirmed.
func TestImportMirror(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	draft := b.followed(b.paste("name,email\nJane Smith,p1@example.com\nJane Smith,p2@example.com\nLena Vogt,p4@example.com\n", "mode", "mirror"))
	path := strings.Split(draft.AttrOf("#apply", "action"), "/apply")[0]
	same(t, "to be deleted", strings.Join(draft.each("li[data-kind=delete] code"), " "), "p3@example.com")
	draft.contains("label[for=confirm_deletions]", "The import deletes 1 of 5 entries. Type 1")
	refused := b.post(path+"/apply", url.Values{"confirm": {"1"}, "confirm_deletions": {"2"}}).wants(http.StatusUnprocessableEntity)
	same(t, "what was typed", refused.AttrOf("#confirm_deletions", "value"), "2")
	refused.contains("#confirm_deletions-error", "Type 1")
	same(t, "entries", len(app.sandbox.Entries()), 5)
	b.post(path+"/apply", url.Values{"confirm": {"1"}, "confirm_deletions": {"1"}}).wants(http.StatusSeeOther)
	b.ended(path)
	same(t, "people", app.people(), "Jane Smith p1@example.com; Jane Smith p2@example.com; Lena Vogt p4@example.com; Synced s@example.com")
}

// Rows that let strangers use a name are accepted once for all of a kind.
func TestDangerousImport(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	draft := b.followed(b.paste("name,email,is_email_regex\nAda Moreau,.*,true\nTom,.*@gmail\\.com,true\nLena Vogt,lena@example.com,false\n"))
	path := strings.Split(draft.AttrOf("#apply", "action"), "/apply")[0]
	draft.contains("#apply", "2 rows would let anyone use the name.")
	refused := b.post(path+"/apply", url.Values{"confirm": {"3"}}).wants(http.StatusUnprocessableEntity)
	refused.contains("#accept-lets-anyone-in-error", "Tick this")
	same(t, "entries", len(app.sandbox.Entries()), 5)
	b.post(path+"/apply", url.Values{"confirm": {"3"}, "accept": {"lets-anyone-in"}}).wants(http.StatusSeeOther)
	b.ended(path)
	same(t, "entries", len(app.sandbox.Entries()), 8)
}

// A list with unknown columns waits until a person says what they are.
func TestImportMapping(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	const list = "Wer,Wo,Passwort\nAda Moreau,ada@example.com,hunter2\n"
	path := b.upload("x.csv", list).wants(http.StatusSeeOther).location()
	page := b.get(path).wants(http.StatusOK)
	same(t, "columns", strings.Join(page.each("main li label"), " "), "Wer Wo Passwort")
	if strings.Contains(page.body, "hunter2") {
		t.Error("the page shows a password")
	}
	refused := b.post(path, url.Values{"column-0": {"name"}, "column-1": {""}, "column-2": {""}}).wants(http.StatusUnprocessableEntity)
	refused.contains("main", "Say which column has the addresses")
	same(t, "what was chosen", refused.AttrOf("#column-0 option[selected]", "value"), "name")
	app.as("admin").get(path).wants(http.StatusGone) // another person's list
	draft := b.followed(b.post(path, url.Values{"column-0": {"name"}, "column-1": {"email"}, "column-2": {""}}))
	same(t, "rows", draft.operations("waiting").Length(), 1)
	b.get(path).wants(http.StatusGone)
}

// What is no list is refused by name, and what was pasted comes back.
func TestImportOfWhatIsNoList(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	tests := []struct {
		name, content, says string
	}{
		{"empty.csv", "", "The list is empty"},
		{"a.pdf", "%PDF-1.7\n...", "This is a PDF"},
		{"allowed.csv", "Pattern,Notes,Verify Email,Trusted Sender,Exempt Recipient,Acceptable Sender\nx@example.com,,,,,\n", "This is Cloudflare's list of allowed patterns"},
		{"nul.csv", "name,email\nJane\x00,j@example.com\n", "NUL character"},
	}
	for _, tt := range tests {
		page := b.upload(tt.name, tt.content).wants(http.StatusUnprocessableEntity)
		page.contains("main", tt.says)
		page.contains("main", "Nothing was changed.")
		page.contains("main", tt.name)
	}
	page := b.paste(`{"result": [`).wants(http.StatusUnprocessableEntity)
	same(t, "what was pasted", strings.TrimSpace(page.text("#text")), `{"result": [`)
	b.paste("").wants(http.StatusUnprocessableEntity).contains("main", "Choose a file or paste a list")
	b.paste("name,email\nA,a@example.com\n", "mode", "both").wants(http.StatusUnprocessableEntity).contains("main", "There is no such mode")
	app.as("viewer").get(imports + "/new").wants(http.StatusForbidden)
	template := b.get(imports + "/template.csv").wants(http.StatusOK)
	draft := b.followed(b.upload("template.csv", template.body))
	same(t, "example rows", draft.operations("skipped").Length(), 2)
	draft.contains("li[data-state=skipped]", "This is an example row of the template")
}

// One list is imported at a time: of several, none is left out silently, and what was pasted comes
// back.
func TestImportOfSeveralLists(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	const ann, bob = "name,email\nAnn,ann@example.com\n", "name,email\nBob,bob@example.com\n"
	for _, tt := range []struct {
		name   string
		files  []string
		pasted string
		status int
		says   string
	}{
		{"two files", []string{"ann.csv", ann, "bob.csv", bob}, "", http.StatusUnprocessableEntity, "Choose one file"},
		{"two files and a text", []string{"ann.csv", ann, "bob.csv", bob}, "Cid <cid@example.com>", http.StatusUnprocessableEntity, "Choose one file"},
		{"a file and a text", []string{"ann.csv", ann}, "Bob <bob@example.com>", http.StatusUnprocessableEntity, "Choose a file or paste a list, not both"},
		{"a file that is too large, and a text", []string{"ann.csv", strings.Repeat(ann, 1+importer.MaxBytes/len(ann))}, "Bob <bob@example.com>", http.StatusRequestEntityTooLarge, "The list is too large"},
		{"an empty file and a text", []string{"ann.csv", ""}, "Bob <bob@example.com>", http.StatusUnprocessableEntity, "not both"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			page := b.in(t).uploadWith(map[string]string{"text": tt.pasted}, tt.files...).wants(tt.status)
			page.contains("main", tt.says)
			page.contains("main", "Nothing was changed.")
			same(t, "what was pasted", strings.TrimSpace(page.text("#text")), tt.pasted)
		})
	}
	same(t, "rows", b.followed(b.uploadWith(map[string]string{"text": " \n"}, "ann.csv", ann)).operations("waiting").Length(), 1)
	same(t, "rows of a text", b.followed(b.uploadWith(map[string]string{"text": bob}, "", "")).operations("waiting").Length(), 1)
}

// A long list is paged, and none of its rows is lost.
func TestLongImport(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	var list strings.Builder
	list.WriteString("name,email\n")
	for i := range 120 {
		fmt.Fprintf(&list, "Person %d,person%d@example.com\n", i, i)
	}
	draft := b.followed(b.paste(list.String()))
	path := strings.Split(draft.AttrOf("#apply", "action"), "/apply")[0]
	b.post(path+"/apply", url.Values{"confirm": {"120"}}).wants(http.StatusSeeOther)
	same(t, "done", b.ended(path).operations("done").Length(), 120)
	var emails []string
	for _, e := range app.sandbox.Entries() {
		if strings.HasPrefix(e.Email, "person") {
			emails = append(emails, e.Email)
		}
	}
	slices.Sort(emails)
	same(t, "new entries", len(slices.Compact(emails)), 120)
	csv := b.get(path + "/operations.csv").wants(http.StatusOK)
	same(t, "lines of the download", strings.Count(csv.body, "\n"), 121)
}

// A draft that is paused while its names are looked up again, after a row was taken out, is a
// draft again when it is resumed: nothing runs without its confirmation.
func TestARevisedDraftDoesNotRun(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	draft := b.followed(b.paste("name,email,is_email_regex\nAda Moreau,.*,true\n"))
	path := strings.Split(draft.AttrOf("#apply", "action"), "/apply")[0]
	p := app.storedPlan(path[strings.LastIndex(path, "/")+1:])
	p.Changed = app.store.Now()
	operations, err := app.store.ChosenOperations(t.Context(), p.ID, plan.Chosen{Positions: []int{0}})
	must(t, err)
	revised, err := app.store.RevisePlan(t.Context(), p, operations)
	must(t, err)
	same(t, "revised", revised, true)
	b.post(path+"/pause", nil).wants(http.StatusSeeOther)
	b.post(path+"/resume", nil).wants(http.StatusSeeOther)
	b.ended(path).contains("[data-plan]", "Draft")
	same(t, "entries", len(app.sandbox.Entries()), 5)
}

// Rows can't be taken out of a plan whose operations are looked up again.
func TestTakeOutOfASearch(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	path := b.post(plans, url.Values{"all": {"1"}, "back": {"search=jane"}}).wants(http.StatusSeeOther).location()
	b.ended(path)
	b.post(path+"/take-out", url.Values{"position": {"0"}}).wants(http.StatusConflict)
	same(t, "waiting", b.ended(path).operations("waiting").Length(), 2)
}

// Line breaks of comments become those that the form sends, and other kinds of line breaks do not
// change an entry.
func TestImportLineBreaksInComments(t *testing.T) {
	t.Parallel()
	comments := "Board;\r\nsince 2024"
	app := newApp(t, func(s *settings) {
		s.sandbox.Seed = []sandbox.Entry{{Name: "Ben Moreau", Email: "ben@example.com", Comments: &comments, Provenance: sandbox.Manual}}
	})
	b := app.as("editor")
	path := b.upload("people.csv", "Anzeigename;E-Mail;Bemerkung\r\nJ\xf6rg;joerg@example.com;\"Vorstand;\r\nseit 2024\"\r\nBen Moreau;ben@example.com;\"Board;\nsince 2024\"\r\n").wants(http.StatusSeeOther).location()
	b.post(path+"/apply", nil).wants(http.StatusSeeOther)
	page := b.ended(path)
	same(t, "done", page.operations("done").Length(), 1)
	same(t, "unchanged", page.operations("unchanged").Length(), 1)
	same(t, "comments", *app.find("Jörg")[0].Comments, "Vorstand;\nseit 2024")
	same(t, "the other's comments", *app.find("Ben Moreau")[0].Comments, comments)
}

// Recipients of a mail are taken as mail programs write them.
func TestImportRecipientsOfAMail(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople)
	b := app.as("editor")
	draft := b.followed(b.paste("To: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg@example.com>,\r\n ann@example.com (Ann Lee)\r\nTeam: cara@example.com, dee@example.com;\r\n"))
	got := strings.Join(strings.Fields(draft.Find("li[data-state]").Text()), " ")
	for _, want := range []string{"Jörg Müller joerg@example.com", "Ann Lee ann@example.com", "cara@example.com", "dee@example.com"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in %q", want, got)
		}
	}
	same(t, "taken", draft.operations("waiting").Length(), 2)
	same(t, "without a name", draft.operations("skipped").Length(), 2)
}
