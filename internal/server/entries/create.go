package entries

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/change"
	"namesake/internal/patterns"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/regex"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// New answers GET entries/new: the create form.
func (s *Handlers) New(c echo.Context) error {
	values := c.QueryParams() // a link may fill the form in
	f, err := s.follow(c, rbac.CreateEntry, "")
	switch {
	case err != nil:
		return err
	case f.open():
		return s.waiting(c, f, templates.Link{Label: "Back to the form", URL: s.EntriesURL() + "/new?" + url.Values{"kept": {values.Get("kept")}}.Encode()})
	case f.asked && f.Doubt == nil:
		return s.showCreated(c, f, values.Get("kept"))
	}
	if savedID := values.Get("kept"); savedID != "" {
		saved, notice := s.SavedForm(c)
		form := web.DecodeEntryForm(saved)
		if form.Key == "" {
			form.Key = newFormKey()
		} else {
			form.SavedID = savedID
		}
		v := formView(web.RequestContext(c), form)
		if f.asked && saved != nil {
			if v.Outcome = s.notDone(c, f); !f.Mine {
				v.Outcome.Text = []string{"The other person's request had no effect. Your form was not sent: you can send it now."}
			}
			return s.entryForm(c, http.StatusOK, v)
		}
		return s.entryForm(c, http.StatusOK, v, notice)
	}
	if f.asked { // nothing was saved: the undoing of a deletion, which is a click
		for field, value := range f.Intent.After {
			values.Set(field, web.Shown(value))
		}
	}
	form := web.DecodeEntryForm(values)
	form.Key, form.SavedID, form.Confirmed = newFormKey(), "", ""
	v := formView(web.RequestContext(c), form)
	v.NameEntries = s.nameEntries(c, form, "", "")
	if f.asked {
		v.Outcome = s.notDone(c, f)
	} else if v.Focus = registry.FieldName; form.Name() != "" {
		v.Focus = registry.FieldEmail
	}
	return s.entryForm(c, http.StatusOK, v)
}

// Create answers POST entries: it creates an entry.
func (s *Handlers) Create(c echo.Context) error {
	unreadable := web.ParseForm(c)
	form := web.DecodeEntryForm(c.Request().PostForm)
	if unreadable != nil {
		return s.refuseForm(c, form, unreadable)
	}
	if filled := web.Fill(c, &form); filled || regex.OnlyCheck(c) {
		v := formView(web.RequestContext(c), form)
		v.NameEntries = s.nameEntries(c, form, "", "")
		if filled {
			return s.entryForm(c, http.StatusOK, v, web.FilledIn())
		}
		return s.entryForm(c, http.StatusOK, v)
	}
	d, err := web.Draft(web.RequestContext(c), form)
	if err != nil {
		return s.refuseForm(c, form, err)
	}
	created, err := s.Changes.CreateNew(web.RequestContext(c), web.Caller(c), form.Key, d, web.ParseConfirmed(form.Confirmed))
	if err != nil {
		return s.refuseForm(c, form, err)
	}
	s.DropSavedForm(c, form.SavedID)
	to := s.EntriesURL() + "/" + string(created.Entry.ID)
	if web.WantsJSON(c) {
		c.Response().Header().Set(echo.HeaderLocation, to)
		return c.JSON(http.StatusSeeOther, web.CreatedEnvelope(created))
	}
	if c.Request().PostForm.Get(anotherParameter) != "" {
		return s.RedirectWithNotice(c, s.EntriesURL()+"/new?"+url.Values{registry.FieldName: {d.Name}}.Encode(), anotherFlash(created, d))
	}
	return s.RedirectWithNotice(c, to, createdFlash(created))
}

// anotherParameter is the button of a form that creates the entry, and opens the form for
// another address of the same name.
const anotherParameter = "another"

// showCreated leads from a create that was in doubt to its entry.
func (s *Handlers) showCreated(c echo.Context, f followed, savedID string) error {
	to := s.EntryURL(f.Outcome.Entry)
	created := change.Created{Entry: registry.Entry{ID: f.Outcome.Entry}, Result: change.FoundLater}
	if web.WantsJSON(c) {
		created.Result = change.AlreadyDone // only the id is known here
		c.Response().Header().Set(echo.HeaderLocation, to)
		return c.JSON(http.StatusSeeOther, web.CreatedEnvelope(created))
	}
	if c.Request().Method == http.MethodHead { // of the script that follows
		return web.SeeOther(c, to)
	}
	if !f.Mine {
		return s.RedirectWithNotice(c, to, templates.Flash{
			Tone: templates.Info, Title: "Created by another person",
			Text: "An entry with this name and address was sent before yours and is in the registry now. Your form was not sent.",
		})
	}
	s.DropSavedForm(c, savedID)
	return s.RedirectWithNotice(c, to, createdFlash(created))
}

// refuseForm shows the form again, as it was typed, with what is wrong.
func (s *Handlers) refuseForm(c echo.Context, form templates.EntryForm, err error) error {
	var used *change.KeyUsedError
	if form.Key == "" || errors.As(err, &used) {
		form.Key = newFormKey()
	}
	err = web.AdvisedForm(c, form, err)
	v, f, ok := s.refusedView(c, form, err)
	if !ok {
		return err
	}
	s.addDoubt(c, &v, s.EntriesURL()+"/new", err)
	return s.entryForm(c, f.Status, v)
}

// refusedView is the form as it was typed, with what is wrong. ok is false when the
// answer is to be another one: in JSON, or a page without the form.
func (s *Handlers) refusedView(c echo.Context, form templates.EntryForm, err error) (v templates.EntryFormView, f web.Failure, ok bool) {
	f = s.Fail(err)
	var forbidden *rbac.ForbiddenError
	if web.WantsJSON(c) || errors.As(err, &forbidden) || f.Status == http.StatusInternalServerError {
		return v, f, false
	}
	c.Set(web.CauseKey, err)
	f.SetHeaders(c)
	ctx, cancel := context.WithCancel(web.RequestContext(c))
	defer cancel()
	if errors.As(err, new(*patterns.BusyError)) {
		cancel() // there was no turn for the pattern just now
	}
	v = formView(ctx, form)
	addFailure(&v, f, err)
	v.Outcome.RequestID, v.Outcome.Fault = web.RequestID(c), f.Status >= http.StatusInternalServerError
	return v, f, true
}

func (s *Handlers) entryForm(c echo.Context, status int, v templates.EntryFormView, notices ...templates.Flash) error {
	v.Action, v.Cancel, v.Submit, v.Anyway = s.EntriesURL(), s.EntriesURL(), "Create entry", "Create it anyway"
	v.EntriesURL, v.NameEntriesURL = s.EntriesURL(), s.EntriesURL()+web.NameEntriesPath
	v.Another = true
	p := s.Page(c, "New entry")
	if v.Outcome != nil {
		p.Title = v.Outcome.Title
	}
	p.Active = s.EntriesURL() + "/new"
	p.Flash = append(p.Flash, notices...)
	v.Meaning.Shadowed, v.Meaning.ShadowedURL = s.shadowed(c, nil)
	return web.Render(c, status, templates.EntryCreate(p, v))
}

// newFormKey returns the one-time key of a form.
func newFormKey() string { return rand.Text() }

// formView is the form page for what was typed, without HTTP.
func formView(ctx context.Context, f templates.EntryForm) templates.EntryFormView {
	for _, s := range []*string{&f.Key, &f.SavedID, &f.Confirmed, &f.Version, &f.Back, &f.Samples, &f.Suggested} {
		*s = strings.ToValidUTF8(*s, "\uFFFD") // a page can't hold anything else
	}
	f.Values = maps.Clone(f.Values)
	for name, typed := range f.Values {
		f.Values[name] = strings.ToValidUTF8(typed, "\uFFFD")
	}
	return templates.EntryFormView{
		Form: f, Advanced: advancedTyped(f), Left: registry.Version(f.Version).Left(),
		Fields:   make(map[string][]templates.Message),
		CheckURL: web.RegexPath, Pattern: regex.FormPattern(ctx, f),
		Meaning: templates.MeaningView{
			Sentence: words.Meaning(web.CutTo(f.Name(), web.MaxQuoted), web.CutTo(f.Email(), web.MaxQuoted), f.IsEmailRegex()),
			Template: words.MeaningTemplate, NoName: words.MeaningNoName, NoEmail: words.MeaningNoEmail,
			NoPattern: words.MeaningNoPattern, Pattern: words.MeaningPattern,
		},
	}
}

// advancedTyped reports whether the form has other values behind "Advanced" than the
// entry has, or than an empty form.
func advancedTyped(f templates.EntryForm) bool {
	had, _ := registry.Version(f.Version).Values()
	for _, field := range registry.Fields() {
		if field.Directory && f.Values[field.Name] != web.Shown(had[field.Name]) {
			return true
		}
	}
	return false
}

// addFailure puts what is wrong at the fields it belongs to, and all of it into
// the summary.
func addFailure(v *templates.EntryFormView, f web.Failure, err error) {
	add := func(field string, m templates.Message) {
		if field != "" {
			v.Fields[field] = append(v.Fields[field], m)
		}
		v.Summary = append(v.Summary, templates.SummaryItem{Field: field, Label: words.FieldLabel(field), Message: m})
	}
	v.Outcome = &templates.Outcome{Tone: f.Tone, Title: f.Title, Text: f.Text, Link: f.Link, Ray: f.Ray}
	var invalid *registry.InvalidError
	if errors.As(err, &invalid) {
		for _, e := range invalid.Fields {
			for _, text := range web.InvalidTexts(e, err) {
				add(e.Field, templates.Message{Text: text})
			}
		}
	}
	v.Fixes = web.FixesIn(err)
	problems := f.Problems
	var stop *registry.StopError
	if errors.As(err, &stop) {
		web.AddStop(v, stop)
		problems = problems[:len(problems)-len(stop.Warnings)]
	}
	for _, p := range problems {
		add(web.FieldOf(p.Pointer), templates.Message{Problem: &p})
	}
	for _, p := range f.Problems[len(problems):] { // our own: a person needs no code and pointer
		add(web.FieldOf(p.Pointer), templates.Message{Text: p.Message})
	}
}

// anotherFlash is the notice on the form for another address of the name.
func anotherFlash(created change.Created, d registry.Draft) templates.Flash {
	f := createdFlash(created)
	f.Text = words.CreatedOneOf(web.CutTo(d.Name, web.MaxQuoted), web.CutTo(d.Email, web.MaxQuoted)) + " Enter another address for this name."
	return f
}

// createdFlash is the notice on the page of a created entry.
func createdFlash(created change.Created) templates.Flash {
	f := templates.Flash{Tone: templates.Good, Problems: created.Receipt.Messages, Ray: created.Receipt.Ray}
	switch created.Result {
	case change.Sent:
		f.Title = "Created"
		f.Text = "The entry is in the registry."
	case change.FoundLater:
		f.Title = "Created after all"
		f.Text = "No usable answer came, so Namesake checked the registry: the entry is there. Do not send it again."
		if created.Cause != nil {
			cause := web.FailAPI(created.Cause, true)
			f.Text = cause.Title + ". Namesake then checked the registry: the entry is there. Do not send it again."
			f.Problems, f.Ray = cause.Problems, cause.Ray // of the call that created it
		}
	case change.AlreadyDone:
		f.Tone, f.Title = templates.Info, "Already created"
		f.Text = "The same form was sent before and created this entry. No duplicate was created."
	}
	return f
}
