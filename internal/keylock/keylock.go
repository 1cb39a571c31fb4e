// Package keylock provides mutexes that are found by a key.
package keylock

import (
	"context"
	"sync"
)

// Mutex is a mutex for each key. The zero value is ready for use.
type Mutex struct {
	mu    sync.Mutex
	locks map[string]*countedMutex
}

type countedMutex struct {
	held  chan struct{} // full while the mutex is locked
	users int
}

// Lock locks key and returns the function that unlocks it. It returns the error of ctx if
// that ends first.
func (k *Mutex) Lock(ctx context.Context, key string) (unlock func(), err error) {
	m := k.use(key)
	select {
	case m.held <- struct{}{}:
		return func() {
			<-m.held
			k.leave(key, m)
		}, nil
	case <-ctx.Done():
		k.leave(key, m)
		return nil, ctx.Err()
	}
}

func (k *Mutex) use(key string) *countedMutex {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.locks == nil {
		k.locks = make(map[string]*countedMutex)
	}
	m := k.locks[key]
	if m == nil {
		m = &countedMutex{held: make(chan struct{}, 1)}
		k.locks[key] = m
	}
	m.users++
	return m
}

func (k *Mutex) leave(key string, m *countedMutex) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if m.users--; m.users == 0 {
		delete(k.locks, key)
	}
}
