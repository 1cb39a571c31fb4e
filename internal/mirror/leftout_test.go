package mirror

import (
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

var ten = time.Date(2026, 1, 1, 10, 0, 0, 0, time.UTC)

// passOf is a pass that started at a time, took a second, and shows e other than the view.
func passOf(started time.Time, e registry.Entry, view ...Row) *pass {
	return &pass{
		view: NewView(view), started: started, ended: started.Add(time.Second),
		recent: func(registry.ID) bool { return false }, news: map[registry.ID]registry.Entry{e.ID: e},
	}
}

func edited(e registry.Entry, name string, by ChangedBy, at time.Time) Change {
	after := e
	after.Name = name
	return Change{Entry: e.ID, Kind: Edited, By: by, Before: &e, After: &after, LastSeen: at, FirstSeen: at.Add(time.Second)}
}

// What the first reading leaves out, in doubt whether it is Namesake's, is no change afterwards.
func TestLeftOutOfTheFirstReading(t *testing.T) {
	e := registry.Entry{ID: "1", Name: "Ada", Email: "ada@example.com", Provenance: registry.Manual, CreatedAt: ten.Add(-1000 * time.Hour), ModifiedAt: ten.Add(-1000 * time.Hour)}
	open := []audit.Record{{Action: rbac.EditEntry, Entry: "1", Time: ten}}
	first := passOf(ten, e)
	u := first.update(Current{Open: open, Now: first.ended}, first.ids(), true)
	if len(u.Rows) != 0 || len(u.LeftOut) != 1 {
		t.Fatalf("the first reading has rows %v and left out %v", u.Rows, u.LeftOut)
	}
	second := passOf(ten.Add(time.Minute), e)
	refused := second.update(Current{State: u.State, Now: second.ended, LeftOut: u.LeftOut}, second.ids(), true)
	if len(refused.Rows) != 1 || len(refused.Changes) != 0 || refused.Record != nil {
		t.Errorf("after a refusal: rows %v, changes %v", refused.Rows, refused.Changes)
	}
	own := edited(e, "Ada L", Here, ten.Add(time.Second))
	done, record := OwnChanges(u.State, u.LeftOut, Row{}, false, nil, own)
	if len(done) != 1 || done[0].By != Here || record != nil {
		t.Errorf("done: %v", done)
	}
}

// A pass that another one overtook keeps what earlier ones left out.
func TestLeftOutOfAnOvertakenPass(t *testing.T) {
	left := map[registry.ID]time.Time{"1": ten.Add(-time.Hour)}
	p := &pass{view: NewView(nil), started: ten, ended: ten.Add(time.Minute)}
	u := p.update(Current{State: State{Since: ten.Add(-2 * time.Hour), ReadAt: ten.Add(30 * time.Second)}, Now: p.ended, LeftOut: left}, nil, true)
	if got := u.LeftOut["1"]; !got.Equal(left["1"]) {
		t.Errorf("left out since %v, want %v", got, left["1"])
	}
}

// A change made elsewhere that a pass left out, and that our own edit meets, was last seen as it
// was before that pass.
func TestOwnChangeAfterOneLeftOut(t *testing.T) {
	row := Row{Entry: registry.Entry{ID: "1", Name: "Ada", Email: "ada@example.com"}, ChangedAt: ten.Add(-5 * time.Minute), Version: 1}
	now := row.Entry
	now.Name = "Elsewhere"
	p := passOf(ten, now, row)
	p.early = true
	before := ten.Add(-2 * time.Minute)
	u := p.update(Current{State: State{Version: 1, Since: ten.Add(-time.Hour), ReadAt: before}, Rows: map[registry.ID]Row{"1": row}, Now: p.ended}, p.ids(), true)
	if len(u.Changes) != 0 {
		t.Fatalf("changes of the pass: %v", u.Changes)
	}
	changes, _ := OwnChanges(u.State, u.LeftOut, row, true, nil, edited(now, "Ours", Here, ten.Add(10*time.Second)))
	if len(changes) != 2 || changes[0].By != Elsewhere || !changes[0].LastSeen.Equal(before) {
		t.Errorf("changes %+v, want the first one last seen at %v", changes, before)
	}
}
