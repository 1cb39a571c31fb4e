package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/input"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// What can be wrong with a form as a whole.
var (
	errTooLarge       = errors.New("form too large")
	errUnreadableForm = errors.New("unreadable form")
)

// parseForm reads the form of a POST into the request's PostForm. Whatever could
// be read is kept there even when an error is returned: errTooLarge or
// errUnreadableForm.
func parseForm(c echo.Context) error {
	r := c.Request()
	if r.PostForm != nil {
		return nil
	}
	r.PostForm = url.Values{}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // an unreadable type is an unknown one
	if kind == "multipart/form-data" {
		if err := r.ParseMultipartForm(maxEntryForm); err != nil {
			return readFault(err)
		}
		r.PostForm = url.Values(r.MultipartForm.Value)
		return nil
	}
	body, readErr := io.ReadAll(r.Body)
	if kind != "application/x-www-form-urlencoded" && len(body) > 0 {
		return fmt.Errorf("%w: content type %q", errUnreadableForm, kind)
	}
	if readErr != nil {
		body = partialEscape.ReplaceAll(body, nil) // what was cut off midway
	}
	values, parseErr := url.ParseQuery(string(body))
	r.PostForm = values
	if readErr != nil {
		return readFault(readErr)
	}
	if parseErr != nil {
		return fmt.Errorf("%w: %w", errUnreadableForm, parseErr)
	}
	return nil
}

var partialEscape = regexp.MustCompile(`%[0-9A-Fa-f]?$`)

func readFault(err error) error {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return &tooLargeError{tooLarge.Limit}
	}
	return fmt.Errorf("%w: %w", errUnreadableForm, err)
}

// decodeEntryForm takes the fields of an entry's form exactly as they were typed.
// Line ends are made what they were before the browser encoded them.
func decodeEntryForm(values url.Values) templates.EntryForm {
	return templates.EntryForm{
		Key:       short(values.Get("key"), maxToken),
		Kept:      short(values.Get("kept"), maxToken),
		Version:   values.Get("version"),
		Back:      short(values.Get("back"), maxReturn),
		Confirmed: confirmedIn(values),
		Values:    typedValues(values),
		Samples:   strings.ReplaceAll(values.Get("samples"), "\r\n", "\n"),
		Suggested: values.Get("suggested"),
	}
}

// typedValues are the fields of an entry as they were typed.
func typedValues(values url.Values) map[string]string {
	typed := make(map[string]string)
	for _, f := range registry.Fields() {
		typed[f.Name] = typedValue(f, values.Get(f.Name))
	}
	return typed
}

func typedValue(f registry.Field, value string) string {
	switch {
	case f.Kind == registry.Text:
		return strings.ReplaceAll(value, "\r\n", "\n")
	case f.Kind == registry.Flag && ticked(value):
		return templates.Ticked
	case f.Kind == registry.Flag:
		return ""
	}
	return value
}

// maxToken is longer than any one-time key of ours.
const maxToken = 200

// short is a value that a page of ours wrote into a form, "" for what is none by its length.
func short(v string, limit int) string {
	if len(v) > limit {
		return ""
	}
	return v
}

func ticked(v string) bool { return v == "true" || v == "on" || v == "1" }

// draft makes a draft of what was typed. It returns the draft and nil, an
// *registry.InvalidError that names every field at fault, or a *patterns.BusyError.
func draft(ctx context.Context, f templates.EntryForm) (registry.Draft, error) {
	d, faults := parseDraft(f)
	return d, invalid(faults, d.Validate(ctx))
}

// invalid puts what can't be understood together with what breaks rules, in the
// order of the form.
func invalid(faults []registry.FieldError, err error) error {
	var more *registry.InvalidError
	if errors.As(err, &more) {
		faults = append(faults, more.Fields...)
	} else if err != nil {
		return err
	}
	if len(faults) == 0 {
		return nil
	}
	slices.SortStableFunc(faults, func(a, b registry.FieldError) int {
		return slices.Index(registry.FieldNames(), a.Field) - slices.Index(registry.FieldNames(), b.Field)
	})
	return &registry.InvalidError{Fields: faults}
}

// parseDraft makes a draft of what was typed, and names the fields that can't be
// understood.
func parseDraft(f templates.EntryForm) (d registry.Draft, faults []registry.FieldError) {
	values := registry.Values{}
	for _, field := range registry.Fields() {
		switch typed := f.Values[field.Name]; field.Kind {
		case registry.Line:
			values[field.Name] = input.Trim(typed)
		case registry.Text, registry.Choice:
			values[field.Name] = typed
		case registry.Flag:
			values[field.Name] = typed == templates.Ticked
		case registry.Whole:
			if typed = strings.TrimSpace(typed); typed == "" {
				continue
			}
			n, err := strconv.ParseInt(typed, 10, 64)
			if err != nil {
				faults = append(faults, registry.FieldError{Field: field.Name, Rule: "integer"})
			}
			values[field.Name] = n
		}
	}
	// No address has a space at its ends, so a pattern needs none. What is as it was is not sent.
	if had, _ := registry.Version(f.Version).Values(); f.IsEmailRegex() && had[registry.FieldEmail] == f.Email() {
		values[registry.FieldEmail] = f.Email()
	}
	d = values.Draft()
	return d, faults
}

// sentence says what is wrong with a field.
func sentence(e registry.FieldError) string {
	e.Param = cutTo(e.Param, 2*maxQuoted)
	return words.Rule(e)
}

// typed lists what the person had typed into a form that could not be taken, so
// that it comes back whatever went wrong.
func typed(c echo.Context) []templates.TypedField {
	cause, _ := c.Get(causeKey).(error)
	if c.Request().Method != http.MethodPost || errors.Is(cause, errCrossOrigin) {
		return nil
	}
	_ = parseForm(c) // what can be read is worth showing
	var fields []templates.TypedField
	for _, name := range registry.FieldNames() {
		for _, value := range c.Request().PostForm[name] {
			if value != "" {
				fields = append(fields, templates.TypedField{Name: name, Value: strings.ToValidUTF8(value, "\uFFFD")})
			}
		}
	}
	return fields
}
