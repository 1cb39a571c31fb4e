package entries

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"

	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/regex"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// Edit answers GET entries/ID/edit: the edit form.
func (s *Handlers) Edit(c echo.Context) error {
	id, err := pathID(c)
	if err != nil {
		return err
	}
	f, err := s.follow(c, rbac.EditEntry, id)
	switch {
	case err != nil:
		return err
	case f.open():
		return s.waiting(c, f, templates.Link{Label: "Back to the form", URL: s.EntryURL(id) + "/edit?" + url.Values{"kept": {c.QueryParam("kept")}}.Encode()})
	case f.asked && f.Doubt == nil && f.Mine && f.Intent.Action == rbac.EditEntry:
		return s.showSaved(c, id, c.QueryParam("kept"))
	}
	id, entry, err := s.changeable(c, rbac.EditEntry)
	if err != nil {
		return err
	}
	form := formOf(entry)
	form.Back = web.ReturnTo(c)
	values := c.QueryParams()
	var notices []templates.Flash
	if savedID := values.Get("kept"); savedID != "" {
		saved, notice := s.SavedForm(c)
		if saved != nil {
			form = web.DecodeEntryForm(saved)
			form.SavedID = savedID
		}
		if !f.asked || saved == nil {
			notices = append(notices, notice)
		}
	} else if given := prefill(&form, values); given {
		notices = append(notices, templates.Flash{
			Tone: templates.Info, Title: "Not saved yet",
			Text: "The form holds values that came with the link. Compare them with the entry, and save if they are right.",
		})
	}
	v := formView(web.RequestContext(c), form)
	switch {
	case !f.asked:
	case f.Doubt != nil && f.Mine:
		v.Outcome = s.notDone(c, f)
	default:
		v.Outcome = &templates.Outcome{Tone: templates.Info, Title: "The result of the earlier change is known now", Text: []string{"Your form was not sent. Compare, then send it if it is still right."}}
	}
	seen := id
	if registry.FoldName(form.Name()) != registry.FoldName(entry.Name) {
		seen = ""
	}
	v.NameEntries = s.nameEntries(c, form, id, seen)
	return s.editForm(c, http.StatusOK, id, v, notices...)
}

// showSaved leads from an edit that was in doubt to its entry.
func (s *Handlers) showSaved(c echo.Context, id registry.ID, savedID string) error {
	if c.Request().Method == http.MethodHead || web.WantsJSON(c) {
		return web.SeeOther(c, s.EntryURL(id))
	}
	s.DropSavedForm(c, savedID)
	return s.RedirectWithNotice(c, s.EntryURL(id), changedFlash(change.Changed{Result: change.FoundLater}))
}

// Update answers POST entries/ID: it saves an edit.
func (s *Handlers) Update(c echo.Context) error {
	unreadable := web.ParseForm(c)
	form := web.DecodeEntryForm(c.Request().PostForm)
	id, err := pathID(c)
	if err != nil {
		return err
	}
	if unreadable != nil {
		return s.refuseEdit(c, id, form, unreadable)
	}
	if filled := web.Fill(c, &form); filled || regex.OnlyCheck(c) {
		v := formView(web.RequestContext(c), form)
		v.NameEntries = s.nameEntries(c, form, id, "")
		if filled {
			return s.editForm(c, http.StatusOK, id, v, web.FilledIn())
		}
		return s.editForm(c, http.StatusOK, id, v)
	}
	d, faults := web.ParseDraft(form)
	if len(faults) > 0 {
		return s.refuseEdit(c, id, form, web.Invalid(faults, registry.Version(form.Version).Check(web.RequestContext(c), d)))
	}
	changed, err := s.Changes.Update(web.RequestContext(c), web.Caller(c), id, registry.Version(form.Version), d, web.ParseConfirmed(form.Confirmed))
	if err != nil {
		return s.refuseEdit(c, id, form, err)
	}
	s.DropSavedForm(c, form.SavedID)
	to := web.WithReturnTo(s.EntryURL(id), web.ReturnTo(c))
	if web.WantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, to)
		return c.JSON(http.StatusSeeOther, web.EntryEnvelope(changed.Entry, changed.Receipt))
	}
	return s.RedirectWithNotice(c, to, changedFlash(changed))
}

// refuseEdit shows the form again, as it was typed, with what is wrong.
func (s *Handlers) refuseEdit(c echo.Context, id registry.ID, form templates.EntryForm, err error) error {
	err = web.AdvisedForm(c, form, err)
	v, f, ok := s.refusedView(c, form, err)
	if !ok {
		return err
	}
	var conflict *change.ConflictError
	if errors.As(err, &conflict) {
		v.Conflict = conflictView(conflict, form)
		v.Form.Version = string(conflict.Now.Version())
		v.Outcome.Link = s.EntryURL(id)
	}
	s.addDoubt(c, &v, s.EntryURL(id)+"/edit", err)
	return s.editForm(c, f.Status, id, v)
}

func (s *Handlers) editForm(c echo.Context, status int, id registry.ID, v templates.EntryFormView, notices ...templates.Flash) error {
	v.Action, v.Cancel, v.Submit, v.Anyway = s.EntryURL(id), web.WithReturnTo(s.EntryURL(id), v.Form.Back), "Save changes", "Save it anyway"
	v.EntriesURL, v.NameEntriesURL = s.EntriesURL(), s.EntriesURL()+web.NameEntriesPath+"?entry="+url.QueryEscape(string(id))
	p := s.Page(c, "Edit entry")
	if v.Outcome != nil {
		p.Title = v.Outcome.Title
	}
	p.Flash = append(p.Flash, notices...)
	v.Meaning.Shadowed, v.Meaning.ShadowedURL = s.shadowed(c, nil)
	return web.Render(c, status, templates.EntryEdit(p, v))
}

// conflictView sets the three versions of each field side by side that a person has
// changed.
func conflictView(e *change.ConflictError, form templates.EntryForm) []templates.ConflictField {
	before, known := e.Seen.Values()
	now, mine := e.Now.Values(), form.Values
	var fields []templates.ConflictField
	for _, name := range registry.FieldNames() {
		f := templates.ConflictField{Label: words.FieldLabel(name), Seen: web.Shown(before[name]), Now: web.Shown(now[name]), Mine: mine[name]}
		now, _ := now[name].(string)
		switch left := slices.Contains(e.Seen.Left(), name); {
		case !known:
			f.Seen = "not known"
		case left && e.Seen.Saw(name, now):
			f.Seen = f.Now
		case left:
			f.Seen = "too long to keep"
		}
		if slices.Contains(e.Seen.Left(), name) && f.Mine == "" {
			f.Mine = f.Now // the form leaves it out
		}
		if f.Seen != f.Now || f.Now != f.Mine {
			f.Seen, f.Now, f.Mine = web.CutTo(f.Seen, web.MaxCompared), web.CutTo(f.Now, web.MaxCompared), web.CutTo(f.Mine, web.MaxCompared)
			fields = append(fields, f)
		}
	}
	return fields
}

// formOf is the form of an entry as it is.
func formOf(e registry.Entry) templates.EntryForm {
	version, values := e.Version(), e.Values()
	for _, name := range version.Left() {
		delete(values, name)
	}
	form := web.FormOf(values)
	form.Version = string(version)
	return form
}

// prefill puts the fields that values give into the form, and reports whether there
// were any.
func prefill(form *templates.EntryForm, values url.Values) (given bool) {
	all := url.Values{}
	for name, value := range form.Values {
		all.Set(name, value)
	}
	for _, name := range registry.FieldNames() {
		if values.Has(name) {
			all.Set(name, values.Get(name))
			given = true
		}
	}
	filled := web.DecodeEntryForm(all)
	filled.Version, filled.Back = form.Version, form.Back
	*form = filled
	return given
}

// changedFlash is the notice on the page of an entry that was edited.
func changedFlash(changed change.Changed) templates.Flash {
	f := templates.Flash{Tone: templates.Good, Title: "Saved", Problems: changed.Receipt.Messages, Ray: changed.Receipt.Ray}
	switch changed.Result {
	case change.Sent:
		f.Text = fieldList(changed.Change) + " updated."
	case change.FoundLater:
		f.Title = "Saved after all"
		f.Text = "No usable answer came, so Namesake checked the registry: the entry has your values. Do not send them again."
		if changed.Cause != nil {
			f.Problems, f.Ray = changed.Cause.Problems, changed.Cause.Receipt.Ray
		}
	case change.AlreadyDone:
		return templates.Flash{Tone: templates.Info, Title: "Nothing to change", Text: "The entry already has these values. Nothing was sent to Cloudflare."}
	}
	return f
}

// fieldList names the fields of a change as the form does.
func fieldList(change registry.Values) string {
	var labels []string
	for _, name := range registry.FieldNames() {
		if _, changes := change[name]; changes {
			labels = append(labels, words.FieldLabel(name))
		}
	}
	return words.And(labels...)
}

// changeable returns the entry in the path, for a page from which it is changed.
func (s *Handlers) changeable(c echo.Context, what rbac.Action) (id registry.ID, entry registry.Entry, err error) {
	if id, err = pathID(c); err != nil {
		return id, entry, err
	}
	entry, err = s.Mirror.EntryToChange(web.RequestContext(c), web.Caller(c), id, what)
	if err == nil && entry.Synced() {
		err = &change.SyncedError{Entry: entry}
	}
	return id, entry, err
}

// pathID returns the entry's id in the path, or ErrNotFound.
func pathID(c echo.Context) (registry.ID, error) {
	id, err := registry.ParseID(c.Param("id"))
	if err != nil {
		return "", fmt.Errorf("%w: %w", registry.ErrNotFound, err)
	}
	return id, nil
}
