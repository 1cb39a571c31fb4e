package words

import (
	"time"

	"namesake/internal/findings"
	"namesake/internal/registry"
)

// Severities names several findings of a severity.
func Severities(s findings.Severity) string { return Severity(s) + "s" }

// WitnessLabel stands before an address that shows a finding.
func WitnessLabel(f findings.Finding) string {
	switch {
	case !f.Rule.LetsIn(), f.Rule == findings.SamePerson: // only one of the spellings allows it
		return "Flags:"
	case !f.Certain():
		return "May let in:"
	}
	return "Lets in:"
}

// FixLabel is the label of the button that drafts the plan of a fix.
func FixLabel(fix []registry.Edit) string {
	deletes, creates := 0, 0
	for _, edit := range fix {
		switch {
		case edit.After == nil:
			deletes++
		case edit.Entry == "":
			creates++
		}
	}
	switch len(fix) {
	case deletes:
		return "Delete " + countEntries(len(fix)) + "…"
	case creates:
		return "Create " + countEntries(len(fix)) + "…"
	}
	if deletes+creates > 0 {
		return "Make " + countChanges(len(fix)) + "…"
	}
	return "Change " + countEntries(len(fix)) + "…"
}

// DismissedUntil says until when a finding is dismissed: for people the end of a day.
func DismissedUntil(until time.Time) string {
	switch {
	case until.IsZero():
		return "for good"
	case !until.Equal(until.Truncate(24 * time.Hour)):
		return "until " + Moment(until)
	}
	return "until the end of " + Day(until.Add(-time.Second))
}
