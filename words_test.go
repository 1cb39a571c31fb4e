package main_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// notSwept are the folders that may still have the words. Remove a folder once it is free of
// them.
var notSwept = []string{}

// badWords are words and phrases that readers whose first language is another one have to
// look up, each with what to write instead. A word is a regular expression.
var badWords = []struct{ word, instead string }{
	{`nobody`, "“no one”, “none”, or the thing that is missing: “without a session”"},
	{`whoever`, "“the person who”, “the copy that”"},
	{`whom(?:ever)?`, "“who”, or the person: “the person that the link names”"},
	{`begun`, "“started”"},
	{`anew`, "“again”, “reload”"},
	{`meanwhile`, "“by now”, “since”, or what happened: “another request has changed it”"},
	{`knowingly`, "“after a warning”, “confirmed”"},
	{`mend(?:s|ed|ing)?`, "“fix”"},
	{`let(?:s|ting)? (?:\w+ )?go on`, "“resume”"},
	{`on record`, "“recorded”"},
	{`overs(?:ee|ees|aw|een|eeing)`, "what the person may do: “view and end all sessions”"},
	{`look(?:s|ed|ing)? after`, "“manage”, “operate”, “maintain”"},
	{`twins?`, "“duplicate”"},
	{`deeds?`, "what it is: “change”, “action”, “result”"},
	{`everybody`, "“all people”, “all who may …”"},
	{`somebody`, "“a person”, “another person”"},
	{`under ?way`, "“in progress”, “running”"},
	{`afresh`, "“again”"},
	{`for want of`, "“without”, “because … is missing”"},
	{`what holds afterwards`, "“the result”, “which mail will be flagged”"},
}

// wordExceptions are the lines in which a word is data.
var wordExceptions = []struct{ path, word, line, reason string }{
	{"internal/store/pgtest/pgtest.go", "nobody", `user.Lookup("nobody")`, "the name of an account of the operating system"},
	{"internal/registry/stop.go", "twin", `KindDuplicate = "twin"`, "audit records and scripts hold this kind"},
	{"internal/server/web/stop.go", "twins", `“twins” is what scripts have always sent`, "the form's field"},
	{"internal/server/web/stop.go", "twins", `fieldDuplicates = "twins"`, "the form's field"},
	{"web/static/form.js", "twins", `email, twins, confirmed`, "the form's field"},
	{"web/static/form.js", "twins", `!twins && !confirmed`, "the form's field"},
	{"docs/forms.md", "twins", "the ids of duplicates in `twins`", "the form's field"},
	{"docs/forms.md", "twin", "| (twin) |", "the kind"},
	{"docs/audit.md", "twin", "`twin` for a duplicate", "the kind"},
	{"CONTRIBUTING.md", "twin", "`twin` in forms and records", "the kind"},
	{"web/templates/gallery_pages_test.go", "twins", `Field: "twins"`, "the form's field"},
	{"internal/change/stop_test.go", "twin", `"kind":"twin"`, "the kind"},
	{"internal/server/typing_test.go", "twin", `{twin email  5}`, "the kind"},
	{"internal/server/person_test.go", "twins", `button[name=twins]`, "the form's field"},
	{"internal/server/person_test.go", "twins", `form.Set("twins"`, "the form's field"},
	{"internal/server/person_test.go", "twins", `{"twins": "1"}`, "the form's field"},
	{"internal/server/person_test.go", "twins", `input[name=twins]`, "the form's field"},
	{"internal/server/person_test.go", "twins", `"twins=5."`, "the form's field"},
	{"internal/server/sizes_test.go", "twins", `"confirmed", "twins"`, "the form's field"},
	{"internal/signin/session.go", "anew", `"signed in anew"`, "older audit records hold this reason"},
}

// TestWords keeps the words of badWords out of code, pages and docs.
func TestWords(t *testing.T) {
	files := 0
	check := func(path string) {
		if !hasWords(path) {
			return
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files++
		for n, line := range strings.Split(string(text), "\n") {
			for _, found := range findWords(line) {
				if !isWordException(path, line, found.word) {
					t.Errorf("%s:%d: “%s”: write %s", path, n+1, found.word, found.instead)
				}
			}
		}
	}
	root, err := filepath.Glob("*.*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range root {
		check(path)
	}
	for _, folder := range []string{"internal", "web", "docs"} {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			path = filepath.ToSlash(path)
			switch {
			case err != nil:
				return err
			case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || slices.Contains(notSwept, path)):
				return fs.SkipDir
			case !d.IsDir():
				check(path)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Errorf("checked %d files only: the test looks in the wrong place", files)
	}
}

// hasWords reports whether people write the file and read its words. Generated files repeat
// the words of their sources.
func hasWords(path string) bool {
	switch {
	case path == "words_test.go", path == "web/static/app.css", strings.HasSuffix(path, "_templ.go"):
		return false
	}
	return slices.Contains([]string{".go", ".templ", ".md", ".js", ".mjs", ".css", ".sh", ".tsv"}, filepath.Ext(path))
}

// badWord is a word found in a line.
type badWord struct{ word, instead string }

// matcher finds one of badWords.
type matcher struct {
	key     string // in each line with the word, in small letters; most lines lack it
	pattern *regexp.Regexp
	instead string
}

var (
	innerCapital = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	matchers     = func() (all []matcher) {
		for _, bad := range badWords {
			start, _ := regexp.MustCompile(bad.word).LiteralPrefix()
			key := slices.MaxFunc(strings.Fields(start), func(a, b string) int { return len(a) - len(b) })
			all = append(all, matcher{key, regexp.MustCompile(`(?i)\b(?:` + bad.word + `)\b`), bad.instead})
		}
		return all
	}()
)

// findWords returns the bad words of a line. It reads an identifier word by word.
func findWords(line string) (found []badWord) {
	small, words := strings.ToLower(line), ""
	for _, m := range matchers {
		if !strings.Contains(small, m.key) {
			continue
		}
		if words == "" {
			words = strings.ReplaceAll(innerCapital.ReplaceAllString(line, "$1 $2"), "_", " ")
		}
		for _, word := range m.pattern.FindAllString(words, -1) {
			found = append(found, badWord{strings.ToLower(word), m.instead})
		}
	}
	return found
}

func isWordException(path, line, word string) bool {
	for _, e := range wordExceptions {
		if e.path == path && e.word == word && strings.Contains(line, e.line) {
			return true
		}
	}
	return false
}

// TestWordExceptions checks that each exception is still needed.
func TestWordExceptions(t *testing.T) {
	for _, e := range wordExceptions {
		text, err := os.ReadFile(e.path)
		if err != nil || !strings.Contains(string(text), e.line) || !strings.Contains(strings.ToLower(e.line), e.word) || e.reason == "" {
			t.Errorf("the exception %+v is not needed, or lacks a reason", e)
		}
	}
}

func TestFindWords(t *testing.T) {
	for _, tt := range []struct{ line, want string }{
		{"// Nobody is signed in.", "nobody"},
		{"func TestNobodyCanMendIt(t *testing.T) {", "nobody mend"},
		{`{"begun_at": "anew"}`, "begun anew"},
		{"Whoever began it can let it go on", "whoever let it go on"},
		{"people who look after entries; for whom", "whom look after"},
		{"r, err := http.NewRequest(http.MethodGet, from, http.NoBody)", ""},
		{"--no-install-recommends, an amendment, let us go, a recorded record", ""},
		{"looking back after an hour", ""},
	} {
		var words []string
		for _, found := range findWords(tt.line) {
			words = append(words, found.word)
		}
		if got := strings.Join(words, " "); got != tt.want {
			t.Errorf("%s: found %q, want %q", tt.line, got, tt.want)
		}
	}
}

// TestWordsSayWhatToWrite checks that no advice repeats a bad word.
func TestWordsSayWhatToWrite(t *testing.T) {
	for _, bad := range badWords {
		if found := findWords(bad.instead); bad.instead == "" || len(found) > 0 {
			t.Errorf("%s: the advice is %q", bad.word, fmt.Sprint(bad.instead, found))
		}
	}
}
