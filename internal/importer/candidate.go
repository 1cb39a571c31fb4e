package importer

import (
	"errors"
	"io"
	"iter"
	"slices"

	"namesake/internal/registry"
)

// Candidate is an entry that a list asks for: one address of a row.
type Candidate struct {
	Position // of the address
	// ID is that of the entry, where the list has one.
	ID    registry.ID
	Draft registry.Draft // as in the list; only the address is trimmed
	Has   Fields         // a field without a column is left as it is
	// Leave are the reasons to leave the candidate out. All of them have to be answered by a
	// person for it to be taken.
	Leave []Reason
	// Unclear is true if its cells may be those of other columns or rows.
	Unclear bool
	// Problem is set for a row that can't be read as it is. Draft then has what could be read.
	Problem *RowError
}

// Reason says why a candidate is left out.
type Reason string

// The reasons.
const (
	Disabled         Reason = "disabled"
	Guest            Reason = "guest"
	ServiceAccount   Reason = "service_account"
	SecondaryAddress Reason = "secondary_address"
	RecoveryAddress  Reason = "recovery_address"
	// NotAnAddress is an address of another kind, such as SIP or X500. It is always left out.
	NotAnAddress Reason = "not_an_address"
)

// Reasons returns those that a person can answer, in the order in which they are asked.
func Reasons() []Reason {
	return []Reason{Disabled, Guest, ServiceAccount, SecondaryAddress, RecoveryAddress}
}

// Optional reports whether a person can take the candidate nevertheless.
func (r Reason) Optional() bool { return slices.Contains(Reasons(), r) }

// Fields are the fields of a draft that a list has, by the API's names.
type Fields []string

// Has reports whether the list has a field.
func (f Fields) Has(field string) bool { return slices.Contains(f, field) }

// fieldsOf returns the fields that columns give.
func fieldsOf(m Mapping) (f Fields) {
	for _, name := range registry.FieldNames() {
		has := m.has(Use(name))
		switch name {
		case registry.FieldName:
			has = has || slices.ContainsFunc(m, Use.isName)
		case registry.FieldEmail:
			has = has || slices.ContainsFunc(m, Use.isAddress)
		}
		if has {
			f = append(f, name)
		}
	}
	return f
}

// Candidates reads the file. The error is a *FileError; after it there are no more
// candidates. Each call starts from the beginning.
func (f *File) Candidates() iter.Seq2[Candidate, error] {
	return func(yield func(Candidate, error) bool) {
		count := 0
		limited := func(c Candidate, err error) bool {
			if count++; count > maxCandidates && err == nil {
				yield(Candidate{}, &FileError{Kind: TooManyRows, Position: c.Position})
				return false
			}
			return yield(c, err)
		}
		if f.read != nil {
			f.read(limited)
			return
		}
		f.readTable(limited)
	}
}

func (f *File) readTable(yield func(Candidate, error) bool) {
	r := f.newRowReader()
	rows := 0
	for {
		rec, err := r.next()
		var failed *FileError
		switch {
		case errors.Is(err, io.EOF) && rows == 0:
			yield(Candidate{}, &FileError{Kind: NoRows})
			return
		case errors.Is(err, io.EOF):
			return
		case errors.As(err, &failed):
			yield(Candidate{}, failed)
			return
		case rec.blank() || f.isHeader(rec):
			continue
		}
		if rows++; rows > MaxRows {
			yield(Candidate{}, &FileError{Kind: TooManyRows, Position: r.locate(rec.start)})
			return
		}
		for c := range r.candidates(rec) {
			if !yield(c, nil) {
				return
			}
		}
	}
}
