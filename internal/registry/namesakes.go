package registry

import (
	"slices"
)

// NameGroup is the entries of one name.
type NameGroup struct {
	Name    string // in the spelling of its first entry
	Entries []Entry
}

// GroupByName groups entries by name. Names and entries keep the order in which they
// appear. Entries of one name need not be neighbours, since the API compares names by its
// own rules.
func GroupByName(entries []Entry) []NameGroup {
	var groups []NameGroup
	at := make(map[string]int)
	for _, e := range entries {
		name := FoldName(e.Name)
		i, met := at[name]
		if !met {
			i = len(groups)
			at[name] = i
			groups = append(groups, NameGroup{Name: e.Name})
		}
		groups[i].Entries = append(groups[i].Entries, e)
	}
	return groups
}

// Namesakes are the entries of one name that one look-up found.
type Namesakes struct {
	Name    string
	Entries []Entry
	// Partial is true when the look-up may have missed entries.
	Partial bool
	// LookAlikes are entries of other names that look like this one, as far as the look-up
	// has seen them.
	LookAlikes []Entry
}

// Without returns n without the entry id.
func (n Namesakes) Without(id ID) Namesakes {
	n.Entries = slices.DeleteFunc(slices.Clone(n.Entries), func(e Entry) bool { return e.ID == id })
	return n
}
