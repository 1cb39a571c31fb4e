package web

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"namesake/internal/input"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// DecodeEntryForm takes the fields of an entry's form exactly as they were typed.
// Line ends are made what they were before the browser encoded them.
func DecodeEntryForm(values url.Values) templates.EntryForm {
	return templates.EntryForm{
		Key:       short(values.Get("key"), maxToken),
		SavedID:   short(values.Get("kept"), maxToken),
		Version:   values.Get("version"),
		Back:      short(values.Get("back"), maxReturn),
		Confirmed: confirmedIn(values),
		Values:    typedValues(values),
		Samples:   strings.ReplaceAll(values.Get("samples"), "\r\n", "\n"),
		Suggested: values.Get("suggested"),
	}
}

// FormOf returns the form of values as they are.
func FormOf(v registry.Values) templates.EntryForm {
	values := url.Values{}
	for name, value := range v {
		values.Set(name, Shown(value))
	}
	return DecodeEntryForm(values)
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

// Draft makes a draft of what was typed. It returns the draft and nil, an
// *registry.InvalidError that names every field at fault, or a *patterns.BusyError.
func Draft(ctx context.Context, f templates.EntryForm) (registry.Draft, error) {
	d, faults := ParseDraft(f)
	return d, Invalid(faults, d.Validate(ctx))
}

// Invalid puts what can't be understood together with what breaks rules, in the
// order of the form.
func Invalid(faults []registry.FieldError, err error) error {
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

// ParseDraft makes a draft of what was typed, and names the fields that can't be
// understood.
func ParseDraft(f templates.EntryForm) (d registry.Draft, faults []registry.FieldError) {
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

// Sentence says what is wrong with a field.
func Sentence(e registry.FieldError) string {
	e.Param = CutTo(e.Param, 2*MaxQuoted)
	return words.Rule(e)
}
