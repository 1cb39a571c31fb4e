// Package netlimit limits how often something may be done from a network: from one
// address and from the block that it is part of, so that somebody who has a whole block
// of addresses gains little by it.
package netlimit

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is how often something may be done: AtOnce times, and PerSec times a second in
// the long run.
type Rate struct {
	PerSec float64
	AtOnce int
}

// Rates are those of one address and of the block around it. An IPv4 address is its own
// block. An IPv6 address stands for its /64, which one host may have to itself; the
// block is its /48, which is what one site gets.
type Rates struct{ Address, Block Rate }

const (
	addressBits = 64
	blockBits   = 48
	// maxKept is how many limits are kept before those at rest are forgotten.
	maxKept = 4096
)

// Limiter limits something by network.
type Limiter struct {
	rates Rates

	mu   sync.Mutex
	kept map[string]*rate.Limiter
}

// New returns a limiter.
func New(r Rates) *Limiter { return &Limiter{rates: r, kept: make(map[string]*rate.Limiter)} }

// Wait returns how long it takes until the next one may be done from address, 0 for now.
func (l *Limiter) Wait(now time.Time, address string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	var wait time.Duration
	for _, of := range l.of(now, address) {
		if missing := 1 - of.TokensAt(now); missing > 0 {
			wait = max(wait, time.Duration(missing/float64(of.Limit())*float64(time.Second)))
		}
	}
	return wait
}

// Take counts one that is done from address, and reports whether it may be done.
func (l *Limiter) Take(now time.Time, address string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	limits := l.of(now, address)
	for _, of := range limits {
		if of.TokensAt(now) < 1 {
			return false
		}
	}
	for _, of := range limits {
		of.AllowN(now, 1)
	}
	return true
}

// of returns the limits that address is held to.
func (l *Limiter) of(now time.Time, address string) []*rate.Limiter {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return []*rate.Limiter{l.limit(now, address, l.rates.Address)}
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return []*rate.Limiter{l.limit(now, ip.String(), l.rates.Address)}
	}
	return []*rate.Limiter{
		l.limit(now, netip.PrefixFrom(ip, addressBits).Masked().String(), l.rates.Address),
		l.limit(now, netip.PrefixFrom(ip, blockBits).Masked().String(), l.rates.Block),
	}
}

func (l *Limiter) limit(now time.Time, network string, r Rate) *rate.Limiter {
	if kept, ok := l.kept[network]; ok {
		return kept
	}
	if len(l.kept) >= maxKept {
		l.forget(now)
	}
	l.kept[network] = rate.NewLimiter(rate.Limit(r.PerSec), r.AtOnce)
	return l.kept[network]
}

// forget drops the limits that are where they began and, when most are in use, any
// others: an eighth goes at least, so that it is seldom called.
func (l *Limiter) forget(now time.Time) {
	for network, kept := range l.kept {
		if kept.TokensAt(now) >= float64(kept.Burst()) {
			delete(l.kept, network)
		}
	}
	for network := range l.kept {
		if len(l.kept) <= maxKept*7/8 {
			return
		}
		delete(l.kept, network)
	}
}
