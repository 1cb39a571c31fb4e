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
		Key:                     short(values.Get("key"), maxToken),
		Kept:                    short(values.Get("kept"), maxToken),
		Version:                 values.Get("version"),
		Back:                    short(values.Get("back"), maxReturn),
		Confirmed:               confirmedIn(values),
		Name:                    values.Get(registry.FieldName),
		Email:                   values.Get(registry.FieldEmail),
		IsEmailRegex:            ticked(values.Get(registry.FieldIsEmailRegex)),
		Comments:                strings.ReplaceAll(values.Get(registry.FieldComments), "\r\n", "\n"),
		DirectoryID:             values.Get(registry.FieldDirectoryID),
		DirectoryNodeID:         values.Get(registry.FieldDirectoryNodeID),
		ExternalDirectoryNodeID: values.Get(registry.FieldExternalDirectoryNodeID),
		Provenance:              values.Get(registry.FieldProvenance),
		Samples:                 strings.ReplaceAll(values.Get("samples"), "\r\n", "\n"),
		Suggested:               values.Get("suggested"),
	}
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
		return slices.Index(registry.Fields(), a.Field) - slices.Index(registry.Fields(), b.Field)
	})
	return &registry.InvalidError{Fields: faults}
}

// parseDraft makes a draft of what was typed, and names the fields that can't be
// understood.
func parseDraft(f templates.EntryForm) (d registry.Draft, faults []registry.FieldError) {
	whole := func(field, typed string) *int64 {
		typed = strings.TrimSpace(typed)
		if typed == "" {
			return nil
		}
		n, err := strconv.ParseInt(typed, 10, 64)
		if err != nil {
			faults = append(faults, registry.FieldError{Field: field, Rule: "integer"})
		}
		return &n
	}
	email := input.Trim(f.Email) // no address has a space at its ends, so a pattern needs none
	if had, _ := registry.Version(f.Version).Values(); f.IsEmailRegex && had[registry.FieldEmail] == f.Email {
		email = f.Email // what nobody has changed is not sent
	}
	d = registry.Draft{
		Name:                    input.Trim(f.Name),
		Email:                   email,
		IsEmailRegex:            f.IsEmailRegex,
		Comments:                f.Comments,
		DirectoryID:             whole(registry.FieldDirectoryID, f.DirectoryID),
		DirectoryNodeID:         whole(registry.FieldDirectoryNodeID, f.DirectoryNodeID),
		ExternalDirectoryNodeID: input.Trim(f.ExternalDirectoryNodeID),
		Provenance:              registry.Provenance(f.Provenance),
	}
	return d, faults
}

// labels are the fields' names as the form shows them.
var labels = map[string]string{
	registry.FieldName:                    "Name",
	registry.FieldEmail:                   "Address or pattern",
	registry.FieldIsEmailRegex:            "This is a pattern",
	registry.FieldComments:                "Comments",
	registry.FieldDirectoryID:             "Directory id",
	registry.FieldDirectoryNodeID:         "Directory node id",
	registry.FieldExternalDirectoryNodeID: "External directory node id",
	registry.FieldProvenance:              "Source",
}

// sentences says for each rule what is wrong and how to mend it. %s is the rule's
// parameter.
var sentences = map[string]string{
	"javapattern":           "%s.",
	"name required":         "Enter the display name to protect.",
	"email required":        "Enter an address, or a pattern of addresses.",
	"email address":         "This is not an e-mail address. It needs one @ and a domain, such as jane.smith@example.com.",
	"email oneaddress":      "Enter one address here. Create a further entry for each other address.",
	"email notpattern":      "This is not an e-mail address. If it is meant as a pattern, tick “This is a pattern”.",
	"email trimmed":         "The pattern begins or ends with a space, which no address has. Remove the space.",
	"max":                   "This is too long: at most %s characters are allowed.",
	"oneline":               "This has a line break or another control character: %s. Remove it: such a name or address never occurs in mail.",
	"visible":               "This has a character that can't be seen: %s. Remove it, or the entry would never match what it seems to say.",
	"clear":                 "This has a character that can't be seen: %s. Remove it: it hides text or shows it in another order.",
	"shows":                 "This name shows nothing: it has no letter, digit or sign. Enter the display name to protect.",
	"text":                  "This has a control character: %s. Remove it.",
	"utf8":                  "This has bytes that are not text (UTF-8). Type the marked characters (�) again.",
	"integer":               "Enter a whole number such as 1001, or leave this empty.",
	"provenance provenance": "Choose one of the sources offered, or leave it as not given.",
}

// sentence says what is wrong with a field.
func sentence(e registry.FieldError) string {
	for _, key := range []string{e.Field + " " + e.Rule, e.Rule} {
		if text, ok := sentences[key]; ok {
			return strings.Replace(text, "%s", cutTo(e.Param, 2*maxQuoted), 1)
		}
	}
	return "This value is not allowed (" + e.Rule + ")."
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
	for _, name := range registry.Fields() {
		for _, value := range c.Request().PostForm[name] {
			if value != "" {
				fields = append(fields, templates.TypedField{Name: name, Value: strings.ToValidUTF8(value, "\uFFFD")})
			}
		}
	}
	return fields
}
