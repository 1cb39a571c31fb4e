package plan

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// MaxRows is the largest number of rows of an imported list.
const MaxRows = 100_000

// deletePercent is the default of Options.DeletePercent.
const deletePercent = 10

// Mode is what an import does with entries that its list does not have.
type Mode string

// The modes.
const (
	Add    Mode = "add"    // they stay
	Mirror Mode = "mirror" // the manual ones are deleted
)

// Row is a row of an imported list.
type Row struct {
	Line   int         // of the file, from 1
	Column int         // where its address begins, from 1; 0 if unknown
	ID     registry.ID // of an entry, "" if the row has none
	Draft  registry.Draft
	Fields []string // the fields that the list has: others stay as they are
	// Reasons are why the row is left out unless the plan's owner lifts all of them.
	Reasons []Reason
	Fault   *RowFault // why the row cannot be read, nil if it can
	// Unclear is true for a row that may be about any entry, whatever its other fields say, unless
	// an entry is just like it.
	Unclear bool
}

// Reason is why an operation is left out of a plan.
type Reason string

// The reasons that plans know. Imports have others, which package importer names; an owner
// can take in the rows of each of these at once.
const (
	Wrong    Reason = "wrong"     // it breaks a rule or cannot be read
	TakenOut Reason = "taken_out" // by the owner
	Kept     Reason = "kept"      // a deletion of an entry that a row that is not used may be about
	Unlisted Reason = "unlisted"  // a deletion by a list that says that it is not complete
)

// RowFault is what is wrong with a row that cannot be read.
type RowFault struct {
	What   string `json:"what"` // as package importer names it
	Field  string `json:"field,omitempty"`
	Column int    `json:"column,omitempty"` // of the file, from 1; 0 if unknown
	Byte   int64  `json:"byte,omitempty"`   // of the file, from 0
	// The numbers that the fault is about: see importer.RowError.
	Want int `json:"want,omitempty"`
	Got  int `json:"got,omitempty"`
	Max  int `json:"max,omitempty"`
}

// RowError reports a row that cannot be read.
type RowError struct {
	Line int
	RowFault
}

func (e *RowError) Error() string {
	return fmt.Sprintf("line %d, column %d: %s %s", e.Line, e.Column, e.What, e.Field)
}

// LeftOutError reports an operation that is left out for a reason that its owner can lift; more
// are the reasons that come after that.
type LeftOutError struct {
	Reason Reason
	More   []Reason
}

func (e *LeftOutError) Error() string { return "left out: " + string(e.Reason) }

// ErrNoRegistry reports that the registry was never read completely, so that a list cannot be
// compared with it.
var ErrNoRegistry = errors.New("the registry was never read completely")

// ErrIncomplete comes after the rows of a list that says that it is not complete.
var ErrIncomplete = errors.New("the list is not complete")

// ImportInfo is what a plan remembers of its import.
type ImportInfo struct {
	Mode    Mode   `json:"mode"`
	File    string `json:"file,omitempty"` // the name of the file
	Rows    int    `json:"rows"`           // of the list
	Entries int    `json:"entries"`        // of the registry when it was compared
	// Notes and Columns say how the list was read; the names are those of package importer.
	Notes   []ImportNote   `json:"notes,omitempty"`
	Columns []ImportColumn `json:"columns,omitempty"`
}

// ImportNote is something that was done with a line before the rows, or with the whole list.
type ImportNote struct {
	Kind string `json:"kind"`
	Line int    `json:"line,omitempty"` // 0: the whole list
}

// ImportColumn is a column of the list, and its use; "" if it was not read.
type ImportColumn struct {
	Name string `json:"name"`
	Use  string `json:"use,omitempty"`
}

// DraftImport drafts a plan that makes the registry hold what the rows of a list say. An entry
// is found by its id, otherwise by its name and address. Rows that are wrong, repeated, or left
// out for a reason are part of the plan, so that its owner can correct them or take them in.
// In the mode Mirror, the plan deletes manual entries that the list does not have.
//
// Errors: those of Draft; ErrNoRegistry; the errors of rows, apart from ErrIncomplete.
func (s *Service) DraftImport(ctx context.Context, who rbac.Caller, info ImportInfo, rows iter.Seq2[Row, error]) (Plan, error) {
	if err := s.authorize(ctx, who, Create, Edit); err != nil {
		return Plan{}, err
	}
	if info.Mode == Mirror {
		if err := s.authorize(ctx, who, Delete); err != nil {
			return Plan{}, err
		}
	}
	if err := s.mirror.CatchUp(ctx); err != nil { // with other copies of the program
		return Plan{}, databaseError(err)
	}
	known, err := s.mirror.Known(ctx, who)
	switch {
	case err != nil:
		return Plan{}, err
	case !known.Complete():
		return Plan{}, ErrNoRegistry
	}
	info.Entries = known.View.Len()
	c := newComparison(known.View)
	var gone []int // the operations of rows with the id of an entry that is gone
	var former []mirror.EntryValues
	for row, err := range rows {
		switch {
		case errors.Is(err, ErrIncomplete):
			c.incomplete = true
			continue
		case err != nil:
			return Plan{}, err
		case info.Rows == MaxRows:
			return Plan{}, &TooManyError{MaxRows}
		}
		info.Rows++
		if o := c.add(row); o.Kind == Create && row.ID != "" {
			gone = append(gone, o.Position)
			former = append(former, mirror.EntryValues{ID: row.ID, Values: o.After})
		}
	}
	own, err := s.mirror.AllWithoutDerived(ctx, former)
	if err != nil {
		return Plan{}, err
	}
	for i, position := range gone {
		c.operations[position].After = own[i]
	}
	c.leaveOutWrong(s.changes.PatternWork(ctx, who))
	if info.Mode == Mirror {
		c.addDeletions()
	}
	return s.draft(ctx, who, Plan{Origin: Import, State: Listing, Import: &info}, c.operations)
}
