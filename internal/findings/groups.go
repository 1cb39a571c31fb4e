package findings

import (
	"namesake/internal/registry"
)

// group names entries that are judged beside each other.
type group struct {
	kind groupKind
	text string
}

type groupKind uint8

const (
	ofName     groupKind = iota // entries of one name
	ofNameless                  // an entry without a name, which protects nothing
)

// groupsOf returns the groups of an entry.
func groupsOf(s *subject) []group {
	if s.folded == "" {
		return []group{{ofNameless, string(s.ID)}}
	}
	return []group{{ofName, s.folded}}
}

// judgeMembers judges the members of a group, which are in the order of the registry.
func judgeMembers(kind groupKind, members []*subject, now *situation) (found []Finding) {
	switch kind {
	case ofNameless:
		for _, s := range members {
			found = append(found, judgeEntry(s, now)...)
		}
	case ofName:
		for _, s := range members {
			found = append(found, judgeEntry(s, now)...)
		}
		for _, rule := range nameRules {
			found = append(found, rule(members, now)...)
		}
	}
	return found
}

// judgeEntry judges an entry by itself.
func judgeEntry(s *subject, now *situation) (found []Finding) {
	for _, rule := range entryRules {
		if f, ok := rule(s, now); ok {
			f.Name, f.Entries = s.Name, []registry.ID{s.ID}
			found = append(found, f)
		}
	}
	return found
}
