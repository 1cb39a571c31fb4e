package server

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
)

// failLimit says which limit of Namesake's own is in the way.
func failLimit(err error) (failure, bool) {
	var noTurn *patterns.BusyError
	switch {
	case errors.Is(err, errDrawing):
		return failDrawing(), true
	case errors.Is(err, errLongURL):
		return failure{
			status: http.StatusRequestURITooLong, tone: templates.Bad, title: "This link is too long",
			text: []string{fmt.Sprintf("An address may hold %d KB, and this one holds more. Nothing was sent to Cloudflare. To fill in a form with so much, open it and paste the values.", maxURL/1024)},
		}, true
	case errors.As(err, &noTurn):
		return failNoTurn(noTurn), true
	}
	return failure{}, false
}

// failDoubt says of a change what is not known yet.
func failDoubt(err error) (failure, bool) {
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
	return failure{}, false
}

// failStorage says that the database does not do its part.
func failStorage(err error) (failure, bool) {
	var unrecord *audit.UnrecordedError
	switch {
	case errors.As(err, &unrecord):
		return failure{
			status: http.StatusServiceUnavailable, tone: templates.Bad,
			title: "Nothing was done: the audit trail can't be written",
			text:  []string{"Namesake does nothing that it can't put on record, and nothing was sent to Cloudflare. Its database is full, locked or out of reach; the people who run Namesake find the reason in the log. Try again later."},
		}, true
	case errors.Is(err, registry.ErrDatabase):
		return failure{
			status: http.StatusServiceUnavailable, tone: templates.Bad,
			title: "Namesake's database does not answer",
			text:  []string{"So nobody can be recognised, and nothing can be put on record. Nothing was sent to Cloudflare. The people who run Namesake find the reason in the log; try again later."},
		}, true
	}
	return failure{}, false
}

// failChange says why a change was not sent.
func (s *Server) failChange(err error) (failure, bool) {
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
		return failure{
			status: http.StatusConflict, tone: templates.Warn,
			title: "This form has already created an entry",
			text:  []string{"It was sent with other values then, so nothing was sent now. To create one more entry with the values below, send the form again."},
			link:  s.entriesURL() + "/" + string(used.Created),
		}, true
	case errors.As(err, &conflict) && conflict.Action == rbac.DeleteEntry:
		return failure{
			status: http.StatusConflict, tone: templates.Warn, title: "Not deleted: the entry has changed since you were asked",
			text: []string{"Nothing was sent. It now protects another name or address: delete it only if you mean the entry as it is now."},
		}, true
	case errors.As(err, &conflict):
		return failure{
			status: http.StatusConflict, tone: templates.Warn, title: "Not saved: the entry has changed since you opened it",
			text: []string{"Nothing was sent. Below you see what has changed. Your values are in the form: save them to put them over what is there now, change them first, or open the entry as it is."},
		}, true
	case errors.As(err, &busy):
		return failBusy(busy), true
	case errors.As(err, &stop):
		return failStop(stop), true
	case errors.As(err, &synced):
		return failure{
			status: http.StatusUnprocessableEntity, tone: templates.Bad, title: "This entry is kept up by a directory",
			text: []string{
				"“" + synced.Entry.Name + "” is synced from a directory (" + string(synced.Entry.Provenance) + "), and Cloudflare lets nobody change or delete such an entry here. Nothing was sent.",
				"Change the person in the directory, and the entry follows with the next sync. To let the name be used from one more address, create an entry of your own for it.",
			},
		}, true
	case errors.Is(err, change.ErrTooLate):
		return failure{
			status: http.StatusConflict, tone: templates.Bad, title: "It is too late to undo this with one click",
			text: []string{"The deletion is more than " + spell(change.UndoPeriod) + " ago. The record of it in the audit trail leads to a form with all its values: create the entry anew from there."},
		}, true
	case errors.As(err, &invalid):
		return failure{status: http.StatusUnprocessableEntity, tone: templates.Bad, title: "Not sent: please mend what is marked"}, true
	}
	return failure{}, false
}

// failSignIn says why somebody is not signed in, or may not do what they ask for.
func (s *Server) failSignIn(err error) (failure, bool) {
	var (
		forbidden *rbac.ForbiddenError
		noRole    *auth.NoRoleError
		refused   *auth.RefusedError
		unasked   *auth.UnavailableError
		ended     *auth.EndedError
	)
	switch {
	case errors.As(err, &forbidden):
		return failure{
			status: http.StatusForbidden, tone: templates.Bad,
			title: "Your role does not allow this",
			text:  []string{fmt.Sprintf("You are signed in as %s with the role %s. %s", forbidden.Actor.Name, forbidden.Actor.Role, neededRole(forbidden.Action))},
		}, true
	case errors.As(err, &noRole):
		return failNoRole(noRole), true
	case errors.As(err, &refused):
		return failure{status: http.StatusUnauthorized, tone: templates.Bad, title: "You are not signed in", text: []string{refused.Reason}}, true
	case errors.As(err, &unasked):
		return failure{
			status: http.StatusServiceUnavailable, tone: templates.Bad, wait: max(signInRetry, unasked.Wait),
			title: "Nobody can sign in at the moment",
			text:  []string{unasked.Reason, "Nothing was sent to Cloudflare."},
		}, true
	case errors.As(err, &ended):
		return failure{
			status: http.StatusUnauthorized, tone: templates.Bad, title: "Your session has ended",
			text: []string{s.endedText(ended.Why)},
		}, true
	case errors.Is(err, signin.ErrNoSuch):
		return failure{
			status: http.StatusNotFound, tone: templates.Bad,
			title: "There is no such session", text: []string{"It has ended already, or it is not yours to end."},
		}, true
	case errors.Is(err, auth.ErrNoSession):
		return failure{
			status: http.StatusUnauthorized, tone: templates.Bad,
			title: "You are not signed in",
			text:  []string{"Your session has ended, or never began. Sign in and do it again."},
		}, true
	}
	return failure{}, false
}

// failLookUp says what the API answered, or that there is no such entry.
func failLookUp(err error) (failure, bool) {
	var (
		moved *mirror.MovedError
		api   *registry.APIError
	)
	switch {
	case errors.As(err, &moved):
		return failMoved(moved), true
	case errors.Is(err, registry.ErrNotFound):
		return failure{
			status: http.StatusNotFound, tone: templates.Bad,
			title:    "There is no such entry",
			text:     []string{"It may have been deleted, or the link is not complete. An entry's id is a UUID or, for older entries, a whole number."},
			problems: problemsOf(err),
			ray:      rayOf(err),
		}, true
	case errors.As(err, &api):
		f := failAPI(api, false)
		f.call = api
		return f, true
	}
	return failure{}, false
}

// failRequest says what is wrong with a request itself.
func (s *Server) failRequest(err error) (failure, bool) {
	var web *echo.HTTPError
	switch {
	case errors.Is(err, errMisdirected):
		return failure{
			status: http.StatusMisdirectedRequest, tone: templates.Bad, title: "Namesake is somewhere else",
			text: []string{"It is at " + s.public.String() + ", and this request was for another host. If that is the right one, set NAMESAKE_PUBLIC_URL to it; a reverse proxy has to pass the header Host on."},
		}, true
	case errors.Is(err, errInsecure):
		return failure{
			status: http.StatusForbidden, tone: templates.Bad, title: "This form was sent without encryption",
			text: []string{"Nothing was changed. Open " + s.public.String() + " and send it there."},
		}, true
	case errors.Is(err, errOtherAccount):
		return failure{
			status: http.StatusNotFound, tone: templates.Bad,
			title: "This account is not looked after here",
			text:  []string{"Namesake is set up for one Cloudflare account, and the link names another one."},
		}, true
	case errors.Is(err, errCrossOrigin):
		return failure{
			status: http.StatusForbidden, tone: templates.Bad,
			title: "This request came from another site",
			text:  []string{"Nothing was changed, and nothing was handed over. If you sent a form of Namesake yourself, open its page again and send it from there; a link to a file works from Namesake's own pages."},
		}, true
	case errors.Is(err, errTooLarge):
		return failure{
			status: http.StatusRequestEntityTooLarge, tone: templates.Bad,
			title: "That is too much to send",
			text:  tooLargeText(err),
		}, true
	case errors.Is(err, errUnreadableForm):
		return failure{
			status: http.StatusBadRequest, tone: templates.Bad,
			title: "The form could not be read",
			text:  []string{"It did not arrive as a browser sends it. Nothing was sent to Cloudflare. What could be read is shown: please check it and send it again."},
		}, true
	case errors.As(err, &web):
		return failHTTP(web.Code), true
	}
	return failure{}, false
}

// failRecord says that there is no such record of the audit trail.
func failRecord(err error) (failure, bool) {
	if errors.Is(err, errNoRecord) {
		return failure{
			status: http.StatusNotFound, tone: templates.Bad,
			title: "There is no such record",
			text:  []string{"Records are numbered from 1 without a gap. This one is not written yet, or it was removed behind a checkpoint because of its age."},
		}, true
	}
	return failure{}, false
}
