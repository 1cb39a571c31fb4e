package entries

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// ConfirmDelete answers GET entries/ID/delete: the question before a deletion.
func (s *Handlers) ConfirmDelete(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	f, err := s.follow(c, rbac.DeleteEntry, id)
	switch {
	case err != nil:
		return err
	case f.open():
		return s.waiting(c, f, templates.Link{Label: "Back to the entry", URL: s.EntryURL(id)})
	case f.asked && f.Doubt == nil && f.Intent.Action == rbac.DeleteEntry:
		return s.showDeleted(c, f)
	}
	_, entry, err := s.changeable(c, rbac.DeleteEntry)
	if err != nil {
		return err
	}
	p := s.Page(c, "Delete entry")
	if f.asked && f.Doubt != nil {
		failure := s.Fail(f.Doubt)
		p.Flash = append(p.Flash, templates.Flash{Tone: templates.Info, Title: failure.Title, Text: strings.Join(failure.Text, " ")})
	}
	return s.deletePage(c, http.StatusOK, p, entry, nil)
}

// deletePage asks whether an entry is to be deleted. changed is what is not as the person
// saw it when they were asked before.
func (s *Handlers) deletePage(c echo.Context, status int, p templates.Page, entry registry.Entry, changed []templates.ConflictField) error {
	after, stay := s.afterDeletion(c, entry)
	broken, err := s.Changes.DeletionBreaks(web.RequestContext(c), web.Caller(c), entry)
	if err != nil {
		return err
	}
	to := s.EntryURL(entry.ID)
	return web.Render(c, status, templates.EntryDelete(p, templates.EntryDeleteView{
		Entry: entry, Version: string(entry.Version()), Changed: changed, After: after, Stay: stay, Breaks: web.BreaksView(broken),
		Action: to + "/delete", Back: web.WithReturnTo(to, web.ReturnTo(c)), ReturnTo: web.ReturnTo(c), ReturnQuery: web.WithReturnTo("", web.ReturnTo(c)), Undo: web.Spell(change.UndoPeriod),
	}))
}

// askAgain asks once more about an entry that has changed since the person was asked.
func (s *Handlers) askAgain(c echo.Context, conflict *change.ConflictError) error {
	f := s.Fail(conflict)
	p := s.Page(c, f.Title)
	p.Flash = append(p.Flash, templates.Flash{Tone: f.Tone, Title: f.Title, Text: strings.Join(f.Text, " ")})
	var changed []templates.ConflictField
	for _, field := range conflictView(conflict, formOf(conflict.Now)) {
		if field.Seen != field.Now {
			changed = append(changed, field)
		}
	}
	return s.deletePage(c, f.Status, p, conflict.Now, changed)
}

// askAboutTests asks about a deletion that would break tests.
func (s *Handlers) askAboutTests(c echo.Context, id registry.ID, stop *registry.StopError) error {
	entry, err := s.Mirror.EntryToChange(web.RequestContext(c), web.Caller(c), id, rbac.DeleteEntry)
	if err != nil {
		return err
	}
	f := s.Fail(stop)
	c.Set(web.CauseKey, stop)
	p := s.Page(c, "Not deleted: "+web.BreaksText(stop.Warnings))
	text := "If the test is out of date, delete the entry anyway, and the test afterwards."
	if !slices.ContainsFunc(stop.Warnings, words.BreaksTest) {
		text = "This may break them. Try again in a moment, or delete the entry anyway."
	}
	p.Flash = append(p.Flash, templates.Flash{Tone: f.Tone, Title: p.Title, Text: text})
	return s.deletePage(c, f.Status, p, entry, nil)
}

// showDeleted leads from a deletion that was in doubt to the list, where it can be undone.
func (s *Handlers) showDeleted(c echo.Context, f followed) error {
	to := s.EntriesURL() + web.ReturnTo(c)
	if c.Request().Method == http.MethodHead || web.WantsJSON(c) {
		return web.SeeOther(c, to)
	}
	deleted := change.Changed{Entry: registry.Entry{ID: f.Intent.Entry, Name: f.Intent.Before.Draft().Name}, Result: change.FoundLater}
	if f.Mine {
		deleted.Record = f.Outcome.Seq
	}
	return s.RedirectWithNotice(c, to, s.deletedFlash(deleted))
}

// Delete answers POST entries/ID/delete.
func (s *Handlers) Delete(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	id, err := pathID(c)
	if err != nil {
		return err
	}
	deleted, err := s.Changes.Delete(web.RequestContext(c), web.Caller(c), id, registry.Version(c.Request().PostForm.Get("version")), web.FormConfirmed(c))
	if conflict := (*change.ConflictError)(nil); errors.As(err, &conflict) && !web.WantsJSON(c) {
		return s.askAgain(c, conflict)
	}
	if stop := (*registry.StopError)(nil); errors.As(err, &stop) && !web.WantsJSON(c) {
		return s.askAboutTests(c, id, stop)
	}
	if err != nil {
		return err
	}
	if web.WantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, s.EntriesURL()+web.ReturnTo(c))
		return c.JSON(http.StatusSeeOther, web.Envelope{
			Success: true, Errors: []web.ProblemJSON{}, Messages: web.ToProblemsJSON(deleted.Receipt.Messages), Result: map[string]registry.ID{"id": id},
		})
	}
	return s.RedirectWithNotice(c, s.EntriesURL()+web.ReturnTo(c), s.deletedFlash(deleted))
}

// deletedFlash is the notice after a deletion, from which it can be undone.
func (s *Handlers) deletedFlash(deleted change.Changed) templates.Flash {
	name := deleted.Entry.Name
	if name == "" {
		name = "Entry " + string(deleted.Entry.ID)
	}
	f := templates.Flash{
		Tone: templates.Good, Title: "Deleted: " + name, Problems: deleted.Receipt.Messages, Ray: deleted.Receipt.Ray,
		Text: "The entry is no longer in the registry. For " + web.Spell(change.UndoPeriod) + " you can undo this. The entry then gets a new ID.",
	}
	switch deleted.Result {
	case change.Sent:
	case change.FoundLater:
		f.Text = "No usable answer came, so Namesake checked the registry: the entry is no longer there. For " + web.Spell(change.UndoPeriod) + " you can undo this. The entry then gets a new ID."
	case change.AlreadyDone:
		f.Tone, f.Title, f.Text = templates.Info, "Already deleted", "You deleted this entry a moment ago. Nothing was sent to Cloudflare."
	}
	if deleted.Record > 0 {
		f.Undo = templates.Undo{URL: s.EntriesURL() + "/undo", Record: strconv.FormatInt(deleted.Record, 10)}
	}
	return f
}

// UndoDelete answers POST entries/undo: it creates again what was deleted.
func (s *Handlers) UndoDelete(c echo.Context) error {
	if err := web.ParseForm(c); err != nil {
		return err
	}
	seq, err := strconv.ParseInt(c.Request().PostForm.Get("record"), 10, 64)
	if err != nil || seq < 1 {
		return web.ErrNoRecord
	}
	created, err := s.Changes.Undo(web.RequestContext(c), web.Caller(c), seq, web.FormConfirmed(c))
	if errors.Is(err, registry.ErrNotFound) {
		return web.ErrNoRecord
	}
	if stop := (*registry.StopError)(nil); errors.As(err, &stop) && !web.WantsJSON(c) {
		c.Set(web.CauseKey, stop)
		p := s.Page(c, "Not undone: "+web.BreaksText(stop.Warnings))
		return web.Render(c, http.StatusUnprocessableEntity, templates.ConfirmBreaks(p, templates.ConfirmBreaksView{
			Title: p.Title, Lead: "To undo the deletion creates the entry again. If a test is out of date, undo it anyway, and delete the test afterwards.",
			Broken: *web.BreaksView(stop.Warnings), Field: web.FieldConfirmed, Action: s.EntriesURL() + "/undo", Fields: []templates.HiddenField{{Name: "record", Value: strconv.FormatInt(seq, 10)}},
			Button: "Undo it anyway", Cancel: s.EntriesURL(),
		}))
	}
	if err != nil {
		return err
	}
	s.DropUndo(c, strconv.FormatInt(seq, 10))
	to := s.EntryURL(created.Entry.ID)
	if web.WantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, to)
		return c.JSON(http.StatusSeeOther, web.CreatedEnvelope(created))
	}
	f := createdFlash(created)
	if created.Result == change.Sent {
		f.Title, f.Text = "Deletion undone", "The entry is in the registry again, with a new ID. Links to the old one no longer work."
	}
	return s.RedirectWithNotice(c, to, f)
}
