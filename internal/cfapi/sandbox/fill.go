package sandbox

import (
	"fmt"
	"time"

	"github.com/google/uuid"
)

// entrySpace derives the ids of demo and generated entries from their number, so that
// links to them stay valid after a restart.
var entrySpace = uuid.MustParse("6f0f6a0e-5d1b-4c57-9a53-3f6f0c1e7a10")

func fixedID(kind string, n int) string {
	return uuid.NewSHA1(entrySpace, fmt.Appendf(nil, "%s %d", kind, n)).String()
}

var (
	givenNames = []string{
		"Amara", "Benedikt", "Chiara", "Daniel", "Elif", "Fatima", "Giorgos", "Hanna", "Ivan", "Jun",
		"Katya", "Luis", "Mei", "Noor", "Oskar", "Priya", "Quentin", "Rosa", "Sven", "Tomoko",
	}
	familyNames = []string{
		"Adeyemi", "Bauer", "Costa", "Dubois", "Eriksen", "Ferrari", "Garcia", "Haddad", "Ito", "Jansen",
		"Kowalski", "Lindqvist", "Moreau", "Novak", "Okafor", "Petrov", "Quinn", "Rossi", "Singh", "Tanaka",
		"Ueda", "Varga", "Weber",
	}
)

// Fill adds generated entries until the registry holds n, and returns how many it added.
// It generates the same ones in the same order each time.
func (s *Sandbox) Fill(n int) int {
	now := timestamp(s.opts.Now())
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	var added []Entry
	for i := 0; len(s.store.byID)+len(added) < n; i++ {
		if e := generated(i, now); s.store.byID[e.ID] == nil {
			added = append(added, e)
		}
	}
	s.store.load(added)
	return len(added)
}

func generated(i int, now time.Time) Entry {
	given, family := givenNames[i%len(givenNames)], familyNames[i/len(givenNames)%len(familyNames)]
	// Steps of a prime number spread the times over the year in no visible order.
	created := now.Add(-time.Duration(i*7919%(365*24*60)) * time.Minute)
	e := Entry{
		ID:         fixedID("generated", i),
		Name:       given + " " + family,
		Email:      fmt.Sprintf("%s.%s.%d@%s", lower(given), lower(family), i, company),
		Provenance: provenances[i%len(provenances)],
		CreatedAt:  created,
		ModifiedAt: created,
	}
	if e.Synced() {
		e.DirectoryID, e.DirectoryNodeID = new(int64(i%3+1)), new(int64(100_000+i))
	}
	return e
}
