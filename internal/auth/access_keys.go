package auth

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// How long the keys of a team are used, and how often it is asked for them.
const (
	keyRefresh         = time.Hour       // age at which the keys are fetched again
	maxKeyAge          = 24 * time.Hour  // age at which the keys are no longer used
	unknownKeyInterval = time.Minute     // between fetches for an unknown key, which anyone can name
	staleRetryInterval = time.Minute     // after a failed fetch, while older keys are usable
	failureRetry       = 5 * time.Second // after a failed fetch, while there are no keys
	rsaBitsMin         = 2048
)

// accessKey is a public key of a team, for the one way of signing that it is for.
type accessKey struct {
	id     string
	alg    jose.SignatureAlgorithm
	public any
}

func (k accessKey) fits(alg string) bool { return string(k.alg) == alg }

// accessKeys is the key set of a team. It is fetched when it is needed. Requests that
// need it at the same time share one fetch.
type accessKeys struct {
	url    string
	client *http.Client
	now    func() time.Time
	log    *slog.Logger

	mu      sync.Mutex
	keys    []accessKey
	fetched time.Time // when keys were asked for
	failure error     // of the last fetch
	failed  time.Time
	sought  time.Time // when an unknown key last caused a fetch
	running *keyFetch
}

// keyFetch is a fetch in progress.
type keyFetch struct {
	done chan struct{}
	err  error // set when done is closed
}

func (f *keyFetch) wait(ctx context.Context) error {
	select {
	case <-f.done:
		return f.err
	case <-ctx.Done():
		return noKeys(ctx.Err())
	}
}

func noKeys(cause error) error { return &UnavailableError{Reason: reasonNoKeys, Err: cause} }

// find returns the team's keys with that id, usually one. If there is none, it fetches the
// keys again, at most once a minute.
func (k *accessKeys) find(ctx context.Context, id string) ([]accessKey, error) {
	fetched, err := k.ready(ctx)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	found := k.named(id)
	if len(found) > 0 || fetched {
		k.mu.Unlock()
		return found, nil
	}
	now := k.now()
	running := k.running
	if running == nil && now.Sub(k.sought) >= unknownKeyInterval {
		k.sought = now
		running = k.start(ctx)
	}
	failure := k.failure
	k.mu.Unlock()
	if running == nil {
		return nil, failure // after a failed fetch it is unknown whether the team has the key
	}
	if err := running.wait(ctx); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.named(id), nil
}

func (k *accessKeys) named(id string) []accessKey {
	var found []accessKey
	for _, key := range k.keys {
		if key.id == id {
			found = append(found, key)
		}
	}
	return found
}

// ready fetches the keys when there are none or they are older than keyRefresh. Older
// keys stay in use while a fetch fails. fetched reports whether it fetched them.
func (k *accessKeys) ready(ctx context.Context) (fetched bool, err error) {
	k.mu.Lock()
	now := k.now()
	age, sinceFailure := now.Sub(k.fetched), now.Sub(k.failed)
	usable := len(k.keys) > 0 && age < maxKeyAge
	switch {
	// Only the request that starts a fetch waits for it while older keys are usable.
	case usable && (age < keyRefresh || k.running != nil || k.failure != nil && sinceFailure < staleRetryInterval):
		k.mu.Unlock()
		return false, nil
	case !usable && k.running == nil && k.failure != nil && sinceFailure < failureRetry:
		failure := k.failure
		k.mu.Unlock()
		return false, failure
	}
	running := k.start(ctx)
	k.mu.Unlock()
	if err := running.wait(ctx); err != nil {
		if usable {
			return false, nil //nolint:nilerr // the old keys will do; the fetch has logged why
		}
		return false, err
	}
	return true, nil
}

// start starts a fetch, or returns the one in progress. k.mu is held. The fetch continues
// when the request that started it ends, because others may wait for it.
func (k *accessKeys) start(ctx context.Context) *keyFetch {
	if k.running != nil {
		return k.running
	}
	running := &keyFetch{done: make(chan struct{})}
	k.running = running
	ctx = context.WithoutCancel(ctx)
	go func() {
		began := k.now()
		keys, err := k.fetch(ctx)
		if err != nil {
			k.log.WarnContext(ctx, "the keys of Cloudflare Access can't be fetched", "error", err)
			err = noKeys(err)
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		if err == nil {
			k.keys, k.fetched = keys, began
		} else {
			k.failed = k.now()
		}
		k.failure, running.err, k.running = err, err, nil
		close(running.done)
	}()
	return running
}

// fetch asks the team for its keys. An answer without a usable key is an error: without
// keys no sign-in could be verified.
func (k *accessKeys) fetch(ctx context.Context) ([]accessKey, error) {
	answer, err := askAccess(ctx, k.client, k.url)
	if err != nil {
		return nil, fmt.Errorf("fetch the team's keys: %w", err)
	}
	if answer.status != http.StatusOK {
		return nil, fmt.Errorf("fetch the team's keys: %s answered %d", k.url, answer.status)
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(answer.body, &set) != nil {
		return nil, fmt.Errorf("fetch the team's keys: %s answered no key set", k.url)
	}
	var keys []accessKey
	for _, raw := range set.Keys {
		key, err := readKey(raw)
		if err != nil {
			k.log.WarnContext(ctx, "a key of Cloudflare Access is ignored", "error", err)
			continue
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("fetch the team's keys: %s answered no key that can be used", k.url)
	}
	return keys, nil
}

// readKey reads a key of the set. It accepts public keys for signatures only.
func readKey(raw []byte) (accessKey, error) {
	var key jose.JSONWebKey
	if key.UnmarshalJSON(raw) != nil {
		return accessKey{}, errors.New("not a key")
	}
	read := accessKey{id: key.KeyID, public: key.Key}
	switch public := key.Key.(type) {
	case *rsa.PublicKey:
		if public.N.BitLen() < rsaBitsMin {
			return accessKey{}, fmt.Errorf("key %.80q has fewer than %d bits", key.KeyID, rsaBitsMin)
		}
		read.alg = jose.RS256
	case *ecdsa.PublicKey:
		if public.Curve != elliptic.P256() {
			return accessKey{}, fmt.Errorf("key %.80q is on another curve than P-256", key.KeyID)
		}
		read.alg = jose.ES256
	default:
		return accessKey{}, fmt.Errorf("key %.80q is not a public RSA or EC key", key.KeyID)
	}
	switch {
	case key.KeyID == "":
		return accessKey{}, errors.New("a key has no id")
	case key.Use != "" && key.Use != "sig":
		return accessKey{}, fmt.Errorf("key %.80q is for another use: %.20q", key.KeyID, key.Use)
	case key.Algorithm != "" && key.Algorithm != string(read.alg):
		return accessKey{}, fmt.Errorf("key %.80q is for another algorithm: %.20q", key.KeyID, key.Algorithm)
	}
	return read, nil
}
