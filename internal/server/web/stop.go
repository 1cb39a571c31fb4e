package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/change"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// What a person is asked about before a change is sent, and what they confirm.

// Fields of a form that hold what a person has confirmed: ids of duplicates, and ids
// of warnings, which have a colon. Both take both; “twins” is what scripts have always sent.
const (
	FieldConfirmed  = "confirmed"
	fieldDuplicates = "twins"
)

// inDoubtPrefix comes before the intent of an earlier create that a person wants to send
// the entry beside.
const inDoubtPrefix = registry.KindInDoubt + ":"

// BesideDoubts is what ParseConfirmed reads, for all these intents.
func BesideDoubts(intents []int64) string {
	parts := make([]string, len(intents))
	for i, seq := range intents {
		parts[i] = inDoubtPrefix + strconv.FormatInt(seq, 10)
	}
	return strings.Join(parts, ",")
}

// noID stands for an entry without an id: the API may leave any field out.
const noID = "-"

// confirmedIn is what a form says that the person has confirmed.
func confirmedIn(form url.Values) string {
	var all []string
	for _, name := range []string{fieldDuplicates, FieldConfirmed} {
		for _, value := range form[name] {
			for id := range strings.SplitSeq(value, ",") {
				if id = strings.TrimSpace(id); id != "" && !slices.Contains(all, id) {
					all = append(all, id)
				}
			}
		}
	}
	return strings.Join(all, ",")
}

// ParseConfirmed reads what confirmedIn has put together.
func ParseConfirmed(text string) (c registry.Confirmed) {
	for id := range strings.SplitSeq(text, ",") {
		switch {
		case id == "":
		case strings.HasPrefix(id, inDoubtPrefix):
			c.Doubts = append(c.Doubts, change.ParseIntents(strings.TrimPrefix(id, inDoubtPrefix))...)
		case strings.Contains(id, ":"):
			c.Warnings = append(c.Warnings, id)
		case id == noID:
			c.Duplicates = append(c.Duplicates, "")
		default:
			c.Duplicates = append(c.Duplicates, registry.ID(id))
		}
	}
	return c
}

// FormConfirmed is what the form of a request says that the person has confirmed.
func FormConfirmed(c echo.Context) registry.Confirmed {
	return ParseConfirmed(confirmedIn(c.Request().PostForm))
}

// BreaksView is the tests that a change would or may break, nil for none.
func BreaksView(warnings []registry.Warning) *templates.BrokenTests {
	var broken, unevaluated, ids []string
	for _, w := range warnings {
		switch {
		case words.BreaksTest(w):
			broken = append(broken, words.WarnedTest(w))
		case words.UnevaluatedTest(w):
			unevaluated = append(unevaluated, words.WarnedTest(w))
		default:
			continue
		}
		ids = append(ids, w.ID)
	}
	return BrokenTests(broken, unevaluated, ids)
}

// BrokenTests shows tests that break and tests that may, nil for none. ids confirm them.
func BrokenTests(broken, unevaluated, ids []string) *templates.BrokenTests {
	v := &templates.BrokenTests{Value: strings.Join(ids, ",")}
	switch {
	case len(broken) > 0:
		v.Title, v.Sentences = words.BrokenTests(len(broken)), broken
		if len(unevaluated) > 0 {
			v.More, v.Unevaluated = words.UnevaluatedTests(len(unevaluated))+":", unevaluated
		}
	case len(unevaluated) > 0:
		v.Title, v.Sentences = words.UnevaluatedTests(len(unevaluated)), unevaluated
	default:
		return nil
	}
	return v
}

// BreaksText says in a few words that a change breaks tests, or may break them.
func BreaksText(warnings []registry.Warning) string {
	if n := len(registry.Filter(warnings, words.UnevaluatedTest)); n == len(warnings) {
		return words.UnevaluatedTests(n)
	}
	return "this breaks a test"
}

// confirmation is what ParseConfirmed reads, for all that e asks about: the ids of the
// duplicates, and those of the warnings.
func confirmation(e *registry.StopError) (duplicates, warnings string) {
	var of []string
	if e.Duplicates != nil {
		for _, entry := range e.Duplicates.Duplicates {
			if entry.ID == "" {
				entry.ID = noID
			}
			of = append(of, string(entry.ID))
		}
	}
	duplicates, of = strings.Join(of, ","), nil
	for _, w := range e.Warnings {
		of = append(of, w.ID)
	}
	return duplicates, strings.Join(of, ",")
}

// programConfirms says how a program confirms.
func programConfirms(e *registry.StopError) string {
	duplicates, warnings := confirmation(e)
	var fields []string
	if duplicates != "" {
		fields = append(fields, fieldDuplicates+"="+duplicates)
	}
	if warnings != "" {
		fields = append(fields, FieldConfirmed+"="+warnings)
	}
	if len(fields) == 1 {
		return "A program confirms with the field " + fields[0] + "."
	}
	return "A program confirms with the fields " + strings.Join(fields, " and ") + "."
}

// stopProblems are what e asks about, with codes and pointers as the API's findings have.
// Those of warnings follow that of the duplicates, in
// their order.
func stopProblems(e *registry.StopError) []registry.Problem {
	var problems []registry.Problem
	if e.Duplicates != nil {
		problems = append(problems, registry.Problem{Code: codeDuplicate, Pointer: "/" + registry.FieldEmail, Message: words.Duplicate(e.Duplicates)})
	}
	for _, w := range e.Warnings {
		problems = append(problems, warningProblem(w))
	}
	return problems
}

// failStop asks to confirm. The status is that of values which are refused: unlike after a
// conflict, the entry has not changed since.
func failStop(e *registry.StopError) Failure {
	tone := templates.Warn
	if slices.ContainsFunc(e.Warnings, words.Severe) {
		tone = templates.Bad
	}
	return Failure{Status: http.StatusUnprocessableEntity, Tone: tone, Problems: stopProblems(e)}.saying(words.Stop(e))
}

// AddStop adds the button that confirms to the form, and shows the entries that are in the
// registry already. Earlier confirmations no longer count, because there is something new.
func AddStop(v *templates.EntryFormView, e *registry.StopError) {
	duplicates, warnings := confirmation(e)
	v.Form.Confirmed = ""
	v.Confirm = &templates.Confirm{Field: FieldConfirmed, Value: warnings, Danger: slices.ContainsFunc(e.Warnings, words.Severe)}
	if e.Duplicates != nil {
		v.Confirm.Field = fieldDuplicates
		v.Confirm.Value = strings.Trim(duplicates+","+warnings, ",")
		v.Confirm.Entries = slices.Clone(e.Duplicates.Duplicates)
	}
	for _, w := range e.Warnings {
		v.Confirm.Entries = append(v.Confirm.Entries, w.About...)
	}
}
