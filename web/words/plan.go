package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"namesake/internal/findings"
	"namesake/internal/plan"
	"namesake/internal/registry"
)

// planStates name the states of plans.
var planStates = map[plan.State]string{
	plan.Listing: "Preparing", plan.Draft: "Draft", plan.Running: "Running", plan.Paused: "Paused", plan.Done: "Done", plan.Cancelled: "Cancelled",
}

// PlanState names the state of a plan.
func PlanState(s plan.State) string { return planStates[s] }

// operationStates name the states of operations.
var operationStates = map[plan.OperationState]string{
	plan.OpWaiting: "Waiting", plan.OpDone: "Done", plan.OpUnchanged: "Unchanged", plan.OpSkipped: "Skipped",
	plan.OpRefused: "Refused", plan.OpFailed: "Failed", plan.OpUnknown: "Not known",
}

// OperationState names the state of an operation.
func OperationState(s plan.OperationState) string { return operationStates[s] }

// kindTexts name what operations do: as something to do, being done, and done.
var kindTexts = map[plan.Kind]struct{ todo, doing, done string }{
	plan.Create: {"Create", "Creating", "created"},
	plan.Edit:   {"Change", "Changing", "changed"},
	plan.Delete: {"Delete", "Deleting", "deleted"},
}

// OperationKind names what an operation does.
func OperationKind(k plan.Kind) string { return kindTexts[k].todo }

// OperationsToDo names several operations, after their number.
func OperationsToDo(k plan.Kind) string { return "to " + strings.ToLower(kindTexts[k].todo) }

// PlanTitle says what a plan is, and its progress.
func PlanTitle(p plan.Plan) string {
	done := p.Counts.Of(plan.OpDone)
	switch {
	case p.State == plan.Listing && p.Query != nil:
		return "Looking up what matches"
	case p.State == plan.Listing:
		return "Preparing the plan"
	case p.State == plan.Paused && !p.Listed:
		return "Paused: not all operations are known"
	case p.State == plan.Draft && p.Counts.Planned() == 0:
		return "Nothing to do"
	case p.State == plan.Draft:
		return PlanButton(p) + "?"
	case p.State == plan.Running:
		return runningTitle(p)
	case p.State == plan.Cancelled && done == 0:
		todo := PlanButton(p)
		return "Cancelled: " + strings.ToLower(todo[:1]) + todo[1:]
	case p.State == plan.Paused, p.State == plan.Cancelled:
		return planStates[p.State] + ": " + doneTitle(p, done)
	}
	return doneTitle(p, done)
}

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

// again is added where deleted entries are created again.
func again(p plan.Plan) string {
	if (p.Origin == plan.Undo || p.Origin == plan.Drift || p.Origin == plan.Restore) && onlyKind(p) == plan.Create {
		return " again"
	}
	return ""
}

// PlanButton is the label of the button that applies a plan: it says what the plan will do.
func PlanButton(p plan.Plan) string {
	if kind := onlyKind(p); kind != "" {
		return kindTexts[kind].todo + " " + countEntries(p.Counts.Planned()) + again(p)
	}
	var parts []string
	for _, kind := range plan.Kinds() {
		if n := p.Counts.Planned(kind); n > 0 {
			parts = append(parts, strings.ToLower(kindTexts[kind].todo)+" "+strconv.Itoa(n))
		}
	}
	if len(parts) == 0 {
		return "Nothing"
	}
	text := And(parts...) + " entries"
	return strings.ToUpper(text[:1]) + text[1:]
}

func runningTitle(p plan.Plan) string {
	if kind := onlyKind(p); kind != "" {
		return kindTexts[kind].doing + " " + countEntries(p.Counts.Planned()) + again(p)
	}
	return "Making " + countChanges(p.Counts.Planned())
}

func doneTitle(p plan.Plan, done int) string {
	total := p.Counts.Planned()
	what, did := countChanges(total), "made"
	if kind := onlyKind(p); kind != "" {
		what, did = countEntries(total), kindTexts[kind].done+again(p)
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

// PlanConfirmation says what to type to apply a plan, and what was typed wrong.
func PlanConfirmation(p plan.Plan) (label, wrong string) {
	what, will := "entries", "made"
	if kind := onlyKind(p); kind != "" {
		will = kindTexts[kind].done
	} else {
		what = "changes"
	}
	n := strconv.Itoa(p.Counts.Planned())
	return "To confirm, type how many " + what + " will be " + will + ": " + n,
		"Type " + n + ", the number of " + what + ", to confirm. Nothing was changed."
}

func countEntries(n int) string { return Count(n, "entry", "entries") }
func countChanges(n int) string { return Count(n, "change", "changes") }

// PlanParts says how many operations of a running plan are done, left and failed.
func PlanParts(p plan.Plan) string {
	return fmt.Sprintf("%d done, %d left, %d failed.", p.Counts.Of(plan.OpDone), p.Counts.Of(plan.OpWaiting), p.Unfinished())
}

// PlanTakes says how long a plan will take.
func PlanTakes(e plan.Estimate) string {
	if !e.Limited {
		return "This takes " + roughly(e.Time) + "."
	}
	return "This takes " + roughly(e.Time) + ", because Cloudflare limits how many calls Namesake can make in five minutes. You can pause it at any time."
}

// PlanPace says how fast a plan runs, unless perSecond is 0, and how long it still takes: left
// at this pace, but as estimated if it has to wait for a limit of calls.
func PlanPace(perSecond float64, left time.Duration, e plan.Estimate) string {
	switch {
	case e.Limited:
		return sentence(roughly(e.Time)) + " left, because Cloudflare limits how many calls Namesake can make in five minutes."
	case perSecond == 0:
		return ""
	case e.Time > 0 && left > time.Minute && left > 5*e.Time: // it was held up, but no longer is
		return sentence(roughly(e.Time)) + " left."
	}
	pace := strconv.FormatFloat(perSecond, 'f', 1, 64) + " per second"
	if perSecond < 0.1 {
		pace = strconv.FormatFloat(60*perSecond, 'f', 1, 64) + " per minute"
	}
	return pace + ", " + roughly(max(left, 10*time.Second)) + " left."
}

// sentence starts a text with a capital letter.
func sentence(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

// roughly is a duration of which only the magnitude is known.
func roughly(d time.Duration) string {
	switch minutes := int((d + 30*time.Second) / time.Minute); {
	case d < 10*time.Second:
		return "a few seconds"
	case d < 50*time.Second:
		return "less than a minute"
	case minutes < 120:
		return "about " + Count(max(minutes, 1), "minute", "minutes")
	default:
		return "about " + strconv.Itoa((minutes+30)/60) + " hours"
	}
}

// PlanOrigin says what a plan was made from. That of a search ends before its filters.
func PlanOrigin(p plan.Plan) string {
	switch p.Origin {
	case plan.Selection:
		return "Entries that were selected."
	case plan.Search:
		if p.Query != nil && !p.Query.Filtered() {
			return "All entries of the registry when the plan was made."
		}
		return "All entries that match "
	case plan.Undo:
		return "Undoes another plan. Entries that are created again get new IDs. Links to the old ones no longer work."
	case plan.Import:
		return "An import."
	case plan.Drift:
		return "Puts back changes that were made outside Namesake. Entries that are created again get new IDs."
	case plan.Restore:
		if onlyKind(p) == plan.Create && p.Counts.Planned() == 1 {
			return "Restores a deleted entry. It gets a new ID."
		}
		return "Makes the registry what it was at an earlier time. Entries that are created again get new IDs."
	case plan.Finding:
		return "Fixes findings."
	}
	return ""
}

// PlanOriginLine is PlanOrigin in one line, with the filters of a search.
func PlanOriginLine(p plan.Plan) string {
	switch {
	case p.Origin == plan.Undo:
		return "Undoes another plan."
	case p.Origin == plan.Drift:
		return "Puts back changes made outside Namesake."
	case p.Origin == plan.Restore && onlyKind(p) == plan.Create && p.Counts.Planned() == 1:
		return "Restores a deleted entry."
	case p.Origin == plan.Restore:
		return "Goes back to the registry at an earlier time."
	case p.Query == nil || !p.Query.Filtered():
		return PlanOrigin(p)
	}
	return PlanOrigin(p) + And(filterTexts(*p.Query)...) + "."
}

// filterTexts names the filters of a search, for a sentence.
func filterTexts(q registry.Query) (parts []string) {
	if q.Search != "" {
		parts = append(parts, quoted(Clip(q.Search)))
	}
	if q.Provenance != "" {
		parts = append(parts, Provenance(q.Provenance))
	}
	if q.IsEmailRegex != nil {
		parts = append(parts, either(*q.IsEmailRegex, "only patterns", "only addresses"))
	}
	if q.HasComments != nil {
		parts = append(parts, either(*q.HasComments, "with comments", "without comments"))
	}
	if !q.ModifiedSince.IsZero() {
		parts = append(parts, "changed since "+Moment(q.ModifiedSince))
	}
	if q.Severity != "" {
		parts = append(parts, "with a finding: "+strings.ToLower(Severity(findings.Severity(q.Severity))))
	}
	if q.Rule != "" {
		parts = append(parts, "with the finding "+quoted(FindingTitle(findings.Rule(q.Rule))))
	}
	return parts
}

func either(is bool, yes, no string) string {
	if is {
		return yes
	}
	return no
}
