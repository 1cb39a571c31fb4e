package words

import (
	"testing"

	"namesake/internal/registry"
)

func TestMatchSummary(t *testing.T) {
	const address = "a@x.example"
	kinds := func(kinds ...registry.MatchKind) []registry.AddressMatch {
		found := make([]registry.AddressMatch, len(kinds))
		for i, kind := range kinds {
			found[i].Kind = kind
		}
		return found
	}
	tests := []struct {
		found    []registry.AddressMatch
		entries  int
		complete bool
		want     string
	}{
		{nil, 0, true, "No match (0 entries checked). Mail from “a@x.example” that shows a protected name is flagged."},
		{nil, 1, true, "No match (1 entry checked). Mail from “a@x.example” that shows a protected name is flagged."},
		{nil, 1, false, "No match (1 entry checked)."},
		{kinds(registry.MatchesLiterally), 3, true, "1 match (3 entries checked)."},
		{kinds(registry.MatchesWhole, registry.MatchesPart), 3, false, "2 matches (3 entries checked)."},
		{kinds(registry.NotChecked), 3, true, "No match, but 1 could not be checked (3 entries read)."},
		{kinds(registry.MatchesWhole, registry.NotChecked), 3, true, "1 match, 1 not checked (3 entries read)."},
		{kinds(registry.NotTried), 3, true, "No match, but 1 could not be checked (3 entries read). There was no time to check 1 pattern."},
		{kinds(registry.NotTried, registry.MatchesPart, registry.NotTried), 3, true, "1 match, 2 not checked (3 entries read). There was no time to check 2 patterns."},
	}
	for _, tt := range tests {
		if got := MatchSummary(address, tt.found, tt.entries, tt.complete); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}

func TestCoveringPatterns(t *testing.T) {
	for counts, want := range map[[2]int]string{
		{1, 0}: "1 pattern matches “a@x.example”.",
		{2, 0}: "2 patterns match “a@x.example”.",
		{0, 1}: "1 pattern could not be checked for “a@x.example”.",
		{0, 2}: "2 patterns could not be checked for “a@x.example”.",
		{1, 2}: "1 pattern matches “a@x.example”, and 2 could not be checked.",
		{3, 1}: "3 patterns match “a@x.example”, and 1 could not be checked.",
	} {
		if got := CoveringPatterns("a@x.example", counts[0], counts[1]); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
