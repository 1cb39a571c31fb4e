package templates

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"namesake/internal/registry"
)

// Change is what happened to a field.
type Change string

// The changes.
const (
	Added     Change = "Added"
	Removed   Change = "Removed"
	Changed   Change = "Changed"
	Unchanged Change = "Unchanged"
)

// FieldDiff is one field before and after. A side that is not there has no spans.
type FieldDiff struct {
	Field  string // by the API's name
	Change Change
	Before []Span
	After  []Span
}

// Span is a piece of a value. Marked is set on what the other side does not have.
type Span struct {
	Text   string
	Marked bool
}

// DiffValues compares the fields of an entry before and after, in the order in
// which the form has them, with any others behind.
func DiffValues(before, after registry.Values) []FieldDiff {
	names := make(map[string]bool, len(before)+len(after))
	for _, side := range []registry.Values{before, after} {
		for name, value := range side {
			if value != nil {
				names[name] = true
			}
		}
	}
	diffs := make([]FieldDiff, 0, len(names))
	for _, name := range slices.SortedFunc(maps.Keys(names), byForm) {
		diffs = append(diffs, diffField(name, before[name], after[name]))
	}
	return diffs
}

func byForm(a, b string) int {
	place := func(name string) int {
		if i := slices.Index(registry.FieldNames(), name); i >= 0 {
			return i
		}
		return len(registry.FieldNames())
	}
	return cmp.Or(place(a)-place(b), cmp.Compare(a, b))
}

func diffField(name string, before, after any) FieldDiff {
	d := FieldDiff{Field: name}
	switch {
	case before == nil:
		d.Change, d.After = Added, []Span{{Text: spell(after)}}
	case after == nil:
		d.Change, d.Before = Removed, []Span{{Text: spell(before)}}
	case spell(before) == spell(after):
		d.Change, d.After = Unchanged, []Span{{Text: spell(after)}}
	default:
		d.Change = Changed
		d.Before, d.After = diffText(spell(before), spell(after))
	}
	return d
}

func spell(value any) string {
	if s, ok := value.(string); ok {
		return s
	}
	return fmt.Sprint(value)
}

// maxCells limits the table of diffTokens. Texts that need a larger one, without their
// equal ends, are marked as a whole.
const maxCells = 1 << 20

// diffText marks in each of two texts what the other does not have. It compares words
// and single signs rather than characters, so that names with joined or combined letters
// stay readable and a pattern shows the one sign that differs. (Libraries compare runes,
// which splits such letters, or lines.)
func diffText(before, after string) (a, b []Span) {
	x, y := tokens(before), tokens(after)
	start := 0
	for start < len(x) && start < len(y) && x[start] == y[start] {
		start++
	}
	end := 0
	for end < len(x)-start && end < len(y)-start && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	a, b = add(nil, false, x[:start]...), add(nil, false, y[:start]...)
	a, b = diffTokens(a, b, x[start:len(x)-end], y[start:len(y)-end])
	return add(a, false, x[len(x)-end:]...), add(b, false, y[len(y)-end:]...)
}

// diffTokens appends x to a and y to b, marked where they are not in a longest
// common subsequence.
func diffTokens(a, b []Span, x, y []string) (spansX, spansY []Span) {
	if (len(x)+1)*(len(y)+1) > maxCells {
		return add(a, true, x...), add(b, true, y...)
	}
	// common[i][j] is the length of the subsequence that x[i:] and y[j:] share.
	common := make([][]int32, len(x)+1)
	for i := range common {
		common[i] = make([]int32, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(x) && j < len(y) {
		switch {
		case x[i] == y[j]:
			a, b = add(a, false, x[i]), add(b, false, y[j])
			i, j = i+1, j+1
		case common[i+1][j] >= common[i][j+1]:
			a, i = add(a, true, x[i]), i+1
		default:
			b, j = add(b, true, y[j]), j+1
		}
	}
	return add(a, true, x[i:]...), add(b, true, y[j:]...)
}

// add appends text to spans, as part of the last one where it is marked alike.
func add(spans []Span, marked bool, text ...string) []Span {
	joined := strings.Join(text, "")
	if joined == "" {
		return spans
	}
	if n := len(spans); n > 0 && spans[n-1].Marked == marked {
		spans[n-1].Text += joined
		return spans
	}
	return append(spans, Span{Text: joined, Marked: marked})
}

// tokens splits s into words and single signs.
func tokens(s string) []string {
	var out []string
	word := false // whether the last token is a word that may go on
	for _, r := range s {
		inWord := unicode.In(r, unicode.L, unicode.M, unicode.N) || r == '\u200d' || r == '\ufe0f'
		if n := len(out); n > 0 && inWord && (word || unicode.Is(unicode.M, r) || r == '\u200d' || r == '\ufe0f') {
			out[n-1] += string(r)
		} else {
			out = append(out, string(r))
		}
		word = inWord
	}
	return out
}

// plain shows invisible characters, such as a zero-width space, as code points: in a
// protected name such a character may be the only change.
func plain(s string) string {
	var b strings.Builder
	for _, r := range s {
		joins := r == '\u200c' || r == '\u200d' // they belong to how some scripts and emoji are written
		if r != '\n' && !joins && (unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || (unicode.Is(unicode.Zs, r) && r != ' ')) {
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// hint describes a change that is hard to see: of spaces, case or look-alike letters.
func (d FieldDiff) hint() string {
	if d.Change != Changed {
		return ""
	}
	before, after := join(d.Before), join(d.After)
	switch {
	case strings.Join(strings.Fields(before), "") == strings.Join(strings.Fields(after), ""):
		return "Only spaces or line ends differ."
	case strings.EqualFold(before, after):
		return "Only upper and lower case differ."
	case scripts(before) != scripts(after):
		return "The letters are of different scripts: " + scripts(before) + " before, " + scripts(after) + " after."
	}
	return ""
}

func join(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

// scripts names the scripts of the letters of s: "Latin", "Cyrillic and Latin".
func scripts(s string) string {
	found := map[string]bool{}
	for _, r := range s {
		if !unicode.IsLetter(r) {
			continue
		}
		for name, table := range unicode.Scripts {
			if name != "Common" && name != "Inherited" && unicode.Is(table, r) {
				found[name] = true
			}
		}
	}
	if len(found) == 0 {
		return "none"
	}
	return strings.Join(slices.Sorted(maps.Keys(found)), " and ")
}
