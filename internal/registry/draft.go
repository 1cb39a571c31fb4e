package registry

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/patterns"
)

// Limits of what Namesake sends, in characters. The API documents a limit for the name
// only. Longer entries can make a list unreadable for all people: with these limits a page
// of 1,000 of the longest entries still fits into an answer.
const (
	MaxName       = 1024 // the API's limit
	MaxComments   = 4000 // a page of text; most reasons take a line or two
	MaxExternalID = 1024 // ids of directories have about 40
)

// Draft holds the values of an entry to be created or changed. The API call leaves out an
// optional field that is empty or nil.
type Draft struct {
	Name         string `field:"name" validate:"required,utf8,oneline,visible,shows,max=1024"`
	Email        string `field:"email" validate:"required,utf8,oneline,visible,trimmed,oneaddress,notpattern,address"`
	IsEmailRegex bool   `field:"is_email_regex"`
	Comments     string `field:"comments" validate:"omitempty,utf8,text,clear,max=4000"`

	DirectoryID             *int64     `field:"directory_id"`
	DirectoryNodeID         *int64     `field:"directory_node_id"`
	ExternalDirectoryNodeID string     `field:"external_directory_node_id" validate:"omitempty,utf8,oneline,visible,max=1024"`
	Provenance              Provenance `field:"provenance" validate:"omitempty,provenance"`
}

// Edit is what is to become of one entry.
type Edit struct {
	Entry ID     // "" creates an entry
	After *Draft // nil deletes the entry
}

// FieldError is one rule that one field of a draft breaks.
type FieldError struct {
	Field string // the API's name of the field
	Rule  string // the rule's name: required, max, address, …
	Param string // the rule's parameter: the 1024 of max=1024, or the wrong character
}

// InvalidError reports every rule that a draft breaks, in the order of the form.
type InvalidError struct{ Fields []FieldError }

func (e *InvalidError) Error() string {
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Field + " " + f.Rule
	}
	return "invalid entry: " + strings.Join(parts, ", ")
}

// Validate checks d against the API's known rules, and against mistakes that would leave
// the entry without effect. It returns nil, an *InvalidError that names every wrong field,
// or a *patterns.BusyError when the pattern could not be checked.
func (d Draft) Validate(ctx context.Context) error { return d.validate(ctx, true) }

// validate is Validate; without withPattern it assumes that Java accepts the pattern.
func (d Draft) validate(ctx context.Context, withPattern bool) error {
	err := rules.Struct(d)
	var broken validator.ValidationErrors
	if err != nil && !errors.As(err, &broken) {
		return fmt.Errorf("validate draft: %w", err)
	}
	var faults []FieldError
	for _, b := range broken {
		f := FieldError{Field: b.Field(), Rule: b.Tag(), Param: b.Param()}
		if value, ok := b.Value().(string); ok && f.Param == "" {
			if c, bad := input.Bad(value, placeOf(f.Field)); bad {
				f.Param = c.String()
			}
		}
		faults = append(faults, f)
	}
	if withPattern && d.IsEmailRegex && !slices.ContainsFunc(faults, func(f FieldError) bool { return f.Field == FieldEmail }) {
		f, bad, err := d.patternFault(ctx)
		if err != nil {
			return err
		}
		if bad {
			faults = insertFault(faults, f)
		}
	}
	if len(faults) == 0 {
		return nil
	}
	return &InvalidError{faults}
}

// insertFault inserts a fault in the order of the form.
func insertFault(faults []FieldError, f FieldError) []FieldError {
	at, _ := slices.BinarySearchFunc(faults, f, func(a, b FieldError) int {
		return slices.Index(FieldNames(), a.Field) - slices.Index(FieldNames(), b.Field)
	})
	return slices.Insert(faults, at, f)
}

// patternFault reports a pattern that Java refuses. A pattern that could not be checked is
// no fault.
func (d Draft) patternFault(ctx context.Context) (f FieldError, bad bool, err error) {
	_, err = patterns.Compile(ctx, d.Email)
	var refused *javaregex.SyntaxError
	var busy *patterns.BusyError
	switch {
	case errors.As(err, &busy):
		return FieldError{}, false, err
	case !errors.As(err, &refused):
		return FieldError{}, false, nil
	}
	return FieldError{Field: FieldEmail, Rule: "javapattern", Param: refused.Message + " (in Java's words: " + refused.InJava() + ")"}, true, nil
}

// rules is built once: a validator caches what it learns about a struct, and is safe for
// concurrent use.
var rules = newRules()

func newRules() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string { return f.Tag.Get("field") })
	for name, ok := range map[string]func(string) bool{
		"utf8":       utf8.ValidString,
		"shows":      func(s string) bool { return input.Shows(s) || !utf8.ValidString(s) },
		"trimmed":    func(s string) bool { return input.Trim(s) == s },
		"provenance": func(s string) bool { return Provenance(s).Known() },
	} {
		register(v, name, func(f validator.FieldLevel) bool { return ok(f.Field().String()) })
	}
	// The message about a wrong character depends on whether it is a control character or
	// an invisible one.
	for name, control := range map[string]bool{"oneline": true, "text": true, "visible": false, "clear": false} {
		register(v, name, func(f validator.FieldLevel) bool {
			c, bad := input.Bad(f.Field().String(), placeOf(f.FieldName()))
			return !bad || c.Control != control
		})
	}
	for name, ok := range map[string]func(string) bool{
		"oneaddress": func(s string) bool { return IsAddress(s) || !severalAddresses(s) },
		"notpattern": func(s string) bool { return IsAddress(s) || !strings.ContainsAny(s, `*^$\|[](){}`) },
		"address":    IsAddress,
	} {
		register(v, name, func(f validator.FieldLevel) bool {
			d, isDraft := f.Parent().Interface().(Draft)
			return (isDraft && d.IsEmailRegex) || ok(f.Field().String())
		})
	}
	return v
}

func register(v *validator.Validate, name string, rule validator.Func) {
	if err := v.RegisterValidation(name, rule); err != nil {
		panic(err) // a rule without a name in the tables above
	}
}

// placeOf returns the kind of text that belongs into a field.
func placeOf(field string) input.Place {
	f, _ := FieldNamed(field)
	return f.place
}

// IsAddress reports whether s is one e-mail address.
func IsAddress(s string) bool {
	return plain.Var(s, "email") == nil && !strings.ContainsFunc(s, unicode.IsSpace)
}

var plain = validator.New()

// severalAddresses reports whether s looks like a list of addresses. An entry holds one
// address; whether the API would accept a list is unknown.
func severalAddresses(s string) bool {
	return strings.ContainsAny(s, ",;") || (strings.Count(s, "@") > 1 && strings.Contains(s, " "))
}

// ValidateChange checks the fields of d that change.
func (d Draft) ValidateChange(ctx context.Context, change Values) error {
	var invalid *InvalidError
	err := d.validate(ctx, change.Changes(FieldEmail, FieldIsEmailRegex))
	if !errors.As(err, &invalid) {
		return err
	}
	mine := slices.DeleteFunc(invalid.Fields, func(f FieldError) bool {
		_, changes := change[f.Field]
		_, turns := change[FieldIsEmailRegex]
		return !changes && (f.Field != FieldEmail || !turns)
	})
	if len(mine) == 0 {
		return nil
	}
	return &InvalidError{mine}
}
