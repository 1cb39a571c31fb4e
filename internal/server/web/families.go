package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/labstack/echo/v4"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/change"
	"namesake/internal/mirror"
	"namesake/internal/patterns"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/signin"
	"namesake/web/templates"
	"namesake/web/words"
)

// failLimit says which limit of Namesake's own is in the way.
func failLimit(err error) (Failure, bool) {
	var noTurn *patterns.BusyError
	switch {
	case errors.Is(err, errDrawing):
		return failDrawing(), true
	case errors.Is(err, errLongURL):
		return Failure{
			Status: http.StatusRequestURITooLong, Tone: templates.Bad, Title: "This link is too long",
			Text: []string{fmt.Sprintf("A link may have %d KB, and this one has more. Nothing was sent to Cloudflare. To fill in a form with this much text, open it and paste the values.", maxURL/1024)},
		}, true
	case errors.As(err, &noTurn):
		return FailNoTurn(noTurn), true
	}
	return Failure{}, false
}

// failDoubt says of a change what is not known yet.
func failDoubt(err error) (Failure, bool) {
	var (
		unsettled *change.UnsettledError
		inDoubt   *change.InDoubtError
	)
	switch {
	case errors.As(err, &unsettled):
		return failUnsettled(unsettled), true
	case errors.As(err, &inDoubt):
		return failInDoubt(inDoubt), true
	}
	return Failure{}, false
}

// failStorage says that the database does not work.
func failStorage(err error) (Failure, bool) {
	var unrecord *audit.UnrecordedError
	switch {
	case errors.As(err, &unrecord):
		return Failure{
			Status: http.StatusServiceUnavailable, Tone: templates.Bad,
			Title: "Nothing was done: the audit trail can't be written",
			Text:  []string{"Namesake makes no change that it cannot record. Nothing was sent to Cloudflare. The database is full, locked or not reachable. The people who run Namesake find the reason in the log. Try again later."},
		}, true
	case errors.Is(err, registry.ErrDatabase):
		return Failure{
			Status: http.StatusServiceUnavailable, Tone: templates.Bad,
			Title: "Namesake's database does not answer",
			Text:  []string{"Sign-in and audit logging are unavailable. Nothing was sent to Cloudflare. The people who run Namesake find the reason in the log. Try again later."},
		}, true
	}
	return Failure{}, false
}

// failChange says why a change was not sent.
func (s *Base) failChange(err error) (Failure, bool) {
	var (
		used     *change.KeyUsedError
		conflict *change.ConflictError
		busy     *change.EntryBusyError
		stop     *registry.StopError
		synced   *change.SyncedError
		invalid  *registry.InvalidError
	)
	switch {
	case errors.As(err, &used):
		return Failure{
			Status: http.StatusConflict, Tone: templates.Warn,
			Title: "This form has already created an entry",
			Text:  []string{"It was sent with other values before, so nothing was sent now. To create another entry with the values below, send the form again."},
			Link:  s.EntriesURL() + "/" + string(used.Created),
		}, true
	case errors.As(err, &conflict) && conflict.Action == rbac.DeleteEntry:
		return Failure{
			Status: http.StatusConflict, Tone: templates.Warn, Title: "Not deleted: the entry has changed since you opened it",
			Text: []string{"Nothing was sent. It now protects another name or address. Delete it only if you want to delete the entry as it is now."},
		}, true
	case errors.As(err, &conflict):
		return Failure{
			Status: http.StatusConflict, Tone: templates.Warn, Title: "Not saved: the entry has changed since you opened it",
			Text: []string{"Nothing was sent. The changes are below. Your values are in the form: save them to replace the values that are there now, or edit them first."},
		}, true
	case errors.As(err, &busy):
		return failBusy(busy), true
	case errors.As(err, &stop):
		return failStop(stop), true
	case errors.As(err, &synced):
		return Failure{
			Status: http.StatusUnprocessableEntity, Tone: templates.Bad, Title: "This entry is synced from a directory",
			Text: []string{
				"“" + synced.Entry.Name + "” is synced from a directory (" + string(synced.Entry.Provenance) + "), and Cloudflare does not allow changing or deleting such an entry here. Nothing was sent.",
				"Change the person in the directory: the next sync updates the entry. To allow the name from another address, create a manual entry for it.",
			},
		}, true
	case errors.Is(err, change.ErrTooLate):
		return Failure{
			Status: http.StatusConflict, Tone: templates.Bad, Title: "It is too late to undo this here",
			Text: []string{"The deletion is more than " + Spell(change.UndoPeriod) + " ago. Open its record in the audit trail: from there, you can restore the entry."},
		}, true
	case errors.As(err, &invalid):
		return Failure{Status: http.StatusUnprocessableEntity, Tone: templates.Bad, Title: words.Invalid(invalid)}, true
	}
	return Failure{}, false
}

// failSignIn says why a person is not signed in, or may not do what they ask for.
func (s *Base) failSignIn(err error) (Failure, bool) {
	var (
		forbidden *rbac.ForbiddenError
		noRole    *auth.NoRoleError
		refused   *auth.RefusedError
		unasked   *auth.UnavailableError
		ended     *auth.EndedError
	)
	switch {
	case errors.As(err, &forbidden):
		return Failure{
			Status: http.StatusForbidden, Tone: templates.Bad,
			Title: "Your role does not allow this",
			Text:  []string{fmt.Sprintf("You are signed in as %s with the role %s. %s", forbidden.Actor.Name, forbidden.Actor.Role, neededRole(forbidden.Action))},
		}, true
	case errors.As(err, &noRole):
		return failNoRole(noRole), true
	case errors.As(err, &refused):
		return Failure{Status: http.StatusUnauthorized, Tone: templates.Bad, Title: "You are not signed in", Text: []string{refused.Reason}}, true
	case errors.As(err, &unasked):
		return Failure{
			Status: http.StatusServiceUnavailable, Tone: templates.Bad, Wait: max(signInRetry, unasked.Wait),
			Title: "Sign-in is unavailable at the moment",
			Text:  []string{unasked.Reason, "Nothing was sent to Cloudflare."},
		}, true
	case errors.As(err, &ended):
		return Failure{
			Status: http.StatusUnauthorized, Tone: templates.Bad, Title: "Your session has ended",
			Text: []string{s.endedText(ended.Why)},
		}, true
	case errors.Is(err, signin.ErrNoSuch):
		return Failure{
			Status: http.StatusNotFound, Tone: templates.Bad,
			Title: "There is no such session", Text: []string{"It has ended already, or it is another person's session."},
		}, true
	case errors.Is(err, auth.ErrNoSession):
		return Failure{
			Status: http.StatusUnauthorized, Tone: templates.Bad,
			Title: "You are not signed in",
			Text:  []string{"You have no session, or it has ended. Sign in and do it again."},
		}, true
	}
	return Failure{}, false
}

// failLookUp says what the API answered, or that there is no such entry.
func failLookUp(err error) (Failure, bool) {
	var (
		moved *mirror.MovedError
		api   *registry.APIError
	)
	switch {
	case errors.As(err, &moved):
		return failMoved(moved), true
	case errors.Is(err, registry.ErrNotFound):
		return Failure{
			Status: http.StatusNotFound, Tone: templates.Bad,
			Title:    "There is no such entry",
			Text:     []string{"It may have been deleted, or the link is not complete. An entry's id is a UUID or, for older entries, a whole number."},
			Problems: problemsOf(err),
			Ray:      rayOf(err),
		}, true
	case errors.As(err, &api):
		f := FailAPI(api, false)
		f.call = api
		return f, true
	}
	return Failure{}, false
}

// failRequest says what is wrong with a request itself.
func (s *Base) failRequest(err error) (Failure, bool) {
	var web *echo.HTTPError
	var kind *contentTypeError
	switch {
	case errors.Is(err, ErrMisdirected):
		return Failure{
			Status: http.StatusMisdirectedRequest, Tone: templates.Bad, Title: "Namesake is somewhere else",
			Text: []string{"It is at " + s.Public.String() + ", and this request was for another host. If that host is right, set NAMESAKE_PUBLIC_URL to it. A reverse proxy has to forward the header Host."},
		}, true
	case errors.Is(err, ErrInsecure):
		return Failure{
			Status: http.StatusForbidden, Tone: templates.Bad, Title: "This form was sent without encryption",
			Text: []string{"Nothing was changed. Open " + s.Public.String() + " and send it there."},
		}, true
	case errors.Is(err, ErrOtherAccount):
		return Failure{
			Status: http.StatusNotFound, Tone: templates.Bad,
			Title: "This account is not managed here",
			Text:  []string{"Namesake is set up for one Cloudflare account, and the link names another one."},
		}, true
	case errors.Is(err, ErrCrossOrigin):
		return Failure{
			Status: http.StatusForbidden, Tone: templates.Bad,
			Title: "This request came from another site",
			Text:  []string{"Nothing was changed, and no data was sent. If you sent a form of Namesake, open its page again and send it from there. Links to files work from Namesake's pages."},
		}, true
	case errors.Is(err, errTooLarge):
		return Failure{
			Status: http.StatusRequestEntityTooLarge, Tone: templates.Bad,
			Title: "The form is too large",
			Text:  tooLargeText(err),
		}, true
	case errors.As(err, &kind):
		return Failure{
			Status: http.StatusBadRequest, Tone: templates.Bad,
			Title: "The form could not be read",
			Text:  []string{fmt.Sprintf("Namesake reads no bodies of the content type %q here. Nothing was sent to Cloudflare. Send the fields as application/x-www-form-urlencoded or multipart/form-data.", words.Clip(kind.kind))},
		}, true
	case errors.Is(err, ErrUnreadableForm):
		return Failure{
			Status: http.StatusBadRequest, Tone: templates.Bad,
			Title: "The form could not be read",
			Text:  []string{"It has not the form in which browsers send it. Nothing was sent to Cloudflare. The part that could be read is shown: check it and send it again."},
		}, true
	case errors.As(err, &web):
		return failHTTP(web.Code), true
	}
	return Failure{}, false
}

// failRecord says that there is no such record of the audit trail.
func failRecord(err error) (Failure, bool) {
	if errors.Is(err, ErrNoRecord) {
		return Failure{
			Status: http.StatusNotFound, Tone: templates.Bad,
			Title: "There is no such record",
			Text:  []string{"Records are numbered from 1 without a gap. This one does not exist yet, or was removed because of its age."},
		}, true
	}
	return Failure{}, false
}
