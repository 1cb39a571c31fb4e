package findings

import "namesake/internal/javaregex"

// onlyPattern finds names whose senders are patterns only: a mistake in one is easily missed,
// while exact addresses show what they allow. Patterns that were entered as an address count.
func onlyPattern(members []*subject, _ *situation) []Finding {
	witness, matching := "", false
	for _, s := range members {
		if s.pattern == "" || s.plainAddress || s.unchecked {
			return nil
		}
		if witness == "" {
			witness = first(s.addresses())
		}
		matching = matching || len(s.samples) > 0 || s.has(javaregex.DoubledBackslash)
	}
	if !matching { // another rule reports that
		return nil
	}
	return []Finding{{Rule: OnlyPattern, Severity: Tip, Name: members[0].Name, Entries: ids(members...), Witness: witness}}
}
