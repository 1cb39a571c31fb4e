// Package findings says what is wrong with entries of the registry: which ones let strangers
// use a protected name, and which ones are probably mistakes. It returns facts; the sentences
// are in package words.
//
// A Judge judges one entry by itself (Entry) or the whole registry (All). What it finds out
// about a pattern it remembers, so that judging the registry again after a change is quick.
// Work on patterns takes turns of the pool in the context, as all such work does.
//
//	judge := findings.NewJudge()                       // one for the program
//	found, err := judge.Entry(ctx, entry, facts)       // a draft: registry.Entry{Name: …, Email: …}
//	report := judge.All(ctx, view.Select(registry.Query{}), facts)
//	report.Of(entry.ID)                                // the findings of a row, the most severe first
//	report.Worst(entry.ID)                             // Danger, Warning, Tip, or "" for none
//	report.Count(findings.Danger)
//	report.ByRule(findings.Duplicate)
//
// A Report belongs to one view and, like that, never changes. Pages get it from
// web.Base.Findings, which makes it once for each view, with a Tracker: that judges only what
// has changed since the view before. If Report.Unchecked is not 0, there was no time for some
// patterns: the page says so, and may not be kept, because a later report of the same view has
// more.
//
// Facts are what the rules need beside the entries, such as the company's domains.
//
// A rule is a file of its own, with its cases in the test beside it, and a row in entryRules,
// if it judges an entry by itself, or in the rules of a group, such as nameRules.
package findings
