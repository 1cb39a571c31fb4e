package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
)

// Warning is a reason to ask a person before a draft is sent.
type Warning struct {
	Kind   string  // a stable name; forms, programs and records use it
	Field  string  // the API's name of the field that it is about
	Detail string  // what was found: a service, a spelling, the id of an intent
	About  []Entry // the entries that it is about
	// ID identifies this warning with these values: when the name, the address or the
	// finding changes, the ID changes. StopError sets it.
	ID string
}

// StopError reports all reasons to ask a person before a draft is sent. The draft was not
// sent.
type StopError struct {
	Duplicates *DuplicateError // nil without duplicates; otherwise also in the chain
	Warnings   []Warning
	Fixes      []Fix // corrections that are certain
}

func (e *StopError) Error() string {
	var parts []string
	if e.Duplicates != nil {
		parts = append(parts, e.Duplicates.Error())
	}
	for _, w := range e.Warnings {
		parts = append(parts, w.Field+" "+w.Kind)
	}
	return "not confirmed: " + strings.Join(parts, ", ")
}

func (e *StopError) Unwrap() error {
	if e.Duplicates == nil {
		return nil
	}
	return e.Duplicates
}

// Confirmed is what a person was shown and has confirmed.
type Confirmed struct {
	Duplicates []ID
	Warnings   []string // by Warning.ID
	// Doubts are the intents of unsettled creates of the same name and address: together
	// with one of them, this create may make two entries.
	Doubts []int64
}

// Confirmation is one confirmed reason, as the intent records it.
type Confirmation struct {
	Kind   string `json:"kind"` // a Warning's, or KindDuplicate
	Field  string `json:"field"`
	Detail string `json:"detail,omitempty"`
	Entry  ID     `json:"entry_id,omitempty"` // the entry that it is about
}

// Kinds of a Confirmation beside those of warnings.
const (
	KindDuplicate = "twin"
	KindInDoubt   = "in-doubt" // another create of the same entry, which may still take effect
)

// DigestID returns the ID of w for d.
func (w Warning) DigestID(d Draft) string {
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

// Confirmations returns what to record when w is confirmed.
func (w Warning) Confirmations() []Confirmation {
	if len(w.About) == 0 {
		return []Confirmation{{Kind: w.Kind, Field: w.Field, Detail: w.Detail}}
	}
	out := make([]Confirmation, len(w.About))
	for i, e := range w.About {
		out[i] = Confirmation{Kind: w.Kind, Field: w.Field, Detail: w.Detail, Entry: e.ID}
	}
	return out
}

// DuplicateError reports that the registry already has the address or pattern of a draft.
// The draft was not sent.
type DuplicateError struct {
	Duplicates []Entry // those with the same name first
	Exact      bool    // at least one of them also has the same name
}

func (e *DuplicateError) Error() string {
	if e.Exact {
		return fmt.Sprintf("the same entry is there already, %d times", len(e.Duplicates))
	}
	return fmt.Sprintf("the same address is there already under another name, %d times", len(e.Duplicates))
}
