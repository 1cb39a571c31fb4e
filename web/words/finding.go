package words

import (
	"strings"

	"namesake/internal/findings"
)

// Finding says what is wrong, and what to do about it.
func Finding(f findings.Finding) (message, suggestion string) {
	if about, ok := findingWords[f.Rule]; ok {
		return about.text(f)
	}
	return "This is unusual: " + string(f.Rule) + ".", ""
}

// FindingTitle names a kind of finding in a few words, for a badge or a count.
func FindingTitle(r findings.Rule) string {
	if about, ok := findingWords[r]; ok {
		return about.title
	}
	return strings.ReplaceAll(string(r), "-", " ")
}

// FindingLabel is FindingTitle for the row of an entry, where there is little room.
func FindingLabel(r findings.Rule) string {
	if r == findings.LetsAnyoneIn {
		return "Anyone"
	}
	return FindingTitle(r)
}
