package server

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
	"namesake/web/templates"
)

// namesakes looks up the entries of a name for a page that has a purpose without them:
// when they can't be looked up, the page says why instead of failing. self is the entry
// that the page is about, "" for none.
func (s *Server) namesakes(c echo.Context, name string, self registry.ID) (registry.Namesakes, templates.NamesakesView) {
	v := templates.NamesakesView{Current: self}
	found, err := s.registry.Namesakes(requestContext(c), caller(c), name, self)
	if err != nil {
		s.log.WarnContext(requestContext(c), "the entries of a name could not be looked up", "request_id", requestID(c), "error", err)
		v.Failed = s.fail(err).title
		return registry.Namesakes{Name: name, Partial: true}, v
	}
	v.Entries, v.Partial = found.Entries, found.Partial
	return found, v
}

// personView is what an entry's page says about the name's entries: what holds for the
// name, and all of them. It is nil for an entry without a name.
func (s *Server) personView(c echo.Context, e registry.Entry) (holds string, _ *templates.NamesakesView) {
	holds = registry.Meaning(e.Name, e.Email, e.IsEmailRegex)
	if registry.FoldName(e.Name) == "" {
		return holds, nil
	}
	found, v := s.namesakes(c, e.Name, e.ID)
	if slices.ContainsFunc(found.Entries, func(o registry.Entry) bool { return o.ID == e.ID }) {
		holds = found.Holds()
	} else {
		v.Entries = append([]registry.Entry{e}, v.Entries...)
	}
	if actor(c).May(registry.CreateEntry) {
		v.AddURL = s.entriesURL() + "/new?" + url.Values{registry.FieldName: {e.Name}}.Encode()
	}
	return holds, &v
}

// joinView is what a form says about the entries of the name in it. self is the entry
// that it changes, seen is that entry when it is known to have the name; both are "" for
// a new one.
func (s *Server) joinView(c echo.Context, name string, self, seen registry.ID) *templates.NamesakesView {
	name = strings.TrimSpace(strings.ToValidUTF8(name, "\uFFFD"))
	if registry.FoldName(name) == "" {
		return nil
	}
	found, v := s.namesakes(c, name, seen)
	if v.Failed != "" {
		return &v
	}
	others := found.Without(self)
	v.Entries, v.Sentence = others.Entries, others.Joins()
	if len(others.Entries) < len(found.Entries) {
		// The form's entry has this name already.
		v.Sentence = "As it is, mail" + strings.TrimPrefix(found.Holds(), "Mail")
		v.Entries, v.Current = found.Entries, self
		if len(others.Entries) == 0 && !found.Partial {
			v.Sentence += " This is its only entry: under another name, nothing protects “" + name + "”."
		}
	}
	return &v
}

// joinName answers a form's script, which asks about the name as soon as somebody has
// typed one.
func (s *Server) joinName(c echo.Context) error {
	self, err := registry.ParseID(c.QueryParam("entry"))
	if err != nil {
		self = "" // a new one
	}
	return render(c, http.StatusOK, templates.Join(s.entriesURL(), s.joinView(c, c.QueryParam(registry.FieldName), self, "")))
}

// afterDeletion says what holds for the name once the entry is deleted, and lists the
// entries that stay.
func (s *Server) afterDeletion(c echo.Context, e registry.Entry) (string, *templates.NamesakesView) {
	if registry.FoldName(e.Name) == "" {
		return "After this deletion mail from " + e.Email + " is treated like any other. The entry has no name that it could protect.", nil
	}
	found, v := s.namesakes(c, e.Name, e.ID)
	if v.Failed != "" {
		return "After this deletion mail that shows “" + e.Name + "” from " + e.Email + " is flagged, if other entries protect the name. If this is its only entry, nothing protects the name any more.", &v
	}
	v.Entries = found.Without(e.ID).Entries
	return found.WithoutEntry(e), &v
}

// knownTwins are the ids of the twins that somebody has seen and wants one more of, as
// the form's button gives them.
func knownTwins(field string) []registry.ID {
	var ids []registry.ID
	for id := range strings.SplitSeq(field, ",") {
		if id == noID {
			id = ""
		} else if id == "" {
			continue
		}
		ids = append(ids, registry.ID(id))
	}
	return ids
}

// noID stands for an entry without an id: the API may leave any field out.
const noID = "-"

// twinIDs writes what knownTwins reads.
func twinIDs(twins []registry.Entry) string {
	ids := make([]string, len(twins))
	for i, e := range twins {
		if ids[i] = string(e.ID); e.ID == "" {
			ids[i] = noID
		}
	}
	return strings.Join(ids, ",")
}

// twinProblem is the finding that an address is there already. It has a code and a
// pointer as the API's findings have, on the page as in JSON.
func twinProblem(e *registry.TwinError) registry.Problem {
	p := registry.Problem{Code: codeTwin, Pointer: "/" + registry.FieldEmail, Message: "This address is in the registry already, under another name."}
	if e.Twins[0].IsEmailRegex {
		p.Message = "This pattern is in the registry already, under another name."
	}
	if e.Exact {
		p.Message = "This name is in the registry already with the same address."
		if e.Twins[0].IsEmailRegex {
			p.Message = "This name is in the registry already with the same pattern."
		}
	}
	return p
}

// failTwin tells that the address is there already. The status is that of values which
// are refused: nobody has changed anything meanwhile, as a conflict would have it.
func failTwin(e *registry.TwinError) failure {
	f := failure{
		status: http.StatusUnprocessableEntity, tone: templates.Warn, title: "Not sent: this address is in the registry already",
		problems: []registry.Problem{twinProblem(e)},
		text:     []string{"Under another name it can be right, as when a person is known by two. If it is, go on below the form."},
	}
	if e.Exact {
		f.title = "Not sent: this entry is in the registry already"
		f.text[0] = "A second one would change nothing for mail, and to let the address go one day, both would have to be deleted. If you want it all the same, go on below the form."
	}
	return f
}

// addTwins shows on the form what is there already, and lets the person go on. What
// they have agreed to before counts no more: there are other twins now.
func addTwins(v *templates.EntryFormView, e *registry.TwinError) {
	v.Form.Twins = ""
	v.Twins = &templates.TwinsView{Entries: e.Twins, Known: twinIDs(e.Twins)}
}
