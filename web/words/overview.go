package words

import (
	"strconv"
	"time"

	"namesake/internal/findings"
)

// Severity names how severe a finding is.
func Severity(s findings.Severity) string {
	switch s {
	case findings.Danger:
		return "Danger"
	case findings.Warning:
		return "Warning"
	case findings.Tip:
		return "Tip"
	}
	return string(s)
}

// NothingWrong says that no entry needs attention.
func NothingWrong(entries int) string {
	return "Nothing needs attention. " + Count(entries, "entry was", "entries were") + " checked."
}

// Unchecked says that some patterns were not checked, "" if all were.
func Unchecked(n int) string {
	if n == 0 {
		return ""
	}
	return Count(n, "pattern is", "patterns are") + " not checked yet. Reload this page in a moment."
}

// ChangesOfWeek counts the changes of the last days.
func ChangesOfWeek(here, elsewhere int) string {
	if here+elsewhere == 0 {
		return "Nothing has changed in the last 7 days."
	}
	return strconv.Itoa(here) + " made here, " + strconv.Itoa(elsewhere) + " made outside Namesake."
}

// Day is a day without its time.
func Day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

// Growth says what the chart of entries over time counts, which starts at first. Deletions are
// known since a time.
func Growth(first, since time.Time) string {
	text := "Entries in the registry over time."
	if first.Before(since) {
		text += " Those deleted before " + Day(since) + " are not counted."
	}
	return text
}
