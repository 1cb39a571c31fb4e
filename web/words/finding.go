package words

import (
	"strings"

	"namesake/internal/findings"
)

// Finding says what is wrong, and what to do about it.
func Finding(f findings.Finding) (message, suggestion string) {
	switch f.Rule {
	case findings.LetsAnyoneIn, findings.NotAnchored:
		if f.Pattern != nil {
			return f.Pattern.Message, f.Pattern.Suggestion
		}
	case findings.SharedSender:
		return SharedSender(f.Service)
	case findings.Duplicate:
		return quoted(f.Name) + " has " + f.Witness + " " + Count(len(f.Entries), "time", "times") + ". A duplicate has no effect and must be deleted separately.",
			"Delete all but one."
	case findings.SingleSynced:
		return "Only one address, synced from a directory, may use " + quoted(f.Name) + ". When the directory drops it, the name is unprotected.",
			"Add an entry for the same address by hand."
	}
	return "This is unusual: " + string(f.Rule) + ".", ""
}

// FindingTitle names a kind of finding in a few words, for a badge or a count.
func FindingTitle(r findings.Rule) string {
	switch r {
	case findings.LetsAnyoneIn:
		return "Anyone can use this name"
	case findings.SharedSender:
		return "Shared sender"
	case findings.NotAnchored:
		return "Not anchored"
	case findings.Duplicate:
		return "Duplicate"
	case findings.SingleSynced:
		return "Single synced address"
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
