package regex

import (
	"context"
	"slices"
	"strings"
	"unicode/utf16"

	"namesake/internal/javaregex"
	"namesake/internal/patterns"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
	"namesake/web/words"
)

// FormPattern is what an entry's form says of the pattern in it.
func FormPattern(ctx context.Context, f templates.EntryForm) templates.PatternView {
	pattern := f.Email()
	if !f.IsEmailRegex() {
		pattern = ""
	}
	return patternView(ctx, typedQuestion(pattern, f.Name(), f.Samples, f.Suggested))
}

// patternView is what a page says of a pattern.
func patternView(ctx context.Context, q regexQuestion) templates.PatternView {
	v := templates.PatternView{
		Pattern: q.Pattern, Name: q.name, Asked: q.Pattern != "",
		Samples: strings.Join(q.Samples, "\n"), Suggested: strings.Join(q.suggested, "\n"),
	}
	if !v.Asked {
		return v
	}
	r := checkPattern(ctx, q)
	units := utf16.Encode([]rune(q.Pattern))
	if v.Fault = r.fault; v.Fault != nil {
		mark(v.Fault, units)
		return v
	}
	v.Findings = senderFinding(ctx, r.Report, q.Pattern)
	for _, f := range r.Findings {
		about := part(units, f.Start, f.End)
		if about == q.Pattern {
			about = "" // that needs no telling
		}
		v.Findings = append(v.Findings, templates.FindingView{Severity: string(f.Severity), Message: f.Message, Suggestion: f.Suggestion, Example: web.CutTo(f.Example, web.MaxQuoted), Witness: web.CutTo(f.Witness, web.MaxQuoted), Part: web.CutTo(about, web.MaxQuoted)})
	}
	v.Explained = &templates.PatternPart{Text: web.CutTo(part(units, r.Explained.Start, r.Explained.End), web.MaxQuoted), Says: r.Explained.Says, Parts: partsOf(units, r.Explained.Parts)}
	v.Tried, v.Untried = sampleViews(q, r.Samples), len(q.Samples)-len(r.Samples)
	v.Differ = slices.ContainsFunc(r.Samples, func(t patterns.Sample) bool { return t.Found != t.Matches })
	return v
}

// senderFinding says that a pattern without a danger of its own matches a service that lets
// anyone show any name.
func senderFinding(ctx context.Context, r patterns.Report, pattern string) []templates.FindingView {
	if slices.ContainsFunc(r.Findings, func(f javaregex.Finding) bool { return f.Severity == javaregex.Danger }) {
		return nil
	}
	p, err := patterns.Compile(ctx, pattern)
	if err != nil {
		return nil // there is no turn just now: it is said when the form is sent
	}
	s, ok, err := registry.SenderMatching(ctx, p)
	if err != nil || !ok {
		return nil
	}
	message, suggestion := words.SharedSender(s.Service)
	return []templates.FindingView{{Severity: string(javaregex.Danger), Message: message, Suggestion: suggestion, Example: s.Example()}}
}

// mark takes what is to be marked out of a pattern, and of a long one only what is near.
func mark(f *templates.PatternFault, units []uint16) {
	const near = 200
	f.Before, f.Part, f.After = part(units, f.Start-near, f.Start), web.CutTo(part(units, f.Start, f.End), web.MaxQuoted), part(units, f.End, f.End+near)
	if f.Part == "" {
		f.Part = "▸" // the place at the end
	}
	if f.Start > near {
		f.Before = "…" + f.Before
	}
	if len(units)-f.End > near {
		f.After += "…"
	}
}

func sampleViews(q regexQuestion, tried []patterns.Sample) []templates.PatternSample {
	lures := patterns.LookAlikes(q.name, q.Pattern)
	views := make([]templates.PatternSample, len(tried))
	for i, t := range tried {
		views[i] = templates.PatternSample{Input: web.CutTo(t.Input, web.MaxQuoted), Matches: t.Matches, TooSlow: t.TooSlow, Found: t.Found, LookAlike: slices.Contains(lures, t.Input)}
		if t.Found {
			in := utf16.Encode([]rune(t.Input))
			views[i].Before, views[i].Part, views[i].After = web.CutTo(part(in, 0, t.Start), web.MaxQuoted), web.CutTo(part(in, t.Start, t.End), web.MaxQuoted), web.CutTo(part(in, t.End, len(in)), web.MaxQuoted)
		}
	}
	return views
}

func partsOf(units []uint16, parts []javaregex.Part) []templates.PatternPart {
	out := make([]templates.PatternPart, len(parts))
	for i, p := range parts {
		out[i] = templates.PatternPart{Text: web.CutTo(part(units, p.Start, p.End), web.MaxQuoted), Says: p.Says, Parts: partsOf(units, p.Parts)}
	}
	return out
}

// part is the text of some UTF-16 units.
func part(units []uint16, start, end int) string {
	start, end = min(max(start, 0), len(units)), min(max(end, 0), len(units))
	if start >= end {
		return ""
	}
	return string(utf16.Decode(units[start:end]))
}
