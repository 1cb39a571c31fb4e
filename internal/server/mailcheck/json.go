package mailcheck

import (
	"namesake/internal/check"
	"namesake/internal/mirror"
	"namesake/internal/policy"
	"namesake/internal/quote"
	"namesake/internal/server/web"
	"namesake/web/words"
)

// verdictJSON is a verdict. Flagged, and what applies or covers, are true, false or "depends".
type verdictJSON struct {
	Flagged  any            `json:"flagged"`
	Because  string         `json:"because"`
	Rule     check.Reason   `json:"rule"`
	Cases    []web.CaseJSON `json:"cases"`
	Entries  []quote.Object `json:"entries"`
	Policies []policyJSON   `json:"policies"`
	Trusted  []policyJSON   `json:"trusted_domains"`
	Blocked  []policyJSON   `json:"blocked_senders"`
}

type policyJSON struct {
	ID                 string             `json:"id"`
	Pattern            string             `json:"pattern"`
	PatternType        policy.PatternType `json:"pattern_type"`
	IsRegex            bool               `json:"is_regex"`
	IsTrustedSender    *bool              `json:"is_trusted_sender,omitempty"`
	IsAcceptableSender *bool              `json:"is_acceptable_sender,omitempty"`
	VerifySender       *bool              `json:"verify_sender,omitempty"`
	Comments           string             `json:"comments,omitempty"`
	Applies            any                `json:"applies"`
}

func toJSON(v check.Verdict) verdictJSON {
	out := verdictJSON{
		Flagged: web.AnswerJSON(v.Flagged), Because: words.CheckBecause(v), Rule: v.Because,
		Cases: web.ToCasesJSON(v), Entries: []quote.Object{}, Policies: []policyJSON{}, Trusted: []policyJSON{}, Blocked: []policyJSON{},
	}
	for _, e := range v.Entries {
		out.Entries = append(out.Entries, append(web.ToEntryJSON(e.Entry), quote.Member{Name: "covers", Value: web.AnswerJSON(e.Covers)}))
	}
	for _, p := range v.Policies {
		j := patternJSON(p.Note, p.Pattern, p.Match)
		j.IsTrustedSender, j.IsAcceptableSender, j.VerifySender = &p.TrustedSender, &p.AcceptableSender, &p.VerifySender
		out.Policies = append(out.Policies, j)
	}
	for _, d := range v.Trusted {
		j := patternJSON(d.Note, d.Pattern, d.Match)
		j.Applies = check.Depends // whatever its pattern matches: what it exempts is not documented
		out.Trusted = append(out.Trusted, j)
	}
	for _, b := range v.Blocked {
		out.Blocked = append(out.Blocked, patternJSON(b.Note, b.Pattern, b.Match))
	}
	return out
}

func patternJSON(n policy.Note, p policy.Pattern, m policy.Match) policyJSON {
	j := policyJSON{ID: n.ID, Pattern: p.Text, PatternType: p.Type, IsRegex: p.IsRegex, Comments: n.Comments, Applies: true}
	if !m.Always() {
		j.Applies = check.Depends
	}
	return j
}

// messages says what the verdict does not consider.
func messages(v check.Verdict, known *mirror.Snapshot) []web.ProblemJSON {
	all := web.LeftOutMessages(known.State.TooLong, false)
	for _, text := range append(words.UnreadSettings(known.Around, check.Settings()), notes(v, known)...) {
		all = append(all, web.ProblemJSON{Message: text})
	}
	return all
}

// refusal names the faults of a question.
func refusal(q question) web.Envelope {
	e := web.Envelope{Errors: []web.ProblemJSON{}, Messages: []web.ProblemJSON{}}
	for _, field := range []string{"name", "email", "auth"} {
		if text := q.faults[field]; text != "" {
			e.Errors = append(e.Errors, web.InvalidJSON(field, text))
		}
	}
	return e
}
