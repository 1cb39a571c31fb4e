package words_test

import (
	"strings"
	"testing"

	"namesake/internal/registry"
	"namesake/web/words"
)

func address(id, email string) registry.Entry {
	return registry.Entry{ID: registry.ID(id), Name: "Jane Smith", Email: email}
}

func pattern(id, email string) registry.Entry {
	return registry.Entry{ID: registry.ID(id), Name: "Jane Smith", Email: email, IsEmailRegex: true}
}

// What is said of a name, as things are, after the deletion of entry 1, and of one more.
func TestProtection(t *testing.T) {
	const mail = "Mail that shows “Jane Smith” is flagged unless it comes from "
	const after = "After this deletion mail that shows “Jane Smith” is flagged unless it comes from "
	tests := []struct {
		name                       string
		entries                    []registry.Entry
		partial                    bool
		protected, deleted, adding string
	}{
		{
			"one",
			[]registry.Entry{address("1", "a@x.example")},
			false,
			mail + "a@x.example.",
			"After this deletion nothing protects the name “Jane Smith”: mail that shows it will no longer be flagged.",
			"“Jane Smith” has 1 address already. This entry adds one more.",
		},
		{
			"one, perhaps more",
			[]registry.Entry{address("1", "a@x.example")},
			true,
			mail + "a@x.example, or from an address that was not found.",
			"No other entry of “Jane Smith” was found, but there may be some: if there is none, nothing protects the name after this deletion.",
			"“Jane Smith” has at least 1 address already. This entry adds one more.",
		},
		{
			"three",
			[]registry.Entry{address("1", "a@x.example"), address("2", "b@x.example"), address("3", "c@x.example")},
			false,
			mail + "one of these 3 addresses.",
			after + "one of these 2 addresses. Mail from a@x.example will be flagged.",
			"“Jane Smith” has 3 addresses already. This entry adds one more.",
		},
		{
			"two, perhaps more",
			[]registry.Entry{address("1", "a@x.example"), address("2", "b@x.example")},
			true,
			mail + "one of these 2 addresses, or from an address that was not found.",
			after + "b@x.example, or from an address that was not found.",
			"“Jane Smith” has at least 2 addresses already. This entry adds one more.",
		},
		{
			"exact duplicates",
			[]registry.Entry{address("1", "a@x.example"), address("2", "A@x.example")},
			false,
			mail + "a@x.example.",
			"Deleting this entry changes nothing for mail: another entry has the same name and address.",
			"“Jane Smith” has 1 address already. This entry adds one more.",
		},
		{
			"a pattern alone",
			[]registry.Entry{pattern("1", `.*@x\.example`)},
			false,
			mail + `an address that matches .*@x\.example.`,
			"After this deletion nothing protects the name “Jane Smith”: mail that shows it will no longer be flagged.",
			"“Jane Smith” has 1 pattern already. This entry adds one more.",
		},
		{
			"an address and a pattern",
			[]registry.Entry{address("1", "a@x.example"), pattern("2", `.*@x\.example`)},
			false,
			mail + "this address or from one that matches this pattern.",
			after + `an address that matches .*@x\.example. Mail from a@x.example will be flagged, unless a pattern matches it.`,
			"“Jane Smith” has 1 address and 1 pattern already. This entry adds one more.",
		},
		{
			"a pattern and addresses",
			[]registry.Entry{pattern("1", `.*@x\.example`), address("2", "a@x.example"), address("3", "b@x.example"), pattern("4", `.*@y\.example`)},
			false,
			mail + "one of these 2 addresses or from one that matches one of these 2 patterns.",
			after + "one of these 2 addresses or from one that matches this pattern. Mail from an address that only this pattern matches will be flagged.",
			"“Jane Smith” has 2 addresses and 2 patterns already. This entry adds one more.",
		},
		{
			"patterns",
			[]registry.Entry{pattern("1", "a"), pattern("2", "A"), pattern("3", "b")},
			false,
			mail + "an address that matches one of these 3 patterns.",
			after + "an address that matches one of these 2 patterns. Mail from an address that only this pattern matches will be flagged.",
			"“Jane Smith” has 3 patterns already. This entry adds one more.",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := registry.Namesakes{Name: "Jane Smith", Entries: tt.entries, Partial: tt.partial}
			for _, said := range []struct{ what, got, want string }{
				{"as it is", words.Protected(n.Protection()), tt.protected},
				{"deleted", words.RemovalSummary(n.Removing(tt.entries[0])), tt.deleted},
				{"one more", words.AddingSummary(n.Adding("", false)), tt.adding},
			} {
				if said.got != said.want {
					t.Errorf("%s:\n%s\nwant\n%s", said.what, said.got, said.want)
				}
			}
		})
	}
	none := registry.Namesakes{Name: "Jane Smith"}
	if got := words.Protected(none.Protection()) + words.AddingSummary(none.Adding("", false)); got != "Nothing protects the name “Jane Smith”.No entry of “Jane Smith” was found: this is its first." {
		t.Error(got)
	}
}

func TestPatternRemark(t *testing.T) {
	for _, tt := range []struct {
		email   string
		isRegex bool
		want    string
	}{
		{`jane@example.com`, false, ""},
		{`^j.*@haldenvoss\.example$`, true, ""},
		{`^.*@haldenvoss\.example$`, true, "This matches everyone at haldenvoss.example."},
		{`^.+@.+$`, true, "This matches any address: the name is unprotected."},
		{`^.*@gmail\.com$`, true, "This matches anyone with a gmail.com address, which anyone can get."},
		{`gmail\.com$`, true, "If matching a part of an address is enough (Cloudflare does not say), this matches anyone with a gmail.com address, which anyone can get."},
		{`^jane@x\.example$y`, true, "This pattern matches nothing at all: no character can come before the beginning or after the end."},
		{`jane(`, true, "Invalid pattern: the group opened at character 5 is never closed."},
		{strings.Repeat("(", 600) + strings.Repeat(")", 600), true, ""},
	} {
		if got := words.PatternRemark(registry.Entry{Email: tt.email, IsEmailRegex: tt.isRegex}.CheckPattern(t.Context())); got != tt.want {
			t.Errorf("%.40s: %q, want %q", tt.email, got, tt.want)
		}
	}
}
