package cfapi_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/registry"
)

// busyAPI is an API in the same process, for tests whose time is made up: each call
// takes a while.
type busyAPI struct {
	takes  time.Duration
	answer func(r *http.Request) *canned // nil for a success

	mu          sync.Mutex
	now, behind int // calls in progress, and those of them in the background
	most, worst int // the most there ever were
	got         []arrival
}

// arrival is a call as it came.
type arrival struct {
	at         time.Duration // since the test began
	background bool
	search     string
}

var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) // when every made-up time begins

func (a *busyAPI) RoundTrip(r *http.Request) (*http.Response, error) {
	background := registry.InBackground(r.Context())
	a.mu.Lock()
	a.got = append(a.got, arrival{time.Since(epoch), background, r.URL.Query().Get("search")})
	a.now++
	if background {
		a.behind++
	}
	a.most, a.worst = max(a.most, a.now), max(a.worst, a.behind)
	res := &canned{status: 200}
	if a.answer != nil {
		res = a.answer(r)
	}
	a.mu.Unlock()
	defer func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.now--
		if background {
			a.behind--
		}
	}()
	select {
	case <-time.After(a.takes):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if res.body == nil {
		res.body = []byte(`{"success":true,"result":[]}`)
	}
	return res.RoundTrip(r)
}

// arrivals returns what came so far and forgets it.
func (a *busyAPI) arrivals() []arrival {
	a.mu.Lock()
	defer a.mu.Unlock()
	got := a.got
	a.got = nil
	return got
}

// paced returns a client of api with the usual time limit and budget, and the clock of
// the test.
func paced(t *testing.T, api http.RoundTripper) (*cfapi.Client, *observer) {
	t.Helper()
	told := &observer{}
	return newClient(t, cfapi.Options{BaseURL: "http://127.0.0.1", Account: account, Token: token, Transport: api, Observe: told.observe}), told
}

func list(ctx context.Context, c *cfapi.Client, search string) error {
	_, err := c.ListEntries(ctx, registry.Query{Search: search})
	return err
}

// notMade holds that err is that of a call that was never made.
func notMade(t *testing.T, err error, kind registry.Kind, wait time.Duration, cause string) {
	t.Helper()
	var failed *registry.APIError
	if !errors.As(err, &failed) || failed.Kind != kind || failed.Effect != registry.NoEffect || failed.RetryAfter != wait || failed.Op == "" ||
		failed.Problems != nil || !reflect.DeepEqual(failed.Receipt, registry.Receipt{}) {
		t.Errorf("error %#v, want %s for %s", err, kind, wait)
		return
	}
	if text := fmt.Sprint(failed.Err); !strings.Contains(text, "no call was made") || !strings.Contains(text, cause) {
		t.Errorf("cause %q, want %q", text, cause)
	}
}

func TestAtMostEightCallsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &busyAPI{takes: time.Second}
		c, _ := paced(t, api)
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				if err := list(registry.Background(t.Context()), c, fmt.Sprintf("b%02d", i)); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait() // asked in this order
		}
		time.Sleep(time.Second / 2)
		for i := range 24 {
			all.Go(func() {
				if err := list(t.Context(), c, fmt.Sprintf("p%02d", i)); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		all.Wait()
		if api.most != 8 || api.worst != 4 {
			t.Errorf("%d calls at once, %d in the background", api.most, api.worst)
		}
		var order []string
		for _, a := range api.arrivals() {
			order = append(order, a.search)
		}
		// Four places are taken by the background; people get the four others at once, and
		// then all of them, until the queue is empty.
		want := strings.Fields("b00 b01 b02 b03 p00 p01 p02 p03 p04 p05 p06 p07 p08 p09 p10 p11 p12 p13 p14 p15 p16 p17 p18 p19 p20 p21 p22 p23 " +
			"b04 b05 b06 b07 b08 b09 b10 b11")
		if !inOrder(order, want) {
			t.Errorf("order\n got %q\nwant %q", order, want)
		}
	})
}

// inOrder compares what came by fours: what begins at the same moment may come in any
// order.
func inOrder(got, want []string) bool {
	if len(got) != len(want) {
		return false
	}
	for at := 0; at < len(got); at += 4 {
		a, b := slices.Clone(got[at:at+4]), slices.Clone(want[at:at+4])
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			return false
		}
	}
	return true
}

// What closes the client, and for how long.
func TestClosedUntil(t *testing.T) {
	const ok, throttle = `{"success":true,"result":[]}`, `{"success":false,"errors":[{"code":971,"message":"throttle"}]}`
	header := func(kv ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(kv); i += 2 {
			h.Add(kv[i], kv[i+1])
		}
		return h
	}
	tests := []struct {
		name   string
		answer canned
		people time.Duration // closed for so long
		behind time.Duration // for background work
	}{
		{"429", canned{429, header("Retry-After", "300"), []byte(throttle)}, 300 * time.Second, 300 * time.Second},
		{"429, date", canned{429, header("Retry-After", "Sat, 01 Jan 2000 00:05:00 GMT"), []byte(throttle)}, 300 * time.Second, 300 * time.Second},
		{"429, not JSON", canned{429, header("Retry-After", "300"), []byte("<html>")}, 300 * time.Second, 300 * time.Second},
		{"429, by Ratelimit", canned{429, header("Ratelimit", `"default";r=0;t=60`), []byte(throttle)}, time.Minute, time.Minute},
		{"429, both", canned{429, header("Retry-After", "90", "Ratelimit", `"default";r=0;t=60`), []byte(throttle)}, 90 * time.Second, 90 * time.Second},
		{"429, says no time", canned{429, nil, []byte(throttle)}, 0, 30 * time.Second},
		{"429, endless", canned{429, header("Retry-After", "1e9"), []byte(throttle)}, 5 * time.Minute, 5 * time.Minute},
		{"971 with 200", canned{200, header("Retry-After", "20"), []byte(throttle)}, 20 * time.Second, 20 * time.Second},
		{"10100 with 403", canned{403, header("Retry-After", "20"), []byte(strings.Replace(throttle, "971", "10100", 1))}, 20 * time.Second, 20 * time.Second},
		{"971 with 200, says no time", canned{200, nil, []byte(throttle)}, 0, 30 * time.Second},
		{"success with nothing left", canned{200, header("Ratelimit", `"default";r=0;t=40`), []byte(ok)}, 40 * time.Second, 40 * time.Second},
		{"of two, nothing left", canned{200, header("Ratelimit", `"a";r=9;t=90, "b";r=0;t=40`), []byte(ok)}, 40 * time.Second, 90 * time.Second},
		{"refusal with nothing left", canned{400, header("Ratelimit", `"default";r=0;t=40`), []byte(envelope(""))}, 40 * time.Second, 40 * time.Second},
		{"503 is not about calls", canned{503, header("Retry-After", "20"), []byte(envelope(""))}, 0, 20 * time.Second},
		{"Retry-After of a success", canned{200, header("Retry-After", "20"), []byte(ok)}, 0, 0},
		{"success", canned{200, nil, []byte(ok)}, 0, 0},
		{"a quarter left", canned{200, header("Ratelimit", `"default";r=300;t=40`, "Ratelimit-Policy", `"default";q=1200;w=300`), []byte(ok)}, 0, 40 * time.Second},
		{"more than a quarter left", canned{200, header("Ratelimit", `"default";r=301;t=40`, "Ratelimit-Policy", `"default";q=1200;w=300`), []byte(ok)}, 0, 0},
		{"a quarter of a small limit", canned{200, header("Ratelimit", `"default";r=25;t=40`, "Ratelimit-Policy", `"default";q=100;w=60`), []byte(ok)}, 0, 40 * time.Second},
		{"limit by another name", canned{200, header("Ratelimit", `"default";r=50;t=30`, "Ratelimit-Policy", `"burst";q=100;w=60`), []byte(ok)}, 0, 0},
		{"little left, by another name", canned{200, header("Ratelimit", `"default";r=25;t=30`, "Ratelimit-Policy", `"burst";q=100;w=60`), []byte(ok)}, 0, 30 * time.Second},
		{"policy that can't be the one", canned{200, header("Ratelimit", `"default";r=50;t=30`, "Ratelimit-Policy", `"burst";q=10`), []byte(ok)}, 0, 30 * time.Second},
		{"limit not said", canned{200, header("Ratelimit", `"default";r=300;t=30`), []byte(ok)}, 0, 30 * time.Second},
		{"limit not said, much left", canned{200, header("Ratelimit", `"default";r=301;t=30`), []byte(ok)}, 0, 0},
		{"reset not said", canned{200, header("Ratelimit", `"default";r=1`), []byte(ok)}, 0, 30 * time.Second},
		{"reset far off", canned{200, header("Ratelimit", `"default";r=0;t=1e9`), []byte(ok)}, 5 * time.Minute, 5 * time.Minute},
		{"no number", canned{200, header("Ratelimit", `"default";r=x;t=30`), []byte(ok)}, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := &busyAPI{answer: func(r *http.Request) *canned {
					if r.URL.Query().Get("search") == "first" {
						answer := tt.answer
						return &answer
					}
					return &canned{status: 200, header: http.Header{}} // tells nothing new
				}}
				c, told := paced(t, api)
				_ = list(t.Context(), c, "first")
				began := time.Now()
				api.arrivals()
				told.told()

				var done sync.WaitGroup
				done.Go(func() {
					if err := list(registry.Background(t.Context()), c, "background"); err != nil {
						t.Error(err)
					}
					if waited := time.Since(began); waited != tt.behind {
						t.Errorf("the background waited for %s, want %s", waited, tt.behind)
					}
				})
				synctest.Wait()
				if before := len(api.arrivals()); before == 0 != (tt.behind > 0) {
					t.Errorf("%d background calls were made at once", before)
				}
				told.told()
				switch tt.people {
				case 0:
					if err := list(t.Context(), c, "people"); err != nil || time.Since(began) != 0 {
						t.Errorf("after %s: %v", time.Since(began), err)
					}
				default: // longer than the 10 seconds that a call may take
					notMade(t, list(t.Context(), c, "people"), registry.RateLimited, tt.people, "asked to wait")
					for _, change := range changes {
						_, _, err := change.call(t.Context(), c)
						notMade(t, err, registry.RateLimited, tt.people, "asked to wait")
					}
					if time.Since(began) != 0 {
						t.Errorf("refused after %s", time.Since(began))
					}
					time.Sleep(tt.people - 8*time.Second) // of 10, a fifth is for the call itself
					notMade(t, list(t.Context(), c, "people"), registry.RateLimited, 8*time.Second, "asked to wait")
					if calls, _ := told.told(); calls != nil || api.arrivals() != nil {
						t.Errorf("calls are told that were not made: %q", calls)
					}
					time.Sleep(time.Second) // now the wait fits
					if err := list(t.Context(), c, "people"); err != nil || time.Since(began) != tt.people {
						t.Errorf("after %s: %v", time.Since(began), err)
					}
				}
				done.Wait()
			})
		})
	}
}
