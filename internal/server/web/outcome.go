package web

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/web/templates"
)

// FailAPI tells what a failed call of the API means and what to do about it. reading
// tells that nothing was to be changed, so that nothing needs to be said about it.
func FailAPI(e *registry.APIError, reading bool) Failure {
	f := Failure{Tone: templates.Bad, Problems: reasonsOf(e), Ray: e.Receipt.Ray}
	say := func(status int, title string, text ...string) {
		f.Status, f.Title, f.Text = status, title, text
	}
	unchanged := ""
	if !reading && e.Effect == registry.NoEffect {
		unchanged = "Nothing was changed."
	}
	switch e.Kind {
	case registry.Refused:
		say(http.StatusUnprocessableEntity, "Cloudflare refused the values", joined(unchanged, reasons(e)))
	case registry.Conflicting:
		say(http.StatusConflict, "Cloudflare refused because of a conflict",
			joined(unchanged, "What is sent does not fit with what the registry holds."))
	case registry.Missing:
		say(http.StatusNotFound, "Cloudflare does not know what was asked for",
			joined("Either the account id is wrong (CLOUDFLARE_ACCOUNT_ID), or the account has no impersonation registry.", unchanged))
	case registry.Denied:
		say(http.StatusBadGateway, "Cloudflare refused Namesake's credentials", joined(deniedText(e), unchanged))
	case registry.NotSubscribed:
		say(http.StatusBadGateway, "The account has no Email Security",
			"Cloudflare says that the account's subscription does not include it. The impersonation registry is part of Cloudflare Email Security.")
	case registry.RateLimited:
		f.Wait = e.RetryAfter
		switch {
		case e.HeldBack() && reading:
			say(http.StatusTooManyRequests, "Namesake has to wait before it asks Cloudflare again", heldBackText, TryAgain(e.RetryAfter))
		case e.HeldBack():
			say(http.StatusTooManyRequests, "Not sent: there are too many calls of Cloudflare's API", joined(heldBackText, unchanged), TryAgain(e.RetryAfter))
		default:
			say(http.StatusTooManyRequests, "Cloudflare asks to slow down",
				joined("Too many calls were made with these credentials; work in Cloudflare's own dashboard counts too.", unchanged, waitText(e.RetryAfter)))
		}
	case registry.Broken:
		say(http.StatusBadGateway, "Cloudflare had a fault of its own",
			fmt.Sprintf("It answered with status %d.", e.Receipt.Status))
	case registry.Unreadable:
		say(http.StatusBadGateway, "Cloudflare's answer could not be read",
			"It is not what the API promises: cut off, empty, far too large or not JSON at all.")
	case registry.Unreachable:
		say(http.StatusBadGateway, "Cloudflare could not be reached",
			"No connection could be made, so nothing was sent. This is about the network, the name server or the certificate between Namesake and Cloudflare.")
	case registry.Lost:
		say(http.StatusBadGateway, "The connection to Cloudflare broke",
			"It ended before Cloudflare had answered.")
	case registry.TimedOut:
		say(http.StatusGatewayTimeout, "Cloudflare did not answer in time")
	default:
		say(http.StatusBadGateway, "The call of Cloudflare failed")
	}
	return f
}

// joined joins those that say anything.
func joined(list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "" }), " ")
}

const heldBackText = "Cloudflare takes a limited number of calls in five minutes with these credentials, work in its own dashboard included, and refuses everything for five minutes more after that. " +
	"So Namesake waits before it sends anything."

// reasonsOf returns the API's reasons. A refusal without errors may have them among its
// messages.
func reasonsOf(e *registry.APIError) []registry.Problem {
	if len(e.Problems) == 0 {
		return e.Receipt.Messages
	}
	return e.Problems
}

func reasons(e *registry.APIError) string {
	if len(reasonsOf(e)) == 0 {
		return "Cloudflare gave no reason."
	}
	return "Cloudflare's reasons are below, in its own words."
}

// waitText says when to try again.
func waitText(d time.Duration) string {
	if d <= 0 {
		return "Cloudflare does not say how long to wait; its limits are counted over five minutes."
	}
	return TryAgain(d)
}

// TryAgain says when to try again.
func TryAgain(d time.Duration) string {
	seconds := int(math.Ceil(d.Seconds()))
	if seconds == 1 {
		return "Try again in 1 second."
	}
	return "Try again in " + strconv.Itoa(seconds) + " seconds."
}

// deed is how a change is spoken of that may or may not have taken effect.
type deed struct {
	sent, done, notDone, again string
}

var deeds = map[rbac.Action]deed{
	rbac.CreateEntry: {
		"The entry was sent", "the entry was created", "Not created",
		"Send the form again %s: Namesake looks first, and sends the entry only if it is certain that it isn't there.",
	},
	rbac.EditEntry: {
		"The changes were sent", "the changes were made", "Not saved",
		"Look at the entry %s, or send the form again: if the changes are there, nothing more is sent.",
	},
	rbac.DeleteEntry: {
		"The deletion was sent", "the entry was deleted", "Not deleted",
		"Look at the entry %s. Deleting it once more does no harm.",
	},
}

// failCause tells of the call that a doubt comes from. Where the answer is not one of the
// API's own, what its status says of the API is not known either.
func failCause(e *registry.APIError) Failure {
	f := FailAPI(e, true)
	switch e.Kind {
	case registry.Refused, registry.Conflicting, registry.Missing, registry.Denied, registry.NotSubscribed, registry.RateLimited:
		if e.Kind != registry.RateLimited {
			f.Status = http.StatusBadGateway
		}
		f.Title = "The answer is not one of Cloudflare's API"
		f.Text = []string{fmt.Sprintf("It has status %d, and a firewall or a proxy on the way may have given it.", e.Receipt.Status)}
	}
	return f
}

// failUnsettled tells what became of a change whose call failed: not done, or not
// known. (Done after all is no failure.)
func failUnsettled(e *change.UnsettledError) Failure {
	f := Failure{Status: http.StatusBadGateway, Tone: templates.Warn, Wait: lookAgain}
	words, ok := deeds[e.Action]
	if !ok {
		words = deeds[rbac.CreateEntry]
	}
	happened := words.sent + " at " + clockTime(e.SentAt) + ", and no answer came that tells what became of it."
	if e.Happened {
		happened = words.sent + " at " + clockTime(e.SentAt) + ", and Cloudflare answered that it was done, but in a way that does not show the entry."
	}
	if e.Cause != nil {
		cause := failCause(e.Cause)
		f.Status, f.Problems, f.Ray, f.Wait = cause.Status, cause.Problems, cause.Ray, max(f.Wait, cause.Wait)
		happened = cause.Title + "."
		for _, line := range cause.Text {
			happened += " " + line
		}
	}
	looked := "at " + clockTime(e.LookedAt)
	f.Title = "It is not known whether " + words.done
	switch {
	case e.NotDone:
		f.Wait = 0
		f.Title = words.notDone + ": it is safe to try again"
		f.Text = []string{happened, "Namesake then looked into the registry (" + looked + "): it had no effect. Try again when you like."}
	case e.Happened:
		f.Title = "Cloudflare says that " + words.done + ", but the registry does not show it yet"
		if !e.SafeAt.IsZero() {
			f.Text = []string{happened, "Namesake looks into the registry (the last time " + looked + ") until it finds it. " + changeableFrom(e.SafeAt)}
			break
		}
		f.Text = []string{happened, "Namesake looks into the registry (the last time " + looked + ") until it finds it. Do not send it again: that would make it twice."}
	case e.Look != nil:
		f.Text = []string{happened, "Namesake then tried to look into the registry (" + looked + "), and could not find out either. " + fmt.Sprintf(words.again, "later")}
	case !e.SafeAt.IsZero():
		f.Text = []string{happened, "It shows no effect in the registry (" + looked + "), but Cloudflare may still be working on it until " +
			clockTime(e.SafeAt) + ". Namesake goes on looking until then, and sends nothing more. " + fmt.Sprintf(words.again, "to check")}
	default:
		f.Status = http.StatusConflict
		f.Title = "The same form is being sent at this moment"
		f.Text = []string{"Another copy of this form is under way. Wait a moment, then look into the list."}
	}
	return f
}

// lookAgain is when a program may ask again for what is not known yet.
const lookAgain = 5 * time.Second

func changeableFrom(t time.Time) string {
	return "From " + clockTime(t) + " on the entry can be changed and deleted again."
}

func clockTime(t time.Time) string { return t.UTC().Format("15:04:05 UTC") }

// failInDoubt tells that a change was not sent because of an earlier one.
func failInDoubt(e *change.InDoubtError) Failure {
	f := Failure{Status: http.StatusConflict, Tone: templates.Warn, Wait: lookAgain}
	words := deeds[e.Action]
	by := "Somebody else"
	switch {
	case e.Mine:
		by = "You"
	case e.Actor.Email != "":
		by = e.Actor.Email
	}
	known := "It will be known at " + clockTime(e.SafeAt) + " at the latest."
	if e.Happened {
		known = "Cloudflare says that it was, but the registry does not show it yet. "
		if e.SafeAt.IsZero() {
			known += "Namesake looks until it finds it."
		} else {
			known += changeableFrom(e.SafeAt)
		}
	}
	switch e.Action {
	case rbac.DeleteEntry:
		f.Title = "Not sent: this entry may be deleted already"
		f.Text = []string{by + " deleted this entry at " + clockTime(e.SentAt) + ", and it is not known yet whether " + words.done + ". " + known}
	case rbac.EditEntry:
		f.Title = "Not sent: an earlier change of this entry is not settled yet"
		f.Text = []string{by + " changed this entry at " + clockTime(e.SentAt) + ", and it is not known yet whether " + words.done + ". " + known}
	default:
		f.Title = "Not sent: the same entry may have been created already"
		f.Text = []string{by + " sent an entry with this name and address at " + clockTime(e.SentAt) + ", and it is not known yet whether " + words.done + ". " + known}
	}
	f.Text = append(f.Text, "Nothing was sent now. Wait, and then send the form again.")
	return f
}
