package cfapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"namesake/internal/registry"
)

// judge decides what an answer means. It always sets the receipt of the reply.
func judge[T result](op operation, a *answer, now time.Time) (reply[T], *registry.APIError) {
	got := reply[T]{receipt: receipt(a)}
	if a.status == 0 {
		failed := &registry.APIError{Op: op.name, Err: a.err}
		failed.Kind, failed.Effect = unanswered(a)
		return got, finish(op, failed)
	}
	env, err := understand[T](op, a)
	got.receipt.Messages = problems(env.Messages)
	reported := reasons(env.Errors, env.Error)
	if a.ok() && err == nil && env.Success == success {
		// The API has not been seen to send errors with a success; log them if it does.
		got.receipt.Messages = append(got.receipt.Messages, reported...)
		if op.changes {
			if err := env.Result.mismatch(op.id); err != nil {
				return got, &registry.APIError{
					Op: op.name, Kind: registry.Unreadable, Effect: registry.HasEffect, Receipt: got.receipt, Err: err,
				}
			}
		}
		got.result, got.info = env.Result, env.ResultInfo
		return got, nil
	}

	failed := &registry.APIError{Op: op.name, Problems: reported, Receipt: got.receipt, Err: err}
	if failed.Kind = kind(a, failed); failed.Kind == registry.Denied {
		failed.Denial, failed.Address = denial(a, failed)
	}
	failed.Effect = effect(a, env.Success, failed)
	if len(reported) == 0 { // reasons in unknown members are shown, but don't decide the kind
		failed.Problems = reasons(env.Message, env.Detail)
	}
	if len(failed.Problems)+len(got.receipt.Messages) == 0 && env.Success == failure {
		failed.Problems = elsewhere(a.body)
	}
	if failed.Kind == registry.RateLimited || a.status == http.StatusServiceUnavailable {
		failed.RetryAfter = retryAfter(a.header, now)
	}
	if op.one && failed.Kind == registry.Missing && env.Success == failure && !hasCode(reported, codeBadRoute) {
		failed.Err = registry.ErrNotFound
	}
	return got, finish(op, failed)
}

// understand reads the envelope of an answer. With a status of success, the envelope must
// say whether the call succeeded and, if so, hold a result.
func understand[T result](op operation, a *answer) (envelope[T], error) {
	switch {
	case a.err != nil:
		return envelope[T]{}, a.err
	case a.status/100 == 3:
		return envelope[T]{}, errRedirect
	}
	env, err := parse[T](a.body)
	switch {
	case err != nil:
		return env, fmt.Errorf("%w (%s, %s)", err, a.mediaType(), size(int64(len(a.body))))
	case env.Success == unsaid:
		return env, errNoEnvelope
	case a.ok() && env.Success == success && env.Result.missing() && (!op.list || !saysEmpty(a.body, op.part)):
		return env, errNoResult
	case a.ok() && env.Success == failure && !env.Result.missing():
		return env, errContradiction
	case a.status/100 == 4 && env.Success == success:
		return env, errNoRefusal
	}
	return env, nil
}

var (
	errRedirect   = errors.New("the answer is a redirect, which is not followed")
	errNoEnvelope = errors.New("the answer does not say whether the call succeeded")
	errNoResult   = errors.New("the answer says success but holds no result")
	errNoID       = errors.New("the answer holds no usable entry id")
	errOtherID    = errors.New("the answer is about another entry than the one asked for")

	errContradiction = errors.New("the answer says failure but holds a result")
	errNoRefusal     = errors.New("the status says failure but the answer contradicts it")
)

// finish shortens the text of the cause and clears the effect of a read.
func finish(op operation, failed *registry.APIError) *registry.APIError {
	if !op.changes {
		failed.Effect = registry.NoEffect
	}
	if failed.Err != nil && len(failed.Err.Error()) > maxCause {
		failed.Err = &shortened{failed.Err}
	}
	return failed
}

// unanswered judges a call without an answer.
func unanswered(a *answer) (registry.Kind, registry.Effect) {
	did := registry.NoEffect // never sent
	if a.sent {
		did = registry.MayStillLand
	}
	switch {
	case a.timedOut:
		return registry.TimedOut, did
	case errors.Is(a.err, context.Canceled), a.sent:
		return registry.Lost, did
	}
	return registry.Unreachable, did
}

// Codes of the API, from recorded and reported traffic.
const (
	codeBadRoute  = "7003" // bad account, or an id of a form that the route doesn't take
	codeBadToken  = "1000" // "Invalid API Token", but other things elsewhere
	notSubscribed = "not available in the current subscription"
)

var (
	throttled   = []string{"971", "10100", "10429"}
	badIdentity = []string{"6003", "6111", "9103", "9106", "9109", "10000"}
)

// kind returns the kind of a failure. It looks at codes only where the status is ambiguous,
// and never at the envelope's messages: the token check's success holds a message with the
// code of an authentication error.
func kind(a *answer, failed *registry.APIError) registry.Kind {
	p := failed.Problems
	switch {
	case a.status == http.StatusTooManyRequests, a.status < 500 && hasCode(p, throttled...):
		return registry.RateLimited
	case a.status == http.StatusUnauthorized, a.status == http.StatusForbidden:
		if says(p, "", notSubscribed) {
			return registry.NotSubscribed
		}
		return registry.Denied
	case a.status == http.StatusNotFound:
		return registry.Missing
	case a.status == http.StatusConflict:
		return registry.Conflicting
	case a.status == http.StatusRequestTimeout, gatewayTimedOut(a.status), a.ok() && a.timedOut:
		return registry.TimedOut
	case a.status >= 500 && a.status < 600:
		return registry.Broken
	case a.status == statusClientClosed, a.ok() && a.err != nil && !a.tooLong:
		return registry.Lost
	case !a.ok() && a.status/100 != 4, failed.Err != nil:
		return registry.Unreadable
	case says(p, "", notSubscribed):
		return registry.NotSubscribed
	case hasCode(p, badIdentity...), says(p, codeBadToken, "token"):
		return registry.Denied
	}
	return registry.Refused
}

// Statuses outside the standard, of nginx and of Cloudflare's edge.
// https://developers.cloudflare.com/support/troubleshooting/http-status-codes/
const (
	statusClientClosed   = 499
	statusConnectTimeout = 522
	statusOriginTimeout  = 524
)

// gatewayTimedOut reports whether a gateway gave up waiting for the API behind it.
func gatewayTimedOut(status int) bool {
	return status == http.StatusGatewayTimeout || status == statusConnectTimeout || status == statusOriginTimeout
}

// effect returns what a changing call may have changed according to its answer. A usable
// entry with 2xx is a success, and not judged here.
//
//	status        body                               effect
//	4xx           the API's envelope, a failure      none: it refused
//	2xx           the same, without a result         none: the API throttles this way
//	2xx           a failure with a result            unknown: the answer contradicts itself
//	2xx           cut off                            unknown
//	2xx           anything else, and too long        the change was made
//	408, 499      any                                unknown: one side stopped waiting
//	3xx, 4xx      no envelope, or one of a success   unknown: the edge answered, not the API
//	5xx, others   any, with an envelope or without   unknown
//
// With an unknown effect, the API may still make the change after the answer.
func effect(a *answer, said verdict, failed *registry.APIError) registry.Effect {
	refused := said == failure && failed.Err == nil
	switch {
	case a.status == http.StatusRequestTimeout, a.status == statusClientClosed:
		return registry.MayStillLand
	case refused && (a.ok() || a.status/100 == 4):
		return registry.NoEffect
	case a.ok() && said != failure && (a.err == nil || a.tooLong):
		return registry.HasEffect
	}
	return registry.MayStillLand
}

// worthAnotherTry reports whether a failed read may succeed if it is repeated at once. A
// read that was already sent twice is not repeated.
func worthAnotherTry(a *answer, failed *registry.APIError) bool {
	if a.gaveUp() || a.resent > 0 {
		return false
	}
	switch failed.Kind {
	case registry.Broken:
		return a.status >= http.StatusBadGateway && failed.RetryAfter == 0
	case registry.Lost:
		return true
	case registry.Unreachable:
		return errors.Is(a.err, syscall.ECONNRESET) || errors.Is(a.err, io.EOF)
	}
	return false
}

// hasCode also looks into the causes: only those of "Invalid request headers" mention the
// token.
func hasCode(list []registry.Problem, codes ...string) bool {
	return slices.ContainsFunc(list, func(p registry.Problem) bool {
		return slices.Contains(codes, p.Code) || hasCode(p.Chain, codes...)
	})
}

// says reports whether the message of a problem, with that code if one is given, contains
// text.
func says(list []registry.Problem, code, text string) bool {
	return slices.ContainsFunc(list, func(p registry.Problem) bool {
		return (code == "" || p.Code == code) && strings.Contains(strings.ToLower(p.Message), text) || says(p.Chain, code, text)
	})
}

func receipt(a *answer) registry.Receipt {
	r := registry.Receipt{Status: a.status, Ray: cut(a.header.Get("Cf-Ray"), maxCode)}
	if t, err := http.ParseTime(a.header.Get("Date")); err == nil {
		r.ServedAt = t.UTC()
	}
	return r
}

// maxWait bounds the waiting time that an answer can ask for.
const maxWait = time.Hour

// retryAfter returns the waiting time that the answer asks for, 0 without one.
func retryAfter(h http.Header, now time.Time) time.Duration {
	wait := time.Duration(0)
	value := strings.TrimSpace(h.Get("Retry-After"))
	if t, err := http.ParseTime(value); err == nil {
		wait = t.Sub(now)
	} else if s, err := strconv.ParseFloat(value, 64); err == nil {
		wait = seconds(s)
	}
	if wait <= 0 {
		wait = exhausted(h.Values("Ratelimit"))
	}
	return min(wait, maxWait)
}

// seconds rounds up, and returns 0 for a text that is not a number of seconds.
func seconds(s float64) time.Duration {
	switch {
	case !(s > 0): // also not a number
		return 0
	case s > maxWait.Seconds():
		return maxWait
	}
	whole := time.Duration(s)
	if float64(whole) < s {
		whole++
	}
	return whole * time.Second
}

// maxCause bounds the text of a cause, which may quote what a server sent.
const maxCause = 500

// shortened is an error whose text is cut.
type shortened struct{ err error }

func (e *shortened) Error() string { return cut(e.err.Error(), maxCause) }
func (e *shortened) Unwrap() error { return e.err }
