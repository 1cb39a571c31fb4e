package words

import (
	"strconv"

	"namesake/internal/registry"
)

// MatchSearch is a search for the entries that match an address, in all or in a part of
// the registry.
type MatchSearch struct {
	Address string
	Found   registry.AddressMatches
	First   bool // whether it started at the first entry
	More    bool // whether entries are left to check
}

// MatchSummary says what was checked and what was found. It says that mail is flagged only
// when every entry was checked.
func MatchSummary(s MatchSearch) string {
	found, first := s.Found, s.Found.Before+1
	if !s.First && found.Seen < first {
		if found.Total < 0 {
			return "No more entries."
		}
		return "No more entries: the registry has " + Count(found.Total, "entry", "entries") + "."
	}
	if found.Seen == 0 && s.More {
		return "Cloudflare counts " + Count(found.Total, "entry", "entries") + ", but listed none of them. Check “" + s.Address + "” again in a moment."
	}
	matched, unchecked, late := countMatches(found.Matches)
	result := "No match"
	if matched > 0 {
		result = Count(matched, "match", "matches")
	}
	read := " checked)."
	switch {
	case unchecked > 0 && matched == 0:
		result += ", but " + strconv.Itoa(unchecked) + " could not be checked"
		read = " read)."
	case unchecked > 0:
		result += ", " + strconv.Itoa(unchecked) + " not checked"
		read = " read)."
	}
	if s.First && !s.More && found.TooLong == 0 {
		sentence := result + " (" + Count(found.Seen, "entry", "entries") + read
		if len(found.Matches) == 0 {
			sentence += " Mail from “" + s.Address + "” that shows a protected name is flagged."
		}
		return sentence + lateText(late)
	}
	sentence := result + " in entries " + strconv.Itoa(first) + " to " + strconv.Itoa(found.Seen)
	if found.Total >= 0 {
		sentence += " of " + strconv.Itoa(found.Total)
	}
	sentence += "."
	if len(found.Matches) == 0 {
		sentence += othersText(s)
	}
	return sentence + lateText(late)
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

// othersText says which entries this search did not check.
func othersText(s MatchSearch) string {
	text := ""
	if s.More {
		text += " There are more entries to check."
	}
	if !s.First {
		text += " Earlier entries were not checked again."
	}
	return text
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
