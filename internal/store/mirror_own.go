package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"namesake/internal/audit"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

var ownKinds = map[rbac.Action]mirror.ChangeKind{
	rbac.CreateEntry: mirror.Created, rbac.EditEntry: mirror.Edited, rbac.DeleteEntry: mirror.Deleted,
}

// mirrorOwn adds the effect of a change that Namesake has made to the copy of the registry,
// in the transaction of its outcome's record r.
func (s *Store) mirrorOwn(ctx context.Context, tx *sql.Tx, r audit.Record) error {
	kind, ok := ownKinds[r.Action]
	if !ok || r.Outcome != audit.OutcomeDone || r.Entry == "" || r.Account == "" {
		return nil
	}
	state, newest, err := s.lockMirror(ctx, tx, r.Account)
	if err != nil {
		return err
	}
	was, err := mirrorRow(ctx, tx, r.Account, r.Entry)
	if err != nil {
		return err
	}
	existed := was.Entry.ID != "" && !was.Gone
	row := mirror.Row{Entry: was.Entry, Gone: kind == mirror.Deleted}
	if row.Entry.ID = r.Entry; !row.Gone {
		row.Entry = shownAfter(r, was.Entry)
	}
	change := mirror.Change{Entry: r.Entry, Kind: kind, By: mirror.Here, FirstSeen: r.Time, Record: r.Seq}
	if change.LastSeen, err = intentTime(ctx, tx, r); err != nil {
		return err
	}
	if kind != mirror.Created {
		before := was.Entry.WithValues(r.Before)
		before.ID, change.Before = r.Entry, &before
	}
	if kind != mirror.Deleted {
		change.After = &row.Entry
	}
	// A pass may have found the effect before the outcome was known, and taken it for a
	// change made elsewhere.
	found, err := claimChange(ctx, tx, r.Account, change)
	if err != nil {
		return err
	}
	u := mirror.Update{State: state}
	if !found { // otherwise the copy has the effect, or what came after it
		last, err := lastChanges(ctx, tx, r.Account, r.Entry)
		if err != nil {
			return err
		}
		left, err := leftOut(ctx, tx, r.Account)
		if err != nil {
			return err
		}
		u.Rows = []mirror.Row{row}
		u.Changes, u.Record = mirror.OwnChanges(state, left, was, existed, last, change)
	}
	return s.writeUpdate(ctx, tx, r.Account, newest, &u)
}

// shownAfter returns an entry as the record r left it.
func shownAfter(r audit.Record, was registry.Entry) registry.Entry {
	if r.Shown != nil && r.Shown.ID == r.Entry && r.Shown.Values().Equal(r.After) {
		return *r.Shown
	}
	was.ID, was.Shortened = r.Entry, false
	return was.WithValues(r.After)
}

// mirrorRow returns the row of an entry, the zero Row if there is none.
func mirrorRow(ctx context.Context, tx *sql.Tx, account registry.AccountID, id registry.ID) (mirror.Row, error) {
	rows, err := mirrorRows(ctx, tx, nil, `SELECT `+rowColumns+` FROM mirror_entries WHERE account = $1 AND entry_id = $2`, string(account), string(text(id)))
	if err != nil || len(rows) == 0 {
		return mirror.Row{}, err
	}
	return rows[0], nil
}

// intentTime returns the time of r's intent, and r's own if the intent was removed.
func intentTime(ctx context.Context, tx *sql.Tx, r audit.Record) (at time.Time, err error) {
	var us int64
	err = tx.QueryRowContext(ctx, `SELECT time FROM audit WHERE seq = $1`, r.Intent).Scan(&us)
	if errors.Is(err, sql.ErrNoRows) {
		return r.Time, nil
	}
	return fromMicros(us), err
}

// claimChange finds the same change among those made elsewhere since its intent, and makes
// it one of Namesake's. An entry is created once, with whatever values a pass found it.
func claimChange(ctx context.Context, tx *sql.Tx, account registry.AccountID, own mirror.Change) (found bool, err error) {
	var changes []mirror.Change
	err = query(ctx, tx, `SELECT `+changeColumns+` FROM registry_changes
		WHERE account = $1 AND entry_id = $2 AND made_by = $3 AND kind = $4 AND +first_seen >= $5 ORDER BY seq DESC`,
		[]any{string(account), string(text(own.Entry)), string(mirror.Elsewhere), string(own.Kind), micros(own.LastSeen)}, func(rows *sql.Rows) error {
			change, err := scanChange(rows)
			changes = append(changes, change)
			return err
		})
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(changes, func(c mirror.Change) bool {
		return own.Kind != mirror.Edited || c.After != nil && c.After.Values().Holds(own.After.Values())
	})
	if i < 0 {
		return false, nil
	}
	return affect(ctx, tx, `UPDATE registry_changes SET made_by = $3, found_by = record, record = $4 WHERE account = $1 AND seq = $2`,
		string(account), changes[i].Seq, string(mirror.Here), own.Record)
}

// maxLast is the number of changes of one entry that may have been made within the lag of
// the API's reads.
const maxLast = 20

// lastChanges returns the last changes of an entry, newest first.
func lastChanges(ctx context.Context, tx *sql.Tx, account registry.AccountID, id registry.ID) (changes []mirror.Change, err error) {
	err = query(ctx, tx, `SELECT `+changeColumns+` FROM registry_changes WHERE account = $1 AND entry_id = $2 ORDER BY seq DESC LIMIT $3`,
		[]any{string(account), string(text(id)), maxLast}, func(rows *sql.Rows) error {
			change, err := scanChange(rows)
			changes = append(changes, change)
			return err
		})
	return changes, err
}
