package web

import (
	"net/http"
	"time"

	"namesake/internal/change"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// FailAPI is the failure of a call of the API. reading says that the call could not change
// anything.
func FailAPI(e *registry.APIError, reading bool) Failure {
	f := Failure{Status: callStatus(e.Kind), Tone: templates.Bad, Problems: e.Reasons(), Ray: e.Receipt.Ray}
	if e.Kind == registry.RateLimited {
		f.Wait = e.RetryAfter
	}
	return f.saying(words.FailedCall(e, reading))
}

// callStatus is the status of the answer where a call of the API failed.
func callStatus(k registry.Kind) int {
	switch k {
	case registry.Refused:
		return http.StatusUnprocessableEntity
	case registry.Conflicting:
		return http.StatusConflict
	case registry.Missing:
		return http.StatusNotFound
	case registry.RateLimited:
		return http.StatusTooManyRequests
	case registry.TimedOut:
		return http.StatusGatewayTimeout
	case registry.Denied, registry.NotSubscribed, registry.Broken, registry.Unreadable, registry.Unreachable, registry.Lost:
	}
	return http.StatusBadGateway
}

// saying returns f with the texts of n.
func (f Failure) saying(n words.Notice) Failure {
	f.Title, f.Text = n.Title, n.Text
	return f
}

// doubtRetry is when a program may ask again for the result of a change in doubt.
const doubtRetry = 5 * time.Second

// failUnsettled is a change whose call failed: not made, or not known. (A change that was
// found later is no failure.)
func failUnsettled(e *change.UnsettledError) Failure {
	f := Failure{Status: http.StatusBadGateway, Tone: templates.Warn, Wait: doubtRetry}
	if e.Cause != nil {
		cause := FailAPI(e.Cause, true)
		f.Status, f.Problems, f.Ray, f.Wait = cause.Status, cause.Problems, cause.Ray, max(f.Wait, cause.Wait)
		if e.Cause.Kind.Refusal() && e.Cause.Kind != registry.RateLimited {
			f.Status = http.StatusBadGateway // the refusal does not come from the API
		}
	}
	switch {
	case e.NotDone:
		f.Wait = 0
	case !e.Happened && e.Look == nil && e.SafeAt.IsZero(): // another copy of the form is being sent
		f.Status = http.StatusConflict
	}
	return f.saying(words.Unsettled(e))
}

// failInDoubt is a change that was not sent because of an earlier one.
func failInDoubt(e *change.InDoubtError) Failure {
	return Failure{Status: http.StatusConflict, Tone: templates.Warn, Wait: doubtRetry}.saying(words.InDoubt(e))
}
