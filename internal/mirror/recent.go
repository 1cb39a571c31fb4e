package mirror

import (
	"sync"
	"time"

	"namesake/internal/registry"
)

// recentRows has the rows that changed a short time ago, by this program's own measure: the
// database's clock may make a step.
type recentRows struct {
	mu    sync.Mutex
	since map[registry.ID]time.Duration
}

// note notes rows that have changed now, unless they are the first that this program reads.
func (r *recentRows) note(rows []Row, changed bool, now time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, at := range r.since {
		if now-at > readLag {
			delete(r.since, id)
		}
	}
	if !changed {
		return
	}
	if r.since == nil {
		r.since = make(map[registry.ID]time.Duration)
	}
	for _, row := range rows {
		r.since[row.Entry.ID] = now
	}
}

// has reports whether a row changed a short time before a moment.
func (r *recentRows) has(id registry.ID, moment time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, ok := r.since[id]
	return ok && moment-at <= readLag
}
