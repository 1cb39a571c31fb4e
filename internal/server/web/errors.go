package web

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/auth"
	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/signin"
	"namesake/web/templates"
	"namesake/web/words"
)

// Failure is an error in the words and the status that a person gets.
type Failure struct {
	Status   int
	Tone     templates.Tone
	Title    string
	Text     []string
	Problems []registry.Problem // in the API's words
	Ray      string
	Wait     time.Duration      // how long to wait before trying again, 0 when unknown
	Link     string             // an entry to look at
	unsure   bool               // whether something may have been changed
	call     *registry.APIError // the failed call, if it is the only cause
}

// FailFor is Fail for a request. It says of a failed call whether it could have changed
// anything, which it can't for a page that only reads.
func (s *Base) FailFor(c echo.Context, err error) Failure {
	f := s.Fail(err)
	if f.call != nil && IsRead(c) {
		return FailAPI(f.call, true)
	}
	if f.Status == http.StatusMethodNotAllowed {
		f.Text = append(f.Text, takes(c.Response().Header().Get(echo.HeaderAllow))...)
	}
	return f
}

// takes names the methods of an Allow header, without OPTIONS.
func takes(allow string) []string {
	methods := slices.DeleteFunc(strings.Split(allow, ", "), func(m string) bool { return m == "" || m == http.MethodOptions })
	if len(methods) == 0 {
		return nil
	}
	return []string{"It takes " + words.And(methods...) + "."}
}

// Fail returns the texts and the status for an error. Errors get a status only here: the
// first family that knows the error decides.
func (s *Base) Fail(err error) Failure {
	own := []Family{
		failLimit,
		failDoubt,
		failStorage,
		s.failChange,
		s.failSignIn,
		failRecord,
		failTime,
		failLookUp,
		s.failRequest,
	}
	for _, family := range append(own, s.Families...) {
		if f, known := family(err); known {
			return f
		}
	}
	return Failure{
		Status: http.StatusInternalServerError, Tone: templates.Bad, unsure: true,
		Title: "Namesake made a mistake",
		Text:  []string{"This is a fault in Namesake. Give the request ID below to the people who run it."},
	}
}

// busyRetry is when to try again while another change of the entry is in progress.
const busyRetry = 10 * time.Second

func failBusy(e *change.EntryBusyError) Failure {
	happened := "Another change of it is being sent."
	if !e.Intent.Time.IsZero() {
		happened = "Another change of it was started at " + e.Intent.Time.UTC().Format("15:04:05 UTC") + " by " + cmp.Or(e.Intent.Actor.Email, e.Intent.Actor.Subject) + ", and its result is not known yet."
	}
	return Failure{
		Status: http.StatusConflict, Tone: templates.Warn, Wait: busyRetry, Title: "Nothing was sent: the entry is being changed",
		Text: []string{happened, words.TryAgain(busyRetry)},
	}
}

// tooLargeText says how much can be sent.
func tooLargeText(err error) []string {
	limit := int64(maxBody)
	var large *tooLargeError
	if errors.As(err, &large) {
		limit = large.limit
	}
	return []string{fmt.Sprintf("A form may have %d KB, and this one has more. Nothing was sent to Cloudflare. What you typed is shown up to that length: shorten it and send it again.", limit/1024)}
}

// signInRetry is how long it takes until the sign-in service is asked again.
const signInRetry = 5 * time.Second

// failNoRole says which groups would give the person a role.
func failNoRole(e *auth.NoRoleError) Failure {
	f := Failure{
		Status: http.StatusForbidden, Tone: templates.Bad, Title: "You have no role in Namesake",
		Text: []string{"You are " + FullName(e.Actor) + ", and none of your groups has a role here."},
	}
	if e.NoGroups != "" {
		f.Text = append(f.Text, e.NoGroups)
	}
	f.Text = append(f.Text, e.Hints...)
	for _, grant := range []struct {
		role   rbac.Role
		groups []string
	}{{rbac.Viewer, e.Roles.Viewer}, {rbac.Editor, e.Roles.Editor}, {rbac.Admin, e.Roles.Admin}} {
		if len(grant.groups) > 0 {
			f.Text = append(f.Text, fmt.Sprintf("The role %s needs one of these groups: %s.", grant.role, strings.Join(grant.groups, ", ")))
		}
	}
	f.Text = append(f.Text, "Ask the people who manage your groups to add you to one, then sign in again.")
	return f
}

// Contact is the address or the name that identifies a person best.
func Contact(a rbac.Actor) string { return cmp.Or(a.Contact(), a.Name, a.Subject) }

// FullName returns a person's name with their address.
func FullName(a rbac.Actor) string {
	if contact := a.Contact(); contact != "" && contact != a.Name {
		return a.Name + " (" + contact + ")"
	}
	return a.Name
}

func (s *Base) endedText(why signin.EndReason) string {
	switch why {
	case signin.EndedIdle:
		return "It had no request for " + Spell(s.Limits.Idle) + ". Sign in and do it again."
	case signin.EndedByAge:
		return "It lasted " + Spell(s.Limits.Absolute) + ", the longest time for a session. Sign in and do it again."
	case signin.EndedByUpdate:
		return "It is from an earlier version of Namesake, which did not store your groups. Sign in and do it again."
	case signin.EndedBefore, signin.EndedSignOut, signin.EndedByNewSignIn, signin.EndedByPerson:
	}
	return "You signed out, or it was ended in the list of sessions. Sign in and do it again."
}

// Spell writes a limit of hours and minutes for people.
func Spell(d time.Duration) string {
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

// Days writes a period of whole days for people.
func Days(d time.Duration) string { return strconv.Itoa(int(d/(24*time.Hour))) + " days" }

func failHTTP(code int) Failure {
	f := Failure{Status: code, Tone: templates.Bad, Title: http.StatusText(code)}
	switch code {
	case http.StatusNotFound:
		f.Title, f.Text = "There is no such page", []string{"The link may be incomplete, or from another version of Namesake."}
	case http.StatusMethodNotAllowed:
		f.Title, f.Text = "This request is not allowed here", []string{"The page exists, but not for this kind of request."}
	}
	return f
}

func neededRole(a rbac.Action) string {
	least, ok := a.Needs()
	if !ok {
		return "No role allows it."
	}
	return fmt.Sprintf("This needs the role %s.", least)
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
