package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/labstack/echo/v4"

	"namesake/internal/javaregex"
	"namesake/internal/registry"
	"namesake/web/templates"
)

// regexPath is where patterns are checked.
const regexPath = templates.RegexURL

// Bounds of one check, and of the time that all samples together take. What is not
// reached is called too slow.
const (
	maxPattern = 64 << 10
	maxSamples = 200
	checksFor  = 3 * time.Second
)

// regexQuestion is what is asked of a pattern.
type regexQuestion struct {
	Pattern string   `json:"pattern"`
	Samples []string `json:"samples"`
	name    string   // whose pattern it is to be, "" when that is not known
}

// regexAnswer is the JSON answer; all offsets are in UTF-16 units. Valid is null when
// the pattern holds something that was not checked.
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
	ID         string `json:"id"`
	Start      int    `json:"start"`
	End        int    `json:"end"`
	Message    string `json:"message"`
	Suggestion string `json:"suggestion"`
	Example    string `json:"example,omitempty"`
}

// showRegex is the page on which patterns are tried.
func (s *Server) showRegex(c echo.Context) error {
	return render(c, http.StatusOK, templates.Regex(s.page(c, "Pattern tester"), regexPath, templates.PatternView{}))
}

// checkRegex answers what Java would say of a pattern.
func (s *Server) checkRegex(c echo.Context) error {
	q, err := readQuestion(c)
	if err != nil {
		return err
	}
	if len(q.Pattern) > maxPattern || len(q.Samples) > maxSamples {
		return &echo.HTTPError{Code: http.StatusRequestEntityTooLarge, Message: "too long"}
	}
	p, compileErr := javaregex.Compile(q.Pattern)
	if wantsJSON(c) {
		return c.JSON(http.StatusOK, answerOf(p, compileErr, q))
	}
	v := patternView(p, compileErr, q)
	return render(c, http.StatusOK, templates.Regex(s.page(c, "Pattern tester"), regexPath, v))
}

// readQuestion reads JSON or a form.
func readQuestion(c echo.Context) (q regexQuestion, err error) {
	if strings.HasPrefix(c.Request().Header.Get(echo.HeaderContentType), echo.MIMEApplicationJSON) {
		dec := json.NewDecoder(c.Request().Body)
		if err := dec.Decode(&q); err != nil {
			if errors.Is(readFault(err), errTooLarge) {
				return q, errTooLarge
			}
			return q, fmt.Errorf("%w: %w", errUnreadableForm, err)
		}
		return q, nil
	}
	if err := parseForm(c); err != nil {
		return q, err
	}
	form := c.Request().PostForm
	return regexQuestion{form.Get("pattern"), sampleLines(form.Get("samples")), form.Get(registry.FieldName)}, nil
}

// sampleLines are the addresses in a text, one a line.
func sampleLines(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\r\n"); strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// trySamples matches the samples until time is up.
func trySamples(p *javaregex.Pattern, samples []string) []javaregex.Result {
	results := make([]javaregex.Result, len(samples))
	deadline := time.Now().Add(checksFor)
	for i, input := range samples {
		if time.Now().After(deadline) {
			results[i].TooSlow = true
			continue
		}
		results[i] = p.Match(input)
	}
	return results
}

func answerOf(p *javaregex.Pattern, err error, q regexQuestion) regexAnswer {
	a := regexAnswer{Samples: make([]regexSample, len(q.Samples)), Findings: []findingJSON{}}
	for i, input := range q.Samples {
		a.Samples[i].Input = input
	}
	valid := err == nil
	a.Valid = &valid
	if err != nil {
		f := patternFault(err)
		a.Error = &regexError{f.Description, f.Index, f.Message}
		if f.Unchecked {
			a.Valid = nil
		}
		return a
	}
	for i, r := range trySamples(p, q.Samples) {
		a.Samples[i].Matches, a.Samples[i].TooSlow = r.Matches, r.TooSlow
		if r.Found {
			a.Samples[i].Find = &[2]int{r.Start, r.End}
		}
	}
	for _, f := range p.Findings(context.Background()) {
		a.Findings = append(a.Findings, findingJSON(f))
	}
	return a
}

// patternFault is why a pattern did not compile.
func patternFault(err error) templates.PatternFault {
	var bad *javaregex.SyntaxError
	var unsupported *javaregex.UnsupportedError
	switch {
	case errors.As(err, &bad):
		return templates.PatternFault{Description: bad.Description, Index: bad.Index, Message: bad.Message}
	case errors.As(err, &unsupported):
		return templates.PatternFault{Description: "Not checked", Index: unsupported.Start, Message: unsupported.What, Unchecked: true}
	}
	return templates.PatternFault{Description: "Not checked", Index: -1, Message: err.Error(), Unchecked: true}
}

// patternView is what a page says of a pattern.
func patternView(p *javaregex.Pattern, err error, q regexQuestion) templates.PatternView {
	v := templates.PatternView{Pattern: q.Pattern, Name: q.name, Samples: strings.Join(q.Samples, "\n"), Asked: q.Pattern != ""}
	v.Suggested = strings.Join(suggestSamples(q.name, q.Pattern), "\n")
	if q.Pattern == "" {
		return v
	}
	units := utf16.Encode([]rune(q.Pattern))
	if err != nil {
		f := patternFault(err)
		if at := f.Index; at >= 0 {
			at = min(at, len(units))
			f.Before, f.After = part(units, 0, at), part(units, at, len(units))
		}
		v.Fault = &f
		return v
	}
	for _, f := range p.Findings(context.Background()) {
		v.Findings = append(v.Findings, templates.PatternFinding{Message: f.Message, Suggestion: f.Suggestion, Example: f.Example, Part: part(units, f.Start, f.End)})
	}
	explained := p.Explain()
	v.Explained = &templates.PatternPart{Text: part(units, explained.Start, explained.End), Says: explained.Says, Parts: partsOf(units, explained.Parts)}
	lures := lookAlikes(q.name, q.Pattern)
	for i, r := range trySamples(p, q.Samples) {
		input := q.Samples[i]
		sample := templates.PatternSample{Input: input, Matches: r.Matches, TooSlow: r.TooSlow, Found: r.Found, LookAlike: slices.Contains(lures, input)}
		if r.Found {
			in := utf16.Encode([]rune(input))
			sample.Before, sample.Part, sample.After = part(in, 0, r.Start), part(in, r.Start, r.End), part(in, r.End, len(in))
		}
		v.Tried = append(v.Tried, sample)
		v.Differ = v.Differ || r.Found != r.Matches
	}
	return v
}

// formPattern is what an entry's form says of the pattern in it.
func formPattern(f templates.EntryForm) templates.PatternView {
	q := regexQuestion{Samples: sampleLines(f.Samples), name: f.Name}
	if !f.IsEmailRegex || len(f.Email) > maxPattern || len(q.Samples) > maxSamples {
		return patternView(nil, nil, q)
	}
	q.Pattern = strings.TrimSpace(f.Email)
	p, err := javaregex.Compile(q.Pattern)
	return patternView(p, err, q)
}

// onlyCheck reports whether the form's button was pressed that only checks the pattern.
func onlyCheck(c echo.Context) bool { return c.Request().PostForm.Get("check") != "" }

func partsOf(units []uint16, parts []javaregex.Part) []templates.PatternPart {
	out := make([]templates.PatternPart, len(parts))
	for i, p := range parts {
		out[i] = templates.PatternPart{Text: part(units, p.Start, p.End), Says: p.Says, Parts: partsOf(units, p.Parts)}
	}
	return out
}

// part is the text of some UTF-16 units.
func part(units []uint16, start, end int) string {
	start, end = min(max(start, 0), len(units)), min(max(end, 0), len(units))
	if start >= end {
		return ""
	}
	return string(utf16.Decode(units[start:end]))
}
