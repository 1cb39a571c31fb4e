package mirror

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Selection selects the entries of an export.
type Selection struct {
	Query registry.Query // the page does not matter
	IDs   []registry.ID  // if any, only these, whatever Query filters
	At    *time.Time     // the registry as it was then; nil for now
}

// Export is what an export has, before it is written. It never changes.
type Export struct {
	Selection Selection
	Count     int
	Shortened bool      // whether texts of some entries are cut: see registry.Entry
	AsOf      time.Time // when the registry was read, or the time that it is shown for
	Known     *Snapshot // nil for an earlier time
	view      *View
	ids       map[registry.ID]bool // nil for all that match
}

// MissingError reports selected entries that are not in the registry.
type MissingError struct{ IDs []registry.ID }

func (e *MissingError) Error() string {
	return fmt.Sprintf("%d selected entries are not in the registry: %s", len(e.IDs), idsText(e.IDs))
}

// Export returns what a selection exports, for a person. Errors: those of Known and of At,
// *MissingError, and ErrStillReading if not all entries are known yet.
func (s *Service) Export(ctx context.Context, who rbac.Caller, of Selection) (*Export, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ExportRegistry); err != nil {
		return nil, err
	}
	e := &Export{Selection: of}
	if of.At == nil {
		known, err := s.Known(ctx, who)
		if err != nil {
			return nil, err
		}
		if known.State.ReadAt.IsZero() { // a part must not pass for the whole
			return nil, ErrStillReading
		}
		e.Known, e.view, e.AsOf = known, known.View, known.State.ReadAt
	} else {
		past, err := s.At(ctx, who, *of.At)
		if err != nil {
			return nil, err
		}
		e.view, e.AsOf, e.Selection.At = past.View, past.At, &past.At
	}
	if len(of.IDs) > 0 {
		var missing []registry.ID
		e.ids = make(map[registry.ID]bool, len(of.IDs))
		for _, id := range of.IDs {
			if _, ok := e.view.Entry(id); !ok {
				missing = append(missing, id)
			}
			e.ids[id] = true
		}
		if len(missing) > 0 {
			return nil, &MissingError{missing}
		}
		e.Selection.Query = registry.Query{Order: of.Query.Order, Direction: of.Query.Direction}
	}
	for entry := range e.Entries("") {
		e.Count++
		e.Shortened = e.Shortened || entry.Shortened
	}
	return e, nil
}

// Entries returns the entries in an order, upwards; "" is that of the selection.
func (e *Export) Entries(order registry.Order) iter.Seq[registry.Entry] {
	q := e.Selection.Query
	if order != "" {
		q.Order, q.Direction, q.Grouped = order, registry.Ascending, false
	}
	all := e.view.Select(q)
	if e.ids == nil {
		return all
	}
	return func(yield func(registry.Entry) bool) {
		for entry := range all {
			if e.ids[entry.ID] && !yield(entry) {
				return
			}
		}
	}
}

// Total returns the number of entries in the registry, with those that are too long, and how
// many these are.
func (e *Export) Total() (total, tooLong int) {
	if e.Known != nil {
		tooLong = e.Known.State.TooLong
	}
	return e.view.Len() + tooLong, tooLong
}

// RecordExport records that a person is handed an export in a format.
func (s *Service) RecordExport(ctx context.Context, who rbac.Caller, e *Export, format string) error {
	what := e.Selection.values()
	what["format"], what["count"] = format, int64(e.Count)
	if _, tooLong := e.Total(); tooLong > 0 {
		what["too_long"] = int64(tooLong)
	}
	return s.audit.Note(ctx, who, audit.Record{Action: rbac.ExportRegistry, Outcome: audit.OutcomeDone, After: what})
}

// values returns the conditions of a selection for a record, by the names that they have in
// the query of the list.
func (s Selection) values() registry.Values {
	q, v := s.Query, registry.Values{}
	if q.Search != "" {
		v["search"] = q.Search
	}
	if q.Provenance != "" {
		v[registry.FieldProvenance] = string(q.Provenance)
	}
	if q.IsEmailRegex != nil {
		v[registry.FieldIsEmailRegex] = *q.IsEmailRegex
	}
	if q.HasComments != nil {
		v["has_comments"] = *q.HasComments
	}
	if !q.ModifiedSince.IsZero() {
		v["modified_since"] = q.ModifiedSince.UTC().Format(time.RFC3339)
	}
	if q.Severity != "" {
		v["severity"] = q.Severity
	}
	if q.Rule != "" {
		v["rule"] = q.Rule
	}
	if len(s.IDs) > 0 {
		v["id"] = idsText(s.IDs)
	}
	if s.At != nil {
		v["at"] = s.At.UTC().Format(time.RFC3339Nano)
	}
	return v
}

// maxRecordedIDs is the number of ids that a record or an error names.
const maxRecordedIDs = 100

func idsText(ids []registry.ID) string {
	var b strings.Builder
	for i, id := range ids {
		if i == maxRecordedIDs {
			fmt.Fprintf(&b, " and %d more", len(ids)-i)
			break
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(string(id))
	}
	return b.String()
}
