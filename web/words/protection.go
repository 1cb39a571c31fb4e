package words

import (
	"strconv"
	"strings"

	"namesake/internal/registry"
)

// Sentences on how a name is protected. They claim only what was checked: where entries may
// be missing, the sentence says so.

// Protected says from where mail may show the name.
func Protected(p registry.Protection) string {
	if p.None() {
		return unprotected(p)
	}
	return "Mail " + flaggedUnless(p) + orAnother(p) + "."
}

// StillProtected is Protected for the name of an entry that is being changed. only says that
// the name has no other entry.
func StillProtected(p registry.Protection, only bool) string {
	if p.None() {
		return unprotected(p)
	}
	sentence := "Now, mail " + flaggedUnless(p) + orAnother(p) + "."
	if only {
		sentence += " This is its only entry: under another name, nothing protects " + quoted(p.Name) + "."
	}
	return sentence
}

func unprotected(p registry.Protection) string {
	if p.Partial {
		return "No entry of " + quoted(p.Name) + " was found, but there may be some."
	}
	return "Nothing protects the name " + quoted(p.Name) + "."
}

func flaggedUnless(p registry.Protection) string {
	return "that shows " + quoted(p.Name) + " is flagged unless it comes from " + senders(p)
}

func orAnother(p registry.Protection) string {
	if p.Partial {
		return ", or from an address that was not found"
	}
	return ""
}

// RemovalSummary says what the deletion of an entry does to the protection of its name.
func RemovalSummary(r registry.Removal) string {
	p := r.After
	switch {
	case r.Unchanged:
		return "Deleting this entry changes nothing for mail: another entry has the same name and address."
	case p.None() && p.Partial:
		return "No other entry of " + quoted(p.Name) + " was found, but there may be some: if there is none, nothing protects the name after this deletion."
	case p.None():
		return "After this deletion nothing protects the name " + quoted(p.Name) + ": mail that shows it will no longer be flagged."
	}
	sentence := "After this deletion mail " + flaggedUnless(p) + orAnother(p) + "."
	switch {
	case r.Entry.IsEmailRegex:
		return sentence + " Mail from an address that only this pattern matches will be flagged."
	case len(p.Patterns) > 0:
		return sentence + " Mail from " + r.Entry.Email + " will be flagged, unless a pattern matches it."
	case p.Partial:
		return sentence
	}
	return sentence + " Mail from " + r.Entry.Email + " will be flagged."
}

// RemovalOfNameless is RemovalSummary for an entry without a name.
func RemovalOfNameless(e registry.Entry) string {
	return "After this deletion mail from " + e.Email + " is treated like any other mail: the entry has no name to protect."
}

// RemovalUnknown is RemovalSummary where the other entries of the name could not be read.
func RemovalUnknown(e registry.Entry) string {
	return "After this deletion mail that shows " + quoted(e.Name) + " from " + e.Email +
		" will be flagged if other entries protect the name. If this is its only entry, the name is no longer protected."
}

// AddingSummary says what one more entry means for the protection of its name.
func AddingSummary(a registry.Addition) string {
	p := a.Before
	switch {
	case a.Duplicate != "":
		sentence := quoted(p.Name) + " has " + a.Duplicate + " already: a second entry has no effect."
		if len(p.Addresses)+len(p.Patterns) > 1 {
			sentence += " In all it has " + countSenders(p) + "."
		}
		return sentence
	case p.None() && p.Partial:
		return unprotected(p)
	case p.None():
		return "No entry of " + quoted(p.Name) + " was found: this is its first."
	case p.Partial:
		return quoted(p.Name) + " has at least " + countSenders(p) + " already. This entry adds one more."
	}
	return quoted(p.Name) + " has " + countSenders(p) + " already. This entry adds one more."
}

// Resembling says which protected names a name looks like.
func Resembling(names []string) string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = quoted(name)
	}
	return "It looks like " + strings.Join(list, " and ") + ", which the registry protects, but is a different name to a mail filter."
}

// countSenders counts addresses and patterns.
func countSenders(p registry.Protection) string {
	var parts []string
	if n := len(p.Addresses); n > 0 {
		parts = append(parts, Count(n, "address", "addresses"))
	}
	if n := len(p.Patterns); n > 0 {
		parts = append(parts, Count(n, "pattern", "patterns"))
	}
	return And(parts...)
}

// senders says where mail may come from. A single one is named, more are counted, for a list
// beside the sentence.
func senders(p registry.Protection) string {
	addresses, patterns := len(p.Addresses), len(p.Patterns)
	from, matching := "", ""
	switch {
	case addresses == 1 && patterns == 0:
		from = p.Addresses[0]
	case addresses == 1:
		from = "this address"
	case addresses > 1:
		from = "one of these " + strconv.Itoa(addresses) + " addresses"
	}
	switch {
	case patterns == 1 && addresses == 0:
		matching = "an address that matches " + p.Patterns[0]
	case patterns == 1:
		matching = "one that matches this pattern"
	case patterns > 1 && addresses == 0:
		matching = "an address that matches one of these " + strconv.Itoa(patterns) + " patterns"
	case patterns > 1:
		matching = "one that matches one of these " + strconv.Itoa(patterns) + " patterns"
	}
	if from != "" && matching != "" {
		return from + " or from " + matching
	}
	return from + matching
}
