package plans

import (
	"errors"
	"slices"
	"strings"

	"namesake/internal/mailtests"
	"namesake/internal/plan"
	"namesake/web/templates"
	"namesake/web/words"
)

// breaksView is the tests that a draft would break, nil for none.
func breaksView(broken mailtests.Breaks) *templates.BrokenTests {
	n := len(broken.Tests)
	if n == 0 && broken.Pending == 0 {
		return nil
	}
	v := &templates.BrokenTests{Title: words.BrokenTests(n), Label: words.AcceptBreaks(n), Note: words.PendingTests(broken.Pending), Value: strings.Join(keys(broken.Tests), ",")}
	if n == 0 {
		v.Title, v.Note = v.Note, ""
	}
	for _, t := range broken.Tests {
		v.Sentences = append(v.Sentences, words.TestSentence(t.Draft))
	}
	return v
}

func keys(tests []mailtests.Result) []string {
	all := make([]string, len(tests))
	for i, t := range tests {
		all[i] = t.Key()
	}
	return all
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
	}
}
