// Package netlimit limits the rate of an action per network: per address and per block of
// addresses, so that owning a whole block gives little advantage.
package netlimit

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Rate is a rate of an action: AtOnce times at first, then PerSec times a second.
type Rate struct {
	PerSec float64
	AtOnce int
}

// Rates are the rates of an address and of its block. An IPv4 address is its own block. An
// IPv6 address counts as its /64, which one host may own; the block is its /48, which one
// site gets.
type Rates struct{ Address, Block Rate }

const (
	addressBits = 64
	blockBits   = 48
	// maxKept is the number of limits beyond which unused ones are dropped.
	maxKept = 4096
)

// Limiter limits an action by network.
type Limiter struct {
	rates Rates

	mu   sync.Mutex
	kept map[string]*rate.Limiter
}

// New returns a limiter.
func New(r Rates) *Limiter { return &Limiter{rates: r, kept: make(map[string]*rate.Limiter)} }

// Wait returns the time until the next action is allowed from address, 0 for now.
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

// Take counts an action from address, and reports whether it is allowed.
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

// of returns the limits of address.
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

// forget drops the unused limits and, when most are in use, others too. It drops at least an
// eighth, so that it is called seldom.
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
