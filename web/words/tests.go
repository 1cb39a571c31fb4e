package words

import (
	"fmt"
	"strconv"

	"namesake/internal/check"
	"namesake/internal/mailtests"
	"namesake/internal/registry"
)

// MustBe says in a few words what a test expects of its mail.
func MustBe(e mailtests.Expectation) string {
	if e == mailtests.Passes {
		return "must pass"
	}
	return "must be flagged"
}

// TestSentence says what a test expects. name is as pages show it.
func TestSentence(d mailtests.Draft) string {
	return "Mail that shows " + quoted(Clip(d.Name)) + " from " + Clip(d.Email) + " " + MustBe(d.Expect) + "."
}

// TestState says in a word or two how a test stands.
func TestState(s mailtests.State) string {
	switch s {
	case mailtests.Passing:
		return "As expected"
	case mailtests.Broken:
		return "Broken"
	case mailtests.Depends:
		return "Undecided"
	case mailtests.Pending:
	}
	return "Not evaluated yet"
}

// TestBecause says why a test stands as it does.
func TestBecause(r mailtests.Result) string {
	switch {
	case r.State == mailtests.Pending:
		return "There was no time to evaluate it. Reload the page."
	case r.State == mailtests.Depends:
		return CheckBecause(r.Verdict)
	case r.Verdict.Flagged == check.Yes:
		return "The mail is flagged. " + CheckBecause(r.Verdict)
	}
	return "The mail passes. " + CheckBecause(r.Verdict)
}

// TestAdded says how a test stands that was just added.
func TestAdded(d mailtests.Draft, s mailtests.State) string {
	text := TestSentence(d)
	switch s {
	case mailtests.Passing:
		return text + " It is so now."
	case mailtests.Broken:
		return text + " It is not so now: the test is broken."
	case mailtests.Depends, mailtests.Pending:
	}
	return text
}

// TestsSummary counts tests by how they stand.
func TestsSummary(results []mailtests.Result) string {
	n := make(map[mailtests.State]int)
	for _, r := range results {
		n[r.State]++
	}
	var parts []string
	for _, s := range []mailtests.State{mailtests.Broken, mailtests.Depends, mailtests.Pending, mailtests.Passing} {
		if n[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[s], testCounted[s]))
		}
	}
	return Count(len(results), "test", "tests") + ": " + And(parts...)
}

var testCounted = map[mailtests.State]string{mailtests.Passing: "as expected", mailtests.Broken: "broken", mailtests.Depends: "undecided", mailtests.Pending: "not evaluated yet"}

// BrokenTests heads the tests that a change would break.
func BrokenTests(n int) string {
	if n == 1 {
		return "This breaks a test"
	}
	return fmt.Sprintf("This breaks %d tests", n)
}

// UnevaluatedTests heads the tests that a change may break: there was no time to evaluate them.
func UnevaluatedTests(n int) string {
	return Count(n, "test", "tests") + " could not be evaluated in time"
}

// AcceptBreaks accepts that a plan breaks tests, and may break others.
func AcceptBreaks(broken, unevaluated int) string {
	var parts []string
	switch {
	case broken == 1:
		parts = append(parts, "it breaks this test")
	case broken > 1:
		parts = append(parts, fmt.Sprintf("it breaks these %d tests", broken))
	}
	if unevaluated > 0 {
		parts = append(parts, UnevaluatedTests(unevaluated))
	}
	return "Apply it although " + And(parts...)
}

// aboutTest is the text of a warning about a test, after what happens to it.
func aboutTest(what string) func(registry.Warning) string {
	return func(w registry.Warning) string {
		d, ok := mailtests.ParseDetail(w.Detail)
		if !ok {
			return what + ": " + w.Detail + "."
		}
		return what + ": mail that shows " + quoted(Clip(d.Name)) + " from " + Clip(d.Email) + " " + MustBe(d.Expect) + "."
	}
}

// WarnedTest says what the test of a warning expects.
func WarnedTest(w registry.Warning) string {
	if d, ok := mailtests.ParseDetail(w.Detail); ok {
		return TestSentence(d)
	}
	return WarningText(w)
}

// BreaksTest reports whether a warning is about a test that breaks.
func BreaksTest(w registry.Warning) bool { return w.Kind == registry.KindBreaksTest }

// UnevaluatedTest reports whether a warning is about a test that could not be evaluated.
func UnevaluatedTest(w registry.Warning) bool { return w.Kind == registry.KindUnevaluatedTest }

// TestFault says what is wrong with a field of a test.
func TestFault(f mailtests.FieldFault) string {
	switch f.Fault {
	case mailtests.Missing:
		switch f.Field {
		case mailtests.FieldName:
			return "Enter the name that the mail shows."
		case mailtests.FieldEmail:
			return "Enter the address of the sender."
		}
		return "Choose what must happen: flagged or passes."
	case mailtests.TooLong:
		switch f.Field {
		case mailtests.FieldName:
			return fmt.Sprintf("Use at most %d characters.", registry.MaxName)
		case mailtests.FieldEmail:
			return fmt.Sprintf("Use at most %d bytes.", mailtests.MaxEmail)
		}
		return fmt.Sprintf("Use at most %d characters.", mailtests.MaxNote)
	case mailtests.BadText:
		return "Use one line, without tabs and other control characters."
	case mailtests.NoAddress:
		return "This is not an address. Enter one such as jane.smith@example.com."
	case mailtests.Unknown:
		return "This must be flagged or passes."
	case mailtests.Exists:
		return "There is a test of this mail already."
	case mailtests.Opposite:
		return "There is a test of this mail that expects the opposite. Delete it first."
	case mailtests.Repeated:
		return "An earlier test is about the same mail."
	case mailtests.Malformed:
		return "This can't be read. Check quotation marks and brackets."
	case mailtests.Invisible:
		return "This has a character that can't be seen. Type the address again."
	case mailtests.NoField:
		return "Tests do not have this. They have name, email, expect and note. Remove or rename it."
	case mailtests.Twice:
		return "This is there twice. Remove or rename one."
	case mailtests.Surplus:
		return "There are more values than columns. Put a value that has the separator in quotation marks."
	}
	return string(f.Fault)
}

// TestLineFault says what is wrong with a line of a file of tests.
func TestLineFault(f mailtests.FieldFault) string {
	at := fmt.Sprintf("Line %d", f.Line)
	if f.Field != "" {
		at += ", " + Clip(f.Field)
	}
	return at + ": " + TestFault(f)
}

// TestsFile says why a file of tests can't be read.
func TestsFile(e *mailtests.FileError) string {
	switch e.Fault {
	case mailtests.FileEmpty:
		return "Choose a file, or paste its text."
	case mailtests.FileTooLarge:
		return "The file is larger than 2 MB."
	case mailtests.FileEncoding:
		return "The file is not UTF-8 text. Save it as CSV UTF-8."
	case mailtests.FileColumns:
		return "The first row must name the columns name, email and expect. A column note may follow."
	case mailtests.FileJSON:
		return fmt.Sprintf("Line %d is not JSON, or the file is not a list of tests.", e.Line)
	}
	return string(e.Fault)
}

// TestsImported says what became of a file of tests.
func TestsImported(added mailtests.Added) string {
	text := Count(len(added.Tests), "test was", "tests were") + " added."
	if added.Known > 0 {
		text += " " + Count(added.Known, "was", "were") + " there already."
	}
	return text
}

// maxNamedColumns is how many columns a sentence names.
const maxNamedColumns = 5

// TestColumnsLeftOut says which columns of a file were left out.
func TestColumnsLeftOut(columns []string) string {
	var named []string
	for _, c := range columns[:min(len(columns), maxNamedColumns)] {
		named = append(named, quoted(Clip(c)))
	}
	if more := len(columns) - len(named); more > 0 {
		named = append(named, strconv.Itoa(more)+" more")
	}
	text := "The column " + And(named...) + " was left out"
	if len(columns) > 1 {
		text = "The columns " + And(named...) + " were left out"
	}
	return text + ": tests have name, email, expect and note only."
}

// SuggestedBecause says why a test is suggested.
func SuggestedBecause(r mailtests.Reason) string {
	switch r {
	case mailtests.OwnAddress:
		return "The name's own address"
	case mailtests.PublicAddress:
		return "The name from a public mail service"
	case mailtests.LookAlikeAddress:
		return "The name from a domain that looks like its own"
	case mailtests.LookAlike:
		return "A name with a letter that looks the same"
	}
	return string(r)
}
