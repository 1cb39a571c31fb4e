package mirror

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

const (
	// readLag is the longest time for which an answer of the API may show an earlier state.
	readLag = 30 * time.Second
	// doubtLimit is the age after which an open intent no longer keeps what a pass finds out
	// of the mirror: its call took effect long before, or never. It is more than a clock is
	// expected to be set ahead while the program is not running, see tooEarly.
	doubtLimit = 15 * time.Minute
)

// reader is the actor of the records of passes: the program itself.
var reader = rbac.Actor{Issuer: "namesake", Subject: "NAMESAKE_REFRESH", Auth: "configuration"}

// ids returns the entries that the pass found to differ from the view.
func (p *pass) ids() []registry.ID {
	ids := make([]registry.ID, 0, len(p.news)+len(p.gone))
	ids = slices.AppendSeq(ids, maps.Keys(p.news))
	ids = slices.AppendSeq(ids, maps.Keys(p.gone))
	slices.Sort(ids)
	return slices.Compact(ids)
}

// update decides what the pass changes in the mirror of the entries ids, given its current
// state. complete is false if the pass may have missed entries.
//
// The pass leaves out what may be the effect of Namesake's own changes, or an earlier state
// that the API has shown with a lag: the next pass finds it again if it lasts.
func (p *pass) update(c Current, ids []registry.ID, complete bool) Update {
	u := Update{State: c.State}
	overtaken := p.overtaken(c)
	if !overtaken {
		u.State.TriedAt = p.ended
	}
	u.LeftOut = make(map[registry.ID]time.Time)
	if !complete || overtaken { // the next pass may find them
		maps.Copy(u.LeftOut, c.LeftOut)
	}
	if complete && !overtaken {
		u.State.TooLong = p.tooLong
		u.State.ReadAt, u.State.Took = p.started, p.ended.Sub(p.started)
		if u.State.Since.IsZero() {
			u.State.Since = p.started
		}
	}
	for _, id := range ids {
		row, known := c.Rows[id]
		now, exists := p.news[id]
		switch {
		case known && p.tooRecent(row, now, exists, c.Now):
			continue
		case known && p.tooEarly(row, now, exists, c.Now):
			u.LeftOut[id] = c.readBefore(id)
			continue
		case inDoubt(c, id, now, exists, known && !row.Gone):
			u.LeftOut[id] = c.readBefore(id)
			continue
		case !exists && (!known || row.Gone), exists && known && !row.Gone && sameEntry(row.Entry, now):
			continue // another pass was faster
		}
		next := Row{Entry: now, Gone: !exists}
		if !exists {
			next.Entry = row.Entry
		}
		u.Rows = append(u.Rows, next)
		if c.State.Since.IsZero() || c.unknownBefore(id) || exists && known && !row.Gone && (sameFields(row.Entry, now) || completes(now, row.Entry)) {
			continue // the first reading, or what it left out, or only another time stamp
		}
		u.Changes = append(u.Changes, p.change(c, id, row, known && !row.Gone, now, exists))
	}
	if len(u.Changes) > 0 {
		u.Record = recordOf(u.Changes)
	}
	return u
}

// overtaken reports whether the copy has a pass that started later, of another copy of the
// program. A time in the future is none: the clock was set back.
func (p *pass) overtaken(c Current) bool {
	return c.State.ReadAt.After(p.started) && !c.State.ReadAt.After(c.Now)
}

// unknownBefore reports whether the first reading left out an entry, which is no change then.
func (c Current) unknownBefore(id registry.ID) bool {
	first, again := c.LeftOut[id]
	return again && first.IsZero()
}

// readBefore returns when the registry was last read before the change that a pass has found
// of an entry, and that earlier passes may have left out.
func (c Current) readBefore(id registry.ID) time.Time {
	if first, again := c.LeftOut[id]; again && first.Before(c.State.ReadAt) {
		return first
	}
	return c.State.ReadAt
}

// completes reports whether was is an entry as Namesake sent it, which the API had not shown
// yet, and now is the same with the values that the API has added.
func completes(now, was registry.Entry) bool {
	if !was.CreatedAt.IsZero() || was.Provenance != "" {
		return false
	}
	now.Provenance = was.Provenance
	now.DirectoryID, now.DirectoryNodeID, now.ExternalDirectoryNodeID = was.DirectoryID, was.DirectoryNodeID, was.ExternalDirectoryNodeID
	return now.Values().Equal(was.Values())
}

// change returns the change of an entry that was made elsewhere.
func (p *pass) change(c Current, id registry.ID, row Row, existed bool, now registry.Entry, exists bool) Change {
	change := Change{Entry: id, Kind: Edited, By: Elsewhere, LastSeen: c.State.ReadAt, FirstSeen: p.ended, ReadFrom: p.started}
	// The last pass left out what it found too soon after the row's change.
	tooSoon := change.LastSeen.Sub(row.ChangedAt) <= readLag && (!exists || now.ModifiedAt.IsZero())
	if tooSoon || row.ChangedAt.After(change.LastSeen) {
		change.LastSeen = row.ChangedAt
	}
	// An earlier pass may have left the change out, in doubt whether it was Namesake's.
	if exists && !now.ModifiedAt.IsZero() && now.ModifiedAt.Before(change.LastSeen) {
		change.LastSeen = now.ModifiedAt
	}
	if first := c.readBefore(id); first.Before(change.LastSeen) {
		change.LastSeen = first
	}
	if existed {
		change.Before = &row.Entry
	} else {
		change.Kind = Created
	}
	if exists {
		change.After = &now
	} else {
		change.Kind = Deleted
	}
	return change
}

// tooRecent reports whether the row has changed since the pass started, or so recently that
// the pass may show an earlier state.
func (p *pass) tooRecent(row Row, now registry.Entry, exists bool, at time.Time) bool {
	if certainlyLater(row, now, exists) {
		return false
	}
	return row.Version > p.view.Version() || p.recent(row.Entry.ID) || p.started.Sub(row.ChangedAt) <= readLag && at.Sub(row.ChangedAt) >= -readLag
}

// tooEarly reports whether the row may have changed a short time before the pass, too, because
// nothing tells how long ago it was: the program was started in between, and the clock may have
// made a step.
func (p *pass) tooEarly(row Row, now registry.Entry, exists bool, at time.Time) bool {
	return p.early && at.Sub(row.ChangedAt).Abs() <= doubtLimit && !certainlyLater(row, now, exists)
}

// certainlyLater reports whether an entry that a pass shows was changed after the row, by the
// API's own clock.
func certainlyLater(row Row, now registry.Entry, exists bool) bool {
	return exists && !row.Gone && !row.Entry.ModifiedAt.IsZero() && now.ModifiedAt.After(row.Entry.ModifiedAt)
}

// inDoubt reports whether what the pass shows of an entry may be the effect of a change of
// Namesake that has no outcome yet.
func inDoubt(c Current, id registry.ID, now registry.Entry, exists, existed bool) bool {
	return slices.ContainsFunc(c.Open, func(intent audit.Record) bool {
		switch {
		case c.Now.Sub(intent.Time).Abs() > doubtLimit:
			return false
		case intent.Action == rbac.CreateEntry:
			return exists && !existed && now.Values().Holds(registry.Identity(intent.After))
		}
		return intent.Entry == id
	})
}

// recordOf returns the audit record of changes that were made elsewhere, whose digest covers
// all of them: those that one pass found, or the one that a change of Namesake met.
func recordOf(changes []Change) *audit.Record {
	counts := map[ChangeKind]int64{}
	for _, c := range changes {
		counts[c.Kind]++
	}
	return &audit.Record{
		Actor: reader, Action: rbac.ChangedElsewhere, Outcome: audit.OutcomeDone,
		After: registry.Values{
			"created": counts[Created], "edited": counts[Edited], "deleted": counts[Deleted], "digest": Digest(changes),
		},
	}
}

// Digest returns the SHA-256, in hexadecimal, of changes that were made elsewhere: of a line
// of JSON for each, in the order of their entries' ids.
func Digest(changes []Change) string {
	sum := sha256.New()
	lines := json.NewEncoder(sum)
	lines.SetEscapeHTML(false)
	for _, c := range slices.SortedFunc(slices.Values(changes), func(a, b Change) int { return cmp.Compare(a.Entry, b.Entry) }) {
		line := struct {
			Entry     registry.ID     `json:"entry_id"`
			Kind      ChangeKind      `json:"kind"`
			Before    registry.Values `json:"before"`
			After     registry.Values `json:"after"`
			LastSeen  int64           `json:"last_seen"` // in microseconds since 1970
			FirstSeen int64           `json:"first_seen"`
		}{c.Entry, c.Kind, valuesOf(c.Before), valuesOf(c.After), c.LastSeen.UnixMicro(), c.FirstSeen.UnixMicro()}
		if err := lines.Encode(line); err != nil {
			panic(err) // values can always be encoded
		}
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func valuesOf(e *registry.Entry) registry.Values {
	if e == nil {
		return nil
	}
	return e.Values()
}
