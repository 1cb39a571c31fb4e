package registry

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Values are the fields of an entry by the API's names: a string, a bool, an int64, or nil
// for an empty field. Records of other actions store their own details in Values.
type Values map[string]any

// ParseValues parses values in JSON; null gives nil.
func ParseValues(text string) (Values, error) {
	var v Values
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("read values: %w", err)
	}
	return v.Integers(), nil
}

// Integers converts the numbers of a JSON decoder to int64.
func (v Values) Integers() Values {
	for name, value := range v {
		if n, ok := value.(json.Number); ok {
			if i, err := n.Int64(); err == nil {
				v[name] = i
			}
		}
	}
	return v
}

// Change returns the fields to change for v to become d, by the API's names; nil clears a
// field. A provenance that d does not give stays as it is.
func (v Values) Change(d Draft) Values {
	wanted, change := d.Values(), Values{}
	for _, f := range fields {
		want, given := wanted[f.Name]
		switch {
		case !given && (f.NotClearable || empty(v[f.Name])):
		case !given:
			change[f.Name] = nil
		case want != v[f.Name]:
			change[f.Name] = want
		}
	}
	return change
}

func empty(v any) bool { return v == nil || v == "" }

// With returns v after a change.
func (v Values) With(change Values) Values {
	out := maps.Clone(v)
	if out == nil {
		out = Values{}
	}
	for field, value := range change {
		if value == nil {
			delete(out, field)
		} else {
			out[field] = value
		}
	}
	return out
}

// Holds reports whether v has all values of change.
func (v Values) Holds(change Values) bool {
	for field, value := range change {
		text, isText := value.(string)
		is, wasText := v[field].(string)
		switch {
		case value == nil && empty(v[field]):
		case isText && wasText && Trimmed(text) == Trimmed(is): // the API may trim
		case value != v[field]:
			return false
		}
	}
	return true
}

// Contains reports whether the change v includes change.
func (v Values) Contains(change Values) bool {
	for field, value := range change {
		if got, changes := v[field]; !changes || got != value {
			return false
		}
	}
	return true
}

// Difference returns the change from before to after.
func Difference(before, after Values) Values {
	change := Values{}
	for field, value := range after {
		if value != before[field] {
			change[field] = value
		}
	}
	for field := range before {
		if _, stays := after[field]; !stays {
			change[field] = nil
		}
	}
	return change
}

// Identity returns the fields of v that say which name is protected and which addresses may
// use it.
func Identity(v Values) Values {
	return Values{FieldName: v[FieldName], FieldEmail: v[FieldEmail], FieldIsEmailRegex: v[FieldIsEmailRegex]}
}

// Values returns the known fields of the entry, by the API's names.
func (e Entry) Values() Values {
	v := Values{}
	for _, f := range fields {
		f.put(v, f.OfEntry(&e))
	}
	return v
}

// Values returns the given fields of the draft, by the API's names.
func (d Draft) Values() Values {
	v := Values{}
	for _, f := range fields {
		f.put(v, f.ofDraft(&d))
	}
	return v
}

// Draft returns a draft with these values.
func (v Values) Draft() (d Draft) {
	for _, f := range fields {
		Write(f.ofDraft(&d), v[f.Name])
	}
	return d
}

// WithValues returns e with the fields of v.
func (e Entry) WithValues(v Values) Entry {
	for _, f := range fields {
		Write(f.OfEntry(&e), v[f.Name])
	}
	return e
}

// Equal reports whether v and other have the same values; nil and a missing field are
// equal.
func (v Values) Equal(other Values) bool {
	return v.Holds(Difference(v, other)) && other.Holds(Difference(other, v))
}

// Changes reports whether v changes one of the fields; nil changes all.
func (v Values) Changes(fields ...string) bool {
	return v == nil || slices.ContainsFunc(fields, func(field string) bool { _, ok := v[field]; return ok })
}

// tooLong reports whether a field is longer than Namesake sends.
func (v Values) tooLong(field string) bool {
	text, _ := v[field].(string)
	f, _ := FieldNamed(field)
	return f.Max > 0 && utf8.RuneCountInString(text) > f.Max
}

// SameShort reports whether v and other are the same, ignoring texts that are longer than
// Namesake sends: a list may have cut those.
func (v Values) SameShort(other Values) bool {
	short := func(v Values) Values {
		out := v.With(nil)
		for _, f := range fields {
			if v.tooLong(f.Name) || other.tooLong(f.Name) {
				delete(out, f.Name)
			}
		}
		return out
	}
	return short(v).Equal(short(other))
}

// Diff returns the change from v to d, by the API's names, without long texts that d leaves
// out.
func (v Values) Diff(d Draft) Values { return v.Change(d.KeepLong(v)) }
