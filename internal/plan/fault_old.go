package plan

import (
	"encoding/json"
	"fmt"
	"time"

	"namesake/internal/registry"
)

// oldFault is a fault in the form stored before there were plans: numbers of kinds, and the
// API's texts under the names of Go fields.
type oldFault struct {
	What       string        `json:"what"`
	Kind       int           `json:"kind"`
	Status     int           `json:"status"`
	Ray        string        `json:"ray"`
	Problems   []oldProblem  `json:"problems"`
	RetryAfter time.Duration `json:"retry_after"`
	Entry      *struct {
		ID, Name, Email string
		IsEmailRegex    bool
		Provenance      string
	} `json:"entry"`
	NotDone    bool      `json:"not_done"`
	Action     string    `json:"action"`
	SentAt     time.Time `json:"sent_at"`
	LookedAt   time.Time `json:"looked_at"`
	SafeAt     time.Time `json:"safe_at"`
	LookFailed bool      `json:"look_failed"`
	Happened   bool      `json:"happened"`
	Intents    []int64   `json:"intents"`
	Limit      int       `json:"limit"`
	Denial     int       `json:"denial"`
	Address    string    `json:"address"`
	Sporadic   bool      `json:"sporadic"`
}

type oldProblem struct {
	Code, Message, DocumentationURL, Pointer string
	Chain                                    []oldProblem
}

func (p oldProblem) now() FaultProblem {
	out := FaultProblem{Code: p.Code, Message: p.Message, DocumentationURL: p.DocumentationURL, Pointer: p.Pointer}
	for _, c := range p.Chain {
		out.Chain = append(out.Chain, c.now())
	}
	return out
}

// ParseOldFault parses the form of a fault stored before there were plans, "null" for none.
func ParseOldFault(text string) (*Fault, error) {
	var old *oldFault
	if err := json.Unmarshal([]byte(text), &old); err != nil {
		return nil, fmt.Errorf("read fault: %w", err)
	}
	if old == nil {
		return nil, nil //nolint:nilnil // there is none
	}
	f := &Fault{What: old.What, Action: old.Action, Intents: old.Intents, Number: old.Limit}
	if old.Entry != nil {
		values := registry.Values{registry.FieldName: old.Entry.Name, registry.FieldEmail: old.Entry.Email, registry.FieldIsEmailRegex: old.Entry.IsEmailRegex}
		if old.Entry.Provenance != "" {
			values[registry.FieldProvenance] = old.Entry.Provenance
		}
		f.Entry = &FaultEntry{registry.ID(old.Entry.ID), values}
	}
	if unsure := (FaultUnsettled{NotDone: old.NotDone, SentAt: old.SentAt, LookedAt: old.LookedAt, SafeAt: old.SafeAt, LookFailed: old.LookFailed, Happened: old.Happened}); unsure != (FaultUnsettled{}) {
		f.Unsure = &unsure
	}
	// The kind 0 (Refused) never had a doubt, so there 0 means no kind.
	if old.What == faultAPI || old.Status != 0 || old.Kind != 0 {
		call := &FaultCall{Kind: registry.Kind(old.Kind).String(), Status: old.Status, Ray: old.Ray, RetryAfterMS: old.RetryAfter.Milliseconds(), Denial: denials[registry.Denial(old.Denial)], Address: old.Address, Sporadic: old.Sporadic}
		for _, p := range old.Problems {
			call.Problems = append(call.Problems, p.now())
		}
		f.Call = call
	}
	return f, nil
}
