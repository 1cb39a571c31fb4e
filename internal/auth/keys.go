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
	// keyLifetime is how long a key seals new cookies.
	keyLifetime = 30 * 24 * time.Hour
	// keyDelay is the time between adding a key and using it. It exceeds
	// keyRefreshInterval, so that every copy of the program has read the key by then.
	keyDelay           = 5 * time.Minute
	keyRefreshInterval = time.Minute
	// keyReadTimeout bounds one reading of the keys.
	keyReadTimeout = 5 * time.Second

	hashKeySize, blockKeySize = 32, 32
)

// keyRing seals cookies, so that the program looks up only what it has made itself.
// All copies of the program share its keys, which are rotated every keyLifetime. A cookie
// that was sealed with an older key opens for as long as a session may last.
type keyRing struct {
	keys signin.Keys
	// cookieLifetime is how long a cookie may be in use.
	cookieLifetime time.Duration
	now            func() time.Time

	have    atomic.Pointer[keySet]
	reading sync.Mutex // held while the keys are read
}

// keySet is what was read of the keys, and when.
type keySet struct {
	codecs  []securecookie.Codec // the first one seals, all of them open
	sealers []sealer             // as codecs
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

// open reads a value that seal sealed. ok is false when content is anything else; an
// error means that the keys can't be read.
func (k *keyRing) open(ctx context.Context, name, content string, value any) (ok bool, err error) {
	keys, err := k.current(ctx)
	if err != nil {
		return false, err
	}
	return securecookie.DecodeMulti(name, content, value, keys.codecs...) == nil, nil
}

// current returns the keys, which it reads again after keyRefreshInterval. The keys at
// hand stay in use while they are read or can't be read: the session of a cookie is looked
// up in any case.
func (k *keyRing) current(ctx context.Context) (*keySet, error) {
	now, have := k.now(), k.have.Load()
	if have != nil && (now.Sub(have.read) < keyRefreshInterval || !k.reading.TryLock()) {
		return have, nil
	}
	if have == nil {
		k.reading.Lock()
	}
	defer k.reading.Unlock()
	if newer := k.have.Load(); newer != have {
		return newer, nil // another request has read them while this one waited
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keyReadTimeout)
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

// rotate adds a key if the newest is keyLifetime old.
func (k *keyRing) rotate(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, keyReadTimeout)
	defer cancel()
	now := k.now()
	keys, err := k.existing(ctx, now)
	if err != nil {
		return err
	}
	newest := keys[len(keys)-1]
	if now.Sub(newest.CreatedAt) < keyLifetime {
		return nil
	}
	return k.add(ctx, newest.Seq+1, now)
}

func (k *keyRing) add(ctx context.Context, seq int64, now time.Time) error {
	key := signin.Key{Seq: seq, Secret: make([]byte, hashKeySize+blockKeySize), CreatedAt: now}
	rand.Read(key.Secret)
	return k.keys.AddSessionKey(ctx, key, now.Add(-keyLifetime-keyDelay-k.cookieLifetime))
}

// newKeySet returns the codecs and sealers of keys. The first ones belong to the newest key
// that every copy of the program knows.
func newKeySet(keys []signin.Key, now time.Time) (*keySet, error) {
	sealing := 0
	set := &keySet{make([]securecookie.Codec, len(keys)), make([]sealer, len(keys)), now}
	for i, key := range keys {
		codec := securecookie.New(key.Secret[:hashKeySize], key.Secret[hashKeySize:])
		codec.SetSerializer(securecookie.JSONEncoder{})
		codec.MaxAge(0) // the session of a cookie has limits of its own
		set.codecs[i] = codec
		var err error
		if set.sealers[i], err = newSealer(key); err != nil {
			return nil, err
		}
		if now.Sub(key.CreatedAt) >= keyDelay {
			sealing = i
		}
	}
	set.codecs[0], set.codecs[sealing] = set.codecs[sealing], set.codecs[0]
	set.sealers[0], set.sealers[sealing] = set.sealers[sealing], set.sealers[0]
	return set, nil
}
