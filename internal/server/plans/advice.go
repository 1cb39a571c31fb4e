package plans

import (
	"context"
	"time"

	"namesake/internal/javaregex"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// adviseTimeout is how long the operations of a page are checked. The rows of the others say
// that they were not.
const adviseTimeout = 2 * time.Second

// adviseRows adds to the rows of operations that wait what the form of an entry would say
// about their values.
func adviseRows(ctx context.Context, operations []plan.Operation, rows []templates.PlanRow) {
	ctx, cancel := context.WithTimeout(ctx, adviseTimeout)
	defer cancel()
	for i, o := range operations {
		if o.State == plan.OpWaiting && o.Kind != plan.Delete {
			rows[i].Advice = operationAdvice(ctx, o)
		}
	}
}

func operationAdvice(ctx context.Context, o plan.Operation) (advice []templates.PlanAdvice) {
	d := o.After.Draft()
	var change registry.Values // nil: all fields are new
	if o.Kind == plan.Edit {
		change = o.Before.Diff(d)
	}
	r := d.Review(ctx, change)
	add := func(severity javaregex.Severity, text, suggestion string) {
		advice = append(advice, templates.PlanAdvice{Severity: string(severity), Text: text, Suggestion: suggestion})
	}
	for _, w := range r.Warnings {
		severity := javaregex.Warning
		if words.Dangerous(w) {
			severity = javaregex.Danger
		}
		add(severity, words.WarningText(w), "")
	}
	for _, w := range r.Hints {
		add(javaregex.Tip, words.WarningText(w), "")
	}
	for _, f := range r.Findings {
		add(f.Severity, f.Message, f.Suggestion)
	}
	if r.Unchecked {
		add(javaregex.Warning, words.PatternUnchecked, "")
	}
	return advice
}
