package changes

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

const (
	perPage    = 50
	maxPerPage = 1000
)

// filter is what the URL of the list of changes selects: the query, the page, and the two
// times as they stand there.
type filter struct {
	query        mirror.ChangeQuery
	page         int
	since, until string
}

// filters are the names of the filters, in the order in which pages show them, with their
// labels.
var filters = []struct{ name, label string }{
	{"by", "Made"}, {"kind", "What"}, {"name", "Name"}, {"entry", "Entry"}, {"record", "Record"}, {"since", "From"}, {"until", "To"},
}

// parseFilter reads a URL, or a form with the same fields. What is wrong is left out, with a
// sentence about it.
func parseFilter(values url.Values) (f filter, notes []string) {
	f.page = web.WholeNumber(values, "page", web.MaxPage, 1, &notes)
	f.query.Limit = web.WholeNumber(values, "per_page", maxPerPage, perPage, &notes)
	f.query.Skip = (f.page - 1) * f.query.Limit
	f.query.By = web.OneOf(values, "by", []mirror.ChangedBy{mirror.Here, mirror.Elsewhere}, &notes)
	f.query.Kind = web.OneOf(values, "kind", []mirror.ChangeKind{mirror.Created, mirror.Edited, mirror.Deleted}, &notes)
	if name := []rune(strings.TrimSpace(strings.ToValidUTF8(values.Get("name"), "\uFFFD"))); len(name) > registry.MaxName {
		notes = append(notes, fmt.Sprintf("name can hold %d characters: what was beyond that was left out.", registry.MaxName))
		f.query.Name = string(name[:registry.MaxName])
	} else {
		f.query.Name = string(name)
	}
	f.query.Entry = web.EntryID(values, &notes)
	f.query.Record = web.RecordSeq(strings.TrimSpace(values.Get("record")), "record", &notes)
	f.query.Since, f.since = web.ParseTime(values, "since", 0, &notes)
	f.query.Until, f.until = web.ParseTime(values, "until", 1, &notes) // to the end of that day
	return f, notes
}

// value returns a filter as it stands in the URL, "" when it is not set.
func (f filter) value(name string) string {
	switch name {
	case "by":
		return string(f.query.By)
	case "kind":
		return string(f.query.Kind)
	case "name":
		return f.query.Name
	case "entry":
		return string(f.query.Entry)
	case "record":
		if f.query.Record != 0 {
			return strconv.FormatInt(f.query.Record, 10)
		}
	case "since":
		return f.since
	case "until":
		return f.until
	}
	return ""
}

// url is path with the filters but one, and a page.
func (f filter) url(path, without string, page int) string {
	values := url.Values{}
	for _, of := range filters {
		if value := f.value(of.name); value != "" && of.name != without {
			values.Set(of.name, value)
		}
	}
	if f.query.Limit != perPage {
		values.Set("per_page", strconv.Itoa(f.query.Limit))
	}
	if page > 1 {
		values.Set("page", strconv.Itoa(page))
	}
	if len(values) == 0 {
		return path
	}
	return path + "?" + values.Encode()
}

// view is the form above the list.
func (f filter) view(path string) templates.ChangesFilter {
	v := templates.ChangesFilter{
		URL: path, Name: f.query.Name, Entry: string(f.query.Entry), Record: f.value("record"), Since: f.since, Until: f.until, SinceDay: web.IsDay(f.since), UntilDay: web.IsDay(f.until),
	}
	for _, by := range []mirror.ChangedBy{mirror.Here, mirror.Elsewhere} {
		v.By = append(v.By, templates.Option{Value: string(by), Label: words.ChangePlace(by), Selected: by == f.query.By})
	}
	for _, kind := range []mirror.ChangeKind{mirror.Created, mirror.Edited, mirror.Deleted} {
		v.Kinds = append(v.Kinds, templates.Option{Value: string(kind), Label: words.ChangeKind(kind), Selected: kind == f.query.Kind})
	}
	for _, of := range filters {
		if value := f.value(of.name); value != "" {
			v.Set = append(v.Set, templates.Option{Value: value, Label: of.name})
			shown := value
			switch of.name {
			case "by":
				shown = words.ChangePlace(f.query.By)
			case "kind":
				shown = words.ChangeKind(f.query.Kind)
			}
			v.Chips = append(v.Chips, templates.Chip{Name: of.label, Value: words.Clip(shown), Without: f.url(path, of.name, 1)})
		}
	}
	return v
}
