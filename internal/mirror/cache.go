package mirror

import (
	"slices"
	"sync"
	"time"

	"namesake/internal/registry"
)

// StaleError reports a list that could not be read now. It has the last answer to the same
// query.
type StaleError struct {
	List  registry.Page
	At    time.Time          // the time of that answer
	Age   time.Duration      // the age of that answer
	Cause *registry.APIError // why the list can't be read now
}

func (e *StaleError) Error() string { return e.Cause.Error() }
func (e *StaleError) Unwrap() error { return e.Cause }

// maxReuseAge is the greatest age of an answer that is used again while API calls are
// scarce.
const maxReuseAge = time.Minute

// reusable reports whether an answer from the time at may replace a call that the API's
// limit of calls prevented.
func (s *Service) reusable(failed *registry.APIError, at time.Time) bool {
	return failed.Kind == registry.RateLimited && s.now().Sub(at) <= maxReuseAge
}

// changedSince reports whether this program has changed the registry after at.
func (s *Service) changedSince(at time.Time) bool {
	last := s.changedAt.Load()
	return last != nil && !at.After(*last)
}

// NoteChange is called after each call that may have changed the entry id, "" for a new
// one. now is the entry in the API's answer, the zero Entry if the answer has none.
func (s *Service) NoteChange(id registry.ID, now registry.Entry) {
	at := s.now()
	s.changedAt.Store(&at)
	s.entries.remove(entryQuery(id))
	if now.ID != "" && now.Email != "" { // the API may leave out fields
		s.entries.putEntry(now, registry.Receipt{}, at)
	}
}

// LastRead returns the entry as it was last read or changed; ok is false if the cache does
// not have it.
func (s *Service) LastRead(id registry.ID) (e registry.Entry, ok bool) {
	kept, ok := s.entries.get(entryQuery(id))
	if !ok {
		return registry.Entry{}, false
	}
	return kept.list.Entries[0], true
}

// entryQuery returns the cache's query for one entry.
func entryQuery(id registry.ID) registry.Query { return registry.Query{Search: string(id)} }

func (k *listCache) putEntry(e registry.Entry, r registry.Receipt, at time.Time) {
	k.put(entryQuery(e.ID), registry.Page{Entries: []registry.Entry{e}, Receipt: r}, at)
}

// remove removes the answer to q.
func (k *listCache) remove(q registry.Query) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.take(q.Normal())
}

// Limits of each cache.
const (
	maxCachedLists = 64
	maxCachedBytes = 8 << 20
)

// listCache holds the latest good answers, of the service's one account, in memory. The
// answers are never modified.
type listCache struct {
	mu    sync.Mutex
	lists []cachedList // the most recently used one is last
	bytes int
}

type cachedList struct {
	query registry.Query
	list  registry.Page
	at    time.Time
	bytes int
}

// put stores an answer, and removes the least recently used ones if there are too many.
func (k *listCache) put(q registry.Query, list registry.Page, at time.Time) {
	kept := cachedList{q.Normal(), list, at, list.Bytes()}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.take(kept.query)
	if kept.bytes > maxCachedBytes {
		return
	}
	k.lists = append(k.lists, kept)
	k.bytes += kept.bytes
	for len(k.lists) > maxCachedLists || k.bytes > maxCachedBytes {
		k.bytes -= k.lists[0].bytes
		k.lists = slices.Delete(k.lists, 0, 1)
	}
}

// get returns the latest good answer to q.
func (k *listCache) get(q registry.Query) (cachedList, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	kept, ok := k.take(q.Normal())
	if ok {
		k.lists = append(k.lists, kept)
		k.bytes += kept.bytes
	}
	return kept, ok
}

// take removes the answer to q. The caller holds the lock.
func (k *listCache) take(q registry.Query) (kept cachedList, ok bool) {
	at := slices.IndexFunc(k.lists, func(l cachedList) bool { return l.query == q })
	if at < 0 {
		return cachedList{}, false
	}
	kept = k.lists[at]
	k.lists = slices.Delete(k.lists, at, at+1)
	k.bytes -= kept.bytes
	return kept, true
}
