package cfapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"namesake/internal/registry"
)

// envelope is the outer object of every answer of the API.
type envelope[T result] struct {
	Success    verdict      `json:"success"`
	Errors     wireProblems `json:"errors"`
	Messages   wireProblems `json:"messages"`
	Result     T            `json:"result"`
	ResultInfo wireInfo     `json:"result_info"`

	// Members outside the schema in which a refusal may give its reasons.
	Error   wireProblems `json:"error"`
	Message wireProblems `json:"message"`
	Detail  wireProblems `json:"detail"`
}

// verdict is a boolean that can be missing. A *bool is unsuitable: encoding/json turns
// "true" and 1 into a pointer to false, and a refusal means that nothing was changed.
type verdict int8

const (
	unsaid verdict = iota // missing, null, or not a boolean
	success
	failure
)

// UnmarshalJSON implements json.Unmarshaler.
func (v *verdict) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "true":
		*v = success
	case "false":
		*v = failure
	default:
		*v = unsaid
	}
	return nil
}

// result is the result member of an answer. It is missing when the answer holds null, a
// value of another type, or an object without any known field.
type result interface {
	missing() bool
	// mismatch says why the result can't be that of a change to the entry asked, ""
	// for a new one, and returns nil when it can.
	mismatch(asked registry.ID) error
}

type wireList []wireEntry

func (l wireList) missing() bool  { return l == nil }
func (w wireEntry) missing() bool { return w == wireEntry{} }

func (l wireList) mismatch(registry.ID) error { return nil }

// mismatch treats a UUID in capitals as the same.
func (w wireEntry) mismatch(asked registry.ID) error {
	switch id := w.id(); {
	case id == "":
		return errNoID
	case asked != "" && !strings.EqualFold(string(id), string(asked)):
		return errOtherID
	}
	return nil
}

type wireInfo struct {
	Count      json.Number `json:"count"`
	Page       json.Number `json:"page"`
	PerPage    json.Number `json:"per_page"`
	TotalCount json.Number `json:"total_count"`
}

// scalar accepts a string, or a number as it is written, because the API sends ids and
// codes as both. It is empty for anything else.
type scalar string

// UnmarshalJSON implements json.Unmarshaler.
func (s *scalar) UnmarshalJSON(b []byte) error {
	switch {
	case b[0] == '"' && !bytes.ContainsRune(b, '\\') && utf8.Valid(b):
		*s = scalar(b[1 : len(b)-1]) // the usual case, without decoding twice
	case b[0] == '"':
		return json.Unmarshal(b, (*string)(s))
	case b[0] == '-' || b[0] >= '0' && b[0] <= '9':
		*s = scalar(b)
	}
	return nil
}

// integer returns nil when n is not an integer. It reads 3.0 and 3e0 as 3, as far as such
// numbers are exact.
func integer(n json.Number) *int64 {
	i, err := n.Int64()
	if err != nil {
		f, err := n.Float64()
		if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
			return nil
		}
		i = int64(f)
	}
	return &i
}

// maxElements bounds what an answer can grow to in memory: a full page of 1,000
// entries has about 13,000 commas.
const maxElements = 200_000

var errTooManyElements = errors.New("the answer holds more elements than a page of the list can")

// parse reads body as one JSON document, and rejects a body that isn't JSON. It treats a
// field of an unexpected type as missing.
func parse[T result](body []byte) (envelope[T], error) {
	var env envelope[T]
	if bytes.Count(body, []byte{','}) > maxElements && commas(body) > maxElements {
		return env, errTooManyElements
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(body, &env); errors.As(err, &syntax) {
		return envelope[T]{}, fmt.Errorf("the answer is not JSON: %w", err)
	}
	return env, nil
}

// saysEmpty reports whether an answer with a null result counts 0 entries, and so is an
// empty list. part means that the total may be that of the whole list, of which a part was
// requested.
func saysEmpty(body []byte, part bool) bool {
	var said struct {
		Result     json.RawMessage `json:"result"`
		ResultInfo wireInfo        `json:"result_info"`
	}
	_ = json.Unmarshal(body, &said) // a member of another type counts as missing; parse has read it before
	if said.Result != nil && string(said.Result) != "null" {
		return false
	}
	count, total := integer(said.ResultInfo.Count), integer(said.ResultInfo.TotalCount)
	return count != nil && total != nil && *count == 0 && (*total == 0 || part && *total > 0)
}

// commas counts the commas of a JSON document outside its strings.
func commas(body []byte) int {
	count, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++ // occurs in strings only
		case '"':
			quoted = !quoted
		case ',':
			if !quoted {
				count++
			}
		}
	}
	return count
}

// id is empty when w has no usable one.
func (w wireEntry) id() registry.ID {
	id, err := registry.ParseID(string(w.ID))
	if err != nil {
		return ""
	}
	return id
}

// entry converts w. ID is empty when w has no usable one.
func (w wireEntry) entry() registry.Entry {
	modified := w.LastModified
	if w.ModifiedAt != nil {
		modified = *w.ModifiedAt
	}
	e := registry.Entry{ID: w.id(), CreatedAt: timestamp(w.CreatedAt), ModifiedAt: timestamp(modified)}
	for _, f := range fields {
		f.read(w, &e)
	}
	return e
}

// timestamp returns the zero time when s is not a time.
func timestamp(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// page uses the requested values where result_info has none.
func page(q registry.Query, got reply[wireList]) registry.Page {
	p := registry.Page{
		Entries: make([]registry.Entry, len(got.result)),
		Number:  max(q.Page, 1),
		PerPage: q.PerPage,
		Total:   -1,
		Receipt: got.receipt,
	}
	if p.PerPage <= 0 {
		p.PerPage = registry.DefaultPerPage
	}
	for i, w := range got.result {
		p.Entries[i] = w.entry()
	}
	if n := integer(got.info.Page); n != nil && *n > 0 {
		p.Number = int(*n)
	}
	if n := integer(got.info.PerPage); n != nil && *n > 0 {
		p.PerPage = int(*n)
	}
	if n := integer(got.info.TotalCount); n != nil && *n >= 0 {
		p.Total = int(*n)
	}
	return p
}

// cut shortens s to about n bytes, between characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.Clone(s[:n]) + "…"
}
