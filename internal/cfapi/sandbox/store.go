package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// record is an entry with its search keys. It is immutable: an update replaces it, so that
// a page may be read without the lock.
type record struct {
	Entry
	seq               int // orders records with equal keys
	lowName, lowEmail string
}

type pair struct{ name, email string }

// index keeps records sorted, so that the cost of a page depends on its length only.
type index struct {
	compare func(a, b *record) int
	list    []*record
}

func (x *index) insert(r *record) {
	at, _ := slices.BinarySearchFunc(x.list, r, x.compare)
	x.list = slices.Insert(x.list, at, r)
}

func (x *index) remove(r *record) {
	if at, ok := slices.BinarySearchFunc(x.list, r, x.compare); ok {
		x.list = slices.Delete(x.list, at, at+1)
	}
}

type store struct {
	mu        sync.RWMutex
	now       func() time.Time
	seq       int
	changes   int // of entries, by anyone
	byID      map[string]*record
	pairs     map[pair]int // of the entries made by hand
	byName    index
	byEmail   index
	byCreated index
	shadows   []shadow // of the changes that reads don't show yet, in their order
}

func newStore(now func() time.Time) *store {
	st := &store{now: now}
	st.byName.compare = func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.lowName, b.lowName), cmp.Compare(a.Name, b.Name), a.seq-b.seq)
	}
	st.byEmail.compare = func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.lowEmail, b.lowEmail), cmp.Compare(a.Email, b.Email), a.seq-b.seq)
	}
	st.byCreated.compare = func(a, b *record) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), a.seq-b.seq)
	}
	st.clear()
	return st
}

func (st *store) indexes() []*index { return []*index{&st.byName, &st.byEmail, &st.byCreated} }

func (st *store) clear() {
	st.byID, st.pairs, st.shadows = map[string]*record{}, map[pair]int{}, nil
	for _, x := range st.indexes() {
		x.list = nil
	}
}

// reset replaces everything by entries.
func (st *store) reset(entries []Entry) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.clear()
	st.load(entries)
}

// load adds many entries at once: it sorts a single time.
func (st *store) load(entries []Entry) {
	for _, e := range entries {
		r := st.register(e, st.now())
		for _, x := range st.indexes() {
			x.list = append(x.list, r)
		}
	}
	for _, x := range st.indexes() {
		slices.SortFunc(x.list, x.compare)
	}
}

// register makes e a record, as of at, and enters it everywhere but in the indexes.
func (st *store) register(e Entry, at time.Time) *record {
	now := timestamp(at)
	if e.ID == "" {
		e.ID = uuid.NewString()
	}
	if e.Provenance == "" {
		e.Provenance = Manual
	}
	if e.CreatedAt.IsZero() {
		e.CreatedAt = now
	}
	if e.ModifiedAt.IsZero() {
		e.ModifiedAt = e.CreatedAt
	}
	st.seq++
	st.changes++
	r := newRecord(e, st.seq)
	st.byID[e.ID] = r
	st.count(r, 1)
	return r
}

func newRecord(e Entry, seq int) *record {
	return &record{Entry: e, seq: seq, lowName: strings.ToLower(e.Name), lowEmail: strings.ToLower(e.Email)}
}

// timestamp is t as the API shows it.
func timestamp(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// insert adds e unless check refuses it. check runs under the lock, so that no other change
// comes between the search for duplicates and this one.
func (st *store) insert(e Entry, when moment, check func() []Problem) (Entry, []Problem) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if problems := check(); len(problems) > 0 {
		return Entry{}, problems
	}
	r := st.register(e, when.at)
	st.shade(r.ID, nil, when)
	for _, x := range st.indexes() {
		x.insert(r)
	}
	return r.Entry, nil
}

// update replaces the entry by what change makes of it, or leaves it when change
// answers with a refusal. ok is false when there is no such entry.
func (st *store) update(id string, when moment, change func(*Entry) *answer) (e Entry, refusal *answer, ok bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	old, ok := st.byID[id]
	if !ok {
		return Entry{}, nil, false
	}
	next := old.Entry
	if refusal := change(&next); refusal != nil {
		return Entry{}, refusal, true
	}
	// Every change gets a new version, even if the clock stands still.
	if next.ModifiedAt = timestamp(when.at); !next.ModifiedAt.After(old.ModifiedAt) {
		next.ModifiedAt = old.ModifiedAt.Add(time.Microsecond)
	}
	st.drop(old)
	st.shade(id, old, when)
	r := newRecord(next, old.seq)
	st.byID[id] = r
	st.count(r, 1)
	for _, x := range st.indexes() {
		x.insert(r)
	}
	return r.Entry, nil, true
}

// remove deletes the entry unless check refuses.
func (st *store) remove(id string, when moment, check func(Entry) *answer) (refusal *answer, ok bool) {
	st.mu.Lock()
	defer st.mu.Unlock()
	r, ok := st.byID[id]
	if !ok {
		return nil, false
	}
	if refusal := check(r.Entry); refusal != nil {
		return refusal, true
	}
	st.drop(r)
	st.shade(id, r, when)
	return nil, true
}

// count counts an entry among the pairs, or no more.
func (st *store) count(r *record, n int) {
	if r.Synced() {
		return
	}
	p := pair{r.Name, r.Email}
	if st.pairs[p] += n; st.pairs[p] == 0 {
		delete(st.pairs, p)
	}
}

func (st *store) drop(r *record) {
	st.changes++
	delete(st.byID, r.ID)
	st.count(r, -1)
	for _, x := range st.indexes() {
		x.remove(r)
	}
}

// entry returns the entry as a read of it shows it now.
func (st *store) entry(id string) (Entry, bool) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	r := st.byID[id]
	if hidden := st.hidden(st.now(), shadow.fromEntry); len(hidden) > 0 {
		if old, ok := hidden[id]; ok {
			r = old
		}
	}
	if r == nil {
		return Entry{}, false
	}
	return r.Entry, true
}

func (st *store) size() int {
	st.mu.RLock()
	defer st.mu.RUnlock()
	return len(st.byID)
}

// all returns every entry, oldest first.
func (st *store) all() []Entry {
	st.mu.RLock()
	defer st.mu.RUnlock()
	out := make([]Entry, len(st.byCreated.list))
	for i, r := range st.byCreated.list {
		out[i] = r.Entry
	}
	return out
}

// query is a checked list call.
type query struct {
	page, perPage      int
	cap, short         int // see Paging
	search, provenance string
	order              string
	descending         bool
}

// page returns the entries of one page, and how many the registry holds in all, as a
// list shows them now.
func (st *store) page(q query) ([]Entry, int) {
	st.mu.RLock()
	defer st.mu.RUnlock()
	sorted := &st.byCreated
	switch q.order {
	case "name":
		sorted = &st.byName
	case "email":
		sorted = &st.byEmail
	}
	list := sorted.list
	if hidden := st.hidden(st.now(), shadow.fromList); len(hidden) > 0 {
		list = sorted.with(hidden)
	}
	total, page := len(list), []Entry{}
	if q.page-2 > total { // keeps the product in span from overflowing
		return page, total
	}
	skip, limit := q.span()
	search := strings.ToLower(q.search)
	from := 0
	if search == "" && q.provenance == "" {
		from, skip = skip, 0
	}
	for i := from; i < total && len(page) < limit; i++ {
		r := list[i]
		if q.descending {
			r = list[total-1-i]
		}
		if !r.matches(search, q.provenance) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		page = append(page, r.Entry)
	}
	return page, total
}

func (r *record) matches(search, provenance string) bool {
	return (provenance == "" || r.Provenance == provenance) &&
		(search == "" || strings.Contains(r.lowName, search) || strings.Contains(r.lowEmail, search))
}
