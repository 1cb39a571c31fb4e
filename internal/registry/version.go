package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// Version is an entry as somebody saw it: its fields and when it was last modified,
// in JSON. Two versions are the same when the texts are.
type Version string

type snapshot struct {
	ModifiedAt time.Time `json:"modified_at"`
	Values     Values    `json:"values"`
	// Digests stand for texts that are too long to be sent to and fro with a form.
	Digests map[string]string `json:"digests,omitempty"`
	// Left are the fields that the form leaves out.
	Left []string `json:"left,omitempty"`
}

// maxSeenText is the longest text, in bytes, that a version holds itself: with its field, a
// form would hold a longer one twice.
const maxSeenText = 4000

// Version returns what there is of e to be seen.
func (e Entry) Version() Version {
	s := snapshot{ModifiedAt: e.ModifiedAt.UTC(), Values: e.Values()}
	for _, f := range fields {
		field := f.Name
		text, _ := s.Values[field].(string)
		if f.Max == 0 || len(text) <= maxSeenText && !s.Values.tooLong(field) {
			continue
		}
		if s.Digests == nil {
			s.Digests = map[string]string{}
		}
		s.Digests[field] = digestOf(text)
		if s.Values.tooLong(field) {
			s.Left = append(s.Left, field)
		}
		delete(s.Values, field)
	}
	// Values always have a JSON form, with their names in order.
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	return Version(text)
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// Values returns the fields that were seen, but for texts that a version is too short for.
// ok is false for a text that is no version.
func (v Version) Values() (values Values, ok bool) {
	s, ok := v.read()
	return s.Values, ok
}

// Left returns the fields whose values are longer than Namesake sends. A form leaves them
// out, and what it leaves out stays as it is.
func (v Version) Left() []string {
	s, _ := v.read()
	return s.Left
}

// Saw reports whether the field had the text.
func (v Version) Saw(field, text string) bool {
	s, _ := v.read()
	if digest := s.Digests[field]; digest != "" {
		return digest == digestOf(text)
	}
	had, _ := s.Values[field].(string)
	return had == text
}

func (v Version) read() (s snapshot, ok bool) {
	dec := json.NewDecoder(strings.NewReader(string(v)))
	dec.UseNumber()
	if dec.Decode(&s) != nil || s.Values == nil {
		return snapshot{}, false
	}
	s.Values = s.Values.Integers()
	return s, true
}

// Check checks those fields of d that are not as they were seen. What somebody
// else's tool has put into the others is no reason to refuse. The errors are those of
// Draft.Validate.
func (v Version) Check(ctx context.Context, d Draft) error {
	s, _ := v.read()
	for _, f := range fields {
		value, _ := read(f.ofDraft(&d))
		if text, ok := value.(string); ok && s.Digests[f.Name] != "" && v.Saw(f.Name, text) {
			s.Values[f.Name] = text
		}
	}
	return d.ValidateChange(ctx, s.Values.Change(d))
}

// Long reports whether e holds a text that is longer than Namesake sends.
func (e Entry) Long() bool { return e.Values().Long() }

// KeepLong returns d with those texts of v that are longer than Namesake sends and that d
// leaves out.
func (d Draft) KeepLong(v Values) Draft {
	for _, f := range fields {
		at := f.ofDraft(&d)
		if _, given := read(at); !given && v.tooLong(f.Name) {
			Write(at, v[f.Name])
		}
	}
	return d
}
