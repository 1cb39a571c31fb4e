package cfapi_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"namesake/internal/registry"
)

// Background work stops at a quarter of the budget, which people may use up.
func TestBackgroundStopsAtAQuarter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const window, limit = 5 * time.Minute, 100
		left := map[time.Duration]int{} // by window
		var low []int                   // what background calls found
		api := &busyAPI{}
		api.answer = func(r *http.Request) *canned {
			since := time.Since(epoch)
			w := since / window
			if _, known := left[w]; !known {
				left[w] = limit
			}
			left[w]--
			if registry.InBackground(r.Context()) {
				low = append(low, left[w])
			}
			reset := strconv.Itoa(int(((w+1)*window - since) / time.Second))
			return &canned{status: 200, header: http.Header{
				"Ratelimit": {`"default";r=` + strconv.Itoa(left[w]) + `;t=` + reset}, "Ratelimit-Policy": {`"default";q=100;w=300`},
			}}
		}
		c, _ := paced(t, api)
		ctx, cancel := context.WithTimeout(registry.Background(t.Context()), 12*time.Minute)
		defer cancel()
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for list(ctx, c, "") == nil {
				}
			})
		}
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		api.mu.Lock()
		own := left[0]
		if own < 25 || own > 28 { // those in progress may be counted twice
			t.Errorf("the background left %d", own)
		}
		api.mu.Unlock()
		for range 10 {
			if err := list(t.Context(), c, ""); err != nil {
				t.Error(err)
			}
		}
		all.Wait()
		api.mu.Lock()
		defer api.mu.Unlock()
		if left[0] != own-10 || left[1] < 25 || left[1] > 28 || left[2] < 25 || left[2] > 28 || len(left) != 3 {
			t.Errorf("left in each window: %v", left)
		}
		for _, n := range low {
			if n < 25 {
				t.Errorf("a background call left %d", n)
			}
		}
		// The last window ends later than the context: they gave up as soon as they knew.
		notMade(t, list(ctx, c, ""), registry.RateLimited, window, "budget")
		if time.Since(epoch) != 2*window {
			t.Errorf("gave up after %s", time.Since(epoch))
		}
	})
}

func TestWaitingInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		status := 429
		api := &busyAPI{}
		api.answer = func(*http.Request) *canned {
			return &canned{status: status, header: http.Header{"Retry-After": {"60"}}}
		}
		c, told := paced(t, api)
		background := registry.Background(t.Context())
		_ = list(background, c, "")
		status = 200
		told.told()

		// The own deadline comes too early.
		short, cancel := context.WithTimeout(background, 59*time.Second)
		defer cancel()
		notMade(t, list(short, c, ""), registry.RateLimited, time.Minute, "asked to wait")
		// It is cancelled while it waits.
		gone, cancel := context.WithCancel(background)
		time.AfterFunc(10*time.Second, cancel)
		err := list(gone, c, "")
		notMade(t, err, registry.Lost, 0, "canceled")
		if !errors.Is(err, context.Canceled) || time.Since(epoch) != 10*time.Second {
			t.Errorf("after %s: %v", time.Since(epoch), err)
		}
		if calls, _ := told.told(); calls != nil {
			t.Errorf("told %q", calls)
		}
		// The client's time limit governs the call and not the wait.
		api.takes = time.Hour
		_, _, err = c.CreateEntry(background, draft)
		var failed *registry.APIError
		if !errors.As(err, &failed) || failed.Kind != registry.TimedOut || failed.Effect != registry.MayStillLand || time.Since(epoch) != 70*time.Second {
			t.Errorf("after %s: %v", time.Since(epoch), err)
		}
		if calls, _ := told.told(); len(calls) != 1 || calls[0] != "create entry: timed out" {
			t.Errorf("told %q", calls)
		}
	})
}

// Calls that hang don't make others hang along: they give up in time to know that
// nothing was sent.
func TestNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &busyAPI{takes: time.Hour}
		c, _ := paced(t, api)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { _ = list(t.Context(), c, "") })
		}
		synctest.Wait()
		time.Sleep(time.Second)
		all.Go(func() {
			_, _, err := c.CreateEntry(t.Context(), draft)
			notMade(t, err, registry.TimedOut, 0, "within the time limit")
			if !errors.Is(err, context.DeadlineExceeded) || time.Since(epoch) != 9*time.Second {
				t.Errorf("after %s: %v", time.Since(epoch), err)
			}
		})
		all.Wait()
		if got := len(api.arrivals()); got != 8 {
			t.Errorf("%d calls", got)
		}
		api.takes = 0 // the places are free again
		for range 9 {
			if err := list(t.Context(), c, ""); err != nil {
				t.Error(err)
			}
		}
	})
}

// Who waits for a short while learns when it becomes a long one.
func TestClosedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &busyAPI{takes: time.Second}
		api.answer = func(r *http.Request) *canned {
			return &canned{status: 429, header: http.Header{"Retry-After": {r.URL.Query().Get("search")}}}
		}
		c, _ := paced(t, api)
		var all sync.WaitGroup
		all.Go(func() { _ = list(t.Context(), c, "5") }) // answered after one second
		time.Sleep(500 * time.Millisecond)
		all.Go(func() { _ = list(t.Context(), c, "300") }) // and this half a second later
		time.Sleep(750 * time.Millisecond)
		for range 3 {
			all.Go(func() {
				notMade(t, list(t.Context(), c, ""), registry.RateLimited, 300*time.Second, "asked to wait")
				if time.Since(epoch) != 1500*time.Millisecond {
					t.Errorf("refused after %s", time.Since(epoch))
				}
			})
		}
		all.Wait()
		if got := len(api.arrivals()); got != 2 {
			t.Errorf("%d calls", got)
		}
	})
}

// A read isn't tried again when its first answer has closed the client: that answer
// is what is told.
func TestNoSecondTryWhenClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &busyAPI{answer: func(*http.Request) *canned {
			return &canned{status: 502, header: http.Header{"Ratelimit": {`"default";r=0;t=60`}}}
		}}
		c, told := paced(t, api)
		err := list(t.Context(), c, "")
		var failed *registry.APIError
		if !errors.As(err, &failed) || failed.Kind != registry.Broken || failed.Receipt.Status != 502 {
			t.Errorf("error %v", err)
		}
		if calls, _ := told.told(); len(calls) != 1 || len(api.arrivals()) != 1 {
			t.Errorf("told %q", calls)
		}
	})
}

// A place is given back even when the transport panics.
func TestPlaceAfterAPanic(t *testing.T) {
	api := &busyAPI{}
	c, _ := paced(t, roundTripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("search") == "panic" {
			panic("out of order")
		}
		return api.RoundTrip(r)
	}))
	for range 9 {
		func() {
			defer func() { _ = recover() }()
			_ = list(t.Context(), c, "panic")
		}()
	}
	if err := list(t.Context(), c, ""); err != nil {
		t.Error(err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// A pause that fails by itself ends the wait, and isn't tried over and over.
func TestPauseThatFails(t *testing.T) {
	api := &canned{status: 429, header: http.Header{"Retry-After": {"5"}}}
	o := options("http://127.0.0.1")
	o.Transport = api
	o.Pause = func(context.Context, time.Duration) error { return errors.New("no timer") }
	c := newClient(t, o)
	_ = list(t.Context(), c, "")
	notMade(t, list(t.Context(), c, ""), registry.Lost, 0, "no timer")
}

// Work that keeps others waiting is sent away with the time after which to come again.
func TestShortWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &busyAPI{takes: time.Hour}
		c, _ := paced(t, api)
		ctx := registry.ShortWait(registry.Background(t.Context()))
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() { _ = list(registry.Background(t.Context()), c, "") })
		}
		synctest.Wait()
		notMade(t, list(ctx, c, ""), registry.RateLimited, 0, "the maximum of calls is in progress")
		if time.Since(epoch) != 2*time.Second {
			t.Errorf("sent away after %s", time.Since(epoch))
		}
		all.Wait()
		api.takes = 0
		api.answer = func(*http.Request) *canned { return &canned{status: 429, header: http.Header{"Retry-After": {"60"}}} }
		_ = list(ctx, c, "")
		began := time.Now()
		notMade(t, list(ctx, c, ""), registry.RateLimited, time.Minute, "asked to wait")
		if time.Since(began) != 0 {
			t.Errorf("sent away after %s", time.Since(began))
		}
		time.Sleep(59 * time.Second)
		api.answer = nil
		if err := list(ctx, c, ""); err != nil || time.Since(began) != time.Minute {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}
