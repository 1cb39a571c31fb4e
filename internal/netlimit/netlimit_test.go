package netlimit

import (
	"fmt"
	"testing"
	"time"
)

func TestLimiter(t *testing.T) {
	rates := Rates{Address: Rate{PerSec: 0.1, AtOnce: 2}, Block: Rate{PerSec: 1, AtOnce: 5}}
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name    string
		address func(i int) string
		taken   int           // of ten at once
		wait    time.Duration // for the next one
	}{
		{"one IPv4 address", func(int) string { return "192.0.2.1" }, 2, 10 * time.Second},
		{"the same in IPv6 clothes", func(i int) string { return []string{"192.0.2.1", "::ffff:192.0.2.1"}[i%2] }, 2, 10 * time.Second},
		{"its neighbours", func(i int) string { return fmt.Sprintf("192.0.2.%d", i) }, 10, 0},
		{"one /64", func(i int) string { return fmt.Sprintf("2001:db8::%x:1", i) }, 2, 10 * time.Second},
		{"one /64, with zones", func(i int) string { return fmt.Sprintf("fe80::1%%eth%d", i) }, 2, 10 * time.Second},
		{"one /48", func(i int) string { return fmt.Sprintf("2001:db8:0:%x::1", i) }, 5, time.Second},
		{"other /48s", func(i int) string { return fmt.Sprintf("2001:db8:%x::1", i) }, 10, 0},
		{"no address", func(int) string { return "@" }, 2, 10 * time.Second},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := New(rates)
			taken := 0
			for i := range 10 {
				if l.Take(now, test.address(i)) {
					taken++
				}
			}
			if wait := l.Wait(now, test.address(10)); taken != test.taken || wait != test.wait {
				t.Errorf("%d were let through, and the next one waits %s; want %d and %s", taken, wait, test.taken, test.wait)
			}
			if later := now.Add(test.wait); !l.Take(later, test.address(10)) {
				t.Error("the next one is not let through after its wait")
			}
		})
	}
}

// However many networks come, few are kept.
func TestLimiterForgets(t *testing.T) {
	l := New(Rates{Address: Rate{PerSec: 0.1, AtOnce: 2}, Block: Rate{PerSec: 1, AtOnce: 5}})
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 20_000 {
		l.Take(now, fmt.Sprintf("2001:db8:%x::1", i))
	}
	if len(l.kept) > maxKept {
		t.Errorf("%d are kept", len(l.kept))
	}
}
