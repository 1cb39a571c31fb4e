package plans

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// attempt is what was sent to change or apply a plan, and why that did not do.
type attempt struct {
	confirmed plan.Confirmation
	position  int                  // of the operation to be corrected
	form      *templates.EntryForm // what was typed for it, nil otherwise
	at        url.Values           // the page of operations that the form was on
	inOrder   bool                 // at is a page of the operations in their order
	err       error
}

// planPage shows a plan, and what was sent before in vain, which may be nil. It returns the error
// of that if the plan has no place for it.
func (s *Handlers) planPage(c echo.Context, status int, id string, tried *attempt) error {
	values := c.QueryParams()
	if tried != nil && tried.form != nil {
		values = tried.at
	}
	q, err := planQuery(values)
	if err != nil {
		return err
	}
	q.DoneFirst = tried == nil || !tried.inOrder
	p, operations, err := s.Plans.Page(web.RequestContext(c), web.Caller(c), id, q)
	if err != nil {
		return err
	}
	marks, err := s.marks(c, p)
	if err != nil {
		return err
	}
	edits := s.Plans.Edits(web.RequestContext(c), web.Caller(c), p)
	broken, err := s.Plans.Breaks(web.RequestContext(c), web.Caller(c), p, edits)
	if err != nil {
		return err
	}
	caused, unchecked, err := s.DraftFindings(c, p, edits)
	if err != nil {
		return err
	}
	mine := p.Owner.Same(web.Actor(c))
	v := s.planView(web.RequestContext(c), p, marks, operations, q, mine)
	if p.Undone {
		undo, ok, err := s.Plans.UndoOf(web.RequestContext(c), web.Caller(c), p.ID)
		if err != nil {
			return err
		}
		if ok {
			v.Undo = s.PlanURL(undo.ID)
		}
	}
	if p.Import != nil {
		s.importView(p, operations, marks, q, mine, &v)
	}
	v.Breaks = breaksView(broken)
	v.Findings = web.PlanFindings(caused, unchecked)
	if tried != nil && !s.triedView(p, *tried, &v) {
		return tried.err
	}
	page := s.Page(c, v.Title)
	if p.Active() {
		page.Refresh = v.URL
	}
	return web.Render(c, status, templates.Plan(page, v))
}

// planView is what the page of a plan shows, without HTTP. mine tells whether its owner looks
// at it.
func (s *Handlers) planView(ctx context.Context, p plan.Plan, marks plan.Marks, operations []plan.Operation, q plan.Query, mine bool) templates.PlanView {
	v := templates.PlanView{
		Title: words.PlanTitle(p), URL: s.PlanURL(p.ID), Back: s.EntriesURL() + p.ReturnTo, State: string(p.State), Label: words.PlanState(p.State),
		About: words.PlanOrigin(p), Owner: web.FullName(p.Owner.Actor), Created: p.Created, Filtered: len(q.States) > 0,
	}
	if p.Query != nil {
		v.Chips = s.Chips(p.Query.Selection())
	}
	if p.Undoes != "" {
		v.Of = s.PlanURL(p.Undoes)
	}
	if p.Active() {
		progress := s.progressView(p)
		v.Progress = &progress
	}
	if p.Stop != nil {
		v.Stop, v.StopTitle = s.faultText(p.Stop), "The plan paused because of an error"
		switch {
		case p.Stop.Withdrawn():
			v.StopTitle, v.Stop.Title = v.Stop.Title, ""
			v.StopNote = "The other operations were not tried."
		case p.Stop.Panicked():
			v.StopNote = "The other operations were not tried."
		case p.Listed:
			v.StopNote = "Several calls failed one after the other, so the other operations were not tried."
		}
	}
	if n := p.Unfinished(); n > 0 && !p.Active() {
		v.Unsent = words.Count(n, "operation", "operations") + " failed, or the result is not known."
		v.UnsentTo = v.URL + "?" + url.Values{"state": {string(plan.OpRefused), string(plan.OpFailed), string(plan.OpUnknown)}}.Encode()
	}
	if p.State == plan.Draft {
		s.draftView(p, &v, mine)
	}
	if p.State == plan.Draft || p.Started() || p.Counts.Of(plan.OpDone) > 0 {
		v.Names = s.planNames(p)
	}
	if mine {
		s.planButtons(p, &v)
	} else if p.State == plan.Draft {
		v.Notes = append(v.Notes, "Only its owner can apply it.")
	}
	s.operationsView(p, marks, operations, q, &v)
	if p.State == plan.Draft {
		adviseRows(ctx, operations, v.Rows)
	}
	return v
}

// draftView asks to apply a draft, or says why there is nothing to apply.
func (s *Handlers) draftView(p plan.Plan, v *templates.PlanView, mine bool) {
	n := p.Counts.Planned()
	if n == 0 {
		v.Empty = "No entry matches any more."
		switch {
		case p.Counts.Of(plan.OpSkipped) > 0 && p.Counts.Of(plan.OpUnchanged) == 0:
			v.Empty = "No operation can be done. The reasons are below."
		case p.Counts.Of(plan.OpUnchanged) > 0:
			v.Empty = "No operation would change anything."
		}
		return
	}
	if !mine {
		return
	}
	label, _ := words.PlanConfirmation(p)
	if p.Protection != nil && p.Protection.Overdue {
		v.Old = words.OldCopy(p.Protection.AsOf, p.Created)
	}
	a := &templates.PlanApply{
		Number: strconv.Itoa(n), Type: n > plan.ConfirmAbove, Button: words.PlanButton(p), Danger: p.Counts.Planned(plan.Delete) > 0,
		Label: label,
	}
	for _, kind := range plan.Kinds() {
		if of := p.Counts.Planned(kind); of > 0 {
			a.Parts = append(a.Parts, templates.PlanPart{Kind: string(kind), Count: of, Label: words.OperationsToDo(kind)})
		}
	}
	for _, state := range []plan.OperationState{plan.OpUnchanged, plan.OpSkipped} {
		if of := p.Counts.Of(state); of > 0 {
			a.Parts = append(a.Parts, templates.PlanPart{Kind: string(state), Count: of, Label: strings.ToLower(words.OperationState(state))})
		}
	}
	if e := p.Estimate(s.Forecast); n > plan.ConfirmAbove || e.Limited {
		a.Note = words.PlanTakes(e) + " "
	}
	a.Note += "Entries that have changed since the plan was made are skipped. You can undo the plan later. Entries that are created again get new IDs."
	v.Apply = a
}

// planButtons are what the owner of a plan can do with it.
func (s *Handlers) planButtons(p plan.Plan, v *templates.PlanView) {
	add := func(act, label, variant string) {
		v.Buttons = append(v.Buttons, templates.PlanButton{Act: act, Label: label, Variant: variant})
	}
	switch {
	case p.MayResume() && p.Listed:
		add("resume", "Resume: "+strconv.Itoa(p.Counts.Of(plan.OpWaiting))+" waiting", "outline")
	case p.MayResume():
		add("resume", "Look them up again", "outline")
	}
	if p.MayRetry() {
		add("retry", "Retry "+words.Count(p.Unfinished(), "operation", "operations"), "outline")
	}
	if p.MayUndo() {
		variant := "ghost"
		if p.JustEnded(s.Now()) {
			variant = "outline"
		}
		add("undo", "Undo "+words.Count(p.ToUndo, "change", "changes")+"…", variant)
		v.Notes = append(v.Notes, "Undo makes another plan, which is shown before it runs. It skips entries that have changed since.")
	}
	if p.MayCancel() && v.Apply == nil {
		add("cancel", "Cancel", "ghost")
	}
}

func (s *Handlers) progressView(p plan.Plan) templates.PlanProgressView {
	v := templates.PlanProgressView{URL: s.PlanURL(p.ID), Listing: p.State == plan.Listing, All: p.Counts.Planned()}
	v.Tried = v.All - p.Counts.Of(plan.OpWaiting)
	v.Parts = words.PlanParts(p)
	if p.State == plan.Running {
		perSecond, left := p.Pace(s.Now())
		v.Pace = words.PlanPace(perSecond, left, p.Estimate(s.Forecast))
	}
	v.Found = "Found so far: " + words.Count(v.All, "entry", "entries") + ". Nothing has been changed."
	if n := p.Unfinished(); n > 0 {
		v.Unfinished = words.Count(n, "operation", "operations") + " failed so far."
	}
	return v
}

// operationsView fills in a page of operations.
func (s *Handlers) operationsView(p plan.Plan, marks plan.Marks, operations []plan.Operation, q plan.Query, v *templates.PlanView) {
	at := func(of plan.Query, page int) string {
		of.Page, of.PerPage = page, q.PerPage
		if values := queryOf(of); values != "" {
			return v.URL + "?" + values
		}
		return v.URL
	}
	total := p.Counts.Of(plan.OperationStates()...)
	v.Filters = []templates.PlanFilter{{Label: "All", Count: total, URL: at(plan.Query{}, 1), Current: len(q.States) == 0}}
	for _, state := range plan.OperationStates() {
		if n := p.Counts.Of(state); n > 0 || slices.Contains(q.States, state) {
			v.Filters = append(v.Filters, templates.PlanFilter{Label: words.OperationState(state), Count: n, URL: at(plan.Query{States: []plan.OperationState{state}}, 1), Current: slices.Contains(q.States, state)})
		}
	}
	for _, o := range operations {
		v.Rows = append(v.Rows, s.planRow(o))
	}
	first := (q.Page-1)*q.PerPage + 1
	last, of := first+len(operations)-1, filteredCount(p, marks, q)
	v.Range = fmt.Sprintf("%d to %d of %d", first, last, of)
	v.Pager = templates.Pager{Page: q.Page, First: at(q, 1)}
	if q.Page > 1 {
		v.Pager.Previous = at(q, q.Page-1)
	}
	if last < of {
		v.Pager.Next = at(q, q.Page+1)
	}
}

// planRow is one operation.
func (s *Handlers) planRow(o plan.Operation) templates.PlanRow {
	shown := o.Before
	if shown == nil {
		shown = o.After
	}
	d := shown.Draft()
	row := templates.PlanRow{
		Number: o.Position + 1, Kind: string(o.Kind), KindLabel: words.OperationKind(o.Kind), State: string(o.State), StateLabel: words.OperationState(o.State), StateTone: stateTones[o.State],
		Line: o.Line, ID: o.EntryID, Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex,
	}
	switch o.Kind {
	case plan.Edit:
		row.Diff = changedFields(o.Before, o.After)
	case plan.Create:
		row.Diff = furtherFields(o.After)
	case plan.Delete:
	}
	if o.Fault != nil {
		row.Why, row.Muted = s.faultText(o.Fault), o.State == plan.OpUnchanged || o.State == plan.OpSkipped
	}
	if o.Record > 0 {
		row.Record = "/audit/" + strconv.FormatInt(o.Record, 10)
	}
	switch {
	case o.Created != "":
		row.Entry = s.EntryURL(o.Created)
	case o.Fault.Existing() != "":
		row.Entry = s.EntryURL(o.Fault.Existing())
	case o.Kind == plan.Edit, o.Kind == plan.Delete && o.State != plan.OpDone:
		row.Entry = s.EntryURL(o.EntryID)
	}
	return row
}

// changedFields are the fields that an edit changes.
func changedFields(before, after registry.Values) []templates.FieldDiff {
	return slices.DeleteFunc(templates.DiffValues(before, after), func(d templates.FieldDiff) bool {
		return d.Change == templates.Unchanged || d.Change == templates.Removed && d.Field == registry.FieldProvenance // a source that is not given stays
	})
}

// furtherFields are the fields of a new entry beside its name and address.
func furtherFields(after registry.Values) []templates.FieldDiff {
	return slices.DeleteFunc(templates.DiffValues(nil, after), func(d templates.FieldDiff) bool {
		return slices.Contains([]string{registry.FieldName, registry.FieldEmail, registry.FieldIsEmailRegex, registry.FieldProvenance}, d.Field)
	})
}
