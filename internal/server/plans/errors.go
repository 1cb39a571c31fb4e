package plans

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"namesake/internal/change"
	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// faultText is why an operation was not done, or a plan paused, in a person's words.
func (s *Handlers) faultText(fault *plan.Fault) *templates.FailureText {
	err := fault.Err()
	f := s.Fail(err)
	t := &templates.FailureText{Title: f.Title, Text: f.Text, Problems: f.Problems, Ray: f.Ray}
	var conflict *change.ConflictError
	var synced *change.SyncedError
	var duplicate *plan.DuplicateError
	var repeated *plan.RepeatedError
	var invalid *registry.InvalidError
	var used *change.KeyUsedError
	var row *plan.RowError
	var left *plan.LeftOutError
	var unsettled *change.UnsettledError
	var inDoubt *change.InDoubtError
	var forbidden *rbac.ForbiddenError
	say := func(n words.Notice) { t.Title, t.Text = n.Title, n.Text }
	switch {
	case errors.As(err, &unsettled):
		say(words.UnsettledOperation(unsettled))
	case errors.As(err, &inDoubt):
		say(words.InDoubtOperation(inDoubt))
	case errors.As(err, &forbidden):
		say(words.ForbiddenOperation(forbidden))
	case errors.As(err, &conflict):
		t.Title = "Not sent: the entry has changed since the plan was made"
		t.Text = []string{fmt.Sprintf("It is now %s, %s. Open its page to change or delete it.", conflict.Now.Name, conflict.Now.Email)}
	case errors.As(err, &synced):
		t.Title, t.Text = "It is synced from a directory", []string{"Cloudflare does not allow changing or deleting it here. Change the person in the directory."}
	case errors.Is(err, registry.ErrNotFound):
		t.Text = []string{"It is no longer in the registry. It was not deleted by this plan."}
	case errors.As(err, &duplicate):
		t.Title, t.Text = "The entry is in the registry already", []string{"It has the same name and address. Nothing was sent."}
	case errors.As(err, &used):
		t.Title, t.Text = "This operation has created an entry before", []string{"It has other values than planned. Nothing was sent now. Open its page to change or delete it."}
	case errors.As(err, &row):
		say(words.RowError(row))
	case errors.As(err, &left):
		t.Title, t.Text = words.LeftOut(left.Reason), nil
	case errors.As(err, &repeated) && repeated.Line > 0:
		t.Title, t.Text = fmt.Sprintf("Line %d of the list is about the same entry", repeated.Line), nil
	case errors.As(err, &repeated):
		t.Title, t.Text = "An earlier operation of this plan is about the same entry", []string{fmt.Sprintf("See operation %d.", repeated.Position+1)}
	case errors.As(err, &invalid):
		t.Title, t.Text = "A field is not valid", nil
		for _, field := range invalid.Fields {
			t.Text = append(t.Text, words.FieldLabel(field.Field)+": "+strings.Join(web.InvalidTexts(field, err), " "))
		}
	}
	return t
}

// Fail says what stands in the way of a plan.
func Fail(err error) (f web.Failure, ok bool) {
	var bad *badIDError
	var tooMany *plan.TooManyError
	var long *plan.LongEntriesError
	var unclear *unclearError
	var query *planQueryError
	var withdrawn *plan.WithdrawnError
	var panicked *change.PanicError
	var deletions *plan.TooManyDeletionsError
	var dangers *plan.UnacceptedError
	var position *positionError
	var broken *plan.BrokenTestsError
	f = web.Failure{Status: http.StatusUnprocessableEntity, Tone: templates.Bad}
	switch {
	case errors.As(err, &deletions):
		f.Title = "Not applied: confirm the number of deletions"
		f.Text = []string{fmt.Sprintf("The import deletes %d of %d entries. Send their number in the field confirm_deletions.", deletions.Deletions, deletions.Entries)}
	case errors.As(err, &dangers):
		f.Title = "Not applied: some operations are dangerous"
		f.Text = []string{"They would let strangers use a name. Send each of these rules in a field accept, or take the operations out: " + strings.Join(dangers.Rules, ", ") + "."}
	case errors.As(err, &broken):
		title := breaksView(broken.Breaks)
		f.Title = "Not applied: " + strings.ToLower(title.Title[:1]) + title.Title[1:]
		f.Text = slices.Clone(title.Sentences)
		if title.More != "" {
			f.Text = append(append(f.Text, title.More), title.Unevaluated...)
		}
		f.Text = append(f.Text, "To apply it anyway, send "+title.Value+" in the field "+fieldTests+".")
	case errors.As(err, &position):
		f.Status, f.Title, f.Text = http.StatusBadRequest, "There is no such operation", []string{words.Clip(position.Error()) + "."}
	case errors.As(err, &bad):
		f.Title, f.Text = "Nothing was deleted: an ID is not valid", []string{fmt.Sprintf("%q is not the ID of an entry. An ID is a UUID or, for older entries, a whole number.", words.Clip(bad.raw))}
	case errors.As(err, &query):
		f.Status, f.Title, f.Text = http.StatusBadRequest, "This page of operations can't be understood", []string{query.note}
	case errors.As(err, &tooMany):
		f.Title = "Too many operations for one plan"
		f.Text = []string{fmt.Sprintf("A plan has at most %d operations. Nothing was changed. Narrow the search and make several plans.", tooMany.Limit)}
	case errors.As(err, &long):
		f.Title = "Some entries cannot be read"
		f.Text = []string{web.TooLongText(long.Entries) + " Nothing was changed. Narrow the search, or select entries in the list."}
	case errors.Is(err, plan.ErrEmpty):
		f.Title, f.Text = "No entry is selected", []string{"Nothing was changed. Select entries in the list first. Entries that are synced from a directory can't be deleted here."}
	case errors.As(err, &unclear):
		f.Title, f.Text = "Nothing was deleted: the selection is not clear", slices.Concat(unclear.notes, []string{"Go back to the list, search and select again."})
	case errors.Is(err, plan.ErrNothingDone):
		f.Status, f.Title, f.Text = http.StatusConflict, "There is nothing to undo", []string{"This plan has changed nothing."}
	case errors.Is(err, plan.ErrBusy):
		f.Status, f.Wait, f.Title, f.Text = http.StatusConflict, 10*time.Second, "Some operations are still running", []string{"The plan is paused, but Cloudflare has not answered all requests yet. Nothing was changed now. Try again in a moment."}
	case errors.Is(err, plan.ErrUnconfirmed):
		f.Title, f.Text = "Not applied: confirm the number of operations", []string{fmt.Sprintf("A plan with a deletion, or with more than %d operations, needs their number in the field confirm. To delete up to %d entries with one request, send their IDs to /entries/delete.", plan.ConfirmAbove, plan.ConfirmAbove)}
	case errors.Is(err, plan.ErrNotFound):
		f.Status, f.Title, f.Text = http.StatusNotFound, "There is no such plan", []string{"Plans are stored for " + web.Days(plan.Retention) + ". The audit trail has their changes."}
	case errors.Is(err, plan.ErrNotOwner):
		f.Status, f.Title, f.Text = http.StatusForbidden, "This is another person's plan", []string{"You can view and pause it. Only its owner can apply, resume, cancel or undo it."}
	case errors.Is(err, plan.ErrState):
		f.Status, f.Title, f.Text = http.StatusConflict, "This plan does not allow this now", []string{"Its state has changed. Nothing was changed now. Reload the page."}
	case errors.As(err, &withdrawn):
		f.Status, f.Title, f.Text = http.StatusForbidden, "The plan paused because its owner may no longer run it", words.Withdrawn(withdrawn)
	case errors.As(err, &panicked), errors.Is(err, plan.ErrLogged):
		f.Status, f.Title, f.Text = http.StatusInternalServerError, "Namesake made a mistake", []string{"A fault in Namesake interrupted an operation. The people who run Namesake find the details in the log."}
	default:
		return web.Failure{}, false
	}
	return f, true
}
