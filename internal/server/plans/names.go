package plans

import (
	"namesake/internal/plan"
	"namesake/web/templates"
	"namesake/web/words"
)

// How many names are listed at first, and in all.
const (
	firstNames = 8
	maxNames   = 100
)

// planNames says what a plan does to names; nil when that was not looked up, or is nothing.
func (s *Handlers) planNames(p plan.Plan) *templates.PlanNames {
	of := p.Protection
	if of == nil || of.Fault == nil && !of.Partial && len(of.Names) == 0 {
		return nil
	}
	v := &templates.PlanNames{AsOf: of.AsOf}
	if of.Fault != nil {
		v.Fault = s.faultText(of.Fault)
		return v
	}
	if of.Partial {
		v.Note = words.PartialNames()
	}
	for i, n := range of.Names {
		name := effectMarks[n.Effect()]
		name.Text = words.NameChange(n, of.Partial)
		if n.Effect() == plan.Unprotects {
			if v.Unprotected = append(v.Unprotected, n.Name); i >= firstNames {
				continue // named above already
			}
		}
		switch {
		case i < firstNames:
			v.First = append(v.First, name)
		case i < maxNames:
			v.More = append(v.More, name)
		}
	}
	if n := len(v.Unprotected); n > 0 {
		v.Danger = words.Unprotected(n, of.Partial, p.State == plan.Draft || p.State == plan.Listing)
		v.Unprotected = v.Unprotected[:min(n, maxNames)]
	}
	if rest := len(of.Names) + of.More - len(v.First) - len(v.More) - max(0, unprotected(of.Names)-firstNames); rest > 0 {
		v.Rest = words.MoreNames(rest)
	}
	return v
}

// unprotected is the number of names that lose all protection.
func unprotected(names []plan.NameChange) (n int) {
	for _, name := range names {
		if name.Effect() == plan.Unprotects {
			n++
		}
	}
	return n
}

// effectMarks are how pages mark what a plan does to a name.
var effectMarks = map[plan.Effect]templates.PlanName{
	plan.Unprotects: {Tone: templates.Bad, Mark: "!"},
	plan.Protects:   {Tone: templates.Good, Mark: "✓"},
	plan.Widens:     {Tone: templates.Warn, Mark: "+"},
	plan.Narrows:    {Tone: templates.Info, Mark: "−"},
	plan.Replaces:   {Tone: templates.Info, Mark: "≠"},
}

// stateTones are the tones of the badges of operations.
var stateTones = map[plan.OperationState]templates.Tone{
	plan.OpWaiting: templates.Info, plan.OpDone: templates.Good, plan.OpUnchanged: templates.Info, plan.OpSkipped: templates.Warn,
	plan.OpRefused: templates.Bad, plan.OpFailed: templates.Bad, plan.OpUnknown: templates.Warn,
}
