package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
)

// Warning is a reason to ask a person before a draft is sent.
type Warning struct {
	Kind   string  // a stable name; forms, programs and records use it
	Field  string  // the API's name of the field that it is about
	Detail string  // what was found: a service, a spelling, the id of an intent, …
	About  []Entry // the entries that it is about
	// ID stands for this warning about these values: once the name, the address or
	// what was found differs, it is another one. StopError has it set.
	ID string
}

// StopError reports reasons to ask a person before a draft is sent, all of them at once.
// Nothing was sent.
type StopError struct {
	Twins    *TwinError // nil when there are none; otherwise also in the chain
	Warnings []Warning
	Fixes    []Fix // what to type instead, where that is certain
}

func (e *StopError) Error() string {
	var parts []string
	if e.Twins != nil {
		parts = append(parts, e.Twins.Error())
	}
	for _, w := range e.Warnings {
		parts = append(parts, w.Field+" "+w.Kind)
	}
	return "not confirmed: " + strings.Join(parts, ", ")
}

func (e *StopError) Unwrap() error {
	if e.Twins == nil {
		return nil
	}
	return e.Twins
}

// Confirmed is what a person was shown and wants to go on with.
type Confirmed struct {
	Twins    []ID
	Warnings []string // by Warning.ID
	// Doubts are the intents of creates of the same name and address of which it is not
	// known what became: one more may make two entries.
	Doubts []int64
}

// Confirmation is one reason to ask that a person has confirmed, as it is recorded.
type Confirmation struct {
	Kind   string `json:"kind"` // a Warning's, or KindTwin
	Field  string `json:"field"`
	Detail string `json:"detail,omitempty"`
	Entry  ID     `json:"entry_id,omitempty"` // the entry that it is about
}

// Kinds of a Confirmation beside those of warnings.
const (
	KindTwin    = "twin"
	KindInDoubt = "in-doubt" // another create of the same entry, which may take effect too
)

// id is the ID of w about d.
func (w Warning) id(d Draft) string {
	about := make([]ID, len(w.About))
	for i, e := range w.About {
		about[i] = e.ID
	}
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode([]any{w.Kind, w.Field, w.Detail, about, d.Name, d.Email, d.IsEmailRegex}); err != nil {
		panic(err) // texts always have a JSON form
	}
	return w.Kind + ":" + hex.EncodeToString(sum.Sum(nil))[:16]
}

// stops returns a *StopError unless all that there is to ask about d is in confirmed,
// and otherwise what was confirmed, for the record. It may also return a
// *patterns.BusyError.
func (s *Service) stops(ctx context.Context, d Draft, self ID, change Values, confirmed Confirmed) ([]Confirmation, error) {
	stop, err := s.warnings(ctx, d, self, change)
	if err != nil {
		return nil, err
	}
	if change.turns(FieldName, FieldEmail, FieldIsEmailRegex) {
		stop.Twins = s.twins(ctx, d, self)
		// Giving an entry another name, a person has seen its address.
		if stop.Twins != nil && !stop.Twins.Exact && !change.turns(FieldEmail, FieldIsEmailRegex) {
			stop.Twins = nil
		}
	}
	var given []Confirmation
	asks := false
	for i := range stop.Warnings {
		w := &stop.Warnings[i]
		w.ID = w.id(d)
		asks = asks || !slices.Contains(confirmed.Warnings, w.ID)
		given = append(given, w.confirmations()...)
	}
	if stop.Twins != nil {
		for _, e := range stop.Twins.Twins {
			asks = asks || !slices.Contains(confirmed.Twins, e.ID)
			given = append(given, Confirmation{Kind: KindTwin, Field: FieldEmail, Entry: e.ID})
		}
	}
	if asks {
		return nil, stop
	}
	return given, nil
}

// confirmations are the record of w.
func (w Warning) confirmations() []Confirmation {
	if len(w.About) == 0 {
		return []Confirmation{{Kind: w.Kind, Field: w.Field, Detail: w.Detail}}
	}
	out := make([]Confirmation, len(w.About))
	for i, e := range w.About {
		out[i] = Confirmation{Kind: w.Kind, Field: w.Field, Detail: w.Detail, Entry: e.ID}
	}
	return out
}

// turns reports whether v changes one of the fields; nil changes all.
func (v Values) turns(fields ...string) bool {
	return v == nil || slices.ContainsFunc(fields, func(field string) bool { _, ok := v[field]; return ok })
}
