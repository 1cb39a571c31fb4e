package web

import (
	"net/url"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/web/templates"
	"namesake/web/words"
)

// SeverityTone is the colour of a severity.
func SeverityTone(s findings.Severity) templates.Tone {
	switch s {
	case findings.Danger:
		return templates.Bad
	case findings.Warning:
		return templates.Warn
	case findings.Tip:
	}
	return templates.Info
}

// maxFindingEntries is how many entries a page lists for one finding.
const maxFindingEntries = 10

// FindingItem is a finding as pages show it, with what the person can do about it.
func (s *Base) FindingItem(c echo.Context, known *mirror.Snapshot, judged Judged, f findings.Finding) templates.FindingItem {
	who, id := Actor(c), f.ID()
	v := templates.FindingItem{
		ID: id, Rule: string(f.Rule), Title: words.FindingTitle(f.Rule), Label: words.Severity(f.Severity), Tone: SeverityTone(f.Severity), Name: f.Name, Witness: f.Witness, Shows: words.WitnessLabel(f),
		Entries: known.View.Entries(f.Entries[:min(len(f.Entries), maxFindingEntries)]), More: max(len(f.Entries)-maxFindingEntries, 0),
	}
	v.Message, v.Suggestion = words.Finding(f)
	if len(f.Entries) == 0 {
		v.Name = f.Detail
		if f.Witness != "" {
			v.CheckURL = s.CheckURL() + "?" + url.Values{"name": {f.Name}, "email": {f.Witness}}.Encode()
		}
	}
	if slices.ContainsFunc(v.Entries, func(e registry.Entry) bool { return e.Email == f.Witness }) {
		v.Witness = "" // it stands there already
	}
	if d, hidden := judged.Dismissed[id]; hidden {
		v.Dismissed = &templates.DismissedNote{Reason: d.Reason, Until: words.DismissedUntil(d.Until), Who: Contact(d.By), On: words.Day(d.At)}
		if who.May(rbac.RestoreFinding) {
			v.Dismissed.RestoreURL = s.FindingURL(id) + "/restore"
		}
		return v
	}
	if len(f.Fix) > 0 && who.May(rbac.RunPlan) {
		v.Fix, v.FixURL = words.FixLabel(f.Fix), s.FindingURL(id)+"/fix"
	}
	if who.May(rbac.DismissFinding) {
		v.Dismiss = &templates.DismissForm{URL: s.FindingURL(id) + "/dismiss", Fingerprint: f.Fingerprint(known.View.Entry), Today: s.Now().UTC().Format(time.DateOnly)}
	}
	return v
}

// FindingJSON is a finding in JSON.
type FindingJSON struct {
	ID         string            `json:"id"`
	Rule       findings.Rule     `json:"rule"`
	Severity   findings.Severity `json:"severity"`
	Entries    []registry.ID     `json:"entry_ids"`
	Message    string            `json:"message"`
	Witness    string            `json:"witness"`
	Suggestion string            `json:"suggestion"`
	Fixable    bool              `json:"fixable"`
}

// ToFindingJSON returns a finding in JSON.
func ToFindingJSON(f findings.Finding) FindingJSON {
	out := FindingJSON{ID: f.ID(), Rule: f.Rule, Severity: f.Severity, Entries: f.Entries, Witness: f.Witness, Fixable: len(f.Fix) > 0}
	if out.Entries == nil {
		out.Entries = []registry.ID{}
	}
	out.Message, out.Suggestion = words.Finding(f)
	return out
}

// LeftOutMessage tells that a list is not complete.
func LeftOutMessage(text string) ProblemJSON { return ProblemJSON{Code: codeLeftOut, Message: text} }
