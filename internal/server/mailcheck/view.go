package mailcheck

import (
	"namesake/internal/check"
	"namesake/internal/mirror"
	"namesake/internal/policy"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// maxEntries is how many entries of the name the page lists.
const maxEntries = 50

func view(v check.Verdict, known *mirror.Snapshot) templates.CheckResult {
	r := templates.CheckResult{
		Tone: tone(v), Title: words.CheckTitle(v), Text: words.CheckBecause(v), EntriesTitle: words.CheckEntries(v), Notes: notes(v, known),
	}
	r.Flagged, r.Clear = web.CasesOf(v)
	for _, p := range v.Policies {
		r.Policies = append(r.Policies, templates.CheckedPolicy{
			Kind: words.PatternKind(p.Pattern), Pattern: p.Text, Comments: p.Comments, Effect: words.PolicyEffect(p.AllowPolicy),
			Applies: words.PolicyApplies(p.Match), Uncertain: !p.Always(),
		})
	}
	for _, d := range v.Trusted {
		applies := words.PolicyApplies(d.Match)
		if d.Always() {
			applies = words.PolicyMayApply
		}
		kind := words.PatternKind(d.Pattern)
		r.Policies = append(r.Policies, templates.CheckedPolicy{
			Kind: "trusted " + kind, Pattern: d.Text, Comments: d.Comments, Effect: words.TrustedDomainEffect, Applies: applies, Uncertain: true,
		})
	}
	for _, b := range v.Blocked {
		r.Policies = append(r.Policies, templates.CheckedPolicy{
			Kind: words.PatternKind(b.Pattern), Pattern: b.Text, Comments: b.Comments, Effect: "Blocks the sender.",
			Applies: words.PolicyApplies(b.Match), Uncertain: !b.Always(),
		})
	}
	shown := min(len(v.Entries), maxEntries)
	for _, e := range v.Entries[:shown] {
		r.Entries = append(r.Entries, templates.CheckedEntry{Entry: e.Entry, Text: words.CheckEntry(e), Uncertain: e.Covers == check.Depends || e.Named == check.Depends})
	}
	r.MoreEntries = len(v.Entries) - shown
	return r
}

// notes say what the verdict does not consider.
func notes(v check.Verdict, known *mirror.Snapshot) (texts []string) {
	var resembling []string
	if len(v.Entries) == 0 {
		resembling = known.View.Namesakes(v.Mail.Name).Resembling()
	}
	for _, text := range []string{words.CheckResembling(resembling), words.ServerPolicies(servers(known.Around))} {
		if text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

// tone colours what people have to act on: mail that shows a protected name and passes.
func tone(v check.Verdict) templates.Tone {
	if v.Because == check.Undecided {
		return templates.Warn
	}
	if v.Because == check.Allowed {
		return templates.Bad
	}
	return templates.Info
}

// servers counts the allow policies for the addresses of servers.
func servers(around *policy.Index) (n int) {
	for _, p := range around.AllowPolicies {
		if p.AllowsSenders() && p.Type == policy.OfIP {
			n++
		}
	}
	return n
}
