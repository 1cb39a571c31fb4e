package server

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/web/templates"
)

func (s *Server) confirmDelete(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	f, err := s.follow(c, rbac.DeleteEntry, id)
	switch {
	case err != nil:
		return err
	case f.open():
		return s.waiting(c, f, templates.Link{Label: "Back to the entry", URL: s.entryURL(id)})
	case f.asked && f.Doubt == nil && f.Intent.Action == rbac.DeleteEntry:
		return s.showDeleted(c, f)
	}
	_, entry, err := s.changeable(c, rbac.DeleteEntry)
	if err != nil {
		return err
	}
	p := s.page(c, "Delete entry")
	if f.asked && f.Doubt != nil {
		told := s.fail(f.Doubt)
		p.Flash = append(p.Flash, templates.Flash{Tone: templates.Info, Title: told.title, Text: strings.Join(told.text, " ")})
	}
	return s.deletePage(c, http.StatusOK, p, entry, nil)
}

// deletePage asks whether an entry is to be deleted. changed is what is not as the person
// saw it when they were asked before.
func (s *Server) deletePage(c echo.Context, status int, p templates.Page, entry registry.Entry, changed []templates.ConflictField) error {
	after, stay := s.afterDeletion(c, entry)
	to := s.entryURL(entry.ID)
	return render(c, status, templates.EntryDelete(p, templates.EntryDeleteView{
		Entry: entry, Version: string(entry.Version()), Changed: changed, After: after, Stay: stay,
		Action: to + "/delete", Back: withPlace(to, place(c)), Place: place(c), Undo: spell(change.UndoPeriod),
	}))
}

// askAgain asks once more about an entry that has changed since the person was asked.
func (s *Server) askAgain(c echo.Context, conflict *change.ConflictError) error {
	f := s.fail(conflict)
	p := s.page(c, f.title)
	p.Flash = append(p.Flash, templates.Flash{Tone: f.tone, Title: f.title, Text: strings.Join(f.text, " ")})
	var changed []templates.ConflictField
	for _, field := range conflictView(conflict, formOf(conflict.Now)) {
		if field.Seen != field.Now {
			changed = append(changed, field)
		}
	}
	return s.deletePage(c, f.status, p, conflict.Now, changed)
}

// showDeleted leads from a deletion that was in doubt to the list, where it can be undone.
func (s *Server) showDeleted(c echo.Context, f followed) error {
	to := s.entriesURL() + place(c)
	if c.Request().Method == http.MethodHead || wantsJSON(c) {
		return seeOther(c, to)
	}
	deleted := change.Changed{Entry: registry.Entry{ID: f.Intent.Entry, Name: f.Intent.Before.Draft().Name}, Result: change.FoundLater}
	if f.Mine {
		deleted.Record = f.Outcome.Seq
	}
	return s.leadOn(c, to, s.deletedFlash(deleted))
}

func (s *Server) deleteEntry(c echo.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	id, err := pathID(c)
	if err != nil {
		return err
	}
	deleted, err := s.changes.Delete(requestContext(c), caller(c), id, registry.Version(c.Request().PostForm.Get("version")))
	if conflict := (*change.ConflictError)(nil); errors.As(err, &conflict) && !wantsJSON(c) {
		return s.askAgain(c, conflict)
	}
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, s.entriesURL()+place(c))
		return c.JSON(http.StatusSeeOther, envelope{
			Success: true, Errors: []problemJSON{}, Messages: toProblemsJSON(deleted.Receipt.Messages), Result: map[string]registry.ID{"id": id},
		})
	}
	return s.leadOn(c, s.entriesURL()+place(c), s.deletedFlash(deleted))
}

// deletedFlash is the notice after a deletion, from which it can be undone.
func (s *Server) deletedFlash(deleted change.Changed) templates.Flash {
	name := deleted.Entry.Name
	if name == "" {
		name = "Entry " + string(deleted.Entry.ID)
	}
	f := templates.Flash{
		Tone: templates.Good, Title: "Deleted: " + name, Problems: deleted.Receipt.Messages, Ray: deleted.Receipt.Ray,
		Text: "It is gone from the registry. For " + spell(change.UndoPeriod) + " you can undo this; the entry then gets a new id.",
	}
	switch deleted.Result {
	case change.Sent:
	case change.FoundLater:
		f.Text = "No usable answer came, so Namesake looked: the entry is gone. For " + spell(change.UndoPeriod) + " you can undo this; the entry then gets a new id."
	case change.AlreadyDone:
		f.Tone, f.Title, f.Text = templates.Info, "Already deleted", "You deleted this entry a moment ago. Nothing was sent to Cloudflare."
	}
	if deleted.Record > 0 {
		f.Undo = templates.Undo{URL: s.entriesURL() + "/undo", Record: strconv.FormatInt(deleted.Record, 10)}
	}
	return f
}

func (s *Server) undoDelete(c echo.Context) error {
	if err := parseForm(c); err != nil {
		return err
	}
	seq, err := strconv.ParseInt(c.Request().PostForm.Get("record"), 10, 64)
	if err != nil || seq < 1 {
		return errNoRecord
	}
	created, err := s.changes.Undo(requestContext(c), caller(c), seq)
	if errors.Is(err, registry.ErrNotFound) {
		return errNoRecord
	}
	if err != nil {
		return err
	}
	to := s.entryURL(created.Entry.ID)
	if wantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, to)
		return c.JSON(http.StatusSeeOther, createdEnvelope(created))
	}
	f := createdFlash(created)
	if created.Result == change.Sent {
		f.Title, f.Text = "Deletion undone", "The entry is in the registry again, with a new id: links to the old one no longer work."
	}
	return s.leadOn(c, to, f)
}
