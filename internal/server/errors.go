package server

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/patterns"
	"namesake/internal/registry"
	"namesake/web/templates"
)

// failure is an error in the words and the status that a person gets.
type failure struct {
	status   int
	tone     templates.Tone
	title    string
	text     []string
	problems []registry.Problem // in the API's words
	ray      string
	wait     time.Duration      // how long to wait before trying again, 0 when unknown
	link     string             // an entry to look at
	unsure   bool               // whether something may have been changed all the same
	call     *registry.APIError // that failed, when that is all there is to tell
}

// failFor is fail, in words for a page that only shows something where that is what
// was asked for: nothing could have been changed.
func (s *Server) failFor(c echo.Context, err error) failure {
	f := s.fail(err)
	if f.call != nil && isRead(c) {
		return failAPI(f.call, true)
	}
	return f
}

// fail turns any error into what a person is told. This is the one place where
// errors get a status.
func (s *Server) fail(err error) failure {
	var (
		forbidden *registry.ForbiddenError
		invalid   *registry.InvalidError
		used      *registry.KeyUsedError
		unsettled *registry.UnsettledError
		inDoubt   *registry.InDoubtError
		unrecord  *registry.UnrecordedError
		filter    *filterError
		tooMany   *tooManyError
		samples   *tooManySamplesError
		notText   *notTextError
		refused   *auth.RefusedError
		unasked   *auth.UnavailableError
		noRole    *auth.NoRoleError
		noTurn    *patterns.BusyError
		ended     *auth.EndedError
		conflict  *registry.ConflictError
		busy      *registry.EntryBusyError
		synced    *registry.SyncedError
		stop      *registry.StopError
		moved     *registry.MovedError
		api       *registry.APIError
		web       *echo.HTTPError
	)
	switch {
	case errors.As(err, &tooMany):
		return failure{
			status: http.StatusTooManyRequests, tone: templates.Bad, wait: tooMany.wait,
			title: "Too many sign-ins from your network",
			text:  []string{"Namesake lets only so many be tried, and only so many fail, from one network address. " + tryAgain(tooMany.wait)},
		}
	case errors.Is(err, errDrawing):
		return failDrawing()
	case errors.Is(err, errLongURL):
		return failure{
			status: http.StatusRequestURITooLong, tone: templates.Bad, title: "This link is too long",
			text: []string{fmt.Sprintf("An address may hold %d KB, and this one holds more. Nothing was sent to Cloudflare. To fill in a form with so much, open it and paste the values.", maxURL/1024)},
		}
	case errors.As(err, &noTurn):
		return failNoTurn(noTurn)
	case errors.As(err, &unsettled):
		return failUnsettled(unsettled)
	case errors.As(err, &inDoubt):
		return failInDoubt(inDoubt)
	case errors.As(err, &unrecord):
		return failure{
			status: http.StatusServiceUnavailable, tone: templates.Bad,
			title: "Nothing was done: the audit trail can't be written",
			text:  []string{"Namesake does nothing that it can't put on record, and nothing was sent to Cloudflare. Its database is full, locked or out of reach; the people who run Namesake find the reason in the log. Try again later."},
		}
	case errors.Is(err, registry.ErrDatabase):
		return failure{
			status: http.StatusServiceUnavailable, tone: templates.Bad,
			title: "Namesake's database does not answer",
			text:  []string{"So nobody can be recognised, and nothing can be put on record. Nothing was sent to Cloudflare. The people who run Namesake find the reason in the log; try again later."},
		}
	case errors.As(err, &used):
		return failure{
			status: http.StatusConflict, tone: templates.Warn,
			title: "This form has already created an entry",
			text:  []string{"It was sent with other values then, so nothing was sent now. To create one more entry with the values below, send the form again."},
			link:  s.entriesURL() + "/" + string(used.Created),
		}
	case errors.As(err, &conflict) && conflict.Action == registry.DeleteEntry:
		return failure{
			status: http.StatusConflict, tone: templates.Warn, title: "Not deleted: the entry has changed since you were asked",
			text: []string{"Nothing was sent. It now protects another name or address: delete it only if you mean the entry as it is now."},
		}
	case errors.As(err, &conflict):
		return failure{
			status: http.StatusConflict, tone: templates.Warn, title: "Not saved: the entry has changed since you opened it",
			text: []string{"Nothing was sent. Below you see what has changed. Your values are in the form: save them to put them over what is there now, change them first, or open the entry as it is."},
		}
	case errors.As(err, &busy):
		return failBusy(busy)
	case errors.As(err, &stop):
		return failStop(stop)
	case errors.As(err, &synced):
		return failure{
			status: http.StatusUnprocessableEntity, tone: templates.Bad, title: "This entry is kept up by a directory",
			text: []string{
				"“" + synced.Entry.Name + "” is synced from a directory (" + string(synced.Entry.Provenance) + "), and Cloudflare lets nobody change or delete such an entry here. Nothing was sent.",
				"Change the person in the directory, and the entry follows with the next sync. To let the name be used from one more address, create an entry of your own for it.",
			},
		}
	case errors.Is(err, registry.ErrTooLate):
		return failure{
			status: http.StatusConflict, tone: templates.Bad, title: "It is too late to undo this with one click",
			text: []string{"The deletion is more than " + spell(registry.UndoWithin) + " ago. The record of it in the audit trail leads to a form with all its values: create the entry anew from there."},
		}
	case errors.As(err, &invalid):
		return failure{status: http.StatusUnprocessableEntity, tone: templates.Bad, title: "Not sent: please mend what is marked"}
	case errors.As(err, &forbidden):
		return failure{
			status: http.StatusForbidden, tone: templates.Bad,
			title: "Your role does not allow this",
			text:  []string{fmt.Sprintf("You are signed in as %s with the role %s. %s", forbidden.Actor.Name, forbidden.Actor.Role, neededRole(forbidden.Action))},
		}
	case errors.As(err, &noRole):
		return failNoRole(noRole)
	case errors.As(err, &refused):
		return failure{status: http.StatusUnauthorized, tone: templates.Bad, title: "You are not signed in", text: []string{refused.Reason}}
	case errors.As(err, &unasked):
		return failure{
			status: http.StatusServiceUnavailable, tone: templates.Bad, wait: max(signInRetry, unasked.Wait),
			title: "Nobody can sign in at the moment",
			text:  []string{unasked.Reason, "Nothing was sent to Cloudflare."},
		}
	case errors.As(err, &ended):
		return failure{
			status: http.StatusUnauthorized, tone: templates.Bad, title: "Your session has ended",
			text: []string{s.endedText(ended.Why)},
		}
	case errors.Is(err, registry.ErrNoSuchSession):
		return failure{
			status: http.StatusNotFound, tone: templates.Bad,
			title: "There is no such session", text: []string{"It has ended already, or it is not yours to end."},
		}
	case errors.Is(err, errMisdirected):
		return failure{
			status: http.StatusMisdirectedRequest, tone: templates.Bad, title: "Namesake is somewhere else",
			text: []string{"It is at " + s.public.String() + ", and this request was for another host. If that is the right one, set NAMESAKE_PUBLIC_URL to it; a reverse proxy has to pass the header Host on."},
		}
	case errors.Is(err, errInsecure):
		return failure{
			status: http.StatusForbidden, tone: templates.Bad, title: "This form was sent without encryption",
			text: []string{"Nothing was changed. Open " + s.public.String() + " and send it there."},
		}
	case errors.Is(err, auth.ErrNoSession):
		return failure{
			status: http.StatusUnauthorized, tone: templates.Bad,
			title: "You are not signed in",
			text:  []string{"Your session has ended, or never began. Sign in and do it again."},
		}
	case errors.As(err, &filter):
		return failure{
			status: http.StatusBadRequest, tone: templates.Bad,
			title: "Not exported: a filter can't be understood",
			text:  filter.notes,
		}
	case errors.Is(err, errNoRecord):
		return failure{
			status: http.StatusNotFound, tone: templates.Bad,
			title: "There is no such record",
			text:  []string{"Records are numbered from 1 without a gap. This one is not written yet, or it was removed behind a checkpoint because of its age."},
		}
	case errors.As(err, &moved):
		return failMoved(moved)
	case errors.Is(err, registry.ErrNotFound):
		return failure{
			status: http.StatusNotFound, tone: templates.Bad,
			title:    "There is no such entry",
			text:     []string{"It may have been deleted, or the link is not complete. An entry's id is a UUID or, for older entries, a whole number."},
			problems: problemsOf(err),
			ray:      rayOf(err),
		}
	case errors.As(err, &api):
		f := failAPI(api, false)
		f.call = api
		return f
	case errors.Is(err, errOtherAccount):
		return failure{
			status: http.StatusNotFound, tone: templates.Bad,
			title: "This account is not looked after here",
			text:  []string{"Namesake is set up for one Cloudflare account, and the link names another one."},
		}
	case errors.Is(err, errCrossOrigin):
		return failure{
			status: http.StatusForbidden, tone: templates.Bad,
			title: "This request came from another site",
			text:  []string{"Nothing was changed, and nothing was handed over. If you sent a form of Namesake yourself, open its page again and send it from there; a link to a file works from Namesake's own pages."},
		}
	case errors.Is(err, errTooLarge):
		return failure{
			status: http.StatusRequestEntityTooLarge, tone: templates.Bad,
			title: "That is too much to send",
			text:  tooLargeText(err),
		}
	case errors.As(err, &notText):
		return failure{status: http.StatusUnprocessableEntity, tone: templates.Bad, title: "Not checked: this is not all text", text: []string{notText.text()}}
	case errors.As(err, &samples):
		return failure{
			status: http.StatusRequestEntityTooLarge, tone: templates.Bad,
			title: "Too many samples for one check",
			text:  []string{fmt.Sprintf("At most %d are tried at once, and these are %d. Nothing was checked: send them in several parts.", maxSamples, samples.samples)},
		}
	case errors.Is(err, errUnreadableForm):
		return failure{
			status: http.StatusBadRequest, tone: templates.Bad,
			title: "The form could not be read",
			text:  []string{"It did not arrive as a browser sends it. Nothing was sent to Cloudflare. What could be read is shown: please check it and send it again."},
		}
	case errors.As(err, &web):
		return failHTTP(web.Code)
	}
	if f, ok := failPlan(err); ok {
		return f
	}
	return failure{
		status: http.StatusInternalServerError, tone: templates.Bad, unsure: true,
		title: "Namesake made a mistake",
		text:  []string{"That is our fault, not yours. The request id below leads the people who run Namesake to what happened."},
	}
}

// busyRetry is when to try again where another change of the entry is under way.
const busyRetry = 10 * time.Second

func failBusy(e *registry.EntryBusyError) failure {
	happened := "Another change of it is being sent at this moment."
	if !e.Intent.Time.IsZero() {
		happened = "Another change of it was started at " + e.Intent.Time.UTC().Format("15:04:05 UTC") + " by " + cmp.Or(e.Intent.Actor.Email, e.Intent.Actor.Subject) + ", and its result is not known yet."
	}
	return failure{
		status: http.StatusConflict, tone: templates.Warn, wait: busyRetry, title: "Nothing was sent: the entry is being changed",
		text: []string{happened, tryAgain(busyRetry)},
	}
}

// tooLargeText says how much can be sent.
func tooLargeText(err error) []string {
	limit := int64(maxBody)
	var large *tooLargeError
	if errors.As(err, &large) {
		limit = large.limit
	}
	return []string{fmt.Sprintf("This form may hold %d KB in all, and it held more. Nothing was sent to Cloudflare. What you typed is shown up to that length: please shorten it.", limit/1024)}
}

// signInRetry is how long it takes until the sign-in service is asked again.
const signInRetry = 5 * time.Second

// failNoRole tells a person whom nobody has given a role what would give them one.
func failNoRole(e *auth.NoRoleError) failure {
	f := failure{
		status: http.StatusForbidden, tone: templates.Bad, title: "You have no role in Namesake",
		text: []string{"You are " + fullName(e.Actor) + ", and none of your groups has a role here."},
	}
	if e.NoGroups != "" {
		f.text = append(f.text, e.NoGroups)
	}
	f.text = append(f.text, e.Hints...)
	for _, grant := range []struct {
		role   registry.Role
		groups []string
	}{{registry.Viewer, e.Roles.Viewer}, {registry.Editor, e.Roles.Editor}, {registry.Admin, e.Roles.Admin}} {
		if len(grant.groups) > 0 {
			f.text = append(f.text, fmt.Sprintf("To be %s takes one of these groups: %s.", grant.role, strings.Join(grant.groups, ", ")))
		}
	}
	f.text = append(f.text, "Ask whoever looks after your groups to add you to one, then sign in anew.")
	return f
}

// fullName tells a person who they are taken for.
func fullName(a registry.Actor) string {
	if contact := a.Contact(); contact != "" && contact != a.Name {
		return a.Name + " (" + contact + ")"
	}
	return a.Name
}

func (s *Server) endedText(why registry.EndReason) string {
	switch why {
	case registry.EndedIdle:
		return "There was no request in it for " + spell(s.limits.Idle) + ". Sign in and do it again."
	case registry.EndedByAge:
		return "It began " + spell(s.limits.Absolute) + " ago, which is as long as one lasts. Sign in and do it again."
	case registry.EndedByUpdate:
		return "It is from an earlier version of Namesake, which did not keep your groups. Sign in and do it again."
	case registry.EndedBefore, registry.EndedSignOut, registry.EndedAnew, registry.EndedByPerson:
	}
	return "You signed out, or it was ended from the list of sessions. Sign in and do it again."
}

// spell writes a limit of hours and minutes for people.
func spell(d time.Duration) string {
	var parts []string
	for _, unit := range []struct {
		of   time.Duration
		name string
	}{{time.Hour, "hour"}, {time.Minute, "minute"}, {time.Second, "second"}} {
		n := d / unit.of
		if d -= n * unit.of; n > 0 {
			part := strconv.Itoa(int(n)) + " " + unit.name
			if n > 1 {
				part += "s"
			}
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " ")
}

// days writes a period of whole days for people.
func days(d time.Duration) string { return strconv.Itoa(int(d/(24*time.Hour))) + " days" }

func failHTTP(code int) failure {
	f := failure{status: code, tone: templates.Bad, title: http.StatusText(code)}
	switch code {
	case http.StatusNotFound:
		f.title, f.text = "There is no such page", []string{"The link may be incomplete, or from another version of Namesake."}
	case http.StatusMethodNotAllowed:
		f.title, f.text = "That can't be done here", []string{"The page exists, but not for this kind of request."}
	}
	return f
}

func neededRole(a registry.Action) string {
	least, ok := a.Needs()
	if !ok {
		return "Nobody may do it."
	}
	return fmt.Sprintf("It takes the role %s.", least)
}

func rayOf(err error) string {
	var api *registry.APIError
	if errors.As(err, &api) {
		return api.Receipt.Ray
	}
	return ""
}

func problemsOf(err error) []registry.Problem {
	var api *registry.APIError
	if errors.As(err, &api) {
		return api.Problems
	}
	return nil
}
