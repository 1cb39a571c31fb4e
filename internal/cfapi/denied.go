package cfapi

import (
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"namesake/internal/registry"
)

// denialWords are the words with which the API is known, or likely, to say why it refuses
// credentials. All words of a list must be in a message, and the first list that fits
// decides. Codes don't help: 9109 and 10000 stand for nearly every reason.
var denialWords = []struct {
	why   registry.Denial
	words []string
}{
	{registry.DenialAddress, []string{"from location"}},
	{registry.DenialAddress, []string{"ip address"}},
	{registry.DenialAddress, []string{"ip filter"}},
	{registry.DenialAddress, []string{"client ip"}},
	{registry.DenialAddress, []string{"this ip"}},
	{registry.DenialTries, []string{"max auth failures"}},
	{registry.DenialTries, []string{"too many", "auth"}},
	{registry.DenialTries, []string{"too many", "fail"}},
	{registry.DenialTries, []string{"too many", "login"}},
	{registry.DenialTries, []string{"too many", "attempt"}},
	{registry.DenialEarly, []string{"not yet"}},
	{registry.DenialEarly, []string{"active yet"}},
	{registry.DenialEarly, []string{"not valid before"}},
	{registry.DenialEarly, []string{"cannot use", "before"}},
	{registry.DenialEarly, []string{"not before"}},
	{registry.DenialEarly, []string{"not valid until"}},
	{registry.DenialExpired, []string{"expired"}},
	{registry.DenialExpired, []string{"cannot use", "after"}},
	{registry.DenialExpired, []string{"no longer valid"}},
	{registry.DenialDisabled, []string{"disabled"}},
	{registry.DenialDisabled, []string{"inactive"}},
	{registry.DenialDisabled, []string{"not active"}},
	{registry.DenialDisabled, []string{"revoked"}},
	{registry.DenialDisabled, []string{"suspended"}},
	{registry.DenialDisabled, []string{"rolled"}},
	{registry.DenialRights, []string{"permission"}},
	{registry.DenialRights, []string{"scope"}},
	{registry.DenialRights, []string{"privilege"}},
	{registry.DenialAccount, []string{"access to", "account"}},
	{registry.DenialAccount, []string{"not authorized", "account"}},
	{registry.DenialAccount, []string{"unauthorized", "account"}},
	{registry.DenialAccount, []string{"account", "not found"}},
	{registry.DenialAccount, []string{"account", "mismatch"}},
	{registry.DenialAccount, []string{"account", "not match"}},
	{registry.DenialAccount, []string{"account", "belong"}},
	{registry.DenialAccount, []string{"other account"}},
	{registry.DenialAccount, []string{"different account"}},
	{registry.DenialAccount, []string{"wrong account"}},
	{registry.DenialAccount, []string{"invalid account"}},
	{registry.DenialMalformed, []string{"invalid format"}},
	{registry.DenialMalformed, []string{"invalid request headers"}},
	{registry.DenialMalformed, []string{"malformed"}},
	{registry.DenialMalformed, []string{"missing", "header"}},
	{registry.DenialRights, []string{"unauthorized to access"}},
	{registry.DenialRights, []string{"not authorized"}},
	{registry.DenialRights, []string{"not allowed"}},
	{registry.DenialRights, []string{"access denied"}},
	{registry.DenialUnknown, []string{"invalid", "token"}},
	{registry.DenialUnknown, []string{"unknown", "key"}},
	{registry.DenialUnknown, []string{"unknown", "token"}},
	{registry.DenialUnknown, []string{"invalid", "key"}},
	{registry.DenialUnknown, []string{"authentication not found"}},
}

// denial returns why the credentials were refused, and for which address.
func denial(a *answer, failed *registry.APIError) (why registry.Denial, address string) {
	texts := messages(failed.Problems)
	for _, known := range denialWords {
		for _, text := range texts {
			if containsAll(strings.ToLower(text), known.words) {
				if known.why == registry.DenialAddress {
					address = addressIn(text)
				}
				return known.why, address
			}
		}
	}
	if len(texts) > 0 && a.status == http.StatusUnauthorized {
		return registry.DenialUnknown, ""
	}
	return registry.DenialUnsaid, ""
}

// messages returns the texts of problems and of their causes.
func messages(list []registry.Problem) (texts []string) {
	for _, p := range list {
		texts = append(texts, p.Message)
		texts = append(texts, messages(p.Chain)...)
	}
	return texts
}

func containsAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// addressIn returns the first network address in a text, "" when there is none.
func addressIn(text string) string {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" \t\n\"'()[]<>,;", r) }) {
		word = strings.TrimRight(word, ".:")
		if address, err := netip.ParseAddr(word); err == nil {
			return address.WithZone("").String()
		}
		if prefix, err := netip.ParsePrefix(word); err == nil {
			return prefix.String()
		}
	}
	return ""
}

// sporadicPeriod is how long after a success a refusal of the same kind of call counts as
// sporadic.
const sporadicPeriod = time.Minute

// lastSuccess holds the times of the last successful calls. Reads and changes need
// different permissions, so that a read says nothing about a change.
type lastSuccess struct {
	mu           sync.Mutex
	read, change time.Time
}

// judge saves the time of a success, and marks a refusal within sporadicPeriod of one as
// sporadic.
func (l *lastSuccess) judge(op operation, failed *registry.APIError, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case failed == nil && op.changes:
		l.change = now
	case failed == nil:
		l.read = now
	case failed.Kind == registry.Denied:
		last := l.change
		if !op.changes && l.read.After(last) {
			last = l.read
		}
		failed.Sporadic = !last.IsZero() && now.Sub(last) <= sporadicPeriod
	}
}
