package words

import (
	"strconv"
	"strings"
	"time"

	"namesake/internal/plan"
)

// NameChange says what a plan does to a name. partial says that the name may have entries
// that were not found.
func NameChange(n plan.NameChange, partial bool) string {
	name := quoted(Clip(n.Name))
	left := countOf(n.After)
	unless := ""
	if partial {
		unless = ", unless it has an entry that was not found"
	}
	switch n.Effect() {
	case plan.Unprotects:
		text := name + " is left without any entry: the name is no longer protected"
		if n.Removed > 0 && n.Added == 0 {
			text = removing(n.Removed) + " leaves " + name + " without any entry: the name is no longer protected"
		}
		return text + unless + "."
	case plan.Protects:
		from := "one of its " + Count(n.After.Sum(), "sender", "senders") + " (" + left + ")"
		switch {
		case n.Email != "" && n.After.Patterns > 0:
			from = "an address that matches " + Clip(n.Email)
		case n.Email != "":
			from = Clip(n.Email)
		}
		return name + " gets its first entry" + unless + ": the name is protected from now on. Mail that shows it is flagged unless it comes from " + from + "."
	case plan.Widens:
		return "Adds " + moreSenders(n) + " for " + name + withEmail(n) + ": it then has " + left + "."
	case plan.Narrows:
		return name + " keeps " + left + withoutEmail(n) + "."
	case plan.Replaces:
	}
	return name + " keeps " + left + ", but not the same."
}

// Unprotected says how many names a plan leaves without any entry, before their list.
func Unprotected(n int, partial, ahead bool) string {
	text := Count(n, "name loses", "names lose") + " all protection"
	if !ahead {
		text = "With this plan, " + strings.ToLower(text[:1]) + text[1:]
	}
	if partial {
		text += ", unless an entry was not found"
	}
	return text
}

// PartialNames says that not all entries could be compared with a plan.
func PartialNames() string {
	return "Not all entries of the registry could be read. A name may have more entries than were counted here, and more names may be affected."
}

// OldCopy says what a plan may lack that was made from a registry which was last read at asOf.
func OldCopy(asOf, made time.Time) string {
	return "The registry was last read at " + clockTime(asOf, made.Sub(asOf)) + ". Entries that were created elsewhere since then are not in the plan, and entries that have changed since then are skipped. To include them, refresh the list and make the plan again."
}

// MoreNames says that a plan changes more names than are listed.
func MoreNames(n int) string {
	return "The plan changes the addresses of " + Count(n, "more name", "more names") + ". The operations below name them."
}

func removing(n int) string {
	if n == 1 {
		return "Removing this entry"
	}
	return "Removing these " + strconv.Itoa(n) + " entries"
}

// moreSenders says how many more addresses and patterns a name gets.
func moreSenders(n plan.NameChange) string {
	more := plan.Senders{Addresses: n.After.Addresses - n.Before.Addresses, Patterns: n.After.Patterns - n.Before.Patterns}
	if more.Addresses < 0 || more.Patterns < 0 {
		return Count(more.Sum(), "more address or pattern", "more addresses or patterns")
	}
	var parts []string
	if more.Addresses > 0 {
		parts = append(parts, Count(more.Addresses, "more address", "more addresses"))
	}
	if more.Patterns > 0 {
		parts = append(parts, Count(more.Patterns, "more pattern", "more patterns"))
	}
	return And(parts...)
}

func countOf(s plan.Senders) string {
	var parts []string
	if s.Addresses > 0 {
		parts = append(parts, Count(s.Addresses, "address", "addresses"))
	}
	if s.Patterns > 0 {
		parts = append(parts, Count(s.Patterns, "pattern", "patterns"))
	}
	return And(parts...)
}

func withEmail(n plan.NameChange) string {
	if n.Email == "" {
		return ""
	}
	return " (" + Clip(n.Email) + ")"
}

func withoutEmail(n plan.NameChange) string {
	unless := ""
	if n.After.Patterns > 0 {
		unless = ", unless one of its patterns matches"
	}
	switch {
	case n.Email == "":
		return ": mail from the others, which it loses, will be flagged" + unless
	case n.After.Patterns < n.Before.Patterns:
		return ": mail from an address that only " + Clip(n.Email) + " matches will be flagged"
	}
	return ": mail from " + Clip(n.Email) + " will be flagged" + unless
}
