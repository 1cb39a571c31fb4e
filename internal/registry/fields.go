package registry

import (
	"slices"

	"namesake/internal/input"
)

// Names of the fields, as the API spells them. Forms, errors and records use the same
// names.
const (
	FieldName                    = "name"
	FieldEmail                   = "email"
	FieldIsEmailRegex            = "is_email_regex"
	FieldComments                = "comments"
	FieldDirectoryID             = "directory_id"
	FieldDirectoryNodeID         = "directory_node_id"
	FieldExternalDirectoryNodeID = "external_directory_node_id"
	FieldProvenance              = "provenance"
)

// FieldKind says what values a field has.
type FieldKind int

// The kinds of fields. The values of Flag are bool, those of Whole int64, all others text.
const (
	Line   FieldKind = iota // text of one line
	Text                    // text of several lines
	Whole                   // a whole number
	Flag                    // yes or no
	Choice                  // one of a few texts
)

// Field is one row of the table of fields that a person can fill in. Its label and hint are
// in web/words, its API limits in cfapi.
type Field struct {
	Name     string
	Kind     FieldKind
	Required bool // always sent, even if empty
	// NotClearable fields can't be cleared: a change without a value leaves them as they are.
	NotClearable bool
	// Directory fields come from a directory. The form has them behind "Advanced", and a
	// copy of an entry leaves them out.
	Directory bool
	// Derived fields are filled in by Cloudflare where a manual entry does not have them.
	Derived bool
	// Max is the largest number of characters that Namesake sends. Entries made elsewhere
	// may have more; the form leaves such a text out. 0 means no limit.
	Max     int
	Choices []string // for a Choice: the values offered

	place   input.Place      // the kind of text that belongs into it
	OfEntry func(*Entry) any // returns a pointer to its value
	ofDraft func(*Draft) any
}

// fields is the table of fields, in the order of the form.
var fields = []Field{
	{
		Name: FieldName, Required: true, place: input.InName,
		OfEntry: func(e *Entry) any { return &e.Name }, ofDraft: func(d *Draft) any { return &d.Name },
	},
	{
		Name: FieldEmail, Required: true, place: input.InAddress,
		OfEntry: func(e *Entry) any { return &e.Email }, ofDraft: func(d *Draft) any { return &d.Email },
	},
	{
		Name: FieldIsEmailRegex, Kind: Flag, Required: true,
		OfEntry: func(e *Entry) any { return &e.IsEmailRegex }, ofDraft: func(d *Draft) any { return &d.IsEmailRegex },
	},
	{
		Name: FieldComments, Kind: Text, Max: MaxComments, place: input.InText,
		OfEntry: func(e *Entry) any { return &e.Comments }, ofDraft: func(d *Draft) any { return &d.Comments },
	},
	{
		Name: FieldDirectoryID, Kind: Whole, Directory: true, Derived: true,
		OfEntry: func(e *Entry) any { return &e.DirectoryID }, ofDraft: func(d *Draft) any { return &d.DirectoryID },
	},
	{
		Name: FieldDirectoryNodeID, Kind: Whole, Directory: true, Derived: true,
		OfEntry: func(e *Entry) any { return &e.DirectoryNodeID }, ofDraft: func(d *Draft) any { return &d.DirectoryNodeID },
	},
	{
		Name: FieldExternalDirectoryNodeID, Directory: true, Derived: true, Max: MaxExternalID, place: input.InAddress,
		OfEntry: func(e *Entry) any { return &e.ExternalDirectoryNodeID }, ofDraft: func(d *Draft) any { return &d.ExternalDirectoryNodeID },
	},
	{
		Name: FieldProvenance, Kind: Choice, NotClearable: true, Directory: true, Choices: provenances(), place: input.InAddress,
		OfEntry: func(e *Entry) any { return &e.Provenance }, ofDraft: func(d *Draft) any { return &d.Provenance },
	},
}

// Fields returns the table of fields, in the order of the form.
func Fields() []Field { return slices.Clone(fields) }

// FieldNames returns the names of the fields, in the same order.
func FieldNames() []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.Name
	}
	return names
}

// FieldNamed returns a row of the table.
func FieldNamed(name string) (f Field, ok bool) {
	i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
	if i < 0 {
		return Field{}, false
	}
	return fields[i], true
}

// Takes reports whether the field accepts value in a change; nil clears the field.
func (f Field) Takes(value any) bool {
	switch value.(type) {
	case nil:
		return !f.Required && !f.NotClearable
	case bool:
		return f.Kind == Flag
	case int64:
		return f.Kind == Whole
	case string:
		return f.Kind != Flag && f.Kind != Whole
	}
	return false
}

// read returns the value that at points to, and whether it is given.
func read(at any) (value any, given bool) {
	switch at := at.(type) {
	case *string:
		return *at, *at != ""
	case *Provenance:
		return string(*at), *at != ""
	case *bool:
		return *at, true
	case **string:
		if *at != nil {
			return **at, true
		}
	case **int64:
		if *at != nil {
			return **at, true
		}
	}
	return nil, false
}

// Write stores a value where at points to. A value of another type counts as not given.
func Write(at, value any) {
	text, isText := value.(string)
	switch at := at.(type) {
	case *string:
		*at = text
	case *Provenance:
		*at = Provenance(text)
	case *bool:
		*at, _ = value.(bool)
	case **string:
		*at = nil
		if isText {
			*at = &text
		}
	case **int64:
		*at = nil
		if n, ok := value.(int64); ok {
			*at = &n
		}
	}
}

// Has reports whether the entry has the values of d in some fields, apart from its provenance.
func (e Entry) Has(d Draft, names []string) bool {
	for _, name := range names {
		f, ok := FieldNamed(name)
		if ok && name != FieldProvenance && !same(f.OfEntry(&e), f.ofDraft(&d)) {
			return false
		}
	}
	return true
}

// same reports whether a and b point to the same value; nil and empty texts are the same.
func same(a, b any) bool {
	switch a := a.(type) {
	case *bool:
		b, ok := b.(*bool)
		return ok && *a == *b
	case **int64:
		b, ok := b.(**int64)
		return ok && (*a == nil) == (*b == nil) && pointed(*a) == pointed(*b)
	}
	return textAt(a) == textAt(b)
}

// textAt returns the text that at points to.
func textAt(at any) string {
	switch at := at.(type) {
	case *string:
		return *at
	case **string:
		return pointed(*at)
	case *Provenance:
		return string(*at)
	}
	return ""
}

// pointed returns the value at p, the zero value for nil.
func pointed[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// put adds the value at points to to v, if it is given.
func (f Field) put(v Values, at any) {
	if value, given := read(at); given || f.Required {
		v[f.Name] = value
	}
}

// LongTexts returns pointers to the texts of e that can be longer than Namesake sends, for
// a limit on the memory that they take.
func (e *Entry) LongTexts() (texts []**string) {
	for _, f := range fields {
		if text, ok := f.OfEntry(e).(**string); ok && f.Max > 0 {
			texts = append(texts, text)
		}
	}
	return texts
}

// Long reports whether a text is longer than Namesake sends.
func (v Values) Long() bool {
	return slices.ContainsFunc(fields, func(f Field) bool { return v.tooLong(f.Name) })
}
