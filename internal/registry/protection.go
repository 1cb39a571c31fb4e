package registry

import (
	"context"
	"errors"
	"slices"
	"strings"

	"namesake/internal/javaregex"
	"namesake/internal/patterns"
)

// Protection is what is known of how a name is protected: mail that shows it is flagged
// unless it comes from one of the addresses, or from an address that a pattern matches.
// Without any of them nothing protects the name.
type Protection struct {
	Name      string
	Addresses []string // duplicates count once
	Patterns  []string
	Partial   bool // there may be more, which were not found
}

// None reports whether no address and no pattern is known.
func (p Protection) None() bool { return len(p.Addresses)+len(p.Patterns) == 0 }

// Protection returns how the entries of n protect the name.
func (n Namesakes) Protection() Protection {
	p := Protection{Name: n.Name, Partial: n.Partial}
	for i, e := range n.Entries {
		switch {
		case slices.ContainsFunc(n.Entries[:i], e.sameSender):
		case e.IsEmailRegex:
			p.Patterns = append(p.Patterns, e.Email)
		default:
			p.Addresses = append(p.Addresses, e.Email)
		}
	}
	return p
}

// Removal is what the deletion of an entry does to the protection of its name.
type Removal struct {
	Entry Entry
	After Protection
	// Unchanged is true when another entry has the same name and address.
	Unchanged bool
}

// Removing returns what the deletion of e, one of n, does.
func (n Namesakes) Removing(e Entry) Removal {
	rest := n.Without(e.ID)
	return Removal{Entry: e, After: rest.Protection(), Unchanged: slices.ContainsFunc(rest.Entries, e.sameSender)}
}

// Addition is what one more entry does to the protection of a name.
type Addition struct {
	Before Protection
	// Duplicate is the address, or the pattern, of an entry that has the same one already,
	// "" for none.
	Duplicate string
}

// Adding returns what one more entry with an address or a pattern does, "" for one that is
// not known yet.
func (n Namesakes) Adding(email string, isRegex bool) Addition {
	a := Addition{Before: n.Protection()}
	email = strings.TrimSpace(email)
	same := slices.IndexFunc(n.Entries, func(e Entry) bool {
		return e.IsEmailRegex == isRegex && SameAddress(e.Email, email, isRegex)
	})
	if email != "" && same >= 0 {
		a.Duplicate = n.Entries[same].Email
	}
	return a
}

// maxResembling is how many other names are told of.
const maxResembling = 3

// Resembling returns other names that look like n's, the first few of those that were seen.
func (n Namesakes) Resembling() []string {
	var names []string
	for _, e := range n.LookAlikes {
		if !slices.Contains(names, e.Name) && len(names) < maxResembling {
			names = append(names, e.Name)
		}
	}
	return names
}

func (e Entry) sameSender(other Entry) bool {
	return e.IsEmailRegex == other.IsEmailRegex && SameAddress(e.Email, other.Email, e.IsEmailRegex)
}

// PatternCheck is what was found out about the pattern of an entry; all of it is zero for
// an address, for a pattern without faults, and for one that is too deeply nested to check.
type PatternCheck struct {
	Unchecked bool                   // there was no time
	Refused   *javaregex.SyntaxError // by Java
	LetsIn    *javaregex.Finding     // people whom it should not, or nobody at all
}

// CheckPattern checks the pattern of an entry.
func (e Entry) CheckPattern(ctx context.Context) (c PatternCheck) {
	if !e.IsEmailRegex {
		return c
	}
	found, ok, err := patterns.LetsIn(ctx, e.Email)
	var busy *patterns.BusyError
	switch {
	case errors.As(err, &busy):
		c.Unchecked = true
	case errors.As(err, &c.Refused), err != nil:
	case ok:
		c.LetsIn = &found
	}
	return c
}
