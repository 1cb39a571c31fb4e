package cfapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/registry"
)

// Whatever is asked for, no five minutes see more than 1,190 calls and no second more
// than 100, and what the pace allows is made use of.
func TestFewerCallsThanTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &busyAPI{takes: 10 * time.Millisecond}
		c, _ := paced(t, api)
		time.Sleep(time.Hour) // nothing is saved up
		var all sync.WaitGroup
		for i := range 8 {
			ctx := t.Context()
			if i%2 == 0 {
				ctx = registry.Background(ctx)
			}
			all.Go(func() {
				for made := 0; made < 400; {
					err := list(ctx, c, "")
					var failed *registry.APIError
					switch {
					case err == nil:
						made++
					case !errors.As(err, &failed) || failed.Kind != registry.RateLimited || registry.InBackground(ctx):
						t.Error(err)
						return
					default:
						time.Sleep(failed.RetryAfter)
					}
				}
			})
		}
		all.Wait()
		got := api.arrivals()
		if len(got) != 3200 {
			t.Fatalf("%d calls", len(got))
		}
		if most := mostWithin(got, 5*time.Minute); most != 1190 {
			t.Errorf("%d calls in five minutes", most)
		}
		if most := mostWithin(got, time.Second); most != 100 {
			t.Errorf("%d calls in a second", most)
		}
	})
}

// mostWithin returns how many calls came at most within a window.
func mostWithin(got []arrival, window time.Duration) (most int) {
	first := 0
	for last, a := range got {
		for a.at-got[first].at >= window {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

// Background work that takes all it gets leaves a quarter of the budget to people.
func TestBackgroundLeavesRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &busyAPI{}
		c, _ := paced(t, api)
		ctx, stop := context.WithCancel(registry.Background(t.Context()))
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				for list(ctx, c, "") == nil {
				}
			})
		}
		time.Sleep(4 * time.Minute)
		synctest.Wait()
		if calls := len(api.arrivals()); calls != 893 {
			t.Errorf("the background made %d calls in four minutes", calls)
		}
		began := time.Now()
		for range 297 {
			if err := list(t.Context(), c, ""); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("297 calls took %s", took)
		}
		notMade(t, list(t.Context(), c, ""), registry.RateLimited, 58*time.Second, "close to the API's limit")
		stop()
		all.Wait()
	})
}

// A crowd that can't all be served in time is told so at once, with the wait.
func TestCrowd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, told := &busyAPI{}, &observer{}
		c := newClient(t, cfapi.Options{
			BaseURL: "http://127.0.0.1", Account: account, Token: token, Budget: 20, Transport: api, Observe: told.observe,
		})
		for _, after := range []time.Duration{0, 294 * time.Second} {
			time.Sleep(after)
			for range 10 {
				if err := list(t.Context(), c, ""); err != nil {
					t.Fatal(err)
				}
			}
		}
		told.told()
		api.arrivals()
		var mu sync.Mutex
		served, refused := 0, 0
		var all sync.WaitGroup
		began := time.Now()
		for range 15 { // ten find room in 6 seconds, the others in 300
			all.Go(func() {
				err := list(t.Context(), c, "")
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					served++
					if time.Since(began) != 6*time.Second {
						t.Errorf("served after %s", time.Since(began))
					}
					return
				}
				refused++
				notMade(t, err, registry.RateLimited, 300*time.Second, "close to the API's limit")
				if time.Since(began) != 0 {
					t.Errorf("refused after %s", time.Since(began))
				}
			})
		}
		all.Wait()
		calls, _ := told.told()
		if served != 10 || refused != 5 || len(calls) != 10 || len(api.arrivals()) != 10 {
			t.Errorf("%d served, %d refused, %d told", served, refused, len(calls))
		}
	})
}

// Without a budget of our own only the API's word holds calls up.
func TestNoBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &busyAPI{}
		c := newClient(t, cfapi.Options{BaseURL: "http://127.0.0.1", Account: account, Token: token, Budget: cfapi.NoBudget, Transport: api})
		for range 1500 {
			if err := list(t.Context(), c, ""); err != nil {
				t.Fatal(err)
			}
			if err := list(registry.Background(t.Context()), c, ""); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(epoch); took != 0 {
			t.Errorf("3,000 calls took %s", took)
		}
		api.answer = func(*http.Request) *canned {
			return &canned{status: 200, header: http.Header{"Ratelimit": {`"default";r=0;t=60`}}}
		}
		if err := list(t.Context(), c, ""); err != nil {
			t.Error(err)
		}
		notMade(t, list(t.Context(), c, ""), registry.RateLimited, time.Minute, "asked to wait")
	})
}

// What the API says is left is counted down by the calls in progress: the last of it is
// never asked for twice.
func TestLastCallsAreCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		left := 3
		api := &busyAPI{takes: time.Second}
		api.answer = func(*http.Request) *canned {
			if left--; left < 0 {
				return &canned{status: 429, header: http.Header{"Retry-After": {"300"}}}
			}
			return &canned{status: 200, header: http.Header{"Ratelimit": {fmt.Sprintf(`"default";r=%d;t=60`, left)}}}
		}
		c, told := paced(t, api)
		if err := list(t.Context(), c, ""); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() { _ = list(t.Context(), c, "") })
		}
		all.Wait()
		if calls, _ := told.told(); len(calls) != 3 || slices.Contains(calls, "list entries: rate limited") {
			t.Errorf("told %q", calls)
		}
	})
}

// The rows of a list, of which four are sent at the same time, use at least 98 % of the rate that
// background work may have, and the API refuses none of them.
func TestRowsUseTheAllowedRate(t *testing.T) {
	for _, tt := range []struct {
		name  string
		limit int // of the API, in five minutes
		rows  int
		best  time.Duration // what the budgets of five minutes and of a second allow
	}{
		{"Cloudflare's limit", 1200, 2000, 10*time.Minute + (2000-2*893)*10*time.Millisecond},
		{"a hundred times the limit", 100 * 1200, 10_000, 100 * time.Second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := sandbox.New(sandbox.Options{RateLimit: tt.limit, Seed: []sandbox.Entry{}})
				c := newClient(t, cfapi.Options{
					BaseURL: "http://127.0.0.1" + sandbox.Prefix, Account: account, Token: sandbox.DefaultToken, Budget: tt.limit - 10, Transport: slowly{api},
				})
				ctx, rows := registry.Background(t.Context()), make(chan int)
				began := time.Now()
				var all sync.WaitGroup
				for range 4 {
					all.Go(func() {
						for i := range rows {
							if _, _, err := c.CreateEntry(ctx, registry.Draft{Name: fmt.Sprint("Person ", i), Email: fmt.Sprintf("person%d@example.com", i)}); err != nil {
								t.Error(err)
							}
						}
					})
				}
				for i := range tt.rows {
					rows <- i
				}
				close(rows)
				all.Wait()
				took, made := time.Since(began), len(api.Entries())
				if share := float64(tt.best) / float64(took); made != tt.rows || share < 0.98 {
					t.Errorf("%d rows in %s, which is %.1f %% of the rate", made, took, 100*share)
				} else {
					t.Logf("%d rows in %s, which is %.1f %% of the rate", made, took, 100*share)
				}
			})
		})
	}
}

// slowly is a connection to an API in the same process, which takes its time.
type slowly struct{ to http.Handler }

func (s slowly) RoundTrip(r *http.Request) (*http.Response, error) {
	time.Sleep(20 * time.Millisecond)
	w := httptest.NewRecorder()
	s.to.ServeHTTP(w, r)
	return w.Result(), nil
}
