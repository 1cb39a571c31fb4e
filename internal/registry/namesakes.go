package registry

import (
	"slices"
)

// NameGroup is the entries of one name.
type NameGroup struct {
	Name    string // as the first of them spells it
	Entries []Entry
}

// GroupByName puts the entries of one name together. Names stand in the order in which
// they are first met, and so do the entries of each: entries of one name need not be
// neighbours, since the API sorts by its own idea of what is equal.
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

// Namesakes are the entries of one name, as one look-up found them.
type Namesakes struct {
	Name    string
	Entries []Entry
	// Partial is true when the look-up can't have seen all of them, or can't have
	// worked as it should.
	Partial bool
	// LookAlikes are entries of other names that look like this one, among those that
	// the look-up has seen.
	LookAlikes []Entry
}

// Without returns n less the entry id.
func (n Namesakes) Without(id ID) Namesakes {
	n.Entries = slices.DeleteFunc(slices.Clone(n.Entries), func(e Entry) bool { return e.ID == id })
	return n
}
