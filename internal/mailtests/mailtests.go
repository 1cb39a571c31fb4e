// Package mailtests has the tests that people write about the registry: mail that shows a
// name and comes from an address must be flagged, or must pass. It evaluates them over the
// registry as it is, and over the registry as a change would leave it.
package mailtests

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"namesake/internal/check"
	"namesake/internal/input"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Limits of tests.
const (
	MaxTests = 1000 // of an account
	MaxEmail = 320  // bytes
	MaxNote  = 500  // characters
)

// Expectation is what must happen to the mail of a test.
type Expectation string

// The expectations. Files and programs use the names, so they must not change.
const (
	Flagged Expectation = "flagged"
	Passes  Expectation = "passes"
)

// Draft is what a person writes to make a test.
type Draft struct {
	Name   string // that the mail shows
	Email  string // the address that it comes from
	Expect Expectation
	Note   string
}

// Test is a test that is stored. It never changes.
type Test struct {
	Draft
	ID string
	At time.Time
	By rbac.Actor
}

// Mail returns the mail that the test is about.
func (d Draft) Mail() check.Mail { return check.Mail{Name: d.Name, Address: d.Email} }

// ID identifies the mail of a test. Tests of the same mail have the same ID.
func (d Draft) ID() string {
	sum := sha256.Sum256([]byte(d.Name + "\x00" + strings.ToLower(d.Email)))
	return hex.EncodeToString(sum[:8])
}

// Fault is what is wrong with a field of a draft.
type Fault string

// The faults.
const (
	Missing   Fault = "missing"
	TooLong   Fault = "too-long"
	BadText   Fault = "bad-text" // line breaks or other control characters
	NoAddress Fault = "no-address"
	Unknown   Fault = "unknown"   // no such expectation
	Exists    Fault = "exists"    // there is the same test
	Opposite  Fault = "opposite"  // there is a test of the same mail that expects the opposite
	Repeated  Fault = "repeated"  // an earlier draft is about the same mail
	Malformed Fault = "malformed" // a row of a file can't be read
	Invisible Fault = "invisible" // an address with a character that can't be seen
	NoField   Fault = "no-field"  // a column or member of a file that tests do not have
	Twice     Fault = "twice"     // a column that a file has twice
	Surplus   Fault = "surplus"   // a value of a file that is in no column
)

// Fields of a draft.
const (
	FieldName   = "name"
	FieldEmail  = "email"
	FieldExpect = "expect"
	FieldNote   = "note"
)

// FieldFault is a fault of a field. Line is that of a file, otherwise 0.
type FieldFault struct {
	Line  int
	Field string
	Fault Fault
}

// InvalidError reports drafts that are wrong. Nothing was stored.
type InvalidError struct{ Faults []FieldFault }

func (e *InvalidError) Error() string {
	parts := make([]string, len(e.Faults))
	for i, f := range e.Faults {
		parts[i] = fmt.Sprintf("line %d: %s %s", f.Line, f.Field, f.Fault)
	}
	return "tests are not valid: " + strings.Join(parts, ", ")
}

// Errors of tests.
var (
	ErrTooMany  = fmt.Errorf("more than %d tests", MaxTests)
	ErrNotFound = errors.New("no such test")
	ErrNone     = errors.New("no test is given")
)

// tidied returns the draft without what people type around its values.
func (d Draft) tidied() Draft {
	for _, s := range []*string{&d.Name, &d.Email, &d.Note} {
		*s = strings.TrimSpace(strings.ToValidUTF8(*s, "\uFFFD"))
	}
	d.Expect = Expectation(strings.ToLower(strings.TrimSpace(string(d.Expect))))
	return d
}

// faults returns what is wrong with the values of a draft.
func (d Draft) faults(line int) (faults []FieldFault) {
	add := func(field string, fault Fault) { faults = append(faults, FieldFault{line, field, fault}) }
	switch {
	case d.Name == "":
		add(FieldName, Missing)
	case utf8.RuneCountInString(d.Name) > registry.MaxName:
		add(FieldName, TooLong)
	case strings.ContainsFunc(d.Name, unicode.IsControl):
		add(FieldName, BadText)
	}
	switch {
	case d.Email == "":
		add(FieldEmail, Missing)
	case len(d.Email) > MaxEmail:
		add(FieldEmail, TooLong)
	case !registry.IsAddress(d.Email) || strings.ContainsFunc(d.Email, unicode.IsSpace):
		add(FieldEmail, NoAddress)
	default:
		if _, found := input.Bad(d.Email, input.InAddress); found {
			add(FieldEmail, Invisible)
		}
	}
	switch d.Expect {
	case Flagged, Passes:
	case "":
		add(FieldExpect, Missing)
	default:
		add(FieldExpect, Unknown)
	}
	switch {
	case utf8.RuneCountInString(d.Note) > MaxNote:
		add(FieldNote, TooLong)
	case strings.ContainsFunc(d.Note, unicode.IsControl):
		add(FieldNote, BadText)
	}
	return faults
}
