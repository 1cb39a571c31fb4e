package sandbox

import (
	"fmt"
	"math/rand/v2"
)

// Elsewhere are changes that someone else makes, of random entries, right after a call is
// answered. They follow neither permissions nor faults, and are not among the calls.
type Elsewhere struct {
	Create int `json:"create,omitempty"`
	Edit   int `json:"edit,omitempty"`
	Delete int `json:"delete,omitempty"`
}

// ChangeElsewhere makes changes as someone else would. pick returns a random number below
// n, which is more than 0; nil picks at random.
func (s *Sandbox) ChangeElsewhere(c Elsewhere, pick func(n int) int) {
	if pick == nil {
		pick = rand.IntN
	}
	for range c.Create {
		n := pick(1_000_000)
		s.Add(Entry{Name: fmt.Sprint("Elsewhere ", n), Email: fmt.Sprintf("elsewhere.%d@%s", n, company), Provenance: provenances[n%len(provenances)]})
	}
	for range c.Edit {
		if all := s.Entries(); len(all) > 0 {
			comments := fmt.Sprint("edited elsewhere ", pick(1_000_000))
			s.store.update(all[pick(len(all))].ID, s.moment(), func(e *Entry) *answer {
				e.Comments = &comments
				return nil
			})
		}
	}
	for range c.Delete {
		if all := s.Entries(); len(all) > 0 {
			s.store.remove(all[pick(len(all))].ID, s.moment(), func(Entry) *answer { return nil })
		}
	}
}
