package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"namesake/internal/javaregex"
)

const maxName = 1024 // characters

// change is the body of a create or an update: values, and which were given.
type change struct {
	given  map[string]bool
	values Entry
	faults []Problem // of type; the rules on values come later, see check
}

// readOnly are the properties that only answers have.
var readOnly = []string{"id", "created_at", "modified_at", "last_modified"}

// at returns p as a fault of the named field.
func at(name string, p Problem) Problem {
	p.Message = name + " " + p.Message
	p.Source = &Source{Pointer: "/" + name}
	p.DocumentationURL = documentation
	return p
}

// readChange reads a body. The answer is not nil when the body is not a JSON object.
// Properties outside the schema are ignored.
func readChange(body []byte) (change, *answer) {
	c := change{given: map[string]bool{}}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil || raw == nil || !utf8.Valid(body) {
		a := refuse(http.StatusBadRequest, Problem{
			Code: codeMalformed, Message: "The request body is not a JSON object.", DocumentationURL: documentation,
		})
		return c, &a
	}
	for _, f := range fields {
		value, ok := raw[f.name]
		if !ok {
			continue
		}
		c.given[f.name] = true
		if p, ok := f.read(value, &c.values); !ok {
			c.faults = append(c.faults, at(f.name, p))
		}
	}
	for _, name := range readOnly {
		if _, ok := raw[name]; ok {
			c.faults = append(c.faults, at(name, Problem{Code: codeReadOnly, Message: "is read-only."}))
		}
	}
	return c, nil
}

func readString(raw []byte, into *string) (Problem, bool) { return readAs(raw, into, "a string") }
func readBool(raw []byte, into *bool) (Problem, bool)     { return readAs(raw, into, "true or false") }

func readAs[T any](raw []byte, into *T, what string) (Problem, bool) {
	if string(raw) == "null" || json.Unmarshal(raw, into) != nil {
		return Problem{Code: codeType, Message: "must be " + what + "."}, false
	}
	return Problem{}, true
}

func readInteger(raw []byte, into *int64) (Problem, bool) {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	switch {
	case errors.Is(err, strconv.ErrRange):
		return Problem{Code: codeRange, Message: "is out of range."}, false
	case err != nil:
		return Problem{Code: codeType, Message: "must be an integer."}, false
	}
	*into = n
	return Problem{}, true
}

func readNullable[T any](raw []byte, into **T, read func([]byte, *T) (Problem, bool)) (Problem, bool) {
	if string(raw) == "null" {
		*into = nil
		return Problem{}, true
	}
	*into = new(T)
	p, ok := read(raw, *into)
	if !ok {
		p.Message = strings.TrimSuffix(p.Message, ".") + ", or null."
	}
	return p, ok
}

// apply copies what was given onto e.
func (c change) apply(e *Entry) {
	for _, f := range fields {
		if c.given[f.name] {
			f.copy(c.values, e)
		}
	}
}

// missing reports the required fields that a create lacks.
func (c change) missing() []Problem {
	var out []Problem
	for _, f := range fields {
		if f.required && !c.given[f.name] {
			out = append(out, at(f.name, Problem{Code: codeRequired, Message: "is required."}))
		}
	}
	return out
}

// check reports the rules that the given values break in e, the entry as it
// would be. The limits of name and provenance are Cloudflare's; the rules on
// empty values and on the form of email are this sandbox's assumption.
func (c change) check(e Entry) []Problem {
	out := slices.Clone(c.faults)
	broken := map[string]bool{} // the value has the wrong type, so that its rules don't apply
	for _, p := range out {
		broken[p.Source.Pointer[1:]] = true
	}
	fault := func(name string, code int, format string, args ...any) {
		out = append(out, at(name, Problem{Code: code, Message: fmt.Sprintf(format, args...)}))
	}
	if c.given["name"] && !broken["name"] {
		if strings.TrimSpace(e.Name) == "" {
			fault("name", codeRequired, "must not be empty.")
		}
		if n := utf8.RuneCountInString(e.Name); n > maxName {
			fault("name", codeLength, "must be at most %d characters long, not %d.", maxName, n)
		}
	}
	if (c.given["email"] || c.given["is_email_regex"]) && !broken["email"] && !broken["is_email_regex"] {
		for _, p := range emailFaults(e.Email, e.IsEmailRegex) {
			fault("email", codeFormat, "%s", p)
		}
	}
	if c.given["provenance"] && !broken["provenance"] && !slices.Contains(provenances, e.Provenance) {
		fault("provenance", codeEnum, "must be one of %s.", strings.Join(provenances, ", "))
	}
	return out
}

func emailFaults(email string, isRegex bool) []string {
	if strings.TrimSpace(email) == "" {
		return []string{"must not be empty."}
	}
	if isRegex {
		return patternFaults(email)
	}
	var out []string
	if strings.Count(email, "@") != 1 {
		out = append(out, "must be one e-mail address, with one @.")
	}
	if strings.ContainsAny(email, " \t\r\n,;") {
		out = append(out, "must not contain spaces, commas or semicolons.")
	}
	return out
}

// patternFaults returns why Java would refuse a pattern.
func patternFaults(pattern string) []string {
	var bad *javaregex.SyntaxError
	if _, err := javaregex.Compile(pattern); errors.As(err, &bad) {
		return []string{"is not a valid Java pattern: " + bad.Description + "."}
	}
	return nil
}
