package registry

import (
	"context"

	"namesake/internal/javaregex"
	"namesake/internal/patterns"
)

// Review is what a form says about a draft that breaks no rule.
type Review struct {
	Warnings []Warning // the form asks to confirm these
	Hints    []Warning
	Findings []javaregex.Finding // of the pattern; those with javaregex.Danger are Warnings
	// Unchecked is true if there was no time to check the pattern.
	Unchecked bool
}

// Review returns what a form says about the fields of d that are in change; nil means all
// fields.
func (d Draft) Review(ctx context.Context, change Values) Review {
	withEmail := change.Changes(FieldEmail, FieldIsEmailRegex)
	a, err := d.AdviseFields(ctx, withEmail)
	a = a.Of(change)
	r := Review{Warnings: a.Warnings, Hints: a.Hints, Unchecked: err != nil}
	if !withEmail || !d.IsEmailRegex || r.Unchecked {
		return r
	}
	p, err := patterns.Compile(ctx, d.Email)
	if err != nil {
		r.Unchecked = busy(err) != nil
		return r
	}
	found, err := p.Findings(ctx)
	r.Unchecked = err != nil
	r.Findings = Filter(found, func(f javaregex.Finding) bool { return f.Severity != javaregex.Danger })
	return r
}
