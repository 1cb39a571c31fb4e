package words

import (
	"fmt"
	"time"

	"namesake/internal/change"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// changeTexts has the words for a change of which it is unknown whether it was made.
var changeTexts = map[rbac.Action]struct{ sent, done, notDone, again string }{
	rbac.CreateEntry: {
		"The entry was sent", "the entry was created", "Not created",
		"Send the form again %s: Namesake checks first, and sends the entry only if it is not there.",
	},
	rbac.EditEntry: {
		"The changes were sent", "the changes were made", "Not saved",
		"Check the entry %s, or send the form again: if the changes are there, nothing is sent.",
	},
	rbac.DeleteEntry: {
		"The deletion was sent", "the entry was deleted", "Not deleted",
		"Check the entry %s. Deleting it again does no harm.",
	},
}

// UnclearCause says why a call left a change in doubt. A refusal that does not come from the
// API itself proves nothing about the change.
func UnclearCause(e *registry.APIError) Notice {
	if !e.Kind.Refusal() {
		return FailedCall(e, true)
	}
	return Notice{
		"The answer is not one of Cloudflare's API",
		[]string{fmt.Sprintf("It has status %d, and may come from a firewall or a proxy between Namesake and Cloudflare.", e.Receipt.Status)},
	}
}

// Unsettled says what is known of a change by a form whose call failed: that it was not made,
// or not whether it was.
func Unsettled(e *change.UnsettledError) Notice { return unsettled(e, false) }

// UnsettledOperation is Unsettled for an operation of a plan.
func UnsettledOperation(e *change.UnsettledError) Notice { return unsettled(e, true) }

// retryOperation says how to try an operation of a plan again.
const retryOperation = "Retry it %s: Namesake checks first, and sends nothing if it is done."

func unsettled(e *change.UnsettledError, planned bool) Notice {
	texts, ok := changeTexts[e.Action]
	if !ok {
		texts = changeTexts[rbac.CreateEntry]
	}
	if planned {
		texts.again = retryOperation
	}
	happened := texts.sent + " at " + ClockTime(e.SentAt) + ", and no answer came."
	if e.Happened {
		happened = texts.sent + " at " + ClockTime(e.SentAt) + ". Cloudflare answered that it was done, but its answer does not show the entry."
	}
	if e.Cause != nil {
		cause := UnclearCause(e.Cause)
		happened = cause.Title + "."
		for _, line := range cause.Text {
			happened += " " + line
		}
	}
	checked := ClockTime(e.LookedAt)
	unknown := "It is not known whether " + texts.done
	switch {
	case e.NotDone:
		return Notice{texts.notDone + ": it is safe to try again", []string{happened, "Namesake then checked the registry (" + checked + "): the request had no effect. You can try again."}}
	case e.Happened:
		next := " Do not send it again: that would create a duplicate."
		switch {
		case !e.SafeAt.IsZero():
			next = " " + changeableFrom(e.SafeAt)
		case planned:
			next = ""
		}
		return Notice{
			"Cloudflare says that " + texts.done + ", but the registry does not show it yet",
			[]string{happened, "Namesake checks the registry until it finds it (last check: " + checked + ")." + next},
		}
	case e.Look != nil:
		return Notice{unknown, []string{happened, "Namesake then tried to read the registry (" + checked + "), and that failed too. " + fmt.Sprintf(texts.again, "later")}}
	case !e.SafeAt.IsZero():
		return Notice{unknown, []string{
			happened, "The registry does not show it (" + checked + "), but Cloudflare may still be working on it until " + ClockTime(e.SafeAt) +
				". Namesake checks again until then, and sends nothing more. " + fmt.Sprintf(texts.again, "to check"),
		}}
	}
	if planned {
		return Notice{"The same change is being sent at this moment", []string{"It was sent from somewhere else too, and is not answered yet. Wait a moment, then retry it."}}
	}
	return Notice{"The same form is being sent at this moment", []string{"Another copy of this form was sent and is not answered yet. Wait a moment, then check the list."}}
}

func changeableFrom(t time.Time) string {
	return "You can change and delete the entry again from " + ClockTime(t) + "."
}

// InDoubt says that the change of a form was not sent because an earlier one is not settled.
func InDoubt(e *change.InDoubtError) Notice {
	by := "Another person"
	switch {
	case e.Mine:
		by = "You"
	case e.Actor.Email != "":
		by = e.Actor.Email
	}
	return inDoubt(e, by, "Nothing was sent now. Wait, then send the form again.")
}

// InDoubtOperation is InDoubt for an operation of a plan.
func InDoubtOperation(e *change.InDoubtError) Notice {
	by := "An earlier request" // stored by a version that did not store the person
	switch {
	case e.Mine:
		by = "The owner of this plan"
	case e.Actor.Contact() != "":
		by = e.Actor.Contact()
	}
	return inDoubt(e, by, "Nothing was sent for this operation. Wait, then retry it.")
}

func inDoubt(e *change.InDoubtError, by, next string) Notice {
	known := "It will be known at " + ClockTime(e.SafeAt) + " at the latest."
	switch {
	case e.Happened && e.SafeAt.IsZero():
		known = "Cloudflare says that it was, but the registry does not show it yet. Namesake checks until it finds it."
	case e.Happened:
		known = "Cloudflare says that it was, but the registry does not show it yet. " + changeableFrom(e.SafeAt)
	}
	title, did := "Not sent: the same entry may have been created already", "sent an entry with this name and address"
	switch e.Action {
	case rbac.DeleteEntry:
		title, did = "Not sent: this entry may be deleted already", "deleted this entry"
	case rbac.EditEntry:
		title, did = "Not sent: an earlier change of this entry is not settled yet", "changed this entry"
	}
	return Notice{title, []string{
		by + " " + did + " at " + ClockTime(e.SentAt) + ", and it is not known yet whether " + changeTexts[e.Action].done + ". " + known,
		next,
	}}
}
