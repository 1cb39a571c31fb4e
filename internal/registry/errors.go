package registry

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ErrNotFound reports that the API has no such entry.
var ErrNotFound = errors.New("no such entry")

// ErrDatabase reports that Namesake's own database could not be read.
var ErrDatabase = errors.New("database failed")

// Problem is one error or message in an answer of the API, in the API's words.
type Problem struct {
	Code             string // usually a number, sometimes text
	Message          string
	DocumentationURL string    // as sent: check the scheme before making it a link
	Pointer          string    // the literal source.pointer, "" when there is none
	Chain            []Problem // error_chain, the causes
}

// Receipt is what the program knows about one API call beside its result.
type Receipt struct {
	Status   int       // HTTP status, 0 without an answer
	Ray      string    // Cf-Ray, which Cloudflare's support asks for
	ServedAt time.Time // the answer's Date header; zero when absent
	Messages []Problem
	AsOf     time.Time // when the answer came, if it is an earlier one; see Page.AsOf
}

// Kind classifies the failures of an API call by what a person can do about them.
type Kind int

// The kinds of failures.
const (
	Refused       Kind = iota // the API refused the values
	Conflicting               // 409
	Missing                   // 404: no such entry, account or route
	Denied                    // the credentials are wrong, or lack a permission
	NotSubscribed             // the account has no Email Security
	RateLimited               // too many calls; see RetryAfter, and HeldBack
	Broken                    // the API answered with an error of the server (5xx)
	Unreadable                // the program could not parse the answer
	Unreachable               // no connection: refused, no such host, TLS
	Lost                      // the connection broke before the answer was complete
	TimedOut                  // no answer within the time limit
)

var kindNames = map[Kind]string{
	Refused: "refused", Conflicting: "conflict", Missing: "not found", Denied: "denied",
	NotSubscribed: "not subscribed", RateLimited: "rate limited", Broken: "fault at the API",
	Unreadable: "unreadable answer", Unreachable: "unreachable", Lost: "connection lost", TimedOut: "timed out",
}

// String returns a few words in lower case.
func (k Kind) String() string {
	if name, ok := kindNames[k]; ok {
		return name
	}
	return "kind " + strconv.Itoa(int(k))
}

// KindNamed returns the kind with a text, Unreadable if there is none.
func KindNamed(text string) (kind Kind, ok bool) {
	for kind, name := range kindNames {
		if name == text {
			return kind, true
		}
	}
	return Unreadable, false
}

// Effect says what a failed call may have changed.
type Effect int

// The effects.
const (
	NoEffect     Effect = iota // certainly nothing: the API refused it, or it was never sent
	MayStillLand               // unknown: it may have had an effect, or still have one later
	HasEffect                  // the API reports success without showing the entry
)

// APIError reports an API call that did not succeed. It never holds credentials, request
// bodies or unbounded text, so it is safe to log and show.
type APIError struct {
	Op         string // what the call was for: "create entry"
	Kind       Kind
	Effect     Effect // meaningful for calls that change something
	Problems   []Problem
	Receipt    Receipt
	RetryAfter time.Duration // how long the API asks to wait, 0 if it does not say
	Err        error         // the underlying cause, if any

	// Denial, Address and Sporadic belong to the kind Denied.
	Denial  Denial
	Address string // the network address that the API saw, "" if it does not say
	// Sporadic is true when a similar call with the same credentials has succeeded a moment
	// ago, so the fault may pass.
	Sporadic bool
}

func (e *APIError) Error() string {
	var b strings.Builder
	b.WriteString(e.Op + ": " + e.Kind.String())
	if e.Receipt.Status != 0 {
		b.WriteString(" (status " + strconv.Itoa(e.Receipt.Status) + ")")
	}
	for _, p := range e.Problems {
		fmt.Fprintf(&b, "; %s %q", p.Code, p.Message)
		if p.Pointer != "" {
			b.WriteString(" at " + p.Pointer)
		}
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

func (e *APIError) Unwrap() error { return e.Err }

// HeldBack reports whether the program did not make the call because it would exceed the
// API's limit of calls.
func (e *APIError) HeldBack() bool { return e.Kind == RateLimited && e.Receipt.Status == 0 }

// Reasons returns the API's reasons. A refusal without errors may have them among its
// messages.
func (e *APIError) Reasons() []Problem {
	if len(e.Problems) == 0 {
		return e.Receipt.Messages
	}
	return e.Problems
}

// Refusal reports whether the API refused the call, rather than failed to handle it.
func (k Kind) Refusal() bool {
	switch k {
	case Refused, Conflicting, Missing, Denied, NotSubscribed, RateLimited:
		return true
	case Broken, Unreadable, Unreachable, Lost, TimedOut:
	}
	return false
}

// Passing reports whether a failed read may succeed later without any action.
func (k Kind) Passing() bool {
	switch k {
	case RateLimited, Broken, Unreadable, Unreachable, Lost, TimedOut:
		return true
	case Refused, Conflicting, Missing, Denied, NotSubscribed:
	}
	return false
}
