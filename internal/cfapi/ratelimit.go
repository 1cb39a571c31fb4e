package cfapi

import (
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Budget is an answer's information about one of the API's limits of calls.
type Budget struct {
	Policy    string // the limit's name: printable ASCII, not empty, short
	Remaining int64  // calls left in the window
	Limit     int64  // calls in a window, 0 when not said
}

// Limits of the budgets of one answer, whose names come from outside.
const (
	maxBudgets    = 8
	maxPolicyName = 64
)

// budgets reads the headers Ratelimit and Ratelimit-Policy, and leaves out what it can't
// read. For a limit that appears twice, such as for two partitions, the lower number of
// calls left counts.
func budgets(h http.Header) []Budget {
	var found []Budget
	at := map[string]int{}
	for name, params := range limits(h.Values("Ratelimit")) {
		left, ok := natural(params["r"])
		if !ok || !goodPolicy(name) {
			continue
		}
		if i, twice := at[name]; twice {
			found[i].Remaining = min(found[i].Remaining, left)
		} else if len(found) < maxBudgets {
			at[name] = len(found)
			found = append(found, Budget{Policy: name, Remaining: left})
		}
	}
	if len(found) == 0 {
		return nil
	}
	for name, params := range limits(h.Values("Ratelimit-Policy")) {
		if i, told := at[name]; told && found[i].Limit == 0 {
			found[i].Limit, _ = natural(params["q"])
		}
	}
	return found
}

// exhausted returns the longest time until a limit with nothing left is reset,
// from the header Ratelimit: "default";r=0;t=30
func exhausted(values []string) time.Duration {
	longest := time.Duration(0)
	for _, params := range limits(values) {
		if params["r"] == "0" {
			reset, _ := resetIn(params["t"])
			longest = max(longest, reset)
		}
	}
	return longest
}

// resetIn reads the time until a limit is reset.
func resetIn(s string) (time.Duration, bool) {
	n, err := strconv.ParseFloat(s, 64)
	return seconds(n), err == nil
}

// natural reads an integer as headers have them: 15 digits at most (RFC 9651).
func natural(s string) (n int64, ok bool) {
	if len(s) > 15 || strings.TrimLeft(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

func goodPolicy(name string) bool {
	return name != "" && len(name) <= maxPolicyName && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r >= 0x7f })
}

// limits reads the items of a list such as "burst";q=100;w=60, "default";q=1200;w=300
// with their names and parameters, and reads a malformed list as well as it can. The
// parameters are valid until the next item.
//
// The syntax is that of structured fields:
// https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/
func limits(values []string) iter.Seq2[string, map[string]string] {
	return func(yield func(string, map[string]string) bool) {
		params := map[string]string{}
		for _, value := range values { // one by one, because an unclosed quote ends with its header
			for value != "" {
				var item, param string
				item, value = until(value, ',')
				clear(params)
				name, rest := until(item, ';')
				for rest != "" {
					param, rest = until(rest, ';')
					key, text, _ := strings.Cut(strings.TrimSpace(param), "=")
					params[key] = text
				}
				if !yield(unquoted(strings.TrimSpace(name)), params) {
					return
				}
			}
		}
	}
}

// until cuts s at the first separator outside of quotes.
func until(s string, separator byte) (before, after string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case c == separator && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// unquoted returns the text of a quoted string, and anything else unchanged.
func unquoted(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	s = s[1 : len(s)-1]
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// limitState is the last answer's information about one of the API's limits, minus the
// calls made since.
type limitState struct {
	name           string
	left, reserved int64
	forChanges     int64
	quota          int64 // in a window
	window         time.Duration
	until          time.Time // when it is reset
	first          time.Time // until, as the first answer about this window gave it
}

// merge reduces the calls left according to an answer to those that are certain: the API
// may not have counted other calls yet, and a later answer about the same window may have
// arrived before.
func (p *pacer) merge(news *limitState, t time.Time) {
	news.left -= int64(p.busy - 1)
	for _, old := range p.limits {
		if old.name == news.name && t.Before(old.until) && news.until.Sub(old.first) <= time.Second {
			news.left, news.first = min(news.left, old.left), old.first
		}
	}
}

// readLimits returns the API's limits according to an answer, nil without any.
func readLimits(h http.Header, t time.Time) []limitState {
	quotas, windows, largest := map[string]int64{}, map[string]time.Duration{}, int64(0)
	for name, params := range limits(h.Values("Ratelimit-Policy")) {
		if q, ok := natural(params["q"]); ok {
			quotas[name], largest = q, max(largest, q)
		}
		if w, ok := resetIn(params["w"]); ok {
			windows[name] = w
		}
	}
	var found []limitState
	for name, params := range limits(h.Values("Ratelimit")) {
		left, ok := natural(params["r"])
		if !ok || len(found) == maxBudgets {
			continue
		}
		quota := quotas[name]
		if quota == 0 { // the documentation has a limit and its policy under two names
			quota = largest
		}
		forChanges := quota / changeShare // 0 below, where the quota is a guess
		if quota < left || quota == 0 {
			quota, forChanges = defaultLimit, 0
		}
		window, said := windows[name]
		if !said || window > budgetWindow {
			window = budgetWindow
		}
		reset := defaultPause
		if s, ok := resetIn(params["t"]); ok {
			reset = min(s, maxPause)
		}
		until := t.Add(reset)
		found = append(found, limitState{name, left, quota / peopleShare, forChanges, quota, window, until, until})
	}
	return found
}
