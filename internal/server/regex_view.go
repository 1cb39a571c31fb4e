package server

import (
	"context"
	"slices"
	"strings"
	"unicode/utf16"

	"namesake/internal/javaregex"
	"namesake/web/templates"
)

// formPattern is what an entry's form says of the pattern in it.
func formPattern(ctx context.Context, f templates.EntryForm) templates.PatternView {
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
	for _, f := range r.findings {
		about := part(units, f.Start, f.End)
		if about == q.Pattern {
			about = "" // that needs no telling
		}
		v.Findings = append(v.Findings, templates.PatternFinding{Severity: string(f.Severity), Message: f.Message, Suggestion: f.Suggestion, Example: cutTo(f.Example, maxQuoted), Witness: cutTo(f.Witness, maxQuoted), Part: cutTo(about, maxQuoted)})
	}
	v.Explained = &templates.PatternPart{Text: cutTo(part(units, r.explained.Start, r.explained.End), maxQuoted), Says: r.explained.Says, Parts: partsOf(units, r.explained.Parts)}
	v.Tried, v.Untried = sampleViews(q, r.tried), len(q.Samples)-len(r.tried)
	v.Differ = slices.ContainsFunc(r.tried, func(t triedSample) bool { return t.Found != t.Matches })
	return v
}

// mark takes what is to be marked out of a pattern, and of a long one only what is near.
func mark(f *templates.PatternFault, units []uint16) {
	const near = 200
	f.Before, f.Part, f.After = part(units, f.Start-near, f.Start), cutTo(part(units, f.Start, f.End), maxQuoted), part(units, f.End, f.End+near)
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

func sampleViews(q regexQuestion, tried []triedSample) []templates.PatternSample {
	lures := lookAlikes(q.name, q.Pattern)
	views := make([]templates.PatternSample, len(tried))
	for i, t := range tried {
		views[i] = templates.PatternSample{Input: cutTo(t.input, maxQuoted), Matches: t.Matches, TooSlow: t.TooSlow, Found: t.Found, LookAlike: slices.Contains(lures, t.input)}
		if t.Found {
			in := utf16.Encode([]rune(t.input))
			views[i].Before, views[i].Part, views[i].After = cutTo(part(in, 0, t.Start), maxQuoted), cutTo(part(in, t.Start, t.End), maxQuoted), cutTo(part(in, t.End, len(in)), maxQuoted)
		}
	}
	return views
}

func partsOf(units []uint16, parts []javaregex.Part) []templates.PatternPart {
	out := make([]templates.PatternPart, len(parts))
	for i, p := range parts {
		out[i] = templates.PatternPart{Text: cutTo(part(units, p.Start, p.End), maxQuoted), Says: p.Says, Parts: partsOf(units, p.Parts)}
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
