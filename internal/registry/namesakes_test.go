package registry_test

import (
	"strings"
	"testing"

	"namesake/internal/registry"
)

func TestFoldName(t *testing.T) {
	for name, want := range map[string]string{
		"":                         "",
		" \t\u00a0":                "",
		"Jane Smith":               "jane smith",
		"  JANE \u00a0\u3000smith": "jane smith",
		"Þo\u0301runn":             "þórunn",
		"ÞÓRUNN":                   "þórunn",
		"Straße":                   "strasse",
		"STRASSE":                  "strasse",
		"ΣΊΣΥΦΟΣ":                  "σίσυφοσ",
		"Σίσυφος":                  "σίσυφοσ",
		"\uac00":                   "\uac00", // composed Hangul
		"\u1100\u1161":             "\uac00",
		"陈伟":                       "陈伟",
		"ﬁna":                      "fina",
		"Jane-Smith":               "jane-smith", // a different name
		"Jane\xffSmith":            "jane\uFFFDsmith",
	} {
		if got := registry.FoldName(name); got != want {
			t.Errorf("FoldName(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzFoldName(f *testing.F) {
	for _, s := range []string{"Jane  Smith", "ẞ\u0345ᾳ", "\xff\u0301", "İi\u0307", "\u1e9e \u0390"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, name string) {
		once := registry.FoldName(name)
		if twice := registry.FoldName(once); twice != once {
			t.Errorf("%q folds to %q, and that to %q", name, once, twice)
		}
		if spaced := registry.FoldName("\t" + name + " "); spaced != once {
			t.Errorf("with spaces around %q folds to %q, not %q", name, spaced, once)
		}
	})
}

func TestGroupByName(t *testing.T) {
	var got []string
	for _, g := range registry.GroupByName([]registry.Entry{
		{ID: "1", Name: "Jane Smith"}, {ID: "2", Name: "Janet"}, {ID: "3", Name: "jane  smith"}, {ID: "4"}, {ID: "5", Name: "JANET"}, {ID: "6", Name: " "},
	}) {
		ids := g.Name + ":"
		for _, e := range g.Entries {
			ids += string(e.ID)
		}
		got = append(got, ids)
	}
	if s := strings.Join(got, " "); s != "Jane Smith:13 Janet:25 :46" {
		t.Error(s)
	}
}
