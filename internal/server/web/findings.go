package web

import (
	"context"
	"sync"
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
	mu      sync.Mutex
	tracker *findings.Tracker
	of      weak.Pointer[mirror.View]
	facts   findings.Facts
	report  *findings.Report
	drafts  *lru.Cache[string, draftFindings] // by plan
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

func (r *reports) in(ctx context.Context, view *mirror.View, facts findings.Facts) *findings.Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.locked(ctx, view, facts)
}

func (r *reports) locked(ctx context.Context, view *mirror.View, facts findings.Facts) *findings.Report {
	if of := weak.Make(view); r.of != of || !r.facts.Same(facts) || r.report.Unchecked > 0 {
		r.of, r.facts, r.report = of, facts, r.tracker.Report(ctx, view.Select(registry.Query{}), facts)
	}
	return r.report
}
