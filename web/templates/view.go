// Package templates draws the pages. A page is a struct of ready values and one
// exported component that takes it; nothing here makes calls,
// checks permissions or reads a context.
package templates

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Page is what every page has around its content.
type Page struct {
	Title             string
	Actor             rbac.Actor // the zero Actor without a sign-in
	Active            string     // the path of the current navigation item
	OverviewURL       string     // /accounts/A
	EntriesURL        string     // /accounts/A/entries
	ChangesURL        string     // /accounts/A/changes
	CheckURL          string     // /accounts/A/check
	PlansURL          string     // /accounts/A/plans
	FindingsURL       string     // /accounts/A/findings
	Dangers           int        // how many findings are dangers
	TestsURL          string     // /accounts/A/tests
	ImportsURL        string
	Sandbox           bool
	CanCreate         bool
	CanDelete         bool
	CanViewPlans      bool
	CanAudit          bool
	CanSeeAllSessions bool   // all sessions
	Refresh           string // the URL that the page opens by itself after some seconds, "" for none
	Flash             []Flash
	Session           SessionView
}

// Tone is the meaning of a notice, which its colour shows.
type Tone string

// The tones.
const (
	Info Tone = "info"
	Good Tone = "good"
	Warn Tone = "warn"
	Bad  Tone = "bad"
)

// Flash is a notice that is shown once, on the page after a change.
type Flash struct {
	Tone     Tone
	Title    string
	Text     string
	Problems []registry.Problem // the API's messages
	Ray      string             // Cf-Ray of the call
	Undo     Undo
	Later    bool `json:"-"` // only the offer to undo it: the notice was shown before
}

// small reports whether the notice only says that something was done. It then goes away by
// itself.
func (f Flash) small() bool { return f.Tone == Good && len(f.Problems) == 0 }

// Undo undoes the change that a notice reports; without a URL it is not offered.
type Undo struct {
	URL, Record string
	Left        time.Duration `json:"-"` // how long it is still offered
}

// FailureText is a failure, described for a person as a part of a page.
type FailureText struct {
	Title    string
	Text     []string
	Problems []registry.Problem // the API's errors
	Ray      string
}

// Message is one thing that is wrong with a field: a sentence of ours, or a
// problem in the API's words.
type Message struct {
	Text    string
	Problem *registry.Problem
}

// SummaryItem is one line of the summary above a form. Field is "" when it
// belongs to no field.
type SummaryItem struct {
	Field   string
	Label   string
	Message Message
}

// docsHost are the hosts that an error's documentation link may lead to: Cloudflare's own,
// at the usual port.
var docsHost = regexp.MustCompile(`^(?:[A-Za-z0-9-]+\.)*(?i:cloudflare\.com)(?::443)?$`)

// docsURL returns raw as a link when it leads to a host of Cloudflare's by https. What an
// answer of the API holds may come from anywhere: all else is shown as text. Browsers read
// a backslash as a slash and skip white space and control characters, so none may occur.
func docsURL(raw string) (string, bool) {
	if strings.ContainsFunc(raw, func(r rune) bool { return r == '\\' || r <= ' ' || r >= 0x7f }) {
		return "", false
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Opaque != "" || !docsHost.MatchString(u.Host) {
		return "", false
	}
	return u.String(), true
}

func utc(t time.Time) string       { return t.UTC().Format("2 Jan 2006, 15:04 UTC") }
func timestamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// exactly formats a timestamp for people: "2026-11-23 18:40:12.345 UTC".
func exactly(timestamp string) string {
	return timestamp[:len("2006-01-02")] + " " + timestamp[len("2006-01-02T"):len(timestamp)-len("Z")] + " UTC"
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

// sentence is a message with a capital letter and a full stop.
func sentence(message string) string {
	first, size := utf8.DecodeRuneInString(message)
	return string(unicode.ToUpper(first)) + strings.TrimSuffix(message[size:], ".") + "."
}

// maxBrief is how many characters of a name or a pattern a row of a list shows.
const maxBrief = 300

// brief is the start of a text, for a row of a list.
func brief(s string) string { return ending(s, maxBrief) }

// ending is the start of a text, and says how much is missing.
func ending(s string, limit int) string {
	if n := beyond(s, limit); n > 0 {
		return start(s, limit) + "… (" + strconv.Itoa(n) + " more characters)"
	}
	return s
}

// start is the first characters of a text.
func start(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	n := 0
	for at := range s {
		if n == limit {
			return s[:at]
		}
		n++
	}
	return s
}

// beyond is how many characters start leaves out.
func beyond(s string, limit int) int {
	return utf8.RuneCountInString(s[len(start(s, limit)):])
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// shortCount writes a count that has little room.
func shortCount(n int) string {
	if n > 99 {
		return "99+"
	}
	return strconv.Itoa(n)
}

// dangersLabel follows the count of dangers for screen readers.
func dangersLabel(n int) string {
	if n == 1 {
		return " danger: "
	}
	return " dangers: "
}

// current returns the value of aria-current of an item of the navigation: the page itself, or the
// item that it is below without an item of its own.
func (p Page) current(href string) string {
	switch {
	case p.Active == href:
		return "page"
	case href != p.OverviewURL && p.Active != p.EntriesURL+"/new" && strings.HasPrefix(p.Active, href+"/"):
		return "true"
	}
	return ""
}

func entryURL(p Page, id registry.ID) string { return p.EntriesURL + "/" + url.PathEscape(string(id)) }
