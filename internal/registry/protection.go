package registry

import (
	"context"
	"errors"
	"slices"
	"strings"

	"namesake/internal/javaregex"
	"namesake/internal/patterns"
)

// Protection is what is known about how a name is protected. Cloudflare flags mail that
// shows the name unless it comes from one of the addresses, or from an address that a
// pattern matches. Without any address or pattern, the name is unprotected.
type Protection struct {
	Name      string
	Addresses []string // duplicates count once
	Patterns  []string
	Partial   bool // there may be more entries than were found
}

// None reports whether no address and no pattern is known.
func (p Protection) None() bool { return len(p.Addresses)+len(p.Patterns) == 0 }

// Protection returns how the entries of n protect the name.
func (n Namesakes) Protection() Protection {
	p := Protection{Name: n.Name, Partial: n.Partial}
	for i, e := range n.Entries {
		switch {
		case slices.ContainsFunc(n.Entries[:i], e.SameSender):
		case e.IsEmailRegex:
			p.Patterns = append(p.Patterns, e.Email)
		default:
			p.Addresses = append(p.Addresses, e.Email)
		}
	}
	return p
}

// Removal is the effect of deleting an entry on the protection of its name.
type Removal struct {
	Entry Entry
	After Protection
	// Unchanged is true when another entry has the same name and address.
	Unchanged bool
}

// Removing returns the effect of deleting e, which is one of n.
func (n Namesakes) Removing(e Entry) Removal {
	rest := n.Without(e.ID)
	return Removal{Entry: e, After: rest.Protection(), Unchanged: slices.ContainsFunc(rest.Entries, e.SameSender)}
}

// Addition is the effect of one more entry on the protection of a name.
type Addition struct {
	Before Protection
	// Duplicate is the address or pattern of an existing entry that is the same, "" if
	// there is none.
	Duplicate string
}

// Adding returns the effect of one more entry with that address or pattern; "" means that
// it is not known yet.
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

// maxResembling limits the number of other names in a message.
const maxResembling = 3

// Resembling returns the first few other names that look like n's.
func (n Namesakes) Resembling() []string {
	var names []string
	for _, e := range n.LookAlikes {
		if !slices.Contains(names, e.Name) && len(names) < maxResembling {
			names = append(names, e.Name)
		}
	}
	return names
}

// SameSender reports whether two entries have the same address or pattern.
func (e Entry) SameSender(other Entry) bool {
	return e.IsEmailRegex == other.IsEmailRegex && SameAddress(e.Email, other.Email, e.IsEmailRegex)
}

// PatternCheck is the result of checking the pattern of an entry. It is zero for an
// address, for a pattern without faults, and for a pattern that is nested too deeply to
// check.
type PatternCheck struct {
	Unchecked bool                   // not checked, for lack of time
	Refused   *javaregex.SyntaxError // why Java refuses it
	LetsIn    *javaregex.Finding     // why it matches strangers' addresses, or no address at all
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
