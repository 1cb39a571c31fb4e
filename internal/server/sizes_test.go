package server_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// pageSize is more than any page has around what was typed.
const pageSize = 64 << 10

// What is too much is refused with 413, gives back what was typed as far as it fits, once,
// and never becomes a multiple of what was sent.
func TestFormsThatAreTooLarge(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	existing := app.existing(b)
	writes := len(app.sandbox.Writes())
	big := strings.Repeat("Jane Smith ", 10_000)
	for _, path := range []string{entries, existing} {
		for _, field := range []string{"name", "email", "comments", "samples", "external_directory_node_id", "confirmed", "twins", "key", "version", "back"} {
			form := url.Values{"name": {"Bob Ray"}, field: {big}, "is_email_regex": {"true"}}
			page := b.post(path, form).wants(http.StatusRequestEntityTooLarge)
			page.contains("main", "A form may have 64 KB")
			if len(page.body) > 64<<10+pageSize {
				t.Errorf("%s, %s: %d bytes are answered", path, field, len(page.body))
			}
			if field == "name" || field == "comments" || field == "samples" {
				kept := strings.TrimSpace(page.Find("form [name=" + field + "]").Text())
				kept += page.Find("input[name="+field+"]").AttrOr("value", "")
				if len(kept) < 40_000 || !strings.HasPrefix(big, kept) {
					t.Errorf("%s, %s: %d characters came back", path, field, len(kept))
				}
			}
		}
	}
	same(t, "sent", len(app.sandbox.Writes())-writes, 0)

	huge := strings.Repeat(big, 6)
	for name, want := range map[string]int{"/regex/check": 413, entries + "/delete": 413, "/login": 413, entries + "/undo": 413, "/nowhere": 404} {
		page := b.post(name, url.Values{"name": {huge}, "pattern": {"a"}, "id": {huge}}).wants(want)
		if len(page.body) > 256<<10+pageSize {
			t.Errorf("%s: %d bytes are answered", name, len(page.body))
		}
	}
	b.do(http.MethodPost, "/regex/check", strings.NewReader(`{"pattern":"`+huge+`"}`), map[string]string{"Content-Type": "application/json"}).wants(http.StatusRequestEntityTooLarge)

	// A form in parts is counted, too, and so is one of an unknown length.
	var parts bytes.Buffer
	w := multipart.NewWriter(&parts)
	must(t, w.WriteField("name", big))
	must(t, w.Close())
	b.do(http.MethodPost, entries, &parts, map[string]string{"Content-Type": w.FormDataContentType()}).wants(http.StatusRequestEntityTooLarge)
	b.do(http.MethodPost, entries, struct{ *strings.Reader }{strings.NewReader("name=" + big)}, map[string]string{"Content-Type": "application/x-www-form-urlencoded"}).wants(http.StatusRequestEntityTooLarge)

	// No one's session, or a role that may not, makes it no larger.
	for _, user := range []string{"stranger", "viewer"} {
		page := app.as(user).post(entries, url.Values{"name": {big}})
		if page.status != 401 && page.status != 403 || len(page.body) > 64<<10+pageSize {
			t.Errorf("%s: %d, %d bytes", user, page.status, len(page.body))
		}
	}
}

// What just fits comes back whole, in an answer that is not much larger.
func TestLongValuesComeBackOnce(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	long := strings.Repeat("Jane-Smith", 6000) // 60 KB
	for _, tt := range []struct{ field, regex string }{{"name", ""}, {"email", ""}, {"email", "true"}, {"samples", "true"}, {"comments", ""}} {
		form := url.Values{"name": {"Bob Ray"}, "email": {`b(`}, "is_email_regex": {tt.regex}}
		value := long
		if tt.regex != "" {
			value += "("
		}
		form.Set(tt.field, value)
		page := b.post(entries, form).wants(http.StatusUnprocessableEntity)
		field := page.Find("form [name=" + tt.field + "]").First()
		same(t, tt.field+" came back", strings.TrimSpace(field.Text())+field.AttrOr("value", "") == value, true)
		if len(page.body) > len(long)+pageSize {
			t.Errorf("%s: %d bytes are answered to %d", tt.field, len(page.body), len(long))
		}
	}
	nested := strings.Repeat("(?:ab|", 300) + strings.Repeat(")", 300)
	page := b.post("/regex/check", url.Values{"pattern": {nested}, "samples": {strings.Repeat(strings.Repeat("a", 1000)+"\n", 50)}, "name": {strings.Repeat("x", 5000)}}).wants(http.StatusOK)
	if limit := len(nested) + 55_000 + 2*pageSize; len(page.body) > limit {
		t.Errorf("of a nested pattern: %d bytes are answered, want at most %d", len(page.body), limit)
	}
	calls := len(app.sandbox.Calls())
	b.get(entries + "/of-name?name=" + strings.Repeat("x", 20_000)).wants(http.StatusOK)
	same(t, "looked up", len(app.sandbox.Calls())-calls, 0)
}

// The same holds for what comes in an address.
func TestLongAddresses(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("admin")
	for _, path := range []string{entries + "?search=", entries + "/new?name=", "/audit?person=", entries + "/covering?address=", "/sessions?before=", "/login?next="} {
		page := b.get(path + strings.Repeat("x", 20_000)).wants(http.StatusOK)
		if len(page.body) > 20_000+2*pageSize {
			t.Errorf("%s: %d bytes are answered", path, len(page.body))
		}
		page = b.get(path + strings.Repeat("x", 1<<18)).wants(http.StatusRequestURITooLong)
		page.contains("h1", "This link is too long")
		if len(page.body) > pageSize {
			t.Errorf("%s: %d bytes are answered", path, len(page.body))
		}
	}
	// A form that is sent to one is counted no less.
	for _, user := range []string{"stranger", "editor"} {
		page := app.as(user).post("/nowhere?x="+strings.Repeat("x", 30_000), url.Values{"name": {strings.Repeat("Jane Smith ", 100_000)}}).wants(http.StatusRequestURITooLong)
		if len(page.body) > 2*pageSize {
			t.Errorf("%s: %d bytes are answered to a form", user, len(page.body))
		}
	}
	b.get(entries+"?search="+strings.Repeat("x", 2000)).contains("main", "search can hold 1024 characters")
	b.get("/audit?person="+strings.Repeat("x", 2000)).contains("main", "it was left out")
	b.get("/audit.jsonl?person=" + strings.Repeat("x", 2000)).wants(http.StatusBadRequest)
	b.get(entries+"/covering?address="+strings.Repeat("x", 2000)).contains("[role=status]", "nothing was checked")
}

// The garbage collector's limit in the image is below the container's.
func TestMemoryLimits(t *testing.T) {
	t.Parallel()
	number := func(file, pattern string) int {
		text, err := os.ReadFile(file)
		must(t, err)
		found := regexp.MustCompile(pattern).FindSubmatch(text)
		if found == nil {
			t.Fatalf("%s does not hold %s", file, pattern)
		}
		n, err := strconv.Atoi(string(found[1]))
		must(t, err)
		return n
	}
	soft := number("../../Dockerfile", `GOMEMLIMIT=(\d+)MiB`)
	hard := number("../../deploy/compose.yaml", `mem_limit: (\d+)m`)
	if soft*5/4 > hard {
		t.Errorf("GOMEMLIMIT is %d MiB, the container has %d", soft, hard)
	}
}
