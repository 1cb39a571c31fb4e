package server

import (
	"fmt"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Limits on signing in, and on what is put on record of it, for each network address.
const (
	attemptsAtOnce  = 300 // a whole office behind one address comes in at nine o'clock
	attemptsPerSec  = 5
	failuresAtOnce  = 10
	failuresPerSec  = 0.1
	addressesLooked = 4096 // how many addresses are kept before those at rest are forgotten
)

// tooManyError reports too many attempts to sign in from one address.
type tooManyError struct{ wait time.Duration }

func (e *tooManyError) Error() string { return fmt.Sprintf("too many sign-ins; wait %s", e.wait) }

// attempts limits how often an address may try to sign in, and how often it may
// fail. An IPv6 address stands for its /64, which one host may have to itself.
type attempts struct {
	now func() time.Time

	mu     sync.Mutex
	byAddr map[string]*attempt
}

type attempt struct{ all, failed, recorded *rate.Limiter }

func newAttempts(now func() time.Time) *attempts {
	return &attempts{now: now, byAddr: make(map[string]*attempt)}
}

// try counts an attempt. It returns a *tooManyError when there were too many, or too
// many that failed.
func (a *attempts) try(address string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	now, at := a.now(), a.of(address)
	if missing := 1 - at.failed.TokensAt(now); missing > 0 {
		return &tooManyError{time.Duration(missing / failuresPerSec * float64(time.Second))}
	}
	if !at.all.AllowN(now, 1) {
		return &tooManyError{time.Second}
	}
	return nil
}

// fail counts an attempt that failed.
func (a *attempts) fail(address string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.of(address).failed.AllowN(a.now(), 1)
}

// record reports whether one more refusal is to be put on record.
func (a *attempts) record(address string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.of(address).recorded.AllowN(a.now(), 1)
}

func (a *attempts) of(address string) *attempt {
	if ip, err := netip.ParseAddr(address); err == nil {
		address = ip.Unmap().String()
		if ip = ip.Unmap(); ip.Is6() {
			address = netip.PrefixFrom(ip.WithZone(""), 64).Masked().String()
		}
	}
	if at, ok := a.byAddr[address]; ok {
		return at
	}
	if len(a.byAddr) >= addressesLooked {
		a.forget()
	}
	at := &attempt{
		rate.NewLimiter(attemptsPerSec, attemptsAtOnce), rate.NewLimiter(failuresPerSec, failuresAtOnce), rate.NewLimiter(failuresPerSec, failuresAtOnce),
	}
	a.byAddr[address] = at
	return at
}

// forget drops the addresses whose limits are where they began, or, when all are in
// use, any one.
func (a *attempts) forget() {
	now := a.now()
	for address, at := range a.byAddr {
		if at.all.TokensAt(now) >= attemptsAtOnce && at.failed.TokensAt(now) >= failuresAtOnce && at.recorded.TokensAt(now) >= failuresAtOnce {
			delete(a.byAddr, address)
		}
	}
	for address := range a.byAddr {
		if len(a.byAddr) < addressesLooked {
			return
		}
		delete(a.byAddr, address)
	}
}
