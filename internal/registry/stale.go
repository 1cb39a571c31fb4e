package registry

import (
	"slices"
	"sync"
	"time"
)

// StaleError reports a list that could not be read now, with what it was when the
// same was asked last.
type StaleError struct {
	List  Page
	At    time.Time     // when it was so
	Age   time.Duration // how long ago that is
	Cause *APIError     // why it can't be read now
}

func (e *StaleError) Error() string { return e.Cause.Error() }
func (e *StaleError) Unwrap() error { return e.Cause }

// passing reports whether a read that failed may succeed by itself a while later.
func (k Kind) passing() bool {
	switch k {
	case RateLimited, Broken, Unreadable, Unreachable, Lost, TimedOut:
		return true
	case Refused, Conflicting, Missing, Denied, NotSubscribed:
	}
	return false
}

// recent is how old an answer may be that is given once more while calls are scarce.
const recent = time.Minute

// reusable reports whether an answer from at stands for one that the API's limit of calls
// has kept from being asked for.
func (s *Service) reusable(failed *APIError, at time.Time) bool {
	return failed.Kind == RateLimited && s.now().Sub(at) <= recent
}

// changedSince reports whether this program has changed the registry after at.
func (s *Service) changedSince(at time.Time) bool {
	last := s.changedAt.Load()
	return last != nil && !at.After(*last)
}

// noteChange is called after each call that may have changed the entry id, "" for a new
// one. now is the entry as the API's answer has it, the zero Entry where there is none.
func (s *Service) noteChange(id ID, now Entry) {
	at := s.now()
	s.changedAt.Store(&at)
	s.keptEntries.drop(entryQuery(id))
	if now.ID != "" && now.Email != "" { // the API may leave fields out
		s.keptEntries.keepEntry(now, Receipt{}, at)
	}
}

// entryQuery is the query under which one entry is kept.
func entryQuery(id ID) Query { return Query{Search: string(id)} }

func (k *keptLists) keepEntry(e Entry, r Receipt, at time.Time) {
	k.keep(entryQuery(e.ID), Page{Entries: []Entry{e}, Receipt: r}, at)
}

// drop forgets the answer to q.
func (k *keptLists) drop(q Query) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.take(q.normal())
}

// Bounds of the lists that are kept.
const (
	maxKeptLists = 64
	maxKeptBytes = 8 << 20
)

// keptLists are the last good answers to the queries that were asked last, of the
// service's one account. They are in memory only, and never changed.
type keptLists struct {
	mu    sync.Mutex
	lists []keptList // the one that was used last comes last
	bytes int
}

type keptList struct {
	query Query
	list  Page
	at    time.Time
	bytes int
}

// keep keeps an answer, and drops others that were not used for the longest time.
func (k *keptLists) keep(q Query, list Page, at time.Time) {
	kept := keptList{q.normal(), list, at, list.bytes()}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.take(kept.query)
	if kept.bytes > maxKeptBytes {
		return
	}
	k.lists = append(k.lists, kept)
	k.bytes += kept.bytes
	for len(k.lists) > maxKeptLists || k.bytes > maxKeptBytes {
		k.bytes -= k.lists[0].bytes
		k.lists = slices.Delete(k.lists, 0, 1)
	}
}

// last returns the last good answer to q.
func (k *keptLists) last(q Query) (keptList, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, ok := k.take(q.normal())
	if ok {
		k.lists = append(k.lists, kept)
		k.bytes += kept.bytes
	}
	return kept, ok
}

// take removes the answer to q. The caller holds the lock.
func (k *keptLists) take(q Query) (kept keptList, ok bool) {
	at := slices.IndexFunc(k.lists, func(l keptList) bool { return l.query == q })
	if at < 0 {
		return keptList{}, false
	}
	kept = k.lists[at]
	k.lists = slices.Delete(k.lists, at, at+1)
	k.bytes -= kept.bytes
	return kept, true
}

// normal returns q as the API understands it, so that what means the same is the same.
func (q Query) normal() Query {
	if q.Page == 0 {
		q.Page = 1
	}
	if q.PerPage == 0 {
		q.PerPage = DefaultPerPage
	}
	return q
}

// bytes is about how much memory the page takes.
func (p Page) bytes() int {
	const fixed = 256 // of an entry: its fields, and what pointers lead to
	n := fixed
	for _, e := range p.Entries {
		n += fixed + len(e.ID) + len(e.Name) + len(e.Email) + len(e.Provenance)
		for _, text := range e.LongTexts() {
			if *text != nil {
				n += len(**text)
			}
		}
	}
	return n
}
