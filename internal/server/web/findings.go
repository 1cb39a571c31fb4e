package web

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
	"weak"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/labstack/echo/v4"

	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// judgeTimeout limits how long a page waits for patterns that were not judged before.
const judgeTimeout = 300 * time.Millisecond

// reports keeps the findings of the registry that was judged last.
type reports struct {
	judging sync.Mutex // while the tracker works, up to judgeTimeout
	tracker *findings.Tracker
	last    atomic.Pointer[lastReport]
	drafts  *lru.Cache[string, draftFindings] // by plan
}

// lastReport is what the tracker has reported last.
type lastReport struct {
	of     weak.Pointer[mirror.View]
	facts  findings.Facts
	report *findings.Report
}

func newReports(judge *findings.Judge) *reports {
	drafts, err := lru.New[string, draftFindings](maxDrafts)
	if err != nil {
		panic(err) // the size is a constant
	}
	return &reports{tracker: judge.Track(), drafts: drafts}
}

// Findings returns what is wrong in the registry. It is made once for each view and day. While
// it has unchecked entries, each call checks more of them.
func (s *Base) Findings(c echo.Context, known *mirror.Snapshot) *findings.Report {
	ctx, cancel := context.WithTimeout(RequestContext(c), judgeTimeout)
	defer cancel()
	return s.reports.in(ctx, known.View, s.Facts(known))
}

// Facts are what the registry is judged with.
func (s *Base) Facts(known *mirror.Snapshot) findings.Facts {
	facts := findings.Facts{Now: s.Now(), Untouched: s.Untouched}
	if known.Around.Version > 0 {
		facts.Settings = known.Around.Settings
	}
	return facts
}

// JudgedFindings are what the rules for entries say of a draft with an address beside
// DraftFindings: what depends on the company's domains, and on the name.
func (s *Base) JudgedFindings(ctx context.Context, d registry.Draft) (views []templates.FindingView) {
	if d.IsEmailRegex || !registry.IsAddress(d.Email) || registry.FoldName(d.Name) == "" {
		return nil
	}
	found, err := s.Plans.Judge().Entry(ctx, registry.Entry{}.WithValues(d.Values()), s.Facts(s.Mirror.Snapshot()))
	if err != nil {
		return nil // addresses are never too slow to judge
	}
	for _, f := range found {
		switch f.Rule {
		case findings.LookAlikeDomain, findings.ForeignDomain, findings.CommonName, findings.PersonalMailbox:
			message, suggestion := words.Finding(f)
			views = append(views, templates.FindingView{Severity: string(f.Severity), Message: message, Suggestion: suggestion})
		}
	}
	return views
}

// in returns the report of a view. It waits for no other work if that is known.
func (r *reports) in(ctx context.Context, view *mirror.View, facts findings.Facts) *findings.Report {
	if report := r.known(view, facts); report != nil {
		return report
	}
	r.judging.Lock()
	defer r.judging.Unlock()
	return r.judge(ctx, view, facts)
}

// known returns the complete report of a view, nil if it has to be made.
func (r *reports) known(view *mirror.View, facts findings.Facts) *findings.Report {
	last := r.last.Load()
	if last == nil || last.of != weak.Make(view) || !last.facts.Same(facts) || last.report.Unchecked > 0 {
		return nil
	}
	return last.report
}

// judge is in for the one that holds judging.
func (r *reports) judge(ctx context.Context, view *mirror.View, facts findings.Facts) *findings.Report {
	report := r.known(view, facts)
	if report == nil {
		report = r.tracker.Report(ctx, view.Select(registry.Query{}), facts)
		r.last.Store(&lastReport{weak.Make(view), facts, report})
	}
	return report
}
