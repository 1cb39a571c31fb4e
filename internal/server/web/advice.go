package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/labstack/echo/v4"

	"namesake/internal/javaregex"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// warningProblem is w with a code and a pointer, as the API's findings have.
func warningProblem(w registry.Warning) registry.Problem {
	p := registry.Problem{Code: codeWarning, Pointer: "/" + w.Field, Message: words.UnknownWarning(w)}
	if code, text, ok := words.Warning(w); ok {
		p.Code, p.Message = code, text
	}
	return p
}

// advisedError is an error about the values of a form, with what to type instead.
type advisedError struct {
	error
	remarks []registry.Warning
	fixes   []registry.Fix
}

func (e *advisedError) Unwrap() error { return e.error }

// advised adds to an error about the values of d what else there is to say of them.
func advised(ctx context.Context, d registry.Draft, err error) error {
	var invalid *registry.InvalidError
	var stop *registry.StopError
	switch {
	case errors.As(err, &stop):
		return &advisedError{error: err, fixes: stop.Fixes}
	case errors.As(err, &invalid):
		a, _ := d.Advise(ctx) // what was not looked at is not told
		of := func(field string) bool {
			for _, f := range invalid.Fields {
				if f.Field == field {
					return true
				}
			}
			return false
		}
		e := &advisedError{error: err}
		for _, w := range a.Remarks {
			if of(w.Field) {
				e.remarks = append(e.remarks, w)
			}
		}
		for _, f := range a.Fixes {
			if of(f.Field) {
				e.fixes = append(e.fixes, f)
			}
		}
		return e
	}
	return err
}

// AdvisedForm is advised for what was typed into a form.
func AdvisedForm(c echo.Context, form templates.EntryForm, err error) error {
	d, _ := ParseDraft(form) // what can't be understood has no advice
	return advised(RequestContext(c), d, err)
}

// InvalidTexts are the sentences about a field's faults: those of the rules, or what is
// known more exactly about why a text is no address.
func InvalidTexts(f registry.FieldError, err error) []string {
	var more *advisedError
	if !errors.As(err, &more) || f.Rule != "address" && f.Rule != "oneaddress" && f.Rule != "notpattern" {
		return []string{Sentence(f)}
	}
	var texts []string
	for _, w := range more.remarks {
		if w.Field == f.Field {
			texts = append(texts, words.WarningText(w))
		}
	}
	if len(texts) == 0 {
		texts = []string{Sentence(f)}
	}
	return texts
}

// fixParameter is the button of a form that fills something else in.
const fixParameter = "fix"

// FixesIn are the buttons for what to type instead, by the field that they stand at.
func FixesIn(err error) map[string][]templates.FixButton {
	var more *advisedError
	if !errors.As(err, &more) {
		return nil
	}
	buttons := make(map[string][]templates.FixButton)
	for _, f := range more.fixes {
		buttons[f.Field] = append(buttons[f.Field], fixButton(f))
	}
	return buttons
}

func fixButton(f registry.Fix) templates.FixButton {
	values := url.Values{}
	for name, value := range f.Values {
		values.Set(name, fmt.Sprint(value))
	}
	b := templates.FixButton{Value: values.Encode()}
	name, named := f.Values[registry.FieldName].(string)
	email, addressed := f.Values[registry.FieldEmail].(string)
	pattern, _ := f.Values[registry.FieldIsEmailRegex].(bool)
	switch {
	case pattern:
		b.Before, b.Text = "Make it the pattern", email
	case named && addressed && name == "":
		b.Before, b.Text = "Move it to the address", email
	case named && name == "", addressed && email == "":
		b.Before = "Remove it"
	case named && addressed:
		b.Before, b.Text, b.And = "Use", name, email
	case named:
		b.Before, b.Text = "Use", name
	case addressed:
		b.Before, b.Text = "Use", email
	default:
		b.Before = "Remove it"
	}
	return b
}

// Fill puts into the form what its button offered, and reports whether one was pressed.
func Fill(c echo.Context, form *templates.EntryForm) bool {
	pressed := c.Request().PostForm.Get(fixParameter)
	values, err := url.ParseQuery(pressed)
	if pressed == "" || err != nil || WantsJSON(c) {
		return false
	}
	for _, f := range registry.Fields() {
		if values.Has(f.Name) {
			form.Values[f.Name] = typedValue(f, values.Get(f.Name))
		}
	}
	return true
}

// FilledIn is the notice on a form that was filled in.
func FilledIn() templates.Flash {
	return templates.Flash{Tone: templates.Info, Title: "Filled in, and not sent yet", Text: "Look at it, and send the form."}
}

// DraftFindings are what is said of a draft before it is sent. What there is to say about a
// pattern that is none of the text itself is in the result of its check.
func DraftFindings(ctx context.Context, d registry.Draft) []templates.FindingView {
	a, _ := d.Advise(ctx) // the pattern says itself when it was not checked
	var found []templates.FindingView
	add := func(list []registry.Warning, severity javaregex.Severity) {
		for _, w := range list {
			switch {
			case words.Dangerous(w) && d.IsEmailRegex:
				continue
			case words.Dangerous(w):
				found = append(found, templates.FindingView{Severity: string(javaregex.Danger), Message: words.WarningText(w)})
			default:
				found = append(found, templates.FindingView{Severity: string(severity), Message: words.WarningText(w)})
			}
		}
	}
	add(a.Warnings, javaregex.Warning)
	add(a.Remarks, javaregex.Warning)
	add(a.Hints, javaregex.Tip)
	return found
}
