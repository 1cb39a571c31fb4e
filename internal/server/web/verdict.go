package web

import (
	"namesake/internal/check"
	"namesake/internal/registry"
	"namesake/web/words"
)

// AnswerJSON is an answer in JSON: true, false, "depends", or null where there is none.
func AnswerJSON(a check.Answer) any {
	switch a {
	case check.Yes:
		return true
	case check.No:
		return false
	case check.Depends:
		return a
	}
	return nil
}

// CaseJSON is a case of a verdict in JSON.
type CaseJSON struct {
	Flagged bool                 `json:"flagged"`
	If      map[check.Point]bool `json:"if"`
}

// ToCasesJSON returns the cases of a verdict in JSON.
func ToCasesJSON(v check.Verdict) []CaseJSON {
	cases := make([]CaseJSON, len(v.Cases))
	for i, c := range v.Cases {
		conditions := make(map[check.Point]bool, len(c.If))
		for _, condition := range c.If {
			conditions[condition.Point] = condition.Holds
		}
		cases[i] = CaseJSON{c.Flagged, conditions}
	}
	return cases
}

// CasesOf says when a mail is flagged, and when it is not, if that depends.
func CasesOf(v check.Verdict) (flagged, clear []string) {
	for _, c := range v.Cases {
		if c.Flagged {
			flagged = append(flagged, words.CheckCase(c))
		} else {
			clear = append(clear, words.CheckCase(c))
		}
	}
	return flagged, clear
}

// CoversJSON says in JSON whether an entry covers an address that it matches in this way.
func CoversJSON(kind registry.MatchKind) any {
	if kind == registry.MatchesLiterally || kind == registry.MatchesWhole {
		return AnswerJSON(check.Yes)
	}
	return AnswerJSON(check.Depends)
}
