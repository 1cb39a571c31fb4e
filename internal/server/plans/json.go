package plans

import (
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/mailtests"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/words"
)

// planJSON is a plan in JSON.
type planJSON struct {
	ID         string          `json:"id"`
	Origin     string          `json:"origin"`
	Owner      string          `json:"owner"`
	State      string          `json:"state"`
	Undoes     string          `json:"undoes,omitempty"`
	Counts     planCounts      `json:"counts"`
	Names      []nameJSON      `json:"names,omitempty"`
	Partial    bool            `json:"names_partial,omitempty"` // names, or entries of them, may be missing
	CreatedAt  time.Time       `json:"created_at"`
	ModifiedAt time.Time       `json:"modified_at"`
	Operations []operationJSON `json:"operations"`
	// Findings are those that a draft would cause.
	Findings []web.FindingJSON `json:"findings,omitempty"`
	// Broken are the tests that a draft would break, as the field confirm_tests names them.
	Broken []brokenJSON `json:"broken_tests,omitempty"`
	// Unevaluated are those that it may break: there was no time to evaluate them.
	Unevaluated []brokenJSON `json:"unevaluated_tests,omitempty"`
}

type brokenJSON struct {
	ID     string                `json:"id"`
	Name   string                `json:"name"`
	Email  string                `json:"email"`
	Expect mailtests.Expectation `json:"expect"`
}

type planCounts struct {
	Create    int `json:"create"`
	Edit      int `json:"edit"`
	Delete    int `json:"delete"`
	Unchanged int `json:"unchanged"`
	Skipped   int `json:"skipped"`
	Waiting   int `json:"waiting"`
	Done      int `json:"done"`
	Refused   int `json:"refused"`
	Failed    int `json:"failed"`
	Unknown   int `json:"unknown"`
}

// nameJSON is what a plan does to a name: how many addresses and patterns may use it before
// and after.
type nameJSON struct {
	Name   string       `json:"name"`
	Before plan.Senders `json:"before"`
	After  plan.Senders `json:"after"`
}

type operationJSON struct {
	Position int               `json:"position"`
	Op       string            `json:"op"`
	EntryID  registry.ID       `json:"entry_id"`
	Line     int               `json:"line"`
	Before   registry.Values   `json:"before"`
	After    registry.Values   `json:"after"`
	State    string            `json:"state"`
	Errors   []web.ProblemJSON `json:"errors"`
	Record   int64             `json:"record"`
}

func toPlanJSON(p plan.Plan) planJSON {
	c := p.Counts
	out := planJSON{
		ID: p.ID, Origin: string(p.Origin), Owner: ownerText(p), State: string(p.State), Undoes: p.Undoes, CreatedAt: p.Created, ModifiedAt: p.Changed,
		Counts: planCounts{
			Create: c.Planned(plan.Create), Edit: c.Planned(plan.Edit), Delete: c.Planned(plan.Delete), Unchanged: c.Of(plan.OpUnchanged), Skipped: c.Of(plan.OpSkipped),
			Waiting: c.Of(plan.OpWaiting), Done: c.Of(plan.OpDone), Refused: c.Of(plan.OpRefused), Failed: c.Of(plan.OpFailed), Unknown: c.Of(plan.OpUnknown),
		},
		Operations: []operationJSON{},
	}
	if p.Protection != nil {
		out.Partial = p.Protection.Partial || p.Protection.More > 0
		for _, n := range p.Protection.Names {
			out.Names = append(out.Names, nameJSON{n.Name, n.Before, n.After})
		}
	}
	return out
}

// ownerText names the owner of a plan for programs.
func ownerText(p plan.Plan) string {
	if contact := p.Owner.Contact(); contact != "" {
		return contact
	}
	return p.Owner.Subject
}

// plansEnvelope is a list of plans, without their operations.
func plansEnvelope(plans []plan.Plan) web.Envelope {
	result := make([]planJSON, len(plans))
	for i, p := range plans {
		result[i] = toPlanJSON(p)
	}
	total := len(plans)
	return web.Envelope{
		Success: true, Errors: []web.ProblemJSON{}, Messages: []web.ProblemJSON{}, Result: result,
		ResultInfo: &web.ResultInfo{Count: total, Page: 1, PerPage: maxPlans, TotalCount: &total},
	}
}

// statusRule says which status the answer to an action has in JSON.
type statusRule bool

const (
	ownStatus     statusRule = false // that of the action, whatever became of the plan's operations
	failureStatus statusRule = true  // that of the first failure, if the plan has changed nothing
)

// planJSON answers with a plan and a page of its operations in the API's shape.
func (s *Handlers) planJSON(c echo.Context, status int, rule statusRule, id string) error {
	q, err := planQuery(c.QueryParams())
	if err != nil {
		return err
	}
	p, operations, err := s.Plans.Page(web.RequestContext(c), web.Caller(c), id, q)
	if err != nil {
		return err
	}
	result := toPlanJSON(p)
	edits := s.Plans.Edits(web.RequestContext(c), web.Caller(c), p)
	broken, err := s.Plans.Breaks(web.RequestContext(c), web.Caller(c), p, edits)
	if err != nil {
		return err
	}
	keys := broken.Keys()
	for i, t := range broken.Tests {
		result.Broken = append(result.Broken, brokenJSON{keys[i], t.Name, t.Email, t.Expect})
	}
	for i, t := range broken.Pending {
		result.Unevaluated = append(result.Unevaluated, brokenJSON{keys[len(broken.Tests)+i], t.Name, t.Email, t.Expect})
	}
	caused, unchecked, err := s.DraftFindings(c, p, edits)
	if err != nil {
		return err
	}
	for _, f := range caused {
		result.Findings = append(result.Findings, web.ToFindingJSON(f))
	}
	messages := []web.ProblemJSON{}
	if text := words.Unchecked(unchecked); text != "" {
		messages = append(messages, web.LeftOutMessage(text))
	}
	errs := []web.ProblemJSON{} // what was not done, and why
	var reason *plan.Fault
	for _, o := range operations {
		of := s.faultJSON(o.Fault, operationFailures[o.State])
		if notDone(o) {
			errs = append(errs, of...)
			if reason == nil {
				reason = o.Fault
			}
		}
		out := operationJSON{Position: o.Position, Op: string(o.Kind), EntryID: o.EntryID, Line: o.Line, Before: o.Before, After: o.After, State: string(o.State), Errors: of, Record: o.Record}
		if o.Kind == plan.Create {
			out.EntryID = o.Created
		}
		result.Operations = append(result.Operations, out)
	}
	if p.State == plan.Paused {
		if p.Stop != nil {
			reason = p.Stop
		}
		if len(errs) == 0 {
			errs = s.faultJSON(p.Stop, "The plan was paused before it ended.")
		}
	}
	if len(errs) == 0 && p.Unfinished() > 0 { // on other pages
		errs = s.faultJSON(nil, "Not all operations were done: see those with the state refused, failed or unknown.")
	}
	if rule == failureStatus && reason != nil && !p.Active() && p.Counts.Of(plan.OpDone) == 0 {
		f := s.Fail(reason.Err())
		f.SetHeaders(c)
		status = f.Status
	}
	info := &web.ResultInfo{Count: len(operations), Page: q.Page, PerPage: q.PerPage}
	marks, err := s.marks(c, p)
	if err != nil {
		return err
	}
	total := filteredCount(p, marks, q)
	info.TotalCount = &total
	return c.JSON(status, web.Envelope{Success: len(errs) == 0, Errors: errs, Messages: messages, Result: result, ResultInfo: info})
}

// filteredCount is how many operations a query finds on all pages.
func filteredCount(p plan.Plan, marks plan.Marks, q plan.Query) int {
	if q.Reason != "" {
		return marks.Reasons[q.Reason]
	}
	if len(q.States) == 0 {
		return p.Counts.Of(plan.OperationStates()...)
	}
	return p.Counts.Of(q.States...)
}

// notDone reports whether an operation was meant to be done, and was not.
func notDone(o plan.Operation) bool {
	_, failure := operationFailures[o.State]
	return failure || o.State == plan.OpSkipped && !o.Fault.LeftOut()
}

// operationFailures are the states of operations that were tried without success, and what is
// said of one that has no fault.
var operationFailures = map[plan.OperationState]string{
	plan.OpRefused: "It was refused.",
	plan.OpFailed:  "The call failed.",
	plan.OpUnknown: "It is not known whether it was done.",
}

// faultJSON is a fault in the API's shape; without one it is otherwise, which may be "".
func (s *Handlers) faultJSON(fault *plan.Fault, otherwise string) []web.ProblemJSON {
	switch {
	case fault == nil && otherwise == "":
		return []web.ProblemJSON{}
	case fault == nil:
		return []web.ProblemJSON{{Code: web.CodeFailed, Message: otherwise}}
	}
	text := s.faultText(fault)
	if len(text.Problems) > 0 {
		return web.ToProblemsJSON(text.Problems)
	}
	return []web.ProblemJSON{{Code: web.CodeFailed, Message: strings.Join(slices.Concat([]string{text.Title + "."}, text.Text), " ")}}
}
