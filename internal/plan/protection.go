package plan

import (
	"cmp"
	"slices"
	"time"

	"namesake/internal/registry"
)

// Protection is what a plan does to the protection of names, as the registry was at AsOf. It
// is stored as it is here.
type Protection struct {
	AsOf    time.Time    `json:"as_of"`
	Fault   *Fault       `json:"fault,omitempty"`   // why it could not be looked up
	Partial bool         `json:"partial,omitempty"` // names may have more entries than were found
	Names   []NameChange `json:"names,omitempty"`
	More    int          `json:"more,omitempty"` // names beyond those that are stored
}

// NameChange is what a plan does to the entries of one name.
type NameChange struct {
	Name    string  `json:"name"`
	Before  Senders `json:"before"`
	After   Senders `json:"after"`
	Added   int     `json:"added,omitempty"`   // entries that it gets
	Removed int     `json:"removed,omitempty"` // entries that it loses
	Email   string  `json:"email,omitempty"`   // the one address, or pattern, that is added or removed
}

// Senders counts what may use a name.
type Senders struct {
	Addresses int `json:"addresses,omitempty"`
	Patterns  int `json:"patterns,omitempty"`
}

// Sum returns how many addresses and patterns there are.
func (s Senders) Sum() int { return s.Addresses + s.Patterns }

// Effect sorts changes of names by how much they matter.
type Effect int

// The effects, the weightiest first.
const (
	Unprotects Effect = iota // no entry is left: the name is no longer protected
	Protects                 // the first entry: the name is protected from now on
	Widens                   // more may use the name
	Narrows                  // fewer may use the name
	Replaces                 // as many, but others
)

// Effect returns what the change means for the name.
func (n NameChange) Effect() Effect {
	before, after := n.Before.Sum(), n.After.Sum()
	switch {
	case before > 0 && after == 0:
		return Unprotects
	case before == 0 && after > 0:
		return Protects
	case after > before:
		return Widens
	case after < before:
		return Narrows
	}
	return Replaces
}

// maxNames is how many names are stored with a plan.
const maxNames = 500

// names collects the entries of the names that operations are about.
type names struct {
	order   []string // folded, as they were met
	spelled map[string]string
	entries map[string][]registry.Entry
	met     map[registry.ID]bool
}

func newNames(operations []Operation) *names {
	n := &names{spelled: map[string]string{}, entries: map[string][]registry.Entry{}, met: map[registry.ID]bool{}}
	for _, o := range operations {
		for _, v := range []registry.Values{o.Before, o.After} {
			if name := v.Draft().Name; name != "" && o.touches() {
				folded := registry.FoldName(name)
				if _, met := n.spelled[folded]; !met {
					n.spelled[folded] = name
					n.order = append(n.order, folded)
				}
			}
		}
	}
	return n
}

// touches reports whether the operation changes what may use a name.
func (o Operation) touches() bool {
	if o.State != OpWaiting {
		return false
	}
	a, b := o.Before.Draft(), o.After.Draft()
	return o.Kind != Edit || a.Name != b.Name || a.Email != b.Email || a.IsEmailRegex != b.IsEmailRegex
}

// add keeps an entry of the registry if its name matters.
func (n *names) add(e registry.Entry) {
	folded := registry.FoldName(e.Name)
	if _, matters := n.spelled[folded]; matters && !n.met[e.ID] {
		n.met[e.ID] = true
		n.entries[folded] = append(n.entries[folded], e)
	}
}

// changes returns what operations do to the names, the weightiest first.
func (n *names) changes(operations []Operation) []NameChange {
	gone := map[registry.ID]bool{}
	got := map[string][]registry.Entry{}
	lost := map[string][]registry.Entry{}
	for _, o := range operations {
		if !o.touches() {
			continue
		}
		if o.Kind != Create && o.Before != nil {
			e := entryWith(o.EntryID, o.Before)
			n.add(e) // a list that lags may not show it
			gone[o.EntryID] = true
			folded := registry.FoldName(e.Name)
			lost[folded] = append(lost[folded], e)
		}
		if o.After != nil {
			e := entryWith("", o.After)
			folded := registry.FoldName(e.Name)
			got[folded] = append(got[folded], e)
		}
	}
	var changes []NameChange
	for _, folded := range n.order {
		before := n.entries[folded]
		after := slices.DeleteFunc(slices.Clone(before), func(e registry.Entry) bool { return gone[e.ID] })
		after = append(after, got[folded]...)
		c := NameChange{Name: n.spelled[folded], Before: sendersOf(before), After: sendersOf(after), Added: len(got[folded]), Removed: len(lost[folded])}
		if one := slices.Concat(got[folded], lost[folded]); len(one) == 1 {
			c.Email = one[0].Email
		}
		if c.Before != c.After || c.Added > 0 && c.Removed > 0 {
			changes = append(changes, c)
		}
	}
	slices.SortStableFunc(changes, func(a, b NameChange) int { return cmp.Compare(a.Effect(), b.Effect()) })
	return changes
}

func entryWith(id registry.ID, v registry.Values) registry.Entry {
	d := v.Draft()
	return registry.Entry{ID: id, Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex, Provenance: d.Provenance}
}

func sendersOf(entries []registry.Entry) Senders {
	p := registry.Namesakes{Entries: entries}.Protection()
	return Senders{Addresses: len(p.Addresses), Patterns: len(p.Patterns)}
}
