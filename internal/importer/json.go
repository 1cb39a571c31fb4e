package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"namesake/internal/registry"
)

// openJSON opens entries as the API lists them: an envelope, a list, one entry, or several of
// these one after the other.
func (f *File) openJSON(d decoded) error {
	f.Format = JSON
	f.read = func(yield func(Candidate, error) bool) { newJSONReader(d).read(yield) }
	for _, err := range f.read { // the first entry shows what list it is
		return err
	}
	return &FileError{Kind: NoEntries}
}

// jsonReader reads entries from JSON.
type jsonReader struct {
	dec       *json.Decoder
	positions cursor
	count     int // of the entries
	total     int // as pages of a list say it
	yield     func(Candidate, error) bool
}

func newJSONReader(d decoded) *jsonReader {
	return &jsonReader{dec: json.NewDecoder(strings.NewReader(d.text)), positions: newCursor(d.text, d.enc, d.bom)}
}

// errStopped ends the reading without an error to report.
var errStopped = errors.New("stopped")

func (r *jsonReader) read(yield func(Candidate, error) bool) {
	r.yield = yield
	var err error
	for err == nil {
		err = r.value(false)
	}
	var failed *FileError
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, io.EOF) && r.count > 0 && r.count < r.total:
		yield(Candidate{}, &FileError{Kind: Incomplete})
	case errors.Is(err, io.EOF) || errors.Is(err, errStopped):
	case errors.As(err, &failed):
		yield(Candidate{}, failed)
	case errors.As(err, &syntax):
		yield(Candidate{}, &FileError{Kind: BadJSON, Position: r.positions.at(r.faultOffset()), Detail: syntax.Error()})
	case errors.Is(err, io.ErrUnexpectedEOF):
		yield(Candidate{}, &FileError{Kind: BadJSON, Position: r.positions.at(len(r.positions.text)), Detail: err.Error()})
	default:
		yield(Candidate{}, &FileError{Kind: BadJSON, Position: r.positions.at(int(r.dec.InputOffset())), Detail: err.Error()})
	}
}

// faultOffset returns where the text stops being JSON. The decoder's own offset doesn't count
// what it read as tokens.
func (r *jsonReader) faultOffset() int {
	at := r.next()
	var value json.RawMessage
	var syntax *json.SyntaxError
	if err := json.NewDecoder(strings.NewReader(r.positions.text[at:])).Decode(&value); errors.As(err, &syntax) {
		return at + int(syntax.Offset) - 1
	}
	return int(r.dec.InputOffset())
}

// value reads a value at the top level, or the result of an envelope, which is not an envelope
// itself. Lists are streamed.
func (r *jsonReader) value(isResult bool) error {
	at := r.next()
	token, err := r.dec.Token()
	if err != nil {
		return err
	}
	switch token {
	case json.Delim('['):
		for r.dec.More() {
			at := r.next()
			var fields map[string]json.RawMessage
			if err := r.dec.Decode(&fields); err != nil {
				if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
					return &FileError{Kind: NoEntries, Position: r.positions.at(at)}
				}
				return inside(err)
			}
			if err := r.entry(at, fields); err != nil {
				return err
			}
		}
		_, err := r.dec.Token()
		return inside(err)
	case json.Delim('{'):
		return inside(r.object(at, isResult))
	}
	return &FileError{Kind: NoEntries, Position: r.positions.at(at)}
}

// inside turns the end of the text into an error, where it must not end.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// object reads the rest of an object: an envelope, of which the result is read, or an entry.
func (r *jsonReader) object(at int, isResult bool) error {
	fields, envelope := map[string]json.RawMessage{}, false
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return err
		}
		if key == "result" && !isResult {
			envelope = true
			if err := r.value(true); err != nil {
				return err
			}
			continue
		}
		var value json.RawMessage
		if err := r.dec.Decode(&value); err != nil {
			return err
		}
		if len(fields) < maxColumns {
			fields[fmt.Sprint(key)] = value
		}
	}
	if _, err := r.dec.Token(); err != nil || envelope {
		r.noteTotal(fields["result_info"])
		return err
	}
	return r.entry(at, fields)
}

// noteTotal notes how many entries there are on all pages, by what an envelope says of its own.
func (r *jsonReader) noteTotal(info json.RawMessage) {
	var of struct {
		Total int `json:"total_count"`
	}
	if json.Unmarshal(info, &of) == nil {
		r.total = max(r.total, of.Total)
	}
}

// next returns the offset of the next value.
func (r *jsonReader) next() int {
	at := int(r.dec.InputOffset())
	for at < len(r.positions.text) && strings.IndexByte(" \t\r\n,:", r.positions.text[at]) >= 0 {
		at++
	}
	return at
}

// entry yields the candidate of an object.
func (r *jsonReader) entry(at int, fields map[string]json.RawMessage) error {
	position := r.positions.at(at)
	if r.count++; r.count > MaxRows {
		return &FileError{Kind: TooManyRows, Position: position}
	}
	names := make([]string, 0, len(fields))
	for name := range fields {
		names = append(names, name)
	}
	if kind, other := otherList(names); other {
		return &FileError{Kind: kind, Position: position}
	}
	if !slices.Contains(names, registry.FieldName) && !slices.Contains(names, registry.FieldEmail) {
		return &FileError{Kind: NoEntries, Position: position}
	}
	if !r.yield(jsonCandidate(position, fields).checked(), nil) {
		return errStopped
	}
	return nil
}

// jsonCandidate reads the known fields of an object.
func jsonCandidate(position Position, fields map[string]json.RawMessage) Candidate {
	c := Candidate{Position: position}
	report := func(kind RowErrorKind, field string) {
		if c.Problem == nil {
			c.Problem = &RowError{Kind: kind, Position: position, Field: field}
		}
	}
	values := registry.Values{}
	for _, f := range registry.Fields() {
		raw, has := fields[f.Name]
		if !has {
			continue
		}
		c.Has = append(c.Has, f.Name)
		value, kind := jsonValue(f, raw)
		if len(raw) > maxCellBytes {
			value, kind = nil, CellTooLong
		}
		if kind != "" {
			report(kind, f.Name)
		}
		values[f.Name] = value
	}
	if c.Problem != nil && c.Problem.Kind == CellTooLong {
		c.Problem.Max = maxCellBytes
	}
	c.Draft = values.Draft()
	c.Draft.Email = strings.TrimSpace(c.Draft.Email)
	if raw, has := fields["id"]; has {
		id, err := registry.ParseID(strings.Trim(string(raw), `"`)) // ids were numbers once
		if err != nil && !bytes.Equal(raw, []byte("null")) {
			report(BadID, "")
		}
		c.ID = id
	}
	return c
}

// jsonValue reads the value of a field; nil is an empty one.
func jsonValue(f registry.Field, raw json.RawMessage) (value any, kind RowErrorKind) {
	if bytes.Equal(raw, []byte("null")) {
		return nil, ""
	}
	var text string
	switch f.Kind {
	case registry.Flag:
		var flag bool
		if json.Unmarshal(raw, &flag) == nil {
			return flag, ""
		}
		return nil, NotYesNo
	case registry.Whole:
		var n int64
		if json.Unmarshal(raw, &n) == nil {
			return n, ""
		}
		return nil, NotANumber
	case registry.Line, registry.Text, registry.Choice:
	}
	if json.Unmarshal(raw, &text) != nil {
		return nil, NotText
	}
	return text, ""
}
