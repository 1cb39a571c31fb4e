package auth

import (
	"context"
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

// SaveSession keeps s, and drops what has run out.
func (m *Memory) SaveSession(_ context.Context, s Session) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.rows[s.Hash]; !known {
		for hash, row := range m.rows {
			if m.now().Sub(row.Started) >= AbsoluteLimit {
				delete(m.rows, hash)
			}
		}
	}
	m.rows[s.Hash] = s
	return nil
}

// DeleteSession forgets the session with the given hash.
func (m *Memory) DeleteSession(_ context.Context, hash string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.rows, hash)
	return nil
}
