package server

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"namesake/internal/change"
	"namesake/internal/mirror"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// toldFault is why an operation was not done, or a plan paused, in a person's words.
func (s *Server) toldFault(fault *plan.Fault) *templates.Told {
	err := fault.Err()
	f := s.fail(err)
	t := &templates.Told{Title: f.title, Text: f.text, Problems: f.problems, Ray: f.ray}
	var conflict *change.ConflictError
	var synced *change.SyncedError
	var duplicate *plan.DuplicateError
	var repeated *plan.RepeatedError
	var invalid *registry.InvalidError
	switch {
	case errors.As(err, &conflict):
		t.Title = "Not sent: the entry has changed since the plan was made"
		t.Text = []string{fmt.Sprintf("It is now %s, %s. To change or delete it, open its page.", conflict.Now.Name, conflict.Now.Email)}
	case errors.As(err, &synced):
		t.Title, t.Text = "It is synced from a directory", []string{"Cloudflare does not let it be changed or deleted here. Change the person in the directory."}
	case errors.Is(err, registry.ErrNotFound):
		t.Text = []string{"It is no longer in the registry: it was deleted before, and not by this plan."}
	case errors.As(err, &duplicate):
		t.Title, t.Text = "The same entry is there already", []string{"The registry has this name with this address, so nothing was sent."}
	case errors.As(err, &repeated):
		t.Title, t.Text = "An earlier operation of this plan is about the same entry", []string{fmt.Sprintf("See operation %d.", repeated.Position+1)}
	case errors.As(err, &invalid):
		t.Title, t.Text = "It breaks a rule", nil
		for _, field := range invalid.Fields {
			t.Text = append(t.Text, words.FieldLabel(field.Field)+": "+strings.Join(invalidTexts(field, err), " "))
		}
	}
	return t
}

// failPlan says what stands in the way of a plan.
func failPlan(err error) (f failure, ok bool) {
	var bad *badIDError
	var tooMany *plan.TooManyError
	var long *mirror.LongEntriesError
	var unclear *unclearError
	var query *planQueryError
	f = failure{status: http.StatusUnprocessableEntity, tone: templates.Bad}
	switch {
	case errors.As(err, &bad):
		f.title, f.text = "Nothing was deleted: an id can't be read", []string{fmt.Sprintf("%q is not the id of an entry. An id is a UUID or, for older entries, a whole number.", clip(bad.raw))}
	case errors.As(err, &query):
		f.status, f.title, f.text = http.StatusBadRequest, "This page of operations can't be understood", []string{query.note}
	case errors.As(err, &tooMany):
		f.title = "Too many operations for one plan"
		f.text = []string{fmt.Sprintf("A plan has at most %d operations. Nothing was changed. Narrow the search, and make several plans.", tooMany.Limit)}
	case errors.As(err, &long):
		f.title = "Not all entries that are meant can be read"
		f.text = []string{tooLongText(long.Entries) + " So it is not known which these are, and nothing was changed. Narrow the search, or tick entries in the list."}
	case errors.Is(err, plan.ErrEmpty):
		f.title, f.text = "No entry is selected", []string{"Nothing was changed. Tick the entries in the list first; those that are synced from a directory can't be deleted here."}
	case errors.As(err, &unclear):
		f.title, f.text = "Nothing was deleted: it is not clear which entries are meant", slices.Concat(unclear.notes, []string{"Go back to the list, search again and choose again."})
	case errors.Is(err, plan.ErrNothingDone):
		f.status, f.title, f.text = http.StatusConflict, "There is nothing to undo", []string{"This plan has changed nothing."}
	case errors.Is(err, plan.ErrBusy):
		f.status, f.wait, f.title, f.text = http.StatusConflict, 10*time.Second, "Some operations are still under way", []string{"The plan is paused, but what was sent is not answered yet. Nothing was changed now. Try again in a moment."}
	case errors.Is(err, plan.ErrUnconfirmed):
		f.title, f.text = "Not applied: the number of operations has to be confirmed", []string{fmt.Sprintf("A plan with a deletion, or with more than %d operations, takes their number in the field confirm. To delete up to %d entries by one request, send their ids to /entries/delete.", plan.ConfirmAbove, plan.ConfirmAbove)}
	case errors.Is(err, plan.ErrNotFound):
		f.status, f.title, f.text = http.StatusNotFound, "There is no such plan", []string{"Plans are kept for " + days(plan.Retention) + ". What they did is in the audit trail."}
	case errors.Is(err, plan.ErrNotOwner):
		f.status, f.title, f.text = http.StatusForbidden, "This is another person's plan", []string{"You can look at it and pause it. Only its owner can apply, resume, cancel or undo it."}
	case errors.Is(err, plan.ErrState):
		f.status, f.title, f.text = http.StatusConflict, "That can't be done with this plan now", []string{"Its state has changed. Nothing was changed now. Reload the page."}
	default:
		return failure{}, false
	}
	return f, true
}
