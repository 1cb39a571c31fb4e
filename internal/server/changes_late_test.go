package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// A pass leaves out a deletion right after the entry's last change. The deletion is then not
// reported as later than it was.
func TestADeletionRightAfterAChange(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	id := app.sandbox.Add(sandbox.Entry{Name: "Gona Gone", Email: "gona@haldenvoss.example"}).ID
	must(t, app.mirror.Refresh(t.Context()))
	app.clock.move(10 * time.Second)
	deleted := app.clock.now()
	app.outside(http.MethodDelete, id, "")
	for _, later := range []time.Duration{5 * time.Second, time.Minute} {
		app.clock.move(later)
		must(t, app.mirror.Refresh(t.Context()))
	}
	app.reportsDeletion(mirror.ChangeQuery{}, deleted)
}

// reportsDeletion checks that q selects one change, and that its limits are around a time.
func (a *app) reportsDeletion(q mirror.ChangeQuery, deleted time.Time) {
	a.t.Helper()
	changes, err := a.store.Changes(a.t.Context(), account, q)
	must(a.t, err)
	same(a.t, "changes", len(changes), 1)
	if c := changes[0]; c.LastSeen.After(deleted) || c.FirstSeen.Before(deleted) {
		a.t.Errorf("deleted at %v, and reported between %v and %v", deleted, c.LastSeen, c.FirstSeen)
	}
}

// A pass leaves out a deletion of an entry whose edit is in doubt. Another copy of the program
// does not report it as later than it was.
func TestADeletionWhileAnEditIsInDoubt(t *testing.T) {
	t.Parallel()
	path := t.TempDir() + "/namesake.db"
	one := newApp(t, func(s *settings) { s.database = path })
	two := newApp(t, func(s *settings) { s.database, s.api, s.clock = path, one.sandbox, one.clock })
	id := one.sandbox.Add(sandbox.Entry{Name: "Gona Gone", Email: "gona@haldenvoss.example", Provenance: "A1S_INTERNAL"}).ID
	one.clock.move(time.Minute)
	one.pass()
	one.clock.move(time.Minute)
	one.met(http.MethodPatch, "dropped")
	b := one.as("editor")
	b.submit(b.get(entries+"/"+id+"/edit"), map[string]string{"comments": "asked for"}).wants(http.StatusBadGateway).contains("main", "not known")
	one.clock.move(time.Minute)
	deleted := one.clock.now()
	one.outside(http.MethodDelete, id, "")
	for range 3 {
		one.pass()
		_, still := one.mirror.Snapshot().View.Entry(registry.ID(id))
		same(t, "the deletion is left out", still, true)
	}
	two.clock.move(20 * time.Minute)
	must(t, two.mirror.Refresh(t.Context()))
	one.reportsDeletion(mirror.ChangeQuery{Kind: mirror.Deleted}, deleted)
}

// An entry that is changed elsewhere between two of Namesake's own edits, however soon after
// each other, was changed by both.
func TestAChangeElsewhereBetweenTwoEdits(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	id := app.sandbox.Add(sandbox.Entry{Name: "Nina Known", Email: "nina@haldenvoss.example", Provenance: "A1S_INTERNAL"}).ID
	must(t, app.mirror.Refresh(t.Context()))
	app.pass()
	b := app.as("editor")
	edit := func(comments string) {
		b.submit(b.get(entries+"/"+id+"/edit"), map[string]string{"comments": comments}).wants(http.StatusSeeOther)
		app.clock.move(10 * time.Second)
	}
	edit("first")
	app.outside(http.MethodPatch, id, `{"name": "Nina Outside"}`)
	app.clock.move(10 * time.Second)
	edit("second")
	for range 3 {
		app.pass()
	}
	changes, err := app.store.Changes(t.Context(), account, mirror.ChangeQuery{})
	must(t, err)
	var got []string
	for _, c := range slices.Backward(changes) {
		got = append(got, fmt.Sprint(c.By, ": ", c.Before.Name, ", ", c.Before.Values()["comments"], " to ", c.After.Name, ", ", c.After.Values()["comments"]))
	}
	same(t, "changes", strings.Join(got, "; "), "here: Nina Known, <nil> to Nina Known, first; "+
		"elsewhere: Nina Known, first to Nina Outside, first; here: Nina Outside, first to Nina Outside, second")
	b.get(changesURL+"?by=elsewhere").contains("[data-count]", "1 change")
	records, err := app.store.Records(t.Context(), audit.Query{Action: rbac.ChangedElsewhere})
	must(t, err)
	same(t, "records", len(records), 1)
	same(t, "its change", fmt.Sprint(records[0].After), fmt.Sprint(registry.Values{"created": 0, "edited": 1, "deleted": 0, "digest": mirror.Digest(changes[1:2])}))
	same(t, "the change's record", changes[1].Record, records[0].Seq)
	_, err = app.store.Verify(t.Context(), nil)
	must(t, err)
}
