package regex

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/javaregex"
	"namesake/internal/patterns"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

// regexQuestion is what is asked of a pattern.
type regexQuestion struct {
	Pattern   string   `json:"pattern"`
	Samples   []string `json:"samples"`
	name      string   // whose pattern it is to be, "" when that is not known
	suggested []string // samples that are worth trying
}

// regexAnswer is the JSON answer; all offsets are in UTF-16 units. Valid is null when
// the pattern holds something that was not checked. Samples is empty unless it is true:
// nothing was tried then, and a verdict on any sample would be invented.
type regexAnswer struct {
	Valid    *bool         `json:"valid"`
	Error    *regexError   `json:"error"`
	Samples  []regexSample `json:"samples"`
	Findings []findingJSON `json:"findings"`
}

type regexError struct {
	Description string `json:"description"` // Java's
	Index       int    `json:"index"`       // Java's, -1 for none
	Message     string `json:"message"`     // in plain words
}

type regexSample struct {
	Input   string  `json:"input"`
	Matches bool    `json:"matches"`
	Find    *[2]int `json:"find"`
	TooSlow bool    `json:"too_slow"`
}

type findingJSON struct {
	ID         string             `json:"id"`
	Severity   javaregex.Severity `json:"severity"`
	Start      int                `json:"start"`
	End        int                `json:"end"`
	Message    string             `json:"message"`
	Suggestion string             `json:"suggestion"`
	Example    string             `json:"example,omitempty"`
	Witness    string             `json:"witness,omitempty"`
}

// regexResult is the result of a check. Java accepts a pattern without a fault.
type regexResult struct {
	patterns.Report
	fault *templates.PatternFault
	busy  *patterns.BusyError // why nothing was checked, nil when it was
}

// checkPattern checks a pattern for a page, a form or a program.
func checkPattern(ctx context.Context, q regexQuestion) (r regexResult) {
	report, err := patterns.Check(ctx, q.Pattern, q.Samples)
	if err != nil {
		r.fault = patternFault(err)
		_ = errors.As(err, &r.busy) // otherwise the pattern is to blame
		return r
	}
	r.Report = report
	return r
}

// patternFault is why a pattern did not compile.
func patternFault(err error) *templates.PatternFault {
	var bad *javaregex.SyntaxError
	var unsupported *javaregex.UnsupportedError
	var busy *patterns.BusyError
	switch {
	case errors.As(err, &busy):
		return &templates.PatternFault{Description: "Not checked", Index: -1, Message: "too many patterns are being checked just now: check it again in a moment", Unchecked: true}
	case errors.As(err, &bad):
		return &templates.PatternFault{Description: web.CutTo(bad.Description, web.MaxQuoted), InJava: web.CutTo(bad.InJava(), web.MaxQuoted), Index: bad.Index, Message: web.CutTo(bad.Message, web.MaxQuoted), Start: bad.Start, End: bad.End}
	case errors.As(err, &unsupported):
		return &templates.PatternFault{Description: "Not checked", Index: unsupported.Start, Message: unsupported.What, Start: unsupported.Start, End: unsupported.End, Unchecked: true}
	}
	return &templates.PatternFault{Description: "Not checked", Index: -1, Message: err.Error(), Unchecked: true}
}

// Show is the page on which patterns are tried.
func (s *Handlers) Show(c echo.Context) error {
	if c.QueryParam("kept") == "" {
		return s.regexPage(c, http.StatusOK, typedQuestion("", "", "", ""))
	}
	saved, notice := s.SavedForm(c)
	if saved != nil {
		notice.Title, notice.Text = "Here is what you had typed", "Your session had ended when you sent it."
	}
	return s.regexPage(c, http.StatusOK, questionIn(saved), notice)
}

// Check answers what Java would say of a pattern: in JSON who asks for that, or
// asks in it.
func (s *Handlers) Check(c echo.Context) error {
	q, err := readQuestion(c)
	if sentJSON(c) || web.WantsJSON(c) {
		if err == nil && len(q.Samples) > patterns.MaxSamples {
			err = &tooManySamplesError{len(q.Samples)}
		}
		if err != nil {
			return err
		}
		r := checkPattern(web.RequestContext(c), q)
		status := http.StatusOK
		if r.busy != nil {
			f := web.FailNoTurn(r.busy)
			f.SetHeaders(c)
			status = f.Status
		}
		return c.JSON(status, answerOf(r))
	}
	if err != nil {
		c.Set(web.CauseKey, err)
		f := s.Fail(err)
		return s.regexPage(c, f.Status, q, templates.Flash{Tone: f.Tone, Title: f.Title, Text: strings.Join(f.Text, " ")})
	}
	return s.regexPage(c, http.StatusOK, q)
}

func (s *Handlers) regexPage(c echo.Context, status int, q regexQuestion, notices ...templates.Flash) error {
	p := s.Page(c, "Pattern tester")
	p.Flash = append(p.Flash, notices...)
	return web.Render(c, status, templates.Regex(p, web.RegexPath, patternView(web.RequestContext(c), q)))
}

// tooManySamplesError reports a question with more samples than are tried at once.
type tooManySamplesError struct{ samples int }

func (e *tooManySamplesError) Error() string { return fmt.Sprintf("%d samples", e.samples) }

// readQuestion reads JSON, literally, or a form. It returns a tooLargeError, ErrUnreadableForm
// or a notTextError beside what could be read.
func readQuestion(c echo.Context) (q regexQuestion, err error) {
	if sentJSON(c) {
		body, err := io.ReadAll(c.Request().Body)
		if err != nil {
			return q, web.ReadFault(err)
		}
		if err := json.NewDecoder(bytes.NewReader(body)).Decode(&q); err != nil {
			return q, web.ReadFault(err)
		}
		return q, checkText(body)
	}
	if err = web.ParseForm(c); err == nil {
		err = checkFormText(c.Request().PostForm, "pattern", "samples")
	}
	return questionIn(c.Request().PostForm), err
}

func questionIn(form url.Values) regexQuestion {
	return typedQuestion(form.Get("pattern"), form.Get(registry.FieldName), form.Get("samples"), form.Get("suggested"))
}

func sentJSON(c echo.Context) bool {
	return strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEApplicationJSON)
}

// typedQuestion is a question as people type it: spaces around a pattern or an address
// mean nothing. Samples that are those which were suggested before follow the name and
// the pattern.
func typedQuestion(pattern, name, samples, suggested string) regexQuestion {
	for _, s := range []*string{&pattern, &name, &samples} {
		*s = strings.ToValidUTF8(*s, "\uFFFD") // a page can't hold anything else
	}
	q := regexQuestion{Pattern: strings.TrimSpace(pattern), Samples: sampleLines(samples), name: name}
	q.suggested = patterns.SuggestSamples(name, q.Pattern)
	if slices.Equal(q.Samples, sampleLines(suggested)) {
		q.Samples = q.suggested
	}
	return q
}

// sampleLines are the addresses in a text, one a line.
func sampleLines(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func answerOf(r regexResult) regexAnswer {
	valid := r.fault == nil
	a := regexAnswer{Valid: &valid, Samples: make([]regexSample, len(r.Samples)), Findings: make([]findingJSON, len(r.Findings))}
	if f := r.fault; f != nil {
		a.Error = &regexError{f.Description, f.Index, f.Message}
		if f.Unchecked {
			a.Valid = nil
		}
	}
	for i, t := range r.Samples {
		a.Samples[i] = regexSample{Input: t.Input, Matches: t.Matches, TooSlow: t.TooSlow}
		if t.Found {
			a.Samples[i].Find = &[2]int{t.Start, t.End}
		}
	}
	for i, f := range r.Findings {
		a.Findings[i] = findingJSON{f.ID, f.Severity, f.Start, f.End, f.Message, f.Suggestion, f.Example, f.Witness}
	}
	return a
}

// OnlyCheck reports whether the form's button was pressed that only checks the pattern.
func OnlyCheck(c echo.Context) bool { return c.Request().PostForm.Get("check") != "" }

// Fail says why samples were not tried.
func Fail(err error) (web.Failure, bool) {
	var (
		notText *notTextError
		samples *tooManySamplesError
	)
	switch {
	case errors.As(err, &notText):
		return web.Failure{Status: http.StatusUnprocessableEntity, Tone: templates.Bad, Title: "Not checked: this is not all text", Text: []string{notText.text()}}, true
	case errors.As(err, &samples):
		return web.Failure{
			Status: http.StatusRequestEntityTooLarge, Tone: templates.Bad,
			Title: "Too many samples for one check",
			Text:  []string{fmt.Sprintf("At most %d are tried at once, and these are %d. Nothing was checked: send them in several parts.", patterns.MaxSamples, samples.samples)},
		}, true
	}
	return web.Failure{}, false
}
