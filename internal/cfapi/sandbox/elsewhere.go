package sandbox

import (
	"fmt"
	"maps"
	"math/rand/v2"
)

// Elsewhere are changes that someone else makes, of random entries. They follow neither
// permissions nor faults, and are not among the calls.
type Elsewhere struct {
	Create int `json:"create,omitempty"`
	Edit   int `json:"edit,omitempty"`
	Delete int `json:"delete,omitempty"`
}

// EditedElsewhere starts the comments of entries that ChangeElsewhere has edited.
const EditedElsewhere = "edited elsewhere "

// ChangeElsewhere makes changes as someone else would. pick returns a random number below
// n, which is more than 0; nil picks at random.
func (s *Sandbox) ChangeElsewhere(c Elsewhere, pick func(n int) int) {
	if pick == nil {
		pick = rand.IntN
	}
	for range c.Create {
		n := pick(1_000_000)
		e := s.Add(Entry{Name: fmt.Sprint("Elsewhere ", n), Email: fmt.Sprintf("elsewhere.%d@%s", n, company), Provenance: provenances[n%len(provenances)]})
		s.noteElsewhere(e.ID)
	}
	for range c.Edit {
		comments := fmt.Sprint(EditedElsewhere, pick(1_000_000))
		s.pickElsewhere(pick, func(id string) bool {
			_, _, ok := s.store.update(id, s.moment(), func(e *Entry) *answer {
				e.Comments = &comments
				return nil
			})
			return ok
		})
	}
	for range c.Delete {
		s.pickElsewhere(pick, func(id string) bool {
			_, ok := s.store.remove(id, s.moment(), func(Entry) *answer { return nil })
			return ok
		})
	}
}

// pickElsewhere makes a change of a random entry.
func (s *Sandbox) pickElsewhere(pick func(n int) int, change func(id string) bool) {
	all := s.Entries()
	if len(all) == 0 {
		return
	}
	if id := all[pick(len(all))].ID; change(id) {
		s.noteElsewhere(id)
	}
}

func (s *Sandbox) noteElsewhere(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.elsewhere == nil {
		s.elsewhere = make(map[string]int)
	}
	s.elsewhere[id]++
}

// Changes returns how many changes of entries anyone has made, by calls or directly.
func (s *Sandbox) Changes() int {
	s.land()
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	return s.store.changes
}

// ChangedElsewhere returns how often ChangeElsewhere and faults have changed each entry.
func (s *Sandbox) ChangedElsewhere() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.elsewhere)
}
