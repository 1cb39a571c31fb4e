package web

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/dismissals"
	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Judged is what is wrong in the registry.
type Judged struct {
	All       *findings.Report
	Open      *findings.Report                // without what is dismissed
	Dismissed map[string]dismissals.Dismissal // by the ID of the finding
}

// OpenFindings returns what is wrong in the registry and not dismissed. While nothing
// changes, it is the same report.
func (s *Base) OpenFindings(c echo.Context, known *mirror.Snapshot) *findings.Report {
	return s.Judged(c, known).Open
}

// Judged returns what is wrong in the registry. If the dismissals can't be read, all
// findings are open.
func (s *Base) Judged(c echo.Context, known *mirror.Snapshot) Judged {
	report := s.Findings(c, known)
	current, err := s.Dismissals.Current(RequestContext(c))
	if err != nil {
		s.Log.WarnContext(RequestContext(c), "the dismissals of findings could not be read", "request_id", RequestID(c), "error", err)
	}
	return s.open.judged(report, current, known.View)
}

// WithFindings completes a query that selects entries by their findings: those that are not
// dismissed.
func (s *Base) WithFindings(c echo.Context, known *mirror.Snapshot, q registry.Query) registry.Query {
	if !q.ByFinding() {
		return q
	}
	found := make(registry.IDs)
	for _, f := range s.OpenFindings(c, known).Findings {
		if (q.Severity == "" || string(f.Severity) == q.Severity) && (q.Rule == "" || string(f.Rule) == q.Rule) {
			for _, id := range f.Entries {
				found[id] = true
			}
		}
	}
	q.Found = &found
	return q
}

// openFindings keeps the report of the open findings that was made last.
type openFindings struct {
	mu      sync.Mutex
	made    Judged
	current *dismissals.Current         // of which it was made
	ids     map[string]findings.Finding // of all, nil until there is a dismissal
	of      string                      // the dismissals that hold
}

func (o *openFindings) judged(report *findings.Report, kept *dismissals.Current, view *mirror.View) Judged {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.made.All == report && o.current == kept && kept != nil {
		return o.made
	}
	if o.made.All != report {
		o.ids, o.of, o.made = nil, "", Judged{All: report, Open: report}
	}
	o.current = kept
	var current map[string]dismissals.Dismissal
	if kept != nil {
		current = kept.ByFinding
	}
	if len(current) > 0 && o.ids == nil {
		o.ids = report.ByID()
	}
	holding := make(map[string]dismissals.Dismissal)
	var keys []string
	for id, d := range current {
		if f, found := o.ids[id]; found && d.Fingerprint == f.Fingerprint(view.Entry) {
			holding[id] = d
			keys = append(keys, id+" "+d.At.String())
		}
	}
	slices.Sort(keys)
	if of := strings.Join(keys, "\n"); of != o.of {
		o.of = of
		o.made.Dismissed, o.made.Open = holding, report
		if len(holding) > 0 {
			o.made.Open = report.Part(func(f findings.Finding) bool { _, hidden := holding[f.ID()]; return !hidden })
		}
	}
	return o.made
}

// countPause is the pause before the registry is looked for again, or judged further.
const countPause = time.Second

// CountDangers judges the registry as soon as it is known, so that the first pages have the number
// of dangers. It does a little at a time: a page that needs the findings does not wait for it.
func (s *Base) CountDangers(ctx context.Context) {
	ctx = s.Plans.PatternWork(ctx, rbac.Caller{Actor: rbac.Actor{Subject: "findings"}})
	for ctx.Err() == nil {
		if known := s.Mirror.Snapshot(); !known.State.ReadAt.IsZero() {
			part, cancel := context.WithTimeout(ctx, judgeTimeout)
			report := s.reports.in(part, known.View, s.Facts(known))
			cancel()
			current, err := s.Dismissals.Current(ctx)
			if err == nil {
				s.open.judged(report, current, known.View)
			}
			if report.Unchecked == 0 && err == nil {
				return
			}
		}
		if registry.Pause(ctx, countPause) != nil {
			return
		}
	}
}

// dangers returns the number of open dangers, for the navigation, as they were when a page
// last needed the findings: the other pages do no work on patterns for it.
func (s *Base) dangers() int {
	s.open.mu.Lock()
	defer s.open.mu.Unlock()
	if s.open.made.Open == nil {
		return 0
	}
	return s.open.made.Open.Count(findings.Danger)
}
