package server

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
	"namesake/web/templates"
)

// deletionsPath is where the deletions of several entries are.
const deletionsPath = "/accounts/:account/deletions"

// awaits is how long an answer waits for a batch, so that a small one is over when its
// page comes.
const awaits = 2 * time.Second

// showsItems is how many entries of a kind the page of a deletion lists.
const showsItems = 200

func (s *Server) deletionsURL() string { return "/accounts/" + string(s.account) + "/deletions" }

func (s *Server) deletionURL(id string) string { return s.deletionsURL() + "/" + url.PathEscape(id) }

// planDeletion plans the deletion of what was selected in the list, or of all that its
// query finds, and leads to the page that asks for confirmation.
func (s *Server) planDeletion(c echo.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	back := place(c)
	ctx, who := requestContext(c), caller(c)
	var b registry.Batch
	var err error
	if c.Request().PostForm.Get("all") != "" {
		query, notes := exactPlace(c)
		if len(notes) > 0 {
			return &unclearError{notes}
		}
		b, err = s.registry.PlanDeletionOf(ctx, who, query, back)
	} else {
		var ids []registry.ID
		if ids, err = formIDs(c); err != nil {
			return err
		}
		// What the page showed. Without it, the entries are known by their ids only.
		list, failed := s.registry.List(ctx, who, placeQuery(back))
		if failed != nil {
			s.log.WarnContext(ctx, "the entries to delete could not be named", "error", failed)
		}
		b, err = s.registry.PlanDeletion(ctx, who, ids, list.Entries, back)
	}
	return s.leadToBatch(c, b, err)
}

// deleteEntries deletes the entries that a form names: at once when they are few, and
// otherwise when their number is confirmed in the same form.
func (s *Server) deleteEntries(c echo.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	ids, err := formIDs(c)
	if err != nil {
		return err
	}
	ctx, who := requestContext(c), caller(c)
	b, err := s.registry.PlanDeletion(ctx, who, ids, nil, place(c))
	if err != nil {
		return err
	}
	return s.begin(c, b)
}

func (s *Server) startDeletion(c echo.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	b, err := s.registry.Batch(requestContext(c), caller(c), c.Param("batch"))
	if err != nil {
		return err
	}
	return s.begin(c, b)
}

// begin starts a planned batch, or asks for what is missing.
func (s *Server) begin(c echo.Context, b registry.Batch) error {
	typed := c.Request().PostForm.Get("confirm")
	started, err := s.registry.StartBatch(requestContext(c), caller(c), b.ID, typed)
	if errors.Is(err, registry.ErrUnconfirmed) && !wantsJSON(c) {
		return s.deletionPage(c, http.StatusUnprocessableEntity, b, typed, err)
	}
	return s.leadToBatch(c, started, err)
}

// The buttons on the page of a deletion.

func (s *Server) stopDeletion(c echo.Context) error { return s.actOnDeletion(c, s.registry.StopBatch) }

func (s *Server) resumeDeletion(c echo.Context) error {
	return s.actOnDeletion(c, s.registry.ResumeBatch)
}

func (s *Server) retryDeletion(c echo.Context) error {
	return s.actOnDeletion(c, s.registry.RetryBatch)
}

func (s *Server) undoDeletion(c echo.Context) error { return s.actOnDeletion(c, s.registry.UndoBatch) }

func (s *Server) actOnDeletion(c echo.Context, act func(context.Context, registry.Caller, string) (registry.Batch, error)) error {
	if err := parseForm(c); err != nil {
		return err
	}
	b, err := act(requestContext(c), caller(c), c.Param("batch"))
	return s.leadToBatch(c, b, err)
}

// leadToBatch waits a moment and leads to the page of the batch.
func (s *Server) leadToBatch(c echo.Context, b registry.Batch, err error) error {
	if err != nil {
		return err
	}
	if b, err = s.registry.AwaitBatch(requestContext(c), caller(c), b.ID, awaits); err != nil {
		return err
	}
	return s.toDeletion(c, b)
}

func (s *Server) toDeletion(c echo.Context, b registry.Batch) error {
	to := s.deletionURL(b.ID)
	if wantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, to)
		return s.deletionJSON(c, http.StatusSeeOther, b)
	}
	return seeOther(c, to)
}

func (s *Server) showDeletion(c echo.Context) error {
	b, err := s.registry.Batch(requestContext(c), caller(c), c.Param("batch"))
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return s.deletionJSON(c, http.StatusOK, b)
	}
	return s.deletionPage(c, http.StatusOK, b, "", nil)
}

func (s *Server) listDeletions(c echo.Context) error {
	batches, err := s.registry.Batches(requestContext(c), caller(c), 100)
	if err != nil {
		return err
	}
	return render(c, http.StatusOK, templates.Deletions(s.page(c, "Deletions"), batches, s.deletionsURL(), days(registry.BatchRetention)))
}

// told is why an entry was not deleted, or a batch stopped, in a person's words.
func (s *Server) told(fault *registry.Fault) *templates.Told {
	err := fault.Err()
	f := s.fail(err)
	t := &templates.Told{Title: f.title, Text: f.text, Problems: f.problems, Ray: f.ray}
	var conflict *registry.ConflictError
	var synced *registry.SyncedError
	switch {
	case errors.As(err, &conflict):
		t.Title = "It has changed since it was shown for this deletion"
		t.Text = []string{fmt.Sprintf("It is now %s, %s. To delete it all the same, do so from its page.", conflict.Now.Name, conflict.Now.Email)}
	case errors.As(err, &synced):
		t.Title, t.Text = "It is kept up by a directory", []string{"Cloudflare lets nobody delete such an entry here. Remove the person in the directory."}
	case errors.Is(err, registry.ErrNotFound):
		t.Text = []string{"It is no longer in the registry: it was deleted before, and not by this deletion."}
	}
	return t
}

// failBatch tells what stands in the way of a deletion of several entries.
func failBatch(err error) (f failure, ok bool) {
	var bad *badIDError
	var tooMany *registry.TooManyError
	var long *registry.LongEntriesError
	var unclear *unclearError
	f = failure{status: http.StatusUnprocessableEntity, tone: templates.Bad}
	switch {
	case errors.As(err, &bad):
		f.title, f.text = "Nothing was deleted: an id can't be read", []string{fmt.Sprintf("%q is not the id of an entry. An id is a UUID or, for older entries, a whole number.", clip(bad.raw))}
	case errors.As(err, &tooMany):
		f.title = "That is too much in one go"
		f.text = []string{fmt.Sprintf("At most %d entries can be deleted together. Nothing was deleted. Narrow the search, and delete them in parts.", tooMany.Limit)}
	case errors.As(err, &long):
		f.title = "Not all entries that are meant can be read"
		f.text = []string{tooLongText(long.Entries) + " So it is not known which these are, and nothing was deleted. Narrow the search, or tick entries in the list."}
	case errors.Is(err, registry.ErrNothing):
		f.title, f.text = "No entry is selected", []string{"Nothing was deleted. Tick the entries in the list first; those that a directory keeps up can't be deleted here."}
	case errors.As(err, &unclear):
		f.title, f.text = "Nothing was deleted: it is not clear which entries are meant", slices.Concat(unclear.notes, []string{"Go back to the list, search anew and choose again."})
	case errors.Is(err, registry.ErrNoneDone):
		f.status, f.title, f.text = http.StatusConflict, "There is nothing to undo", []string{"This deletion has deleted no entry."}
	case errors.Is(err, registry.ErrBatchBusy):
		f.status, f.wait, f.title, f.text = http.StatusConflict, 10*time.Second, "Some entries are still under way", []string{"The deletion was stopped, but what was sent is not answered yet. Nothing was changed now. Try again in a moment."}
	case errors.Is(err, registry.ErrUnconfirmed):
		f.title, f.text = "Not deleted: the number of entries has to be confirmed", []string{fmt.Sprintf("To delete more than %d entries together, their number has to be given in the field confirm.", registry.ConfirmAbove)}
	case errors.Is(err, registry.ErrNoBatch):
		f.status, f.title, f.text = http.StatusNotFound, "There is no such deletion", []string{"Deletions are kept for " + days(registry.BatchRetention) + ". What they did is in the audit trail."}
	case errors.Is(err, registry.ErrNotYours):
		f.status, f.title, f.text = http.StatusForbidden, "This is somebody else's deletion", []string{"You can look at it and stop it. Whoever began it can let it go on, or undo it."}
	case errors.Is(err, registry.ErrBatchMoved):
		f.status, f.title, f.text = http.StatusConflict, "That can't be done with this deletion now", []string{"It has moved on meanwhile. Nothing was changed. Open it anew to see how it stands."}
	default:
		return failure{}, false
	}
	return f, true
}

// formIDs returns the ids that a form names.
func formIDs(c echo.Context) ([]registry.ID, error) {
	var ids []registry.ID
	for _, raw := range c.Request().PostForm["id"] {
		id, err := registry.ParseID(raw)
		if err != nil {
			return nil, &badIDError{raw}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// badIDError reports a text in a form that is no id.
type badIDError struct{ raw string }

func (e *badIDError) Error() string { return fmt.Sprintf("%q is not the id of an entry", e.raw) }

// unclearError reports a query of the list that can't be taken as it is.
type unclearError struct{ notes []string }

func (e *unclearError) Error() string { return strings.Join(e.notes, " ") }

// deletionPage shows a batch. typed and err are what was wrong with its confirmation.
func (s *Server) deletionPage(c echo.Context, status int, b registry.Batch, typed string, err error) error {
	v := templates.DeletionView{
		Batch: b, URL: s.deletionURL(b.ID), Back: s.entriesURL() + b.Back, Mine: b.Owner.Same(actor(c)), Typed: typed,
		MayUndo: b.MayUndo(s.now()), UndoUntil: b.Changed.Add(registry.UndoWithin), Minutes: s.minutes(b.Total()), UndoWithin: spell(registry.UndoWithin),
	}
	if err != nil {
		v.Unconfirmed = fmt.Sprintf("Type %d, the number of entries, to confirm.", b.Total())
	}
	if b.Match != nil {
		v.Chips = s.chips(registry.Query{Search: b.Match.Search, Provenance: b.Match.Provenance})
	}
	if b.Stop != nil {
		v.Stop = s.told(b.Stop)
	}
	if b.Undoes != "" {
		v.Of = s.deletionURL(b.Undoes)
	} else if b.Undone {
		undo, _, err := s.registry.UndoOf(requestContext(c), caller(c), b.ID)
		if err != nil {
			return err
		}
		v.Undo = s.deletionURL(undo.ID)
	}
	for _, group := range deletionGroups(b) {
		items, err := s.registry.BatchItems(requestContext(c), caller(c), b.ID, showsItems, group.states...)
		if err != nil {
			return err
		}
		if len(items) == 0 {
			continue
		}
		g := templates.DeletionGroup{Title: group.title, Note: group.note}
		for _, state := range group.states {
			g.Count += b.Counts[state]
		}
		for _, item := range items {
			g.Items = append(g.Items, s.itemView(b, item))
		}
		v.Groups = append(v.Groups, g)
	}
	return render(c, status, templates.Deletion(s.page(c, v.Title()), v))
}

func (s *Server) itemView(b registry.Batch, item registry.BatchItem) templates.DeletionItem {
	d := item.Before.Draft()
	v := templates.DeletionItem{ID: item.Entry, Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex}
	if item.Fault != nil && item.State != registry.ItemLeftOut { // that is said of all of them
		v.Why = s.told(item.Fault)
	}
	switch {
	case item.Made != "":
		v.ID, v.URL = item.Made, s.entryURL(item.Made)
	case b.Undoes == "" && item.State == registry.ItemDone && item.Record > 0:
		v.Record = "/audit/" + strconv.FormatInt(item.Record, 10)
	case b.Undoes == "" && item.State != registry.ItemDone:
		v.URL = s.entryURL(item.Entry)
	}
	return v
}

// deletionGroup is a part of the page of a batch.
type deletionGroup struct {
	title  string
	states []registry.ItemState
	note   string
}

func deletionGroups(b registry.Batch) []deletionGroup {
	done, not, waits := "Deleted", "Not deleted", "Not sent"
	if b.Undoes != "" {
		done, not = "Created again", "Not created"
	}
	if b.State == registry.BatchPlanned || b.Moves() {
		waits = "To be deleted"
		if b.Undoes != "" {
			waits = "To be created again"
		}
	}
	return []deletionGroup{
		{not, []registry.ItemState{registry.ItemRefused, registry.ItemFailed}, ""},
		{"Not known", []registry.ItemState{registry.ItemUnknown}, ""},
		{waits, []registry.ItemState{registry.ItemWaiting}, ""},
		{"Left out", []registry.ItemState{registry.ItemLeftOut}, "These are kept up by a directory, and Cloudflare lets nobody delete them here. Remove the people in the directory."},
		{done, []registry.ItemState{registry.ItemDone}, ""},
	}
}

// minutes is how long a batch has to wait for the API's limit of calls: a deletion
// takes two, and as many as may be made in a window are made at once.
func (s *Server) minutes(entries int) int {
	if s.background.Calls <= 0 {
		return 0
	}
	windows := (2*entries - 1) / s.background.Calls
	return int(time.Duration(windows) * s.background.In / time.Minute)
}
