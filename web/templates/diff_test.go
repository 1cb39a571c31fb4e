package templates

import (
	"reflect"
	"strings"
	"testing"

	"namesake/internal/registry"
)

// marked writes spans with what is marked in brackets.
func marked(spans []Span) string {
	var b strings.Builder
	for _, s := range spans {
		if s.Marked {
			b.WriteString("[" + s.Text + "]")
		} else {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func TestDiffText(t *testing.T) {
	tests := []struct{ name, before, after, wantBefore, wantAfter string }{
		{"a word", "Jane Smith", "Jane Smyth", "Jane [Smith]", "Jane [Smyth]"},
		{"a sign in a pattern", `[a-z]+@x\.example`, `[a-z]*@x\.example`, `[a-z][+]@x\.example`, `[a-z][*]@x\.example`},
		{"at the start", "Dr Jane", "Jane", "[Dr ]Jane", "Jane"},
		{"at the end", "Jane", "Jane Smith", "Jane", "Jane[ Smith]"},
		{"from nothing", "", "Jane", "", "[Jane]"},
		{"to nothing", "Jane", "", "[Jane]", ""},
		{"all", "a", "b", "[a]", "[b]"},
		{"in two places", "a.b.c@x", "a.d.c@y", "a.[b].c@[x]", "a.[d].c@[y]"},
		{"letters with marks stay whole", "e\u0301 x", "e x", "[e\u0301] x", "[e] x"},
		{"joined letters stay whole", "ليلى حداد", "ليلى حدان", "ليلى [حداد]", "ليلى [حدان]"},
		{"emoji with a joiner", "👩\u200d💻!", "👩!", "[👩\u200d💻]!", "[👩]!"},
		{"what can't be seen", "Jane Smith", "Jane\u200bSmith", "Jane[ ]Smith", "Jane[\u200b]Smith"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after := diffText(tt.before, tt.after)
			if got := marked(before); got != tt.wantBefore {
				t.Errorf("before: got %q, want %q", got, tt.wantBefore)
			}
			if got := marked(after); got != tt.wantAfter {
				t.Errorf("after: got %q, want %q", got, tt.wantAfter)
			}
		})
	}
}

func TestDiffOfLongValuesIsBounded(t *testing.T) {
	before, after := strings.Repeat("a.", 3000), strings.Repeat("b-", 3000)
	x, y := diffText("same "+before+"end", "same "+after+"end")
	for side, spans := range map[string][]Span{before: x, after: y} {
		want := []Span{{Text: "same "}, {Text: side, Marked: true}, {Text: "end"}}
		if !reflect.DeepEqual(spans, want) {
			t.Errorf("got %d spans, want the whole middle marked", len(spans))
		}
	}
}

func TestDiffValues(t *testing.T) {
	before := registry.Values{"name": "Jane", "email": "jane@a.example", "comments": "old", "is_email_regex": false, "directory_id": int64(1), "provenance": nil}
	after := registry.Values{"name": "Jane", "email": "jane@b.example", "is_email_regex": false, "directory_id": int64(2), "provenance": "A1S_INTERNAL", "extra": "x"}
	var got []string
	for _, d := range DiffValues(before, after) {
		got = append(got, d.Field+" "+string(d.Change)+" "+marked(d.Before)+" -> "+marked(d.After))
	}
	want := []string{
		"name Unchanged  -> Jane",
		"email Changed jane@[a].example -> jane@[b].example",
		"is_email_regex Unchanged  -> false",
		"comments Removed old -> ",
		"directory_id Changed [1] -> [2]",
		"provenance Added  -> A1S_INTERNAL",
		"extra Added  -> x",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if empty := DiffValues(nil, registry.Values{"name": nil}); len(empty) != 0 {
		t.Errorf("nothing and nothing: got %v", empty)
	}
}

func TestHint(t *testing.T) {
	for _, tt := range []struct{ before, after, want string }{
		{"Jane Smith", "Jane  Smith", "Only spaces or line ends differ."},
		{"Jane Smith", "Jane Smith\n", "Only spaces or line ends differ."},
		{"Jane", "JANE", "Only upper and lower case differ."},
		{"Jane", "J\u0430ne", "The letters are of different scripts: Latin before, Cyrillic and Latin after."},
		{"Jane", "Joan", ""},
	} {
		d := diffField("name", tt.before, tt.after)
		if got := d.hint(); got != tt.want {
			t.Errorf("%q to %q: got %q, want %q", tt.before, tt.after, got, tt.want)
		}
	}
	if got := diffField("name", nil, "Jane").hint(); got != "" {
		t.Errorf("added: got %q", got)
	}
}

func TestPlainWritesOutWhatCanNotBeSeen(t *testing.T) {
	got := plain("a\u200bb\u00a0c\u202ed\te\x00 f\ng 👩\u200d💻")
	want := "a⟨U+200B⟩b⟨U+00A0⟩c⟨U+202E⟩d⟨U+0009⟩e⟨U+0000⟩ f\ng 👩\u200d💻"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzDiffText(f *testing.F) {
	f.Add("Jane Smith", "Jane Smyth")
	f.Add("a\u0301", "\u0301a")
	f.Fuzz(func(t *testing.T, before, after string) {
		x, y := diffText(before, after)
		// A broken character is shown as one, whatever its bytes were.
		if got, want := join(x), string([]rune(before)); got != want {
			t.Errorf("before: got %q, want %q", got, want)
		}
		if got, want := join(y), string([]rune(after)); got != want {
			t.Errorf("after: got %q, want %q", got, want)
		}
	})
}
