package mirror

import (
	"maps"
	"sync"
	"time"

	"namesake/internal/registry"
)

// missingRows are the entries that were missing from the last complete reading, when too
// many were to look at each of them. An API that shows an empty list for a moment must not
// empty the copy.
type missingRows struct {
	mu    sync.Mutex
	since map[registry.ID]time.Duration
}

// confirm adds those of the absent entries to gone that were already missing from a pass at
// least missingPause before now. It returns how many are left, for another pass.
func (m *missingRows) confirm(absent map[registry.ID]bool, now time.Duration, gone map[registry.ID]bool) (left int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.since == nil {
		m.since = make(map[registry.ID]time.Duration)
	}
	maps.DeleteFunc(m.since, func(id registry.ID, _ time.Duration) bool { return !absent[id] })
	for id := range absent {
		switch since, before := m.since[id]; {
		case !before:
			m.since[id] = now
			left++
		case now-since < missingPause:
			left++
		default:
			gone[id] = true
		}
	}
	return left
}

// forget forgets them all.
func (m *missingRows) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.since = nil
}
