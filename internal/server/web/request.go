package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// What can be wrong with where a request was sent to.
var (
	ErrMisdirected = errors.New("request for another host")
	ErrInsecure    = errors.New("request over plain http")
)

// ErrNoRecord reports a record of the audit trail that does not exist.
var ErrNoRecord = errors.New("no such record")

// FilterError reports filters that can't be understood, where leaving them out
// would hand over more than was asked for.
type FilterError struct{ Notes []string }

func (e *FilterError) Error() string { return "unreadable filter: " + strings.Join(e.Notes, " ") }

// MaxPerson is longer than any address or subject, in bytes.
const MaxPerson = 512

// Succeeded is an answer of our own, which has no messages of the API.
func Succeeded(result any) Envelope {
	return Envelope{Success: true, Errors: []ProblemJSON{}, Messages: []ProblemJSON{}, Result: result}
}

// Shown is a value as the form has it.
func Shown(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case bool:
		if v {
			return "true"
		}
		return ""
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(v)
}

// TooLongText tells of entries that a list leaves out.
func TooLongText(n int) string {
	if n == 1 {
		return "1 entry is too long to be read: it could not be shown."
	}
	return strconv.Itoa(n) + " entries are too long to be read: they could not be shown."
}

// OneOf returns the value of a parameter if it is a known one, and otherwise adds a note.
func OneOf[T ~string](values url.Values, name string, known []T, notes *[]string) T {
	raw := T(values.Get(name))
	for _, k := range known {
		if raw == k {
			return raw
		}
	}
	if raw != "" {
		*notes = append(*notes, fmt.Sprintf("%s can't be %q: it was left out. Known are %v.", name, words.Clip(string(raw)), known))
	}
	return ""
}

// WholeNumber returns the value of a parameter if it is a whole number from 1 to limit, and
// otherwise usual, with a note unless the parameter is missing.
func WholeNumber(values url.Values, name string, limit, usual int, notes *[]string) int {
	raw := values.Get(name)
	n, err := strconv.Atoi(raw)
	switch {
	case err == nil && n >= 1 && n <= limit:
		return n
	case raw != "":
		*notes = append(*notes, fmt.Sprintf("%s is a whole number from 1 to %d, not %q: showing %s %d.", name, limit, words.Clip(raw), name, usual))
	}
	return usual
}

// EntryID returns the id of an entry in the parameter entry. One that can't be an id adds a
// note.
func EntryID(values url.Values, notes *[]string) registry.ID {
	raw := strings.TrimSpace(values.Get("entry"))
	id, err := registry.ParseID(raw)
	if err != nil && raw != "" {
		*notes = append(*notes, fmt.Sprintf("entry can't be %q: it was left out. An entry's id is a UUID or a whole number.", words.Clip(raw)))
	}
	return id
}

// RecordSeq returns raw, the value of a parameter, as the number of a record, 0 if it is
// empty. Anything else adds a note.
func RecordSeq(raw, name string, notes *[]string) int64 {
	if raw == "" {
		return 0
	}
	seq, err := strconv.ParseInt(raw, 10, 64)
	if err != nil || seq < 1 {
		*notes = append(*notes, fmt.Sprintf("%s is the number of a record, not %q: it was left out.", name, words.Clip(raw)))
		return 0
	}
	return seq
}

// What can be wrong with a form as a whole.
var (
	errTooLarge       = errors.New("form too large")
	ErrUnreadableForm = errors.New("unreadable form")
)

// ParseForm reads the form of a POST into the request's PostForm. If it returns an error,
// PostForm holds what was read before it: a *tooLargeError or ErrUnreadableForm.
func ParseForm(c echo.Context) error {
	r := c.Request()
	if r.PostForm != nil {
		return nil
	}
	r.PostForm = url.Values{}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // an unreadable type is an unknown one
	if kind == "multipart/form-data" {
		if err := r.ParseMultipartForm(MaxEntryForm); err != nil {
			return ReadFault(err)
		}
		r.PostForm = url.Values(r.MultipartForm.Value)
		return nil
	}
	body, readErr := io.ReadAll(r.Body)
	if kind != "application/x-www-form-urlencoded" && len(body) > 0 {
		return &contentTypeError{kind}
	}
	if readErr != nil {
		body = partialEscape.ReplaceAll(body, nil) // what was cut off midway
	}
	values, parseErr := url.ParseQuery(string(body))
	r.PostForm = values
	if readErr != nil {
		return ReadFault(readErr)
	}
	if parseErr != nil {
		return fmt.Errorf("%w: %w", ErrUnreadableForm, parseErr)
	}
	return nil
}

var partialEscape = regexp.MustCompile(`%[0-9A-Fa-f]?$`)

// ReadFault says what is wrong with a form that could not be read.
func ReadFault(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &tooLargeError{tooLarge.Limit}
	}
	return fmt.Errorf("%w: %w", ErrUnreadableForm, err)
}

// otherFields are fields of forms, other than those of entries, into which people type.
var otherFields = []string{"reason", "until", "expect", "note", "text"}

// typed returns the fields of a form that could not be accepted, so that the error page can
// show what the person typed.
func typed(c echo.Context) []templates.TypedField {
	cause, _ := c.Get(CauseKey).(error)
	if c.Request().Method != http.MethodPost || errors.Is(cause, ErrCrossOrigin) {
		return nil
	}
	_ = ParseForm(c) // what can be read is worth showing
	var fields []templates.TypedField
	for _, name := range append(registry.FieldNames(), otherFields...) {
		for _, value := range c.Request().PostForm[name] {
			if value != "" {
				fields = append(fields, templates.TypedField{Name: name, Value: strings.ToValidUTF8(value, "\uFFFD")})
			}
		}
	}
	return fields
}

// contentTypeError reports a body that is no form. It is an ErrUnreadableForm.
type contentTypeError struct{ kind string }

func (e *contentTypeError) Error() string { return fmt.Sprintf("content type %q", e.kind) }

func (e *contentTypeError) Is(target error) bool { return target == ErrUnreadableForm }

// tooLargeError reports a body that exceeds the limit of its route. It is an errTooLarge.
type tooLargeError struct{ limit int64 }

func (e *tooLargeError) Error() string { return fmt.Sprintf("more than %d bytes", e.limit) }

// ErrCrossOrigin reports a request that another site made, and that it may not make.
var ErrCrossOrigin = errors.New("cross-origin request")

// ClearSite asks the browser of a person who has signed out to forget what it has of the
// pages. Cookies are left out: other programs on the same domain have theirs, and ours is
// taken back by itself.
func ClearSite(c echo.Context) { c.Response().Header().Set("Clear-Site-Data", `"cache", "storage"`) }

// What a request's body may hold, in bytes; maxBody where a route has no limit of its own.
const (
	maxBody      = 16 << 10
	MaxEntryForm = 64 << 10  // percent signs included, far more than an entry can have
	MaxPatterns  = 256 << 10 // a pattern and samples, each at their own limits and percent-encoded
	MaxIDs       = 512 << 10 // the ids of as many entries as a page can show
)

// RequireNavigation refuses requests that a browser makes for a part of a page. A page of
// another site that shows the URL as an image would otherwise use up the sign-in attempts
// of its visitor's network.
func RequireNavigation(c echo.Context) error {
	if !isNavigation(c) {
		return fmt.Errorf("%w: asked for as %q", ErrCrossOrigin, c.Request().Header.Get("Sec-Fetch-Dest"))
	}
	return nil
}

// isNavigation reports whether the answer becomes the page of a browser window. A browser
// that does not send the header counts as one.
func isNavigation(c echo.Context) bool {
	dest := c.Request().Header.Get("Sec-Fetch-Dest")
	return dest == "" || dest == "document"
}

// maxReturn is the largest length, in JSON, of a path to return to: a cookie holds it.
const maxReturn = 700

// SafeReturn returns next if it is a path of this program, and the start page if it could
// lead anywhere else. Browsers read a backslash as a slash and skip
// control characters, so neither is let through, written out or escaped.
func SafeReturn(next string) string {
	u, err := url.Parse(next)
	written, jsonErr := json.Marshal(next)
	if err != nil || jsonErr != nil || len(written) > maxReturn || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(next, "/") ||
		strings.Contains(u.Path, "//") || strings.ContainsFunc(next+u.Path, func(r rune) bool { return r == '\\' || r < ' ' || r == 0x7f }) {
		return "/"
	}
	return next
}
