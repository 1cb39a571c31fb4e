package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
)

// Version is an entry as a person saw it: its fields and the time of its last change, in
// JSON. Equal texts are equal versions.
type Version string

type snapshot struct {
	ModifiedAt time.Time `json:"modified_at"`
	Values     Values    `json:"values"`
	// Digests stand for texts that are too long to be sent with a form.
	Digests map[string]string `json:"digests,omitempty"`
	// Left names the fields that the form leaves out.
	Left []string `json:"left,omitempty"`
}

// maxSeenText is the longest text, in bytes, that a version contains. The form already has
// each text once as a field.
const maxSeenText = 4000

// Version returns the version of e.
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
	// Marshalling values can't fail, and sorts their names.
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

// Values returns the fields that were seen, without the texts that only have a digest. ok
// is false if v is no version.
func (v Version) Values() (values Values, ok bool) {
	s, ok := v.read()
	return s.Values, ok
}

// Left returns the fields that are longer than Namesake sends. A form leaves them out, and
// they stay unchanged.
func (v Version) Left() []string {
	s, _ := v.read()
	return s.Left
}

// Saw reports whether the field had that text.
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

// Check validates the fields of d that differ from those seen. Invalid values that another
// tool has put into other fields are no reason to refuse. The errors are those of
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

// Long reports whether a text of e is longer than Namesake sends.
func (e Entry) Long() bool { return e.Values().Long() }

// KeepLong returns d with the texts of v that are longer than Namesake sends and that d
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
