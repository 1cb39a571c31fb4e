package plan

import (
	"cmp"
	"slices"
	"time"

	"namesake/internal/registry"
)

// Protection is what a plan does to the protection of names, with the registry as it was at
// AsOf. It is stored in this form.
type Protection struct {
	AsOf    time.Time    `json:"as_of"`
	Fault   *Fault       `json:"fault,omitempty"`   // why it could not be determined
	Partial bool         `json:"partial,omitempty"` // names may have more entries than were found
	Overdue bool         `json:"overdue,omitempty"` // the registry should have been read again by then
	Names   []NameChange `json:"names,omitempty"`
	More    int          `json:"more,omitempty"` // number of further names, which are not stored
}

// NameChange is what a plan does to the entries of one name.
type NameChange struct {
	Name    string  `json:"name"`
	Before  Senders `json:"before"`
	After   Senders `json:"after"`
	Added   int     `json:"added,omitempty"`   // number of entries created
	Removed int     `json:"removed,omitempty"` // number of entries deleted
	Email   string  `json:"email,omitempty"`   // the one address, or pattern, that is added or removed
}

// Senders counts the addresses and patterns that may use a name.
type Senders struct {
	Addresses int `json:"addresses,omitempty"`
	Patterns  int `json:"patterns,omitempty"`
}

// Sum returns the number of addresses and patterns.
func (s Senders) Sum() int { return s.Addresses + s.Patterns }

// Effect classifies changes of names by importance.
type Effect int

// The effects, the most important first.
const (
	Unprotects Effect = iota // no entry is left: the name loses its protection
	Protects                 // the first entry: the name gets its protection
	Widens                   // more may use the name
	Narrows                  // fewer may use the name
	Replaces                 // as many, but different ones
)

// Effect returns the effect of the change on the name.
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

// maxNames is the number of names stored with a plan.
const maxNames = 500

// names collects the entries of the names of operations.
type names struct {
	order   []string // folded, in the order of the operations
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

// touches reports whether the operation changes which senders may use a name.
func (o Operation) touches() bool {
	if o.State != OpWaiting {
		return false
	}
	a, b := o.Before.Draft(), o.After.Draft()
	return o.Kind != Edit || a.Name != b.Name || a.Email != b.Email || a.IsEmailRegex != b.IsEmailRegex
}

// add adds an entry of the registry if one of the operations is about its name.
func (n *names) add(e registry.Entry) {
	folded := registry.FoldName(e.Name)
	if _, matters := n.spelled[folded]; matters && !n.met[e.ID] {
		n.met[e.ID] = true
		n.entries[folded] = append(n.entries[folded], e)
	}
}

// changes returns what the operations do to the names, the most important first.
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
			n.add(e) // a lagging list may omit it
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
