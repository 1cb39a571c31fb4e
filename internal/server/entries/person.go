package entries

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/findings"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// namesakes looks up the entries of a name for a page that has a purpose without them:
// when they can't be looked up, the page says why instead of failing. self is the entry
// that the page is about and that has the name, "" for none.
func (s *Handlers) namesakes(c echo.Context, name string, self registry.ID) (registry.Namesakes, templates.NameEntriesView) {
	v := templates.NameEntriesView{Current: self}
	v.ReadAt, v.Stale = s.Freshness(c, s.Mirror.Snapshot())
	found, err := s.Mirror.Namesakes(web.RequestContext(c), web.Caller(c), name)
	if err != nil {
		s.Log.WarnContext(web.RequestContext(c), "the entries of a name could not be looked up", "request_id", web.RequestID(c), "error", err)
		v.Failed = s.FailFor(c, err).Title
		return registry.Namesakes{Name: name, Partial: true}, v
	}
	if self != "" && !slices.ContainsFunc(found.Entries, func(e registry.Entry) bool { return e.ID == self }) {
		found.Partial = true // the registry has changed since it was read
	}
	v.Entries, v.Partial = found.Entries, found.Partial
	return found, v
}

// personView is what an entry's page says about the name's entries: how they protect the
// name, and all of them. It is nil for an entry without a name.
func (s *Handlers) personView(c echo.Context, e registry.Entry) (protection string, _ *templates.NameEntriesView) {
	protection = words.Meaning(e.Name, e.Email, e.IsEmailRegex)
	if registry.FoldName(e.Name) == "" {
		return protection, nil
	}
	found, v := s.namesakes(c, e.Name, e.ID)
	if slices.ContainsFunc(found.Entries, func(o registry.Entry) bool { return o.ID == e.ID }) {
		protection = words.Protected(found.Protection())
	} else {
		v.Entries = append([]registry.Entry{e}, v.Entries...)
	}
	v.Remarks = remarks(web.RequestContext(c), v.Entries)
	if web.Actor(c).May(rbac.CreateEntry) {
		v.AddURL = s.EntriesURL() + "/new?" + url.Values{registry.FieldName: {e.Name}}.Encode()
	}
	return protection, &v
}

// maxNameBytes is longer than a name of 1,024 characters, the longest that is allowed.
const maxNameBytes = 4 * 1024

// nameEntries is what a form says about the entries of the name in it, and about what else
// was typed. self is the entry that it changes, seen is that entry when it is known to
// have the name; both are "" for a new one.
func (s *Handlers) nameEntries(c echo.Context, form templates.EntryForm, self, seen registry.ID) *templates.NameEntriesView {
	d, _ := web.ParseDraft(form) // what can't be understood is told when it is sent
	d.Name, d.Email = strings.ToValidUTF8(d.Name, "\uFFFD"), strings.ToValidUTF8(d.Email, "\uFFFD")
	had, _ := registry.Version(form.Version).Values()
	var found []templates.FindingView
	if self == "" || had[registry.FieldName] != d.Name || had[registry.FieldEmail] != d.Email {
		ctx := web.RequestContext(c)
		found = append(s.listedAlready(c, d, self), web.DraftFindings(ctx, d)...)
		found = append(found, s.JudgedFindings(ctx, d)...)
	}
	name := d.Name
	if len(name) > maxNameBytes || registry.FoldName(name) == "" { // an entry has no such name
		if len(found) == 0 {
			return nil
		}
		return &templates.NameEntriesView{Findings: found}
	}
	all, v := s.namesakes(c, name, seen)
	v.Findings = found
	if v.Failed != "" {
		return &v
	}
	if names := all.Resembling(); len(names) > 0 {
		v.Findings = append(v.Findings, templates.FindingView{Severity: string(findings.Warning), Message: words.Resembling(names)})
	}
	others := all.Without(self)
	v.Entries, v.Sentence = others.Entries, words.AddingSummary(others.Adding(d.Email, d.IsEmailRegex))
	if len(others.Entries) < len(all.Entries) {
		// The form's entry has this name already.
		v.Sentence = words.StillProtected(all.Protection(), len(others.Entries) == 0 && !all.Partial)
		v.Entries, v.Current = all.Entries, self
	}
	v.Remarks = remarks(web.RequestContext(c), v.Entries)
	return &v
}

// listedAlready says which entries have the address or pattern of a draft already, whatever
// their name. self is the entry that the form changes.
func (s *Handlers) listedAlready(c echo.Context, d registry.Draft, self registry.ID) []templates.FindingView {
	if d.Email == "" {
		return nil
	}
	listed, err := s.Mirror.Listed(web.RequestContext(c), web.Caller(c), d.Email, d.IsEmailRegex)
	if err != nil {
		return nil // the section on the name's entries says why
	}
	listed = slices.DeleteFunc(listed, func(e registry.Entry) bool { return self != "" && e.ID == self })
	if len(listed) == 0 {
		return nil
	}
	return []templates.FindingView{{
		Severity: string(findings.Warning), Message: words.Listed(d.IsEmailRegex), Entries: listed[:min(len(listed), templates.FewNamesakes)],
	}}
}

// remarkTimeout is how long the patterns of a page's entries are looked at. What is not
// reached then says so, and is quick when the page is loaded again.
const remarkTimeout = 2 * time.Second

// remarks are what there is to say of the patterns of those entries that a page lists.
func remarks(ctx context.Context, entries []registry.Entry) []string {
	ctx, cancel := context.WithTimeout(ctx, remarkTimeout)
	defer cancel()
	all := make([]string, min(len(entries), templates.ManyNamesakes))
	for i := range all {
		all[i] = words.PatternRemark(entries[i].CheckPattern(ctx))
	}
	return all
}

// ListOfName answers a form's script, which asks about the name as soon as a person has
// typed one.
func (s *Handlers) ListOfName(c echo.Context) error {
	self, err := registry.ParseID(c.QueryParam("entry"))
	if err != nil {
		self = "" // a new one
	}
	web.SetAsOf(c, s.Mirror.Snapshot().State.ReadAt)
	return web.Render(c, http.StatusOK, templates.NameEntries(s.EntriesURL(), s.nameEntries(c, web.DecodeEntryForm(c.QueryParams()), self, "")))
}

// afterDeletion says how the name is protected once the entry is deleted, and lists the
// entries that stay.
func (s *Handlers) afterDeletion(c echo.Context, e registry.Entry) (string, *templates.NameEntriesView) {
	if registry.FoldName(e.Name) == "" {
		return words.RemovalOfNameless(e), nil
	}
	found, v := s.namesakes(c, e.Name, e.ID)
	if v.Failed != "" {
		return words.RemovalUnknown(e), &v
	}
	v.Entries = found.Without(e.ID).Entries
	v.Remarks = remarks(web.RequestContext(c), v.Entries)
	return words.RemovalSummary(found.Removing(e)), &v
}
