package mirror

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"namesake/internal/registry"
)

// fakeList is a list of entries as the API may serve it.
type fakeList struct {
	ids     []registry.ID
	max     int                                      // the longest page that it gives, 0 for any
	between func(call int, p *fakeList)              // runs after each call
	change  func(q registry.Query, p *registry.Page) // changes an answer
	calls   int
}

func (p *fakeList) list(_ context.Context, q registry.Query) (registry.Page, error) {
	p.calls++
	if p.calls > 10_000 {
		return registry.Page{}, errors.New("it never ends")
	}
	per := q.PerPage
	if p.max > 0 {
		per = min(per, p.max)
	}
	from := min((q.Page-1)*per, len(p.ids))
	to := min(from+per, len(p.ids))
	page := registry.Page{Number: q.Page, PerPage: q.PerPage, Total: len(p.ids)}
	for _, id := range p.ids[from:to] {
		page.Entries = append(page.Entries, registry.Entry{ID: id})
	}
	if p.change != nil {
		p.change(q, &page)
	}
	if p.between != nil {
		p.between(p.calls, p)
	}
	return page, nil
}

// leaveOut makes entries of a page too long to be read.
func leaveOut(p *registry.Page, long ...registry.ID) {
	readable := slices.DeleteFunc(p.Entries, func(e registry.Entry) bool { return slices.Contains(long, e.ID) })
	p.TooLong, p.Entries = p.TooLong+len(p.Entries)-len(readable), readable
}

func ids(n int) []registry.ID {
	out := make([]registry.ID, n)
	for i := range out {
		out[i] = registry.ID(fmt.Sprintf("e%06d", i))
	}
	return out
}

func TestReading(t *testing.T) {
	dropFirst := func(n int) func(int, *fakeList) {
		return func(_ int, p *fakeList) { p.ids = p.ids[min(n, len(p.ids)):] }
	}
	for name, c := range map[string]struct {
		entries  int
		pages    fakeList
		unsteady bool
		calls    int // 0 for any number
	}{
		"none":                {entries: 0, calls: 1},
		"one":                 {entries: 1, calls: 2},
		"two":                 {entries: 2, calls: 2},
		"three":               {entries: 3, calls: 2},
		"twenty":              {entries: 20, calls: 3},
		"a full page":         {entries: 1000, calls: 3},
		"a full page and one": {entries: 1001, calls: 4},
		"five thousand":       {entries: 5000, calls: 8},
		"a hundred thousand":  {entries: 100_000, calls: 107},
		"a cap of 1":          {entries: 7, pages: fakeList{max: 1}},
		"a cap of 2":          {entries: 9, pages: fakeList{max: 2}},
		"a cap of 3":          {entries: 10, pages: fakeList{max: 3}},
		"a cap of 10":         {entries: 95, pages: fakeList{max: 10}},
		"as many as the cap":  {entries: 100, pages: fakeList{max: 100}},
		"a cap of 100":        {entries: 1234, pages: fakeList{max: 100}},
		"entries created during it": {entries: 2500, pages: fakeList{between: func(i int, p *fakeList) {
			if i < 20 {
				p.ids = append(p.ids, registry.ID(fmt.Sprint("new", i)))
			}
		}}, unsteady: false},
		"one deleted after each page":  {entries: 5000, pages: fakeList{between: dropFirst(1)}},
		"many deleted after each page": {entries: 5000, pages: fakeList{between: dropFirst(50)}, unsteady: true},
		"many deleted behind an entry that is too long": {entries: 5000, pages: fakeList{between: func(call int, p *fakeList) {
			if call == 1 {
				p.ids = slices.Delete(p.ids, 100, 150)
				for i := range 60 {
					p.ids = append(p.ids, registry.ID(fmt.Sprint("new", i)))
				}
			}
		}, change: func(_ registry.Query, p *registry.Page) { leaveOut(p, "e000003") }}, unsteady: true},
		"all deleted after a page": {entries: 5000, pages: fakeList{between: dropFirst(5000)}, unsteady: true},
		"the first page again and again": {entries: 5000, pages: fakeList{change: func(q registry.Query, p *registry.Page) {
			p.Entries = nil
			for _, id := range ids(min(q.PerPage, 1000)) {
				p.Entries = append(p.Entries, registry.Entry{ID: id})
			}
		}}, unsteady: true},
		"no page but the first": {entries: 5000, pages: fakeList{change: func(q registry.Query, p *registry.Page) {
			if q.Page > 1 {
				p.Entries = nil
			}
		}}, unsteady: true},
		"an empty list with a total": {entries: 10, pages: fakeList{change: func(_ registry.Query, p *registry.Page) { p.Entries = nil }}, unsteady: true},
		"wrong totals":               {entries: 1500, pages: fakeList{change: func(_ registry.Query, p *registry.Page) { p.Total = 3 }}},
		"half of page 2": {entries: 3000, pages: fakeList{change: func(q registry.Query, p *registry.Page) {
			if q.Page == 2 {
				p.Entries = p.Entries[:len(p.Entries)/2]
			}
		}}},
		"entries that are too long": {entries: 3000, pages: fakeList{change: func(_ registry.Query, p *registry.Page) {
			readable := slices.DeleteFunc(p.Entries, func(e registry.Entry) bool { return e.ID[len(e.ID)-1] == '7' })
			p.TooLong, p.Entries = len(p.Entries)-len(readable), readable
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			c.pages.ids = ids(c.entries)
			want := slices.Clone(c.pages.ids)
			met := map[registry.ID]bool{}
			r := reading{meet: func(e registry.Entry) { met[e.ID] = true }}
			err := r.read(t.Context(), c.pages.list)
			if (err != nil) != c.unsteady || err != nil && !errors.Is(err, errUnsteady) {
				t.Fatalf("error %v, want one: %v", err, c.unsteady)
			}
			if c.calls > 0 && c.pages.calls != c.calls {
				t.Errorf("%d calls, want %d", c.pages.calls, c.calls)
			}
			if err != nil {
				return
			}
			missed := slices.DeleteFunc(want, func(id registry.ID) bool {
				return met[id] || name == "entries that are too long" && id[len(id)-1] == '7'
			})
			if len(missed) > 0 {
				t.Errorf("missed %d: %v", len(missed), missed[:min(5, len(missed))])
			}
			if got := r.covered - r.readable; name == "entries that are too long" && got != 300 {
				t.Errorf("%d entries are too long, want 300", got)
			}
		})
	}
}

// A reading that says it is complete has met every entry that existed from its start to
// its end, whatever is created and deleted during it.
func TestReadingMissesNothing(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 1))
		p := &fakeList{ids: ids(rng.IntN(4000)), max: []int{0, 0, 100, 250, 999}[rng.IntN(5)]}
		gone := map[registry.ID]bool{}
		p.between = func(call int, p *fakeList) {
			if n := len(p.ids); n > 100 && rng.IntN(8) == 0 { // more than pages overlap
				i := rng.IntN(n - 50)
				for _, id := range p.ids[i : i+50] {
					gone[id] = true
				}
				p.ids = slices.Delete(slices.Clone(p.ids), i, i+50)
			}
			for range rng.IntN(4) {
				if n := len(p.ids); n > 0 && rng.IntN(2) == 0 {
					i := rng.IntN(n)
					gone[p.ids[i]] = true
					p.ids = slices.Delete(slices.Clone(p.ids), i, i+1)
				} else if rng.IntN(3) == 0 {
					p.ids = append(slices.Clone(p.ids), registry.ID(fmt.Sprint("new ", call, rng.Uint64())))
				}
			}
		}
		var long, unnamed []registry.ID // entries that can't be read
		for range rng.IntN(4) {
			if n := len(p.ids); n > 0 {
				long, unnamed = append(long, p.ids[rng.IntN(n)]), append(unnamed, p.ids[rng.IntN(n)])
			}
		}
		p.change = func(_ registry.Query, page *registry.Page) {
			leaveOut(page, long...)
			for i, e := range page.Entries {
				if slices.Contains(unnamed, e.ID) {
					page.Entries[i].ID = ""
				}
			}
		}
		before := slices.Clone(p.ids)
		met := map[registry.ID]bool{}
		r := reading{meet: func(e registry.Entry) { met[e.ID] = true }}
		err := r.read(t.Context(), p.list)
		if errors.Is(err, errUnsteady) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range before {
			if !met[id] && !gone[id] && !slices.Contains(long, id) && !slices.Contains(unnamed, id) {
				t.Fatalf("seed %d: missed %s", seed, id)
			}
		}
	}
}
