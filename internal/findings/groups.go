package findings

import (
	"context"
	"strconv"

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
	ofPerson                    // entries whose names may be one person's
	ofDomain                    // addresses at one domain
	ofLook                      // entries whose names may look alike, in the first of several ways
)

// groupsOf returns the groups of an entry.
func groupsOf(s *subject) []group {
	if s.folded == "" {
		return []group{{ofNameless, string(s.ID)}}
	}
	groups := make([]group, 0, 3+len(s.look))
	groups = append(groups, group{ofName, s.folded})
	if person, _ := personOf(s.folded); person != "" {
		groups = append(groups, group{ofPerson, person})
	}
	if s.domain != "" {
		groups = append(groups, group{ofDomain, s.domain})
	}
	for i, hash := range s.look {
		groups = append(groups, group{ofLook + groupKind(i), strconv.FormatUint(uint64(hash), 36)})
	}
	return groups
}

// judgeMembers judges the members of a group, which are in the order of the registry. It returns
// a *patterns.BusyError if there was no time for a part.
func judgeMembers(ctx context.Context, kind groupKind, members []*subject, now *situation) (found []Finding, err error) {
	if kind == ofName || kind == ofNameless {
		for _, s := range members {
			found = append(found, judgeEntry(s, now)...)
		}
	}
	beside, err := judgeBeside(ctx, kind, members, now)
	return append(found, beside...), err
}

// judgeBeside is judgeMembers without what is wrong with each member by itself.
func judgeBeside(ctx context.Context, kind groupKind, members []*subject, now *situation) (found []Finding, err error) {
	switch kind {
	case ofNameless:
		return nil, nil
	case ofName:
		for _, rule := range nameRules {
			found = append(found, rule(members, now)...)
		}
		of, err := covered(ctx, members, now)
		return append(found, of...), err
	case ofPerson:
		return samePerson(ctx, members)
	case ofDomain:
		return spoofableDomain(members, now), nil
	}
	return lookAlikeNames(kind, members), nil
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
