package store

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

const mirrored registry.AccountID = "mirrored"

// kept is a store with a clock that the test moves.
type kept struct {
	*Store
	t   *testing.T
	now time.Time
}

// onMirrors runs test on each engine with a registry that was read once, at 10:00.
func onMirrors(t *testing.T, test func(k *kept)) {
	t.Helper()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			k := &kept{t: t, now: time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)}
			o := engine.options(t)
			o.Now = func() time.Time { return k.now }
			k.Store = open(t, o)
			k.pass(nil)
			test(k)
		})
	}
}

// pass writes what a pass has found, a minute after the one before. The store has each change
// in one record.
func (k *kept) pass(changes []mirror.Change) mirror.Update {
	k.t.Helper()
	ids := []registry.ID{"none"}
	for _, c := range changes {
		ids = append(ids, c.Entry)
	}
	u, err := k.UpdateMirror(k.t.Context(), mirrored, ids, func(c mirror.Current) mirror.Update {
		u := mirror.Update{State: c.State, Changes: changes}
		if u.State.Since.IsZero() {
			u.State.Since = k.now
		}
		for i, change := range changes {
			row := mirror.Row{Gone: change.After == nil}
			if row.Entry = c.Rows[change.Entry].Entry; !row.Gone {
				row.Entry = *change.After
			}
			u.Rows = append(u.Rows, row)
			u.Changes[i].By, u.Changes[i].LastSeen, u.Changes[i].FirstSeen = mirror.Elsewhere, c.State.ReadAt, k.now
		}
		u.State.ReadAt = k.now
		if len(changes) > 0 {
			u.Record = &audit.Record{Action: rbac.ChangedElsewhere, Outcome: audit.OutcomeDone, After: registry.Values{"digest": mirror.Digest(u.Changes)}}
		}
		return u
	})
	if err != nil {
		k.t.Fatal(err)
	}
	k.now = k.now.Add(time.Minute)
	return u
}

func anEntry(id registry.ID, name string) *registry.Entry {
	return &registry.Entry{
		ID: id, Name: name, Email: string(id) + "@example.com", DirectoryID: new(int64(9007199254740993)), Provenance: registry.Microsoft365,
		CreatedAt: time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC),
	}
}

func changeOf(before, after *registry.Entry) mirror.Change {
	c := mirror.Change{Kind: mirror.Edited, Before: before, After: after}
	if before == nil {
		c.Kind = mirror.Created
	} else {
		c.Entry = before.ID
	}
	if after == nil {
		c.Kind = mirror.Deleted
	} else {
		c.Entry = after.ID
	}
	return c
}

// threePasses finds a created, an edited and a deleted entry, a minute after each other.
func (k *kept) threePasses() {
	k.t.Helper()
	ada, bob := anEntry("1", "Ada"), anEntry("2", "Bob")
	k.pass([]mirror.Change{changeOf(nil, ada), changeOf(nil, bob)}) // 10:01, seq 1 and 2
	k.pass([]mirror.Change{changeOf(bob, anEntry("2", "Robert"))})  // 10:02, seq 3
	k.pass([]mirror.Change{changeOf(ada, nil)})                     // 10:03, seq 4
}

// oneTo returns the numbers from 1 to n.
func oneTo(n int) []int64 {
	numbers := make([]int64, n)
	for i := range numbers {
		numbers[i] = int64(i + 1)
	}
	return numbers
}

func TestChangesAreSelected(t *testing.T) {
	t.Parallel()
	onMirrors(t, func(k *kept) {
		k.threePasses()
		at := func(minute int) time.Time { return time.Date(2026, 11, 20, 10, minute, 0, 0, time.UTC) }
		for _, tt := range []struct {
			name  string
			query mirror.ChangeQuery
			want  string
			count int
		}{
			{"all", mirror.ChangeQuery{}, "[4 3 2 1]", 4},
			{"page", mirror.ChangeQuery{Skip: 1, Limit: 2}, "[3 2]", 4},
			{"seqs", mirror.ChangeQuery{Seqs: []int64{1, 4, 99}}, "[4 1]", 2},
			{"many seqs", mirror.ChangeQuery{Seqs: oneTo(40_000)}, "[4 3 2 1]", 4},
			{"a page of many seqs", mirror.ChangeQuery{Seqs: oneTo(70_000), Skip: 1, Limit: 2}, "[3 2]", 4}, // more than parameters
			{"an empty list of seqs", mirror.ChangeQuery{Seqs: []int64{}}, "[]", 0},
			{"no seqs", mirror.ChangeQuery{Seqs: []int64{0}}, "[]", 0},
			{"entry", mirror.ChangeQuery{Entry: "2"}, "[3 2]", 2},
			{"kind", mirror.ChangeQuery{Kind: mirror.Deleted}, "[4]", 1},
			{"record", mirror.ChangeQuery{Record: 1}, "[2 1]", 2},
			{"by", mirror.ChangeQuery{By: mirror.Here}, "[]", 0},
			{"a former name", mirror.ChangeQuery{Name: "BOB"}, "[3 2]", 2},
			{"since", mirror.ChangeQuery{Since: at(2)}, "[4 3]", 2},
			{"until", mirror.ChangeQuery{Until: at(2)}, "[2 1]", 2},
		} {
			changes, err := k.Changes(k.t.Context(), mirrored, tt.query)
			got := make([]int64, len(changes))
			for i, c := range changes {
				got[i] = c.Seq
			}
			if err != nil || fmt.Sprint(got) != tt.want {
				k.t.Errorf("%s: %v, %v, want %s", tt.name, got, err, tt.want)
			}
			if n, err := k.CountChanges(k.t.Context(), mirrored, tt.query); err != nil || n != tt.count {
				k.t.Errorf("%s: counted %d, %v, want %d", tt.name, n, err, tt.count)
			}
		}
	})
}

func TestRowsAtATime(t *testing.T) {
	t.Parallel()
	onMirrors(t, func(k *kept) {
		k.threePasses()
		for minute, want := range []string{"[1 Ada gone 2 Bob gone]", "[1 Ada there 2 Bob there]", "[1 Ada there]", "[]", "[]"} {
			rows, err := k.RowsAt(k.t.Context(), mirrored, time.Date(2026, 11, 20, 10, minute, 0, 0, time.UTC))
			if err != nil {
				k.t.Fatal(err)
			}
			slices.SortFunc(rows, func(a, b mirror.Row) int { return int(a.Entry.ID[0]) - int(b.Entry.ID[0]) })
			got := []string{}
			for _, row := range rows {
				state := "there"
				if row.Gone {
					state = "gone"
				}
				got = append(got, string(row.Entry.ID), row.Entry.Name, state)
				if *row.Entry.DirectoryID != 9007199254740993 {
					k.t.Errorf("directory_id of %s is %d", row.Entry.ID, *row.Entry.DirectoryID)
				}
			}
			if fmt.Sprint(got) != want {
				k.t.Errorf("at 10:%02d: %v, want %s", minute, got, want)
			}
		}
	})
}

// The lives of deleted entries are read from a change on.
func TestLives(t *testing.T) {
	onMirrors(t, func(k *kept) {
		k.threePasses()
		for after, want := range []int{1, 1, 1, 1, 0} {
			lives, err := k.Lives(k.t.Context(), mirrored, int64(after))
			if err != nil {
				k.t.Fatal(err)
			}
			ended := mirror.Life{Seq: 4, Entry: "1", Created: anEntry("1", "Ada").CreatedAt, Deleted: time.Date(2026, 11, 20, 10, 3, 0, 0, time.UTC)}
			if len(lives) != want || want == 1 && lives[0] != ended {
				k.t.Errorf("after %d: %+v, want %d", after, lives, want)
			}
		}
	})
}

// Records and the changes that they are about are removed together.
func TestChangesAreRemovedWithTheirRecords(t *testing.T) {
	t.Parallel()
	onMirrors(t, func(k *kept) {
		k.threePasses()
		if _, err := k.Prune(k.t.Context(), time.Date(2026, 11, 20, 10, 2, 30, 0, time.UTC), audit.Record{}); err != nil {
			k.t.Fatal(err)
		}
		changes, err := k.Changes(k.t.Context(), mirrored, mirror.ChangeQuery{})
		if err != nil || len(changes) != 1 || changes[0].Kind != mirror.Deleted {
			k.t.Errorf("left are %+v, %v", changes, err)
		}
		state, err := k.State(k.t.Context(), mirrored)
		if want := time.Date(2026, 11, 20, 10, 2, 0, 0, time.UTC); err != nil || !state.Since.Equal(want) {
			k.t.Errorf("changes are known from %v on, %v, want %v", state.Since, err, want)
		}
		checkWhole(k.t, k.Store, 2)
	})
}

func TestDeletedEntriesAreForgottenAfterADay(t *testing.T) {
	t.Parallel()
	onMirrors(t, func(k *kept) {
		k.threePasses()
		for _, tt := range []struct {
			after     time.Duration
			rows      int
			forgotten int64
		}{{23 * time.Hour, 2, 0}, {2 * time.Hour, 1, 3}, {time.Hour, 1, 3}} {
			k.now = k.now.Add(tt.after)
			if err := k.ForgetDeleted(k.t.Context()); err != nil {
				k.t.Fatal(err)
			}
			rows, state, err := k.Rows(k.t.Context(), mirrored, 0)
			if err != nil || len(rows) != tt.rows || state.Forgotten != tt.forgotten {
				k.t.Errorf("%d rows, forgotten up to %d, %v, want %d and %d", len(rows), state.Forgotten, err, tt.rows, tt.forgotten)
			}
		}
	})
}

func TestVerifyComparesChangesWithTheirRecords(t *testing.T) {
	t.Parallel()
	onMirrors(t, func(k *kept) {
		k.threePasses()
		exec(k.t, k.Store, `CREATE TABLE saved AS SELECT * FROM registry_changes`)
		for _, tt := range []struct {
			name, tamper string
			bad          int64 // 0 for none
		}{
			{"nothing", `SELECT 1`, 0},
			{"another value", `UPDATE registry_changes SET old = REPLACE(old, 'Bob', 'Eve') WHERE seq = 3`, 2},
			{"another time", `UPDATE registry_changes SET last_seen = last_seen + 1 WHERE seq = 4`, 3},
			{"another kind", `UPDATE registry_changes SET kind = 'edited' WHERE seq = 1`, 1},
			{"a missing change", `DELETE FROM registry_changes WHERE seq = 2`, 1},
			{"a change that was said to be made here", `UPDATE registry_changes SET made_by = 'here' WHERE seq = 3`, 2},
			{"a change of another record", `UPDATE registry_changes SET record = 2 WHERE seq = 1`, 1},
			{"a change that turned out to be made here", `UPDATE registry_changes SET made_by = 'here', found_by = record, record = 9 WHERE seq = 3`, 0},
		} {
			exec(k.t, k.Store, tt.tamper)
			_, err := k.Verify(k.t.Context(), nil)
			var broken *BrokenError
			if errors.As(err, &broken) != (tt.bad != 0) || broken != nil && broken.Seq != tt.bad || broken == nil && err != nil {
				k.t.Errorf("%s: Verify returned %v, want record %d", tt.name, err, tt.bad)
			}
			exec(k.t, k.Store, `DELETE FROM registry_changes`)
			exec(k.t, k.Store, `INSERT INTO registry_changes SELECT * FROM saved`)
		}
	})
}

// say appends a record, 10 seconds after the one before.
func (k *kept) say(r audit.Record) audit.Record {
	k.t.Helper()
	r.Account = mirrored
	sealed, err := k.Append(k.t.Context(), r)
	if err != nil {
		k.t.Fatal(err)
	}
	k.now = k.now.Add(10 * time.Second)
	return sealed
}

// known returns the changes, oldest first, and the comments of the entry 1 in the copy.
func (k *kept) known() (changes []string, comments string) {
	k.t.Helper()
	all, err := k.Changes(k.t.Context(), mirrored, mirror.ChangeQuery{})
	if err != nil {
		k.t.Fatal(err)
	}
	for _, c := range slices.Backward(all) {
		changes = append(changes, fmt.Sprint(c.Kind, " ", c.By))
	}
	rows, _, err := k.Rows(k.t.Context(), mirrored, 0)
	if err != nil || len(rows) != 1 || rows[0].Entry.Comments == nil {
		k.t.Fatalf("the copy has %+v: %v", rows, err)
	}
	return changes, *rows[0].Entry.Comments
}

// A create that was recorded as failed turns out to have been made, after a pass has found
// its entry and someone else has edited it.
func TestCorrectedCreate(t *testing.T) {
	t.Parallel()
	onMirrors(t, func(k *kept) {
		ada := anEntry("1", "Ada")
		ada.Provenance, ada.DirectoryID = registry.Manual, nil
		edited := *ada
		edited.Comments = new("by someone else")
		intent := k.say(audit.Record{Action: rbac.CreateEntry, Outcome: audit.OutcomeIntent, After: ada.Values()})
		failed := k.say(audit.Record{Action: rbac.CreateEntry, Outcome: audit.OutcomeFailed, Intent: intent.Seq, After: ada.Values()})
		k.pass([]mirror.Change{changeOf(nil, ada)})
		k.pass([]mirror.Change{changeOf(ada, &edited)})
		k.say(audit.Record{
			Action: rbac.CreateEntry, Outcome: audit.OutcomeDone, Entry: "1", Intent: intent.Seq, After: edited.Values(), Shown: &edited,
			Messages: []registry.Problem{{Code: audit.CodeCorrects, Message: audit.CorrectsText + strconv.FormatInt(failed.Seq, 10) + ": it was made"}},
		})
		if changes, comments := k.known(); fmt.Sprint(changes) != "[created here edited elsewhere]" || comments != "by someone else" {
			k.t.Errorf("changes %v, comments %q", changes, comments)
		}
		checkWhole(k.t, k.Store, 5)
	})
}

// The outcome of an edit that a pass has found does not undo what someone else has changed
// since.
func TestLateOutcomeOfAnEdit(t *testing.T) {
	t.Parallel()
	onMirrors(t, func(k *kept) {
		one := anEntry("1", "Ada")
		k.pass([]mirror.Change{changeOf(nil, one)})
		ours, theirs := anEntry("1", "Ada"), anEntry("1", "Ada")
		ours.Comments, theirs.Comments = new("ours"), new("theirs")
		edit := audit.Record{Action: rbac.EditEntry, Outcome: audit.OutcomeIntent, Entry: "1", Before: one.Values(), After: ours.Values()}
		intent := k.say(edit)
		k.pass([]mirror.Change{changeOf(one, ours)})
		k.pass([]mirror.Change{changeOf(ours, theirs)})
		edit.Outcome, edit.Intent = audit.OutcomeDone, intent.Seq
		k.say(edit)
		if changes, comments := k.known(); fmt.Sprint(changes) != "[created elsewhere edited here edited elsewhere]" || comments != "theirs" {
			k.t.Errorf("changes %v, comments %q", changes, comments)
		}
	})
}
