package words

import (
	"strconv"

	"namesake/internal/registry"
)

// MatchSummary says what was found for an address among entries. complete says that these
// are all: only when every entry was checked does it say that mail is flagged.
func MatchSummary(address string, found []registry.AddressMatch, entries int, complete bool) string {
	matched, unchecked, late := countMatches(found)
	result, read := "No match", " checked)."
	if matched > 0 {
		result = Count(matched, "match", "matches")
	}
	switch {
	case unchecked > 0 && matched == 0:
		result += ", but " + strconv.Itoa(unchecked) + " could not be checked"
		read = " read)."
	case unchecked > 0:
		result += ", " + strconv.Itoa(unchecked) + " not checked"
		read = " read)."
	}
	sentence := result + " (" + Count(entries, "entry", "entries") + read
	if len(found) == 0 && complete {
		sentence += " Mail from “" + address + "” that shows a protected name is flagged."
	}
	return sentence + lateText(late)
}

// TooLongToCheck says how many entries could not be checked because they are too long.
func TooLongToCheck(n int) string {
	if n == 0 {
		return ""
	}
	return Count(n, "further entry", "further entries") + " could not be checked: Cloudflare's answer is longer than Namesake can read."
}

// CoveringPatterns says how many patterns match an address.
func CoveringPatterns(address string, matched, unchecked int) string {
	switch {
	case matched == 0:
		return Count(unchecked, "pattern", "patterns") + " could not be checked for “" + address + "”."
	case unchecked == 0:
		return Count(matched, "pattern matches", "patterns match") + " “" + address + "”."
	}
	return Count(matched, "pattern matches", "patterns match") + " “" + address + "”, and " + strconv.Itoa(unchecked) + " could not be checked."
}

// countMatches counts the entries that match, those that could not be checked, and those of
// them for which there was no time.
func countMatches(list []registry.AddressMatch) (matched, unchecked, late int) {
	for _, m := range list {
		if m.Kind == registry.NotTried {
			late++
		}
		if Uncertain(m.Kind) {
			unchecked++
		} else {
			matched++
		}
	}
	return matched, unchecked, late
}

func lateText(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " There was no time to check 1 pattern."
	}
	return " There was no time to check " + strconv.Itoa(n) + " patterns."
}

// Uncertain reports whether it is unknown if the entry matches the address.
func Uncertain(kind registry.MatchKind) bool {
	return kind == registry.NotChecked || kind == registry.NotTried
}

// Match says how an entry matches an address.
func Match(kind registry.MatchKind) string {
	switch kind {
	case registry.MatchesLiterally:
		return "is this address"
	case registry.MatchesWhole:
		return "matches the whole address"
	case registry.MatchesPart:
		return "matches a part of it: Cloudflare does not document whether that counts"
	case registry.NotChecked:
		return "not checked: the pattern is invalid, not supported by Namesake or too slow"
	case registry.NotTried:
		return "not checked: there was no time"
	}
	return ""
}
