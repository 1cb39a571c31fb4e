package registry

import (
	"context"
	"sync"
	"time"
)

// keepsSubmissions is how long a form's key is remembered: longer than anybody
// leaves a form open.
const keepsSubmissions = 24 * time.Hour

// MemorySubmissions keeps submissions in memory: they end with the program.
type MemorySubmissions struct {
	mu    sync.Mutex
	byKey map[string]Submission
}

// NewMemorySubmissions returns an empty MemorySubmissions.
func NewMemorySubmissions() *MemorySubmissions {
	return &MemorySubmissions{byKey: make(map[string]Submission)}
}

// Submission returns what is known of key.
func (m *MemorySubmissions) Submission(_ context.Context, key string) (Submission, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.byKey[key]
	return s, ok, nil
}

// Claim records that a create is about to be sent, if key still stands as from says.
func (m *MemorySubmissions) Claim(_ context.Context, key string, from *Submission, to Submission) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	current, ok := m.byKey[key]
	if ok != (from != nil) || (ok && current != *from) {
		return false, nil
	}
	for old, s := range m.byKey {
		if to.SentAt.Sub(s.SentAt) > keepsSubmissions {
			delete(m.byKey, old)
		}
	}
	m.byKey[key] = to
	return true, nil
}

// Settle records the outcome of a claimed submission; nil forgets it.
func (m *MemorySubmissions) Settle(_ context.Context, key string, to *Submission) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if to == nil {
		delete(m.byKey, key)
		return nil
	}
	m.byKey[key] = *to
	return nil
}
