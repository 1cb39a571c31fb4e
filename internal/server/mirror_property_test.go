package server_test

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

var (
	mirrorRuns  = flag.Int("mirror-runs", 2, "how many random histories TestMirrorHistories makes")
	mirrorSteps = flag.Int("mirror-steps", 60, "how many steps each of them has")
	mirrorSeed  = flag.Uint64("mirror-seed", 0, "the seed of the first one, 0 for a random one")
)

// mirrored is a history in which someone else changes the registry too, and passes read it
// through every fault of lists.
type mirrored struct {
	*history
	baseline map[registry.ID]registry.Values
	passes   int
	whole    int               // passes that were complete
	seen     map[madeEdit]bool // edits made elsewhere
}

// madeEdit is an edit of an entry's comments.
type madeEdit struct {
	entry    registry.ID
	comments string
}

// elsewhere makes a change as someone else.
func (m *mirrored) elsewhere() {
	m.counts["elsewhere"]++
	m.sandbox.ChangeElsewhere([]sandbox.Elsewhere{{Create: 1}, {Edit: 1}, {Delete: 1}, {Create: 2, Edit: 1, Delete: 1}}[m.pick(4)], m.pick)
}

// maxRead is the size from which an answer of the API is not read. An entry of that size can't
// be seen until someone else shortens it.
const maxRead = 64 << 10

// registry returns what the API holds and can be read.
func (m *mirrored) registry() map[registry.ID]registry.Values {
	all := map[registry.ID]registry.Values{}
	for _, e := range m.sandbox.Entries() {
		if e.Comments == nil || len(*e.Comments) < maxRead {
			all[registry.ID(e.ID)] = valuesOf(e)
		}
	}
	return all
}

// pass reads the registry, with a fault or without one.
func (m *mirrored) pass() {
	m.sandbox.ClearFaults()
	copied := m.copies[m.pick(len(m.copies))]
	switch m.pick(8) {
	case 0:
		m.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Times: -1, Paging: sandbox.Paging{Cap: 1 + m.pick(12)}})
	case 1:
		m.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Times: -1, Paging: sandbox.Paging{Short: 1 + m.pick(3)}})
	case 2:
		m.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Times: -1, Paging: sandbox.Paging{Total: []string{"missing", "0", "+7", "-7", "null"}[m.pick(5)], Count: "page"}})
	case 3:
		m.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Skip: m.pick(3), Times: 1 + m.pick(3), Status: 503, Body: "<html>"})
	case 4:
		m.sandbox.Inject(sandbox.Fault{
			Method: http.MethodGet, Times: 1 + m.pick(3), Effect: sandbox.EffectWrite,
			Elsewhere: sandbox.Elsewhere{Create: m.pick(2), Edit: m.pick(2), Delete: m.pick(2)},
		})
	}
	err := copied.mirror.Refresh(m.t.Context())
	m.sandbox.ClearFaults()
	for e := range copied.mirror.Snapshot().View.Select(registry.Query{Search: sandbox.EditedElsewhere}) {
		m.seen[madeEdit{e.ID, *e.Comments}] = true
	}
	m.passes++
	if err == nil {
		m.whole++
	}
}

func valuesOf(e sandbox.Entry) registry.Values {
	return registry.Entry{
		Name: e.Name, Email: e.Email, IsEmailRegex: e.IsEmailRegex, Comments: e.Comments, DirectoryID: e.DirectoryID,
		DirectoryNodeID: e.DirectoryNodeID, ExternalDirectoryNodeID: e.ExternalDirectoryNodeID, Provenance: registry.Provenance(e.Provenance),
	}.Values()
}

// checkMirror compares the copy with the API, and the changes with what was done.
func (m *mirrored) checkMirror() {
	m.wait(15 * time.Minute) // a change in doubt keeps no one's changes out for longer
	for range 3 {
		m.wait(time.Minute)
		for _, c := range m.copies {
			must(m.t, c.mirror.Refresh(m.t.Context()))
		}
	}
	api := m.registry()
	for i, c := range m.copies {
		must(m.t, c.mirror.CatchUp(m.t.Context()))
		view := c.mirror.Snapshot().View
		same(m.t, fmt.Sprintf("entries in copy %d", i), view.Len(), len(api))
		for id, want := range api {
			if got, ok := view.Entry(id); !ok || !got.Values().Equal(want) {
				m.t.Errorf("copy %d has %s as %v, and the API has %v", i, id, got.Values(), want)
			}
		}
	}
	changes, err := m.store.Changes(m.t.Context(), account, mirror.ChangeQuery{})
	must(m.t, err)
	slices.Reverse(changes)
	type change struct {
		kind  mirror.ChangeKind
		entry registry.ID
	}
	state, here, elsewhere := maps.Clone(m.baseline), map[change]int{}, map[registry.ID]int{}
	for _, c := range changes {
		before, existed := state[c.Entry]
		if existed != (c.Before != nil) || existed && !before.Equal(c.Before.Values()) {
			m.t.Errorf("change %d of %s starts from %v, and the one before it ended with %v", c.Seq, c.Entry, c.Before, before)
		}
		if delete(state, c.Entry); c.After != nil {
			state[c.Entry] = c.After.Values()
		}
		if c.By == mirror.Here {
			here[change{c.Kind, c.Entry}]++
		} else {
			elsewhere[c.Entry]++
		}
		if r, err := m.store.Record(m.t.Context(), c.Record); err != nil || r.Entry != "" && r.Entry != c.Entry || (r.Action == rbac.ChangedElsewhere) != (c.By == mirror.Elsewhere) {
			m.t.Errorf("change %d has the record %+v: %v", c.Seq, r, err)
		}
	}
	for id, want := range api {
		if !state[id].Equal(want) {
			m.t.Errorf("the changes of %s lead to %v, and the API has %v", id, state[id], want)
		}
	}
	for id := range state {
		if _, ok := api[id]; !ok {
			m.t.Errorf("by the changes there is %s, and the API does not have it", id)
		}
	}
	kinds := map[rbac.Action]mirror.ChangeKind{rbac.CreateEntry: mirror.Created, rbac.EditEntry: mirror.Edited, rbac.DeleteEntry: mirror.Deleted}
	recorded := map[change]int{}
	for _, r := range m.outcomes() {
		if r.Outcome == audit.OutcomeDone {
			recorded[change{kinds[r.Action], r.Entry}]++
		}
	}
	m.checkSeen(changes)
	if !maps.Equal(recorded, here) {
		m.t.Errorf("Namesake recorded %v, and reported %v", recorded, here)
	}
	// A change of Namesake may not be found to have happened after someone else has changed
	// the entry again.
	others := m.sandbox.ChangedElsewhere()
	unproved := maps.Clone(others)
	for c, n := range m.made() {
		if others[c.entry] > 0 {
			unproved[c.entry] += n
		}
	}
	for id, n := range elsewhere {
		if n > unproved[string(id)] {
			m.t.Errorf("%d changes of %s elsewhere were reported, and %d made", n, id, others[string(id)])
		}
	}
	if m.t.Failed() {
		for _, c := range changes {
			m.t.Log(c.Seq, c.FirstSeen.Format("15:04:05.0"), c.Kind, c.Entry, c.By, c.Record, c.LastSeen.Format("15:04:05.0"))
		}
		m.dump()
	}
}

// checkSeen fails unless each edit made elsewhere that Namesake has seen is among the changes:
// those that a copy had after a pass, and those that one of its own changes started from.
func (m *mirrored) checkSeen(changes []mirror.Change) {
	reported, claimed := map[madeEdit]bool{}, map[int64]bool{}
	for _, c := range changes {
		if c.After != nil {
			reported[madeEdit{c.Entry, fmt.Sprint(c.After.Values()[registry.FieldComments])}] = true
		}
		intent := m.intentOf(c)
		claimed[c.Record] = c.By == mirror.Here && !c.LastSeen.Equal(intent.Time) // found by a pass before the outcome was known
	}
	for _, r := range m.outcomes() {
		if comments, _ := r.Before[registry.FieldComments].(string); r.Outcome == audit.OutcomeDone && strings.HasPrefix(comments, sandbox.EditedElsewhere) && !claimed[r.Seq] {
			m.seen[madeEdit{r.Entry, comments}] = true
		}
	}
	for e := range m.seen {
		if m.counts["edits elsewhere that were seen"]++; !reported[e] {
			m.t.Errorf("%s was seen with the comments %q, and no change leads to them", e.entry, e.comments)
		}
	}
}

// intentOf returns the intent of a change that Namesake has made.
func (m *mirrored) intentOf(c mirror.Change) (intent audit.Record) {
	if c.By == mirror.Here {
		outcome, err := m.store.Record(m.t.Context(), c.Record)
		must(m.t, err)
		intent, err = m.store.Record(m.t.Context(), outcome.Intent)
		must(m.t, err)
	}
	return intent
}

// Whatever changes the registry, and whatever lists show of that: in the end the copy is
// the registry, and each change made elsewhere was reported once and none of Namesake's.
func TestMirrorHistories(t *testing.T) {
	t.Parallel()
	first := *mirrorSeed
	if first == 0 {
		first = rand.Uint64()
	}
	for _, name := range []string{"one copy on SQLite", "two copies on PostgreSQL"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			totals := map[string]int{}
			for i := range *mirrorRuns {
				seed := first + uint64(i)
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
					m := &mirrored{seen: map[madeEdit]bool{}}
					m.history = newHistory(t, name == "two copies on PostgreSQL", seed, func(s *settings) {
						s.client = func(o *cfapi.Options) { o.MaxBody = maxRead }
					})
					m.counts = totals
					for range m.pick(3) {
						m.sandbox.ChangeElsewhere(sandbox.Elsewhere{Create: m.pick(20)}, m.pick)
						if m.pick(2) == 0 {
							m.sandbox.Add(sandbox.Entry{Name: "Too long", Email: "long@example.com", Comments: new(strings.Repeat("x", maxRead))})
						}
					}
					must(t, m.mirror.Refresh(t.Context()))
					m.baseline = m.registry()
					for range *mirrorSteps {
						switch m.pick(4) {
						case 0:
							m.pass()
						case 1:
							m.elsewhere()
						default:
							m.do()
						}
					}
					m.settle()
					m.checkMirror()
					totals["passes"] += m.passes
					totals["complete passes"] += m.whole
				})
			}
			t.Logf("%d histories of %d steps: %v", *mirrorRuns, *mirrorSteps, totals)
		})
	}
}
