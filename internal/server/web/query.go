package web

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"namesake/internal/findings"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// ParseQuery reads the list's query. What is out of range is corrected, with a
// sentence about it: a link that is a little off still shows a list.
func ParseQuery(values url.Values) (q registry.Query, notes []string) {
	q = registry.Query{Search: values.Get("search"), Page: 1, PerPage: registry.DefaultPerPage}
	q.Page = WholeNumber(values, "page", MaxPage, q.Page, &notes)
	q.PerPage = WholeNumber(values, "per_page", registry.MaxPerPage, q.PerPage, &notes)
	if runes := []rune(q.Search); len(runes) > maxSearch {
		q.Search = string(runes[:maxSearch])
		notes = append(notes, fmt.Sprintf("search can hold %d characters, which is as long as a name: what was beyond that was left out.", maxSearch))
	}
	q.Provenance = OneOf(values, "provenance", registry.Provenances(), &notes)
	q.IsEmailRegex = yesOrNo(values, registry.FieldIsEmailRegex, &notes)
	q.HasComments = yesOrNo(values, hasComments, &notes)
	q.ModifiedSince, _ = ParseTime(values, modifiedSince, 0, &notes)
	q.Severity = string(OneOf(values, severity, findings.Severities(), &notes))
	q.Rule = string(OneOf(values, rule, findings.Rules(), &notes))
	q.Order = OneOf(values, "order", registry.ListOrders(), &notes)
	q.Direction = OneOf(values, "direction", []registry.Direction{registry.Ascending, registry.Descending}, &notes)
	if q.Grouped = OneOf(values, "group", []registry.Order{registry.ByName}, &notes) != ""; q.Grouped {
		q.Order = "" // grouping sorts by name
	}
	return q, notes
}

// Names of the filters that the API does not have.
const (
	hasComments   = "has_comments"
	modifiedSince = "modified_since"
	severity      = "severity" // of a finding
	rule          = "rule"
)

// yesOrNo reads a filter that is true or false, nil for none.
func yesOrNo(values url.Values, name string, notes *[]string) *bool {
	switch OneOf(values, name, []string{"true", "false"}, notes) {
	case "true":
		return new(true)
	case "false":
		return new(false)
	}
	return nil
}

// TimeText writes a time as ParseTime reads it: a day if it is the start of one.
func TimeText(t time.Time) string {
	switch t = t.UTC(); {
	case t.IsZero():
		return ""
	case t.Equal(t.Truncate(24 * time.Hour)):
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// maxSearch is how long a search may be: as long as a name.
const maxSearch = registry.MaxName

// MaxPage keeps page times per_page within what any computer counts in.
const MaxPage = 1_000_000

// QueryString writes q with another page number; defaults are left out.
func QueryString(q registry.Query, page int) string {
	values := url.Values{}
	set := func(name, value string) {
		if value != "" {
			values.Set(name, value)
		}
	}
	set("search", q.Search)
	if q.Grouped {
		set("group", string(registry.ByName))
	}
	set("provenance", string(q.Provenance))
	if q.IsEmailRegex != nil {
		set(registry.FieldIsEmailRegex, strconv.FormatBool(*q.IsEmailRegex))
	}
	if q.HasComments != nil {
		set(hasComments, strconv.FormatBool(*q.HasComments))
	}
	set(modifiedSince, TimeText(q.ModifiedSince))
	set(severity, q.Severity)
	set(rule, q.Rule)
	set("order", string(q.Order))
	set("direction", string(q.Direction))
	if q.PerPage != 0 && q.PerPage != registry.DefaultPerPage {
		set("per_page", strconv.Itoa(q.PerPage))
	}
	if page > 1 {
		set("page", strconv.Itoa(page))
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// OrderLabels name the fields that the list can be sorted by.
var OrderLabels = map[registry.Order]string{
	registry.ByName: "Name", registry.ByEmail: "Address or pattern", registry.ByCreated: "Created", registry.ByModified: "Changed",
}

// SortColumn is the heading of a column that a list can be sorted by: pressed once it sorts
// upwards, once more downwards, and then as it was at first. link leads to a query.
func SortColumn(q registry.Query, order registry.Order, link func(registry.Query) string) templates.Column {
	column, next := templates.Column{Label: OrderLabels[order], Sort: "none"}, q
	next.Order, next.Direction = order, registry.Ascending
	if q.Order == order {
		column.Sort = "ascending"
		next.Direction = registry.Descending
		if q.Direction == registry.Descending {
			column.Sort = "descending"
			next.Order, next.Direction = "", ""
		}
	}
	column.URL = link(next)
	return column
}

// Chips are the conditions that the list is under, each with the way to take it off.
func (s *Base) Chips(q registry.Query) []templates.Chip {
	var chips []templates.Chip
	add := func(name, value string, without registry.Query) {
		chips = append(chips, templates.Chip{Name: name, Value: value, Without: s.EntriesURL() + QueryString(without, 1)})
	}
	if q.Search != "" {
		without := q
		without.Search = ""
		add("Search", words.Clip(q.Search), without)
	}
	if q.Provenance != "" {
		without := q
		without.Provenance = ""
		add("Source", words.Provenance(q.Provenance), without)
	}
	if q.IsEmailRegex != nil {
		without, value := q, "Addresses"
		if without.IsEmailRegex = nil; *q.IsEmailRegex {
			value = "Patterns"
		}
		add("Kind", value, without)
	}
	if q.HasComments != nil {
		without, value := q, "Without"
		if without.HasComments = nil; *q.HasComments {
			value = "With"
		}
		add("Comments", value, without)
	}
	if !q.ModifiedSince.IsZero() {
		without := q
		without.ModifiedSince = time.Time{}
		add("Changed since", TimeText(q.ModifiedSince), without)
	}
	if q.Severity != "" {
		without := q
		without.Severity, without.Found = "", nil
		add("Finding", words.Severity(findings.Severity(q.Severity)), without)
	}
	if q.Rule != "" {
		without := q
		without.Rule, without.Found = "", nil
		add("Finding", words.FindingTitle(findings.Rule(q.Rule)), without)
	}
	if q.Grouped {
		without := q
		without.Grouped, without.Direction = false, ""
		value := OrderLabels[registry.ByName]
		if q.Direction == registry.Descending {
			value += ", downwards"
		}
		add("Grouped by", value, without)
	}
	if q.Order != "" {
		without := q
		without.Order, without.Direction = "", ""
		value := OrderLabels[q.Order]
		if q.Direction == registry.Descending {
			value += ", downwards"
		}
		add("Sorted by", value, without)
	}
	return chips
}
