package plans

import (
	"strconv"

	"namesake/internal/plan"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// How many names are listed at first, and in all.
const (
	firstNames = 8
	maxNames   = 100
)

// planNames says what a plan does to names; nil when that was not looked up, or is nothing.
func (s *Handlers) planNames(p plan.Plan) *templates.PlanNames {
	of := p.Protection
	if of == nil || of.Fault == nil && len(of.Names) == 0 {
		return nil
	}
	v := &templates.PlanNames{AsOf: of.AsOf}
	if of.Fault != nil {
		v.Fault = s.faultText(of.Fault)
		return v
	}
	if of.Partial {
		v.Note = "Not all entries could be read: a name may have more entries than were counted here."
	}
	for i, n := range of.Names {
		name := planName(n, of.Partial)
		switch {
		case i < firstNames:
			v.First = append(v.First, name)
		case i < maxNames:
			v.More = append(v.More, name)
		}
	}
	if rest := len(of.Names) + of.More - len(v.First) - len(v.More); rest > 0 {
		v.Rest = "For " + plural(rest, "more name", "more names") + " the addresses change. The operations below name them."
	}
	return v
}

// planName says what a plan does to one name.
func planName(n plan.NameChange, partial bool) templates.PlanName {
	name := "“" + web.Clip(n.Name) + "”"
	left := countSenders(n.After)
	switch n.Effect() {
	case plan.Unprotects:
		text := name + " is left without any entry: the name is no longer protected"
		if n.Removed > 0 && n.Added == 0 {
			text = removing(n.Removed) + " leaves " + name + " without any entry: the name is no longer protected"
		}
		if partial {
			text += ", unless it has an entry that was not found"
		}
		return templates.PlanName{Tone: templates.Bad, Mark: "!", Text: text + "."}
	case plan.Protects:
		from := "one of its " + plural(n.After.Sum(), "sender", "senders") + " (" + left + ")"
		switch {
		case n.Email != "" && n.After.Patterns > 0:
			from = "an address that matches " + web.Clip(n.Email)
		case n.Email != "":
			from = web.Clip(n.Email)
		}
		return templates.PlanName{Tone: templates.Good, Mark: "✓", Text: name + " gets its first entry: the name is protected from now on. Mail that shows it is flagged unless it comes from " + from + "."}
	case plan.Widens:
		return templates.PlanName{Tone: templates.Warn, Mark: "+", Text: "Adds " + moreSenders(n) + " for " + name + withEmail(n) + ": it then has " + left + "."}
	case plan.Narrows:
		return templates.PlanName{Tone: templates.Info, Mark: "−", Text: name + " keeps " + left + withoutEmail(n) + "."}
	case plan.Replaces:
	}
	return templates.PlanName{Tone: templates.Info, Mark: "≠", Text: name + " keeps " + left + ", but not the same."}
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
		return plural(more.Sum(), "more address or pattern", "more addresses or patterns")
	}
	var parts []string
	if more.Addresses > 0 {
		parts = append(parts, plural(more.Addresses, "more address", "more addresses"))
	}
	if more.Patterns > 0 {
		parts = append(parts, plural(more.Patterns, "more pattern", "more patterns"))
	}
	return joinAnd(parts)
}

func countSenders(s plan.Senders) string {
	var parts []string
	if s.Addresses > 0 {
		parts = append(parts, plural(s.Addresses, "address", "addresses"))
	}
	if s.Patterns > 0 {
		parts = append(parts, plural(s.Patterns, "pattern", "patterns"))
	}
	return joinAnd(parts)
}

func withEmail(n plan.NameChange) string {
	if n.Email == "" {
		return ""
	}
	return " (" + web.Clip(n.Email) + ")"
}

func withoutEmail(n plan.NameChange) string {
	if n.Email == "" {
		return ": mail from the others, which it loses, will be flagged"
	}
	if n.After.Patterns < n.Before.Patterns {
		return ": mail from an address that only " + web.Clip(n.Email) + " matches will be flagged"
	}
	return ": mail from " + web.Clip(n.Email) + " will be flagged"
}
