package plans

import (
	"errors"
	"slices"
	"strings"

	"namesake/internal/mailtests"
	"namesake/internal/plan"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// breaksView is the tests that a plan would or may break, nil for none.
func breaksView(breaks mailtests.Breaks) *templates.BrokenTests {
	var broken, unevaluated []string
	for _, t := range breaks.Tests {
		broken = append(broken, words.TestSentence(t.Draft))
	}
	for _, t := range breaks.Pending {
		unevaluated = append(unevaluated, words.TestSentence(t.Draft))
	}
	v := web.BrokenTests(broken, unevaluated, breaks.Keys())
	if v != nil {
		v.Label = words.AcceptBreaks(len(broken), len(unevaluated))
	}
	return v
}

// triedTests shows whether the tests were accepted that a plan breaks.
func triedTests(tried attempt, v *templates.PlanView) {
	if v.Breaks == nil || v.Breaks.Value == "" {
		return
	}
	v.Breaks.Accepted = !slices.ContainsFunc(strings.Split(v.Breaks.Value, ","), func(key string) bool { return !slices.Contains(tried.confirmed.Tests, key) })
	var broken *plan.BrokenTestsError
	if errors.As(tried.err, &broken) {
		v.Breaks.Fault = "Tick this, or change the plan."
		if len(broken.Tests) == 0 {
			v.Breaks.Fault = "Tick this, or reload the page in a moment."
		}
	}
}
