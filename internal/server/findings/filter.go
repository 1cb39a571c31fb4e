package findings

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"namesake/internal/findings"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

const (
	perPage    = 50
	maxPerPage = 1000
	maxSearch  = registry.MaxName
)

// filter is what the URL of the list selects.
type filter struct {
	severity  findings.Severity
	rule      findings.Rule
	dismissed bool // those that are dismissed instead of the others
	entry     registry.ID
	search    string
	page, per int
}

// ruleName is the form of a rule's name.
var ruleName = regexp.MustCompile(`^[a-z0-9-]{1,64}$`)

// parseFilter reads a URL, or a form with the same fields. What is wrong is left out, with a
// sentence about it.
func parseFilter(values url.Values) (f filter, notes []string) {
	f.page = web.WholeNumber(values, "page", web.MaxPage, 1, &notes)
	f.per = web.WholeNumber(values, "per_page", maxPerPage, perPage, &notes)
	f.severity = web.OneOf(values, "severity", findings.Severities(), &notes)
	f.dismissed = web.OneOf(values, "dismissed", []string{"true", "false"}, &notes) == "true"
	f.entry = web.EntryID(values, &notes)
	switch rule := values.Get("rule"); {
	case ruleName.MatchString(rule):
		f.rule = findings.Rule(rule)
	case rule != "":
		notes = append(notes, fmt.Sprintf("rule can't be %q: it was left out.", words.Clip(strings.ToValidUTF8(rule, "\uFFFD"))))
	}
	f.search = strings.TrimSpace(strings.ToValidUTF8(values.Get("search"), "\uFFFD"))
	if long := []rune(f.search); len(long) > maxSearch {
		notes = append(notes, fmt.Sprintf("search can hold %d characters: what was beyond that was left out.", maxSearch))
		f.search = string(long[:maxSearch])
	}
	return f, notes
}

// query is the filters as a URL has them, with a page.
func (f filter) query(page int) string {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set("severity", string(f.severity))
	set("rule", string(f.rule))
	set("entry", string(f.entry))
	set("search", f.search)
	if f.dismissed {
		values.Set("dismissed", "true")
	}
	if f.per != perPage {
		values.Set("per_page", strconv.Itoa(f.per))
	}
	if page > 1 {
		values.Set("page", strconv.Itoa(page))
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// find returns the findings that the filter selects: the most severe first, and those of one
// rule together.
func (f filter) find(now state) []findings.Finding {
	var found []findings.Finding
	all := now.Open
	if f.dismissed {
		all = now.All
	}
	search := registry.FoldName(f.search)
	for _, of := range all.Findings {
		if f.dismissed {
			if _, hidden := now.Dismissed[of.ID()]; !hidden {
				continue
			}
		}
		if f.matches(of) && f.hasText(now, of, search) {
			found = append(found, of)
		}
	}
	return found
}

func (f filter) matches(of findings.Finding) bool {
	return (f.severity == "" || of.Severity == f.severity) && (f.rule == "" || of.Rule == f.rule) && (f.entry == "" || slices.Contains(of.Entries, f.entry))
}

// hasText reports whether a folded text is part of a finding's name or witness, or of an
// address of its entries.
func (f filter) hasText(now state, of findings.Finding, search string) bool {
	if search == "" {
		return true
	}
	texts := []string{of.Name, of.Witness}
	for _, id := range of.Entries {
		e, _ := now.known.View.Entry(id) // the zero Entry has no text
		texts = append(texts, e.Name, e.Email)
	}
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(registry.FoldName(text), search) })
}

// view is the form above the list. Its counts are of all findings.
func (f filter) view(url string, now state) templates.FindingsFilter {
	v := templates.FindingsFilter{URL: url, Severity: string(f.severity), Entry: string(f.entry), Search: f.search}
	if f.dismissed {
		v.Dismissed = "true"
	}
	link := func(label string, n int, severity findings.Severity, dismissed bool) {
		to := f
		to.severity, to.dismissed = severity, dismissed
		v.Severities = append(v.Severities, templates.Choice{Label: label + " " + strconv.Itoa(n), URL: url + to.query(1), Current: f.severity == severity && f.dismissed == dismissed})
	}
	link("All", len(now.Open.Findings), "", false)
	for _, s := range findings.Severities() {
		link(words.Severities(s), now.Open.Count(s), s, false)
	}
	if len(now.Dismissed) > 0 || f.dismissed {
		link("Dismissed", len(now.Dismissed), "", true)
	}
	met := make(map[findings.Rule]bool)
	for _, of := range now.All.Findings {
		if !met[of.Rule] {
			met[of.Rule] = true
			v.Rules = append(v.Rules, templates.Option{Value: string(of.Rule), Label: words.FindingTitle(of.Rule), Selected: of.Rule == f.rule})
		}
	}
	if f.rule != "" && !met[f.rule] {
		v.Rules = append(v.Rules, templates.Option{Value: string(f.rule), Label: words.FindingTitle(f.rule), Selected: true})
	}
	chip := func(name, value string, without filter) {
		v.Chips = append(v.Chips, templates.Chip{Name: name, Value: value, Without: url + without.query(1)})
	}
	if f.rule != "" {
		without := f
		without.rule = ""
		chip("Kind", words.FindingTitle(f.rule), without)
	}
	if f.entry != "" {
		without := f
		without.entry = ""
		chip("Entry", string(f.entry), without)
	}
	if f.search != "" {
		without := f
		without.search = ""
		chip("Search", words.Clip(f.search), without)
	}
	return v
}
