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
	Detail string  // what was found: a service, a spelling, the id of an intent, …
	About  []Entry // the entries that it is about
	// ID stands for this warning about these values: once the name, the address or
	// what was found differs, it is another one. StopError has it set.
	ID string
}

// StopError reports reasons to ask a person before a draft is sent, all of them at once.
// Nothing was sent.
type StopError struct {
	Duplicates *DuplicateError // nil when there are none; otherwise also in the chain
	Warnings   []Warning
	Fixes      []Fix // what to type instead, where that is certain
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

// Confirmed is what a person was shown and wants to go on with.
type Confirmed struct {
	Duplicates []ID
	Warnings   []string // by Warning.ID
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
	KindDuplicate = "twin"
	KindInDoubt   = "in-doubt" // another create of the same entry, which may take effect too
)

// DigestID is the ID of w about d.
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

// Confirmations are the record of w.
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

// DuplicateError reports that the registry has the address, or the pattern, of a draft
// already. Nothing was sent.
type DuplicateError struct {
	Duplicates []Entry // those of the same name first
	Exact      bool    // at least one of them has the same name too
}

func (e *DuplicateError) Error() string {
	if e.Exact {
		return fmt.Sprintf("the same entry is there already, %d times", len(e.Duplicates))
	}
	return fmt.Sprintf("the same address is there already under another name, %d times", len(e.Duplicates))
}
