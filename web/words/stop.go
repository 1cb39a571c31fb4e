package words

import (
	"slices"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/registry"
)

// Stop says what a person has to confirm before an entry is sent.
func Stop(e *registry.StopError) Notice {
	n := Notice{"Not sent: check the warnings", []string{"Change the marked fields. If they are right, confirm below the form."}}
	switch {
	case e.Duplicates == nil && slices.ContainsFunc(e.Warnings, Dangerous):
		n = Notice{"Not sent: anyone could use this name", []string{"Change the marked fields, or confirm below the form. The audit trail then records that you were warned."}}
	case e.Duplicates == nil && slices.ContainsFunc(e.Warnings, BreaksTest):
		n = Notice{"Not sent: this breaks a test", []string{"Change the marked fields. If the test is out of date, confirm below the form, and delete it afterwards."}}
	case e.Duplicates == nil && slices.ContainsFunc(e.Warnings, UnevaluatedTest):
		n := len(registry.Filter(e.Warnings, UnevaluatedTest))
		return Notice{"Not sent: " + UnevaluatedTests(n), []string{"This may break what is listed below. Send the form again in a moment, or confirm below the form."}}
	case e.Duplicates == nil:
	case e.Duplicates.Exact:
		n = Notice{"Not sent: this entry is in the registry already", []string{"A duplicate has no effect and must be deleted separately. To add it anyway, confirm below the form."}}
	default:
		n = Notice{"Not sent: this address is in the registry already", []string{"This is right if a person uses two names. If so, confirm below the form."}}
	}
	if e.Duplicates != nil && len(e.Warnings) > 0 {
		n.Text = append(n.Text, "There are also warnings, listed below. To confirm accepts all of them.")
	}
	return n
}

// Dangerous reports whether a warning is about strangers who could use the name.
func Dangerous(w registry.Warning) bool {
	switch w.Kind {
	case string(input.SharedSender), javaregex.MatchesEverything, javaregex.PublicDomain, javaregex.Unfinished:
		return true
	}
	return false
}

// Severe reports whether a warning is dangerous or about a test.
func Severe(w registry.Warning) bool { return Dangerous(w) || BreaksTest(w) || UnevaluatedTest(w) }

// Listed says that an address or a pattern is in the registry, before links to its entries.
func Listed(isRegex bool) string {
	if isRegex {
		return "This pattern is already listed:"
	}
	return "This address is already listed:"
}

// Duplicate says that an address or a pattern is in the registry already.
func Duplicate(e *registry.DuplicateError) string {
	of := "address"
	if e.Duplicates[0].IsEmailRegex {
		of = "pattern"
	}
	if e.Exact {
		return "This name is in the registry already with the same " + of + "."
	}
	return "This " + of + " is in the registry already, under another name."
}
