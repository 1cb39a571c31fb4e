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

// judge decides what an answer means. The receipt of the reply is set in any
// case.
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
		// Errors beside a success haven't been seen; nobody should miss them.
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
	if len(reported) == 0 { // what stands elsewhere is told, but proves nothing about the kind
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

// understand reads the envelope of an answer. When the status says success, the
// envelope has to say whether it was one and, if so, hold a result.
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

// finish bounds the text of the cause and takes the effect from a read.
func finish(op operation, failed *registry.APIError) *registry.APIError {
	if !op.changes {
		failed.Effect = registry.NoEffect
	}
	if failed.Err != nil && len(failed.Err.Error()) > maxCause {
		failed.Err = &shortened{failed.Err}
	}
	return failed
}

// unanswered judges a call to which no answer began.
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

// kind judges an answer that is no success. Codes are asked only where the status
// leaves it open; messages of the envelope never, as the token check's success
// carries one with the code of an authentication error.
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

// effect judges what a changing call that got an answer may have changed. This is all
// that an answer proves (a usable entry with 2xx is a success, and not judged here):
//
//	status        body                               effect
//	4xx           the API's envelope, a failure      none: it refused
//	2xx           the same, without a result         none: it refuses so when it throttles
//	2xx           a failure with a result            not known: it contradicts itself
//	2xx           cut off                            not known
//	2xx           anything else, and too long        it happened
//	408, 499      any                                not known: somebody gave up waiting
//	3xx, 4xx      no envelope, or one of a success   not known: an edge speaks for the API
//	5xx, others   any, with an envelope or without   not known
//
// What is not known may even be under way behind whoever answered.
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

// worthAnotherTry reports whether a read that failed may succeed at once when it
// is made again. One that was sent twice already is not worth it.
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

// hasCode looks into the causes as well: "Invalid request headers" tells of the
// token only there.
func hasCode(list []registry.Problem, codes ...string) bool {
	return slices.ContainsFunc(list, func(p registry.Problem) bool {
		return slices.Contains(codes, p.Code) || hasCode(p.Chain, codes...)
	})
}

// says reports whether a problem, of that code if one is given, has text in its
// message.
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

// retryAfter returns how long the answer asks to wait, 0 when it doesn't say.
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

// seconds rounds up, and turns what is no number of seconds into 0.
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
