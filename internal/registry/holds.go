package registry

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"namesake/internal/javaregex"
	"namesake/internal/patterns"
)

// These functions say in one sentence what holds for a name. They claim no more than
// was looked up: where entries may have been overlooked the sentence says so.

// Holds says from where mail may show the name, as things are.
func (n Namesakes) Holds() string {
	if len(n.Entries) == 0 {
		if n.Partial {
			return "No entry of “" + n.Name + "” was found, but there may be some."
		}
		return "Nothing protects the name “" + n.Name + "”."
	}
	sentence := "Mail that shows “" + n.Name + "” is flagged unless it comes from " + n.senders()
	if n.Partial {
		sentence += ", or from another one that was not found"
	}
	return sentence + "."
}

// WithoutEntry says what holds after e, one of n, is deleted.
func (n Namesakes) WithoutEntry(e Entry) string {
	rest := n.Without(e.ID)
	stays := slices.ContainsFunc(rest.Entries, e.sameSender)
	patterns := slices.ContainsFunc(rest.Entries, func(o Entry) bool { return o.IsEmailRegex })
	switch {
	case stays:
		return "After this deletion all stays as it is: another entry has the same name and address."
	case len(rest.Entries) == 0 && n.Partial:
		return "No other entry of “" + n.Name + "” was found, but there may be some: if there is none, nothing protects the name after this deletion."
	case len(rest.Entries) == 0:
		return "After this deletion nothing protects the name “" + n.Name + "”: mail that shows it is flagged no more, wherever it comes from."
	}
	sentence := "After this deletion mail that shows “" + n.Name + "” is flagged unless it comes from " + rest.senders()
	if n.Partial {
		sentence += ", or from another one that was not found"
	}
	switch {
	case e.IsEmailRegex:
		return sentence + ". Mail from an address that only this pattern matches is flagged then."
	case patterns:
		return sentence + ". Mail from " + e.Email + " is flagged then, unless a pattern matches it."
	case n.Partial:
		return sentence + "."
	}
	return sentence + ". Mail from " + e.Email + " is flagged then."
}

// Joins says what one more entry means for the name that n are the entries of.
func (n Namesakes) Joins() string {
	addresses, patterns := n.count()
	switch {
	case addresses+patterns == 0 && n.Partial:
		return "No entry of “" + n.Name + "” was found, but there may be some."
	case addresses+patterns == 0:
		return "No entry of “" + n.Name + "” was found: this one would be its first."
	case n.Partial:
		return "“" + n.Name + "” has at least " + kinds(addresses, patterns) + " already. This entry is one more exception."
	}
	return "“" + n.Name + "” has " + kinds(addresses, patterns) + " already. This entry is one more exception."
}

// JoinsWith is Joins for an entry with an address or a pattern, which the name may have
// already; "" for none yet.
func (n Namesakes) JoinsWith(email string, isRegex bool) string {
	email = strings.TrimSpace(email)
	is := slices.IndexFunc(n.Entries, func(e Entry) bool {
		return e.IsEmailRegex == isRegex && SameAddress(e.Email, email, isRegex)
	})
	if email == "" || is < 0 {
		return n.Joins()
	}
	sentence := "“" + n.Name + "” has " + n.Entries[is].Email + " already: one more entry for it would change nothing."
	if addresses, patterns := n.count(); addresses+patterns > 1 {
		sentence += " In all it has " + kinds(addresses, patterns) + "."
	}
	return sentence
}

// Resembles says which other names look like n's, "" when none was seen.
func (n Namesakes) Resembles() string {
	var names []string
	for _, e := range n.LookAlikes {
		if name := "“" + e.Name + "”"; !slices.Contains(names, name) && len(names) < 3 {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "It looks like " + strings.Join(names, " and ") + ", which the registry protects, but is another name to a program."
}

// kinds counts addresses and patterns in words.
func kinds(addresses, patterns int) string {
	var parts []string
	for _, of := range []struct {
		n         int
		one, many string
	}{{addresses, "address", "addresses"}, {patterns, "pattern", "patterns"}} {
		switch of.n {
		case 0:
		case 1:
			parts = append(parts, "1 "+of.one)
		default:
			parts = append(parts, strconv.Itoa(of.n)+" "+of.many)
		}
	}
	return strings.Join(parts, " and ")
}

// senders says where mail may come from. A single one is named, more are counted, for
// a list that stands beside the sentence.
func (n Namesakes) senders() string {
	addresses, patterns := n.count()
	from, matching := "", ""
	switch {
	case addresses == 1 && patterns == 0:
		from = n.Entries[0].Email
	case addresses == 1:
		from = "this address"
	case addresses > 1:
		from = "one of these " + strconv.Itoa(addresses) + " addresses"
	}
	switch {
	case patterns == 1 && addresses == 0:
		matching = "an address that matches " + n.Entries[0].Email
	case patterns == 1:
		matching = "one that matches this pattern"
	case patterns > 1 && addresses == 0:
		matching = "an address that matches one of these " + strconv.Itoa(patterns) + " patterns"
	case patterns > 1:
		matching = "one that matches one of these " + strconv.Itoa(patterns) + " patterns"
	}
	if from != "" && matching != "" {
		return from + " or from " + matching
	}
	return from + matching
}

// count counts the addresses and patterns of n, exact twins once.
func (n Namesakes) count() (addresses, patterns int) {
	for i, e := range n.Entries {
		switch {
		case slices.ContainsFunc(n.Entries[:i], e.sameSender):
		case e.IsEmailRegex:
			patterns++
		default:
			addresses++
		}
	}
	return addresses, patterns
}

func (e Entry) sameSender(other Entry) bool {
	return e.IsEmailRegex == other.IsEmailRegex && SameAddress(e.Email, other.Email, e.IsEmailRegex)
}

// Remark says what there is to say of the pattern of an entry: that Java refuses it, or
// lets in by it whom it should not, or that it was not looked at; "" for nothing.
func (e Entry) Remark(ctx context.Context) string {
	if !e.IsEmailRegex {
		return ""
	}
	found, _, err := patterns.LetsIn(ctx, e.Email)
	var refused *javaregex.SyntaxError
	var busy *patterns.BusyError
	switch {
	case errors.As(err, &busy):
		return "This pattern was not checked, for lack of time: load the page again in a moment."
	case errors.As(err, &refused):
		return "Java refuses this pattern: " + refused.Message + "."
	case err != nil:
		return ""
	}
	return found.Message
}
