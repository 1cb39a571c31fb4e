package overview

import (
	"time"

	"namesake/internal/findings"
	"namesake/internal/registry"
)

// stateJSON is the overview in JSON.
type stateJSON struct {
	Entries   int                         `json:"entries"`
	Names     int                         `json:"names"`
	Patterns  int                         `json:"patterns"`
	Synced    int                         `json:"synced"`
	Manual    int                         `json:"manual"`
	Sources   map[registry.Provenance]int `json:"sources"`
	Attention []attentionJSON             `json:"attention"`
	Unchecked int                         `json:"unchecked"`
	Changes   changesJSON                 `json:"changes"`
	Growth    []growthJSON                `json:"growth"`
	Plans     []planJSON                  `json:"plans"`
	ReadAt    *time.Time                  `json:"read_at"` // null before the first reading
}

type attentionJSON struct {
	Rule     findings.Rule     `json:"rule"`
	Severity findings.Severity `json:"severity"`
	Count    int               `json:"count"`
}

type changesJSON struct {
	Since     time.Time `json:"since"`
	Here      int       `json:"here"`
	Elsewhere int       `json:"elsewhere"`
}

type growthJSON struct {
	Until   time.Time `json:"until"`
	Entries int       `json:"entries"`
}

type planJSON struct {
	ID    string `json:"id"`
	State string `json:"state"`
}

func toJSON(now state) stateJSON {
	out := stateJSON{
		Entries: now.summary.Entries, Names: now.summary.Names, Patterns: now.summary.Patterns, Synced: now.summary.Synced(), Manual: now.summary.Manual(),
		Sources: now.summary.Sources, Attention: []attentionJSON{}, Unchecked: now.report.Unchecked,
		Changes: changesJSON{now.since, now.here, now.elsewhere}, Growth: []growthJSON{}, Plans: []planJSON{},
	}
	if at := now.known.State.ReadAt; !at.IsZero() {
		out.ReadAt = new(at.UTC())
	}
	at := make(map[findings.Rule]int)
	for _, f := range now.report.Findings {
		i, met := at[f.Rule]
		if !met {
			i = len(out.Attention)
			at[f.Rule] = i
			out.Attention = append(out.Attention, attentionJSON{Rule: f.Rule, Severity: f.Severity})
		}
		out.Attention[i].Count++
	}
	for _, p := range now.growth {
		out.Growth = append(out.Growth, growthJSON{p.until, p.entries})
	}
	for _, p := range now.plans {
		out.Plans = append(out.Plans, planJSON{p.ID, string(p.State)})
	}
	return out
}
