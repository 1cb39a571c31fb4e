package auth

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/securecookie"

	"namesake/internal/registry"
	"namesake/internal/signin"
)

const (
	// keysLast is how long a key seals new cookies before the next one does.
	keysLast = 30 * 24 * time.Hour
	// keysWait is how long a new key waits before it is used, so that every copy of the
	// program has read it by then; they read the keys anew after keysKept.
	keysWait = 5 * time.Minute
	keysKept = time.Minute
	// keysWithin bounds how long reading them takes.
	keysWithin = 5 * time.Second

	hashKeySize, blockKeySize = 32, 32
)

// keyRing seals cookies, so that only what the program has made itself is ever
// looked up. Its keys are shared by all copies of the program and change by
// themselves; a cookie that was sealed with an older one opens for as long as a
// session may last.
type keyRing struct {
	keys signin.Keys
	// cookiesLast is how long a cookie may be in use.
	cookiesLast time.Duration
	now         func() time.Time

	have    atomic.Pointer[keySet]
	reading sync.Mutex // held by whoever reads the keys
}

// keySet is what was read of the keys, and when.
type keySet struct {
	codecs  []securecookie.Codec // the first one seals, all open
	sealers []sealer             // likewise
	read    time.Time
}

// seal returns value, anything with a JSON form, as the content of the cookie name.
func (k *keyRing) seal(ctx context.Context, name string, value any) (string, error) {
	keys, err := k.current(ctx)
	if err != nil {
		return "", err
	}
	sealed, err := securecookie.EncodeMulti(name, value, keys.codecs[0])
	if err != nil {
		return "", fmt.Errorf("seal cookie: %w", err)
	}
	return sealed, nil
}

// open reads what seal has made of a value. ok is false when content is anything
// else; an error tells that the keys can't be read.
func (k *keyRing) open(ctx context.Context, name, content string, value any) (ok bool, err error) {
	keys, err := k.current(ctx)
	if err != nil {
		return false, err
	}
	return securecookie.DecodeMulti(name, content, value, keys.codecs...) == nil, nil
}

// current returns the keys, read anew once a while. Those at hand go on being used
// while they are read, or can't be: what a cookie stands for is looked up in any case.
func (k *keyRing) current(ctx context.Context) (*keySet, error) {
	now, have := k.now(), k.have.Load()
	if have != nil && (now.Sub(have.read) < keysKept || !k.reading.TryLock()) {
		return have, nil
	}
	if have == nil {
		k.reading.Lock()
	}
	defer k.reading.Unlock()
	if newer := k.have.Load(); newer != have {
		return newer, nil // somebody else has read them meanwhile
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keysWithin)
	defer cancel()
	keys, err := k.existing(ctx, now)
	var next *keySet
	if err == nil {
		next, err = newKeySet(keys, now)
	}
	switch {
	case err != nil && have == nil:
		return nil, fmt.Errorf("%w: session keys: %w", registry.ErrDatabase, err)
	case err != nil:
		next = &keySet{have.codecs, have.sealers, now}
	}
	k.have.Store(next)
	return next, nil
}

// existing returns the keys, after adding the first one if there is none.
func (k *keyRing) existing(ctx context.Context, now time.Time) ([]signin.Key, error) {
	keys, err := k.keys.SessionKeys(ctx)
	if err != nil || len(keys) > 0 {
		return keys, err
	}
	if err := k.add(ctx, 1, now); err != nil {
		return nil, err
	}
	return k.keys.SessionKeys(ctx)
}

// rotate adds a key if the newest is as old as one may get.
func (k *keyRing) rotate(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, keysWithin)
	defer cancel()
	now := k.now()
	keys, err := k.existing(ctx, now)
	if err != nil {
		return err
	}
	newest := keys[len(keys)-1]
	if now.Sub(newest.CreatedAt) < keysLast {
		return nil
	}
	return k.add(ctx, newest.Seq+1, now)
}

func (k *keyRing) add(ctx context.Context, seq int64, now time.Time) error {
	key := signin.Key{Seq: seq, Secret: make([]byte, hashKeySize+blockKeySize), CreatedAt: now}
	rand.Read(key.Secret)
	return k.keys.AddSessionKey(ctx, key, now.Add(-keysLast-keysWait-k.cookiesLast))
}

// newKeySet returns what works with keys, first that of the newest key which every
// copy of the program knows.
func newKeySet(keys []signin.Key, now time.Time) (*keySet, error) {
	sealing := 0
	set := &keySet{make([]securecookie.Codec, len(keys)), make([]sealer, len(keys)), now}
	for i, key := range keys {
		codec := securecookie.New(key.Secret[:hashKeySize], key.Secret[hashKeySize:])
		codec.SetSerializer(securecookie.JSONEncoder{})
		codec.MaxAge(0) // what a cookie stands for has its limits elsewhere
		set.codecs[i] = codec
		var err error
		if set.sealers[i], err = newSealer(key); err != nil {
			return nil, err
		}
		if now.Sub(key.CreatedAt) >= keysWait {
			sealing = i
		}
	}
	set.codecs[0], set.codecs[sealing] = set.codecs[sealing], set.codecs[0]
	set.sealers[0], set.sealers[sealing] = set.sealers[sealing], set.sealers[0]
	return set, nil
}
