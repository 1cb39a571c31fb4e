package sandbox

import (
	"slices"
	"time"
)

// moment is when a change happens, and how long reads don't show it.
type moment struct {
	at                time.Time
	listLag, entryLag time.Duration
}

// shadow hides a change from reads for a while, which show the previous state.
type shadow struct {
	id               string
	old              *record // nil for an entry that is new
	inLists, inReads time.Time
}

func (s shadow) fromList() time.Time  { return s.inLists }
func (s shadow) fromEntry() time.Time { return s.inReads }

// shade hides the change of an entry as long as when says. The store is locked.
func (st *store) shade(id string, old *record, when moment) {
	if when.listLag > 0 || when.entryLag > 0 {
		st.shadows = append(st.shadows, shadow{id, old, when.at.Add(when.listLag), when.at.Add(when.entryLag)})
	}
}

// hidden returns what reads show in place of entries with hidden changes. until returns
// when a shadow ends. The store is locked.
func (st *store) hidden(now time.Time, until func(shadow) time.Time) map[string]*record {
	var hidden map[string]*record
	for _, s := range st.shadows {
		if !until(s).After(now) {
			continue
		}
		if hidden == nil {
			hidden = make(map[string]*record)
		}
		if _, earlier := hidden[s.id]; !earlier { // the first hides those that follow
			hidden[s.id] = s.old
		}
	}
	return hidden
}

// with returns the list with hidden in place of the entries of the same ids.
func (x *index) with(hidden map[string]*record) []*record {
	shown := &index{compare: x.compare, list: slices.DeleteFunc(slices.Clone(x.list), func(r *record) bool {
		_, hides := hidden[r.ID]
		return hides
	})}
	for _, old := range hidden {
		if old != nil {
			shown.insert(old)
		}
	}
	return shown.list
}
