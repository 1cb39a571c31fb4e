package cfapi_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/registry"
)

// makeCalls makes calls, four at a time, as plans do, and returns when the last one came.
func makeCalls(ctx context.Context, t *testing.T, c *cfapi.Client, n int) {
	t.Helper()
	var all sync.WaitGroup
	work := make(chan struct{})
	for range 4 {
		all.Go(func() {
			for range work {
				if err := list(ctx, c, ""); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range n {
		work <- struct{}{}
	}
	close(work)
	all.Wait()
}

// What is forecast happens: of Namesake's own budget, and of the API's limit.
func TestForecast(t *testing.T) {
	const takes = 40 * time.Millisecond
	for _, tt := range []struct {
		name  string
		quota int // of the API in five minutes, 0 for Namesake's own budget
		used  int // calls before
		ago   time.Duration
		calls int
		wait  time.Duration
	}{
		{name: "few", calls: 370},
		{name: "all of the budget", calls: 893},
		{name: "one more", calls: 894, wait: 5 * time.Minute},
		{name: "1,500 edits", calls: 3000, wait: 15 * time.Minute},
		{name: "after other calls", used: 500, ago: 2 * time.Minute, calls: 394, wait: 3 * time.Minute},
		{name: "after other calls, in the rest", used: 500, ago: 2 * time.Minute, calls: 393},
		{name: "long after other calls", used: 500, ago: 6 * time.Minute, calls: 893},
		{name: "the API's limit", quota: 1200, used: 1, calls: 890},
		{name: "a few more than the API's limit", quota: 1200, used: 1, calls: 905, wait: 5 * time.Minute},
		{name: "1,500 edits and the API's limit", quota: 1200, used: 1, calls: 3000, wait: 15 * time.Minute},
		{name: "a lower limit of the API", quota: 400, used: 1, ago: time.Minute, calls: 700, wait: 9 * time.Minute},
		{name: "after the API's window", quota: 400, used: 1, ago: 6 * time.Minute, calls: 290},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := &busyAPI{takes: takes}
				options := cfapi.Options{BaseURL: "http://127.0.0.1", Account: account, Token: token, Transport: api}
				if tt.quota > 0 {
					options.Budget = cfapi.NoBudget
					api.answer = fixedWindows(tt.quota)
				}
				c := newClient(t, options)
				ctx := registry.Background(t.Context())
				makeCalls(ctx, t, c, tt.used)
				time.Sleep(tt.ago)
				wait, each := c.Forecast(tt.calls)
				slack := 10 * time.Second // until the first calls had made room
				if d := wait - tt.wait; d < -slack || d > slack {
					t.Errorf("wait %s, want %s", wait, tt.wait)
				}
				if tt.used > 0 && each != takes {
					t.Errorf("a call takes %s, want %s", each, takes)
				}
				began := time.Now()
				makeCalls(ctx, t, c, tt.calls)
				took := time.Since(began)
				if burst := time.Duration(tt.calls) * takes / 4; took < wait || took > wait+min(burst, 15*time.Second)+time.Second {
					t.Errorf("it took %s, forecast %s", took, wait)
				}
			})
		})
	}
}

// fixedWindows answers with what is left of quota calls in windows of five minutes.
func fixedWindows(quota int) func(*http.Request) *canned {
	left, ends := 0, time.Time{}
	return func(*http.Request) *canned {
		if !time.Now().Before(ends) {
			left, ends = quota, time.Now().Add(5*time.Minute)
		}
		left--
		return &canned{status: 200, header: http.Header{
			"Ratelimit":        {fmt.Sprintf(`"default";r=%d;t=%d`, left, int((time.Until(ends)+time.Second-1)/time.Second))},
			"Ratelimit-Policy": {fmt.Sprintf(`"default";q=%d;w=300`, quota)},
		}}
	}
}
