package mirror

import (
	"slices"
	"time"

	"namesake/internal/audit"
	"namesake/internal/registry"
)

// OwnChanges returns the changes to add for a change that Namesake made of the entry in
// row. existed says whether the copy has the entry, newest are its last changes, and leftOut is
// that of Current. If Namesake found the entry different from the copy, someone else had
// changed it before, and no pass has seen that yet; unless the API has shown an earlier state
// with a lag. Then record, which is nil otherwise, is the audit record of that change.
func OwnChanges(state State, leftOut map[registry.ID]time.Time, row Row, existed bool, newest []Change, own Change) (changes []Change, record *audit.Record) {
	first, again := leftOut[own.Entry]
	switch {
	case state.Since.IsZero(), again && first.IsZero():
		return []Change{own}, nil
	case own.Kind == Created && existed, own.Kind == Deleted && !existed && row.Gone:
		return nil, nil // the first reading was after the change
	case own.Kind == Created:
		return []Change{own}, nil
	case existed && sameFields(row.Entry, *own.Before):
		return []Change{own}, nil
	case existed && (completes(*own.Before, row.Entry) || lagged(newest, own)):
		own.Before = &row.Entry
		return []Change{own}, nil
	}
	other := Change{
		Entry: own.Entry, Kind: Created, By: Elsewhere, After: own.Before, LastSeen: state.ReadAt, FirstSeen: own.LastSeen,
	}
	if row.ChangedAt.After(other.LastSeen) {
		other.LastSeen = row.ChangedAt
	}
	if again && first.Before(other.LastSeen) {
		other.LastSeen = first
	}
	if existed {
		other.Kind, other.Before = Edited, &row.Entry
	}
	return []Change{other, own}, recordOf([]Change{other})
}

// lagged reports whether Namesake found the entry as it was before one of its last changes.
func lagged(newest []Change, own Change) bool {
	return slices.ContainsFunc(newest, func(c Change) bool {
		return c.Before != nil && own.LastSeen.Sub(c.FirstSeen) <= readLag && sameFields(*c.Before, *own.Before)
	})
}
