package web

import (
	"slices"
	"strings"
	"sync"
	"weak"

	"github.com/labstack/echo/v4"

	"namesake/internal/dismissals"
	"namesake/internal/findings"
	"namesake/internal/mirror"
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
	mu   sync.Mutex
	view weak.Pointer[mirror.View] // that was judged last
	made Judged
	ids  map[string]findings.Finding // of all, nil until there is a dismissal
	of   string                      // the dismissals that hold
}

func (o *openFindings) judged(report *findings.Report, current map[string]dismissals.Dismissal, view *mirror.View) Judged {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.made.All != report {
		o.ids, o.of, o.made = nil, "", Judged{All: report, Open: report}
	}
	o.view = weak.Make(view)
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

// dangers returns the number of open dangers, for the navigation. It judges the registry only
// if no page did since it changed.
func (s *Base) dangers(c echo.Context) int {
	known := s.Mirror.Snapshot()
	s.open.mu.Lock()
	made, judged := s.open.made, s.open.view == weak.Make(known.View)
	s.open.mu.Unlock()
	if !judged {
		made = s.Judged(c, known)
	}
	return made.Open.Count(findings.Danger)
}
