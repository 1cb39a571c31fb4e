package auth

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Memory keeps sessions in memory: they end with the program.
type Memory struct {
	mu   sync.Mutex
	rows map[string]Session
	now  func() time.Time
}

// NewMemory returns an empty Memory.
func NewMemory(now func() time.Time) *Memory {
	return &Memory{rows: make(map[string]Session), now: now}
}

// Session returns the session with the given hash.
func (m *Memory) Session(_ context.Context, hash string) (Session, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.rows[hash]
	return s, ok, nil
}

// AddSession keeps s, and drops what has run out.
func (m *Memory) AddSession(_ context.Context, s Session) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for hash, row := range m.rows {
		if m.now().Sub(row.Started) >= absoluteLimit {
			delete(m.rows, hash)
		}
	}
	m.rows[s.Hash] = s
	return nil
}

// UpdateSession lets change work on the session with the given hash.
func (m *Memory) UpdateSession(_ context.Context, hash string, change func(*Session)) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.rows[hash]
	if ok {
		s.Flash = slices.Clone(s.Flash)
		change(&s)
		m.rows[hash] = s
	}
	return ok, nil
}

// DeleteSession forgets the session with the given hash.
func (m *Memory) DeleteSession(_ context.Context, hash string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.rows, hash)
	return nil
}
