package plans

import (
	"strconv"
	"strings"

	"namesake/internal/plan"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// planLabels name the states of plans.
var planLabels = map[plan.State]string{
	plan.Listing: "Preparing", plan.Draft: "Draft", plan.Running: "Running", plan.Paused: "Paused", plan.Done: "Done", plan.Cancelled: "Cancelled",
}

// kindWords name what operations do: as something to do, being done and done, and as one of
// several.
var kindWords = map[plan.Kind]struct{ todo, doing, done, label, count string }{
	plan.Create: {"Create", "Creating", "created", "Create", "to create"},
	plan.Edit:   {"Change", "Changing", "changed", "Change", "to change"},
	plan.Delete: {"Delete", "Deleting", "deleted", "Delete", "to delete"},
}

// stateWords name the states of operations, with the tone of their badge.
var stateWords = map[plan.OperationState]struct {
	label string
	tone  templates.Tone
}{
	plan.OpWaiting: {"Waiting", templates.Info}, plan.OpDone: {"Done", templates.Good}, plan.OpUnchanged: {"Unchanged", templates.Info},
	plan.OpSkipped: {"Skipped", templates.Warn}, plan.OpRefused: {"Refused", templates.Bad}, plan.OpFailed: {"Failed", templates.Bad},
	plan.OpUnknown: {"Not known", templates.Warn},
}

// planTitle says what a plan is, and how far it has got.
func planTitle(p plan.Plan) string {
	total, done := p.Counts.Planned(), p.Counts.Of(plan.OpDone)
	switch {
	case p.State == plan.Listing && p.Query != nil:
		return "Looking up what matches"
	case p.State == plan.Listing:
		return "Preparing the plan"
	case p.State == plan.Paused && !p.Listed:
		return "Paused: not all operations are known"
	case p.State == plan.Draft && total == 0:
		return "Nothing to do"
	case p.State == plan.Cancelled && done == 0:
		return "Cancelled: " + lowerFirst(todoTitle(p))
	}
	switch p.State {
	case plan.Draft:
		return todoTitle(p) + "?"
	case plan.Running:
		return doingTitle(p)
	case plan.Paused:
		return "Paused: " + doneTitle(p, total, done)
	case plan.Cancelled:
		return "Cancelled: " + doneTitle(p, total, done)
	case plan.Listing, plan.Done:
	}
	return doneTitle(p, total, done)
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// onlyKind returns the kind of all operations, "" when there are several.
func onlyKind(p plan.Plan) plan.Kind {
	only := plan.Kind("")
	for _, kind := range plan.Kinds() {
		if p.Counts.Planned(kind) > 0 {
			if only != "" {
				return ""
			}
			only = kind
		}
	}
	return only
}

// again is added where entries are created that were there before.
func again(p plan.Plan) string {
	if p.Origin == plan.Undo && onlyKind(p) == plan.Create {
		return " again"
	}
	return ""
}

func todoTitle(p plan.Plan) string {
	if kind := onlyKind(p); kind != "" {
		return kindWords[kind].todo + " " + countEntries(p.Counts.Planned()) + again(p)
	}
	var parts []string
	for _, kind := range plan.Kinds() {
		if n := p.Counts.Planned(kind); n > 0 {
			parts = append(parts, strings.ToLower(kindWords[kind].todo)+" "+strconv.Itoa(n))
		}
	}
	if len(parts) == 0 {
		return "Nothing"
	}
	text := joinAnd(parts) + " entries"
	return strings.ToUpper(text[:1]) + text[1:]
}

func doingTitle(p plan.Plan) string {
	if kind := onlyKind(p); kind != "" {
		return kindWords[kind].doing + " " + countEntries(p.Counts.Planned()) + again(p)
	}
	return "Making " + countChanges(p.Counts.Planned())
}

func doneTitle(p plan.Plan, total, done int) string {
	what, did := countChanges(total), "made"
	if kind := onlyKind(p); kind != "" {
		what, did = countEntries(total), kindWords[kind].done+again(p)
	}
	skipped := ""
	if n := p.Counts.Of(plan.OpSkipped); n > 0 {
		skipped = ", " + strconv.Itoa(n) + " skipped"
	}
	switch total {
	case 0:
		return "Nothing had to be done" + skipped
	case done:
		return what + " " + did + skipped
	}
	return strconv.Itoa(done) + " of " + what + " " + did + skipped
}

func countEntries(n int) string { return plural(n, "entry", "entries") }
func countChanges(n int) string { return plural(n, "change", "changes") }

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

func joinAnd(parts []string) string {
	if n := len(parts); n > 1 {
		return strings.Join(parts[:n-1], ", ") + " and " + parts[n-1]
	}
	return strings.Join(parts, "")
}

// planOrigin says what a plan was made from.
func planOrigin(p plan.Plan) string {
	switch p.Origin {
	case plan.Selection:
		return "Entries that were selected."
	case plan.Search:
		if p.Query != nil && !p.Query.Filtered() {
			return "All entries of the registry, as they were looked up."
		}
		return "All entries that match "
	case plan.Undo:
		return "Undoes another plan. Entries that are created again get new ids: links to the old ones no longer work."
	case plan.Import:
		return "An import."
	}
	return ""
}

// planOriginLine is planOrigin for a list of plans, where no filters stand beside it.
func planOriginLine(p plan.Plan) string {
	switch {
	case p.Origin == plan.Undo:
		return "Undoes another plan."
	case p.Query == nil || !p.Query.Filtered():
		return planOrigin(p)
	}
	var parts []string
	if p.Query.Search != "" {
		parts = append(parts, "“"+web.Clip(p.Query.Search)+"”")
	}
	if p.Query.Provenance != "" {
		parts = append(parts, words.Provenance(p.Query.Provenance))
	}
	return "All entries that match " + joinAnd(parts) + "."
}
