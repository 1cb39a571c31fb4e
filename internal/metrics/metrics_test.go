package metrics

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// scrape returns the samples of one scrape whose names begin with namesake_, in
// order, without those of histograms' buckets and sums.
func scrape(t *testing.T, m *Metrics) []string {
	t.Helper()
	res := httptest.NewRecorder()
	m.Handler().ServeHTTP(res, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	if res.Code != http.StatusOK {
		t.Fatalf("status %d: %s", res.Code, res.Body)
	}
	var samples []string
	for line := range strings.Lines(res.Body.String()) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "namesake_") && !strings.Contains(line, "_bucket{") && !strings.Contains(line, "_sum{") {
			samples = append(samples, line)
		}
	}
	slices.Sort(samples)
	return samples
}

func same(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestNothingYet(t *testing.T) {
	same(t, scrape(t, New(Options{Version: "v1\xff"})), `namesake_build_info{version="v1?"} 1`)
}

func TestWhatIsCounted(t *testing.T) {
	m := New(Options{Version: "v1", Sessions: func(context.Context) (int, error) { return 3, nil }})
	m.Request("GET", "/accounts/:account/entries/:id", 200, 30*time.Millisecond)
	m.Request("GET", "/accounts/:account/entries/:id", 404, time.Millisecond)
	m.Request("HEAD", "/", 303, time.Millisecond)
	m.Request("POST", "", 404, time.Millisecond)
	for _, method := range []string{"DELETE", "get", "", "\xff"} {
		m.Request(method, "/", 405, time.Millisecond)
	}
	m.Call("list entries", "ok", time.Second)
	m.Call("list entries", "ok", time.Second)
	m.Call("create entry", "rate limited", time.Minute)
	m.Budget("default", 1100, 1200)
	m.Budget("default", 1099, 0) // the limit is what was said last
	m.Budget("burst", 7, 0)
	m.Budget("\xff", 0, 1)
	same(t, scrape(t, m),
		`namesake_api_call_duration_seconds_count{operation="create entry"} 1`,
		`namesake_api_call_duration_seconds_count{operation="list entries"} 2`,
		`namesake_api_calls_total{operation="create entry",outcome="rate limited"} 1`,
		`namesake_api_calls_total{operation="list entries",outcome="ok"} 2`,
		`namesake_api_ratelimit_limit{policy="?"} 1`,
		`namesake_api_ratelimit_limit{policy="default"} 1200`,
		`namesake_api_ratelimit_remaining{policy="?"} 0`,
		`namesake_api_ratelimit_remaining{policy="burst"} 7`,
		`namesake_api_ratelimit_remaining{policy="default"} 1099`,
		`namesake_build_info{version="v1"} 1`,
		`namesake_http_request_duration_seconds_count{method="GET",route="/accounts/:account/entries/:id"} 2`,
		`namesake_http_request_duration_seconds_count{method="HEAD",route="/"} 1`,
		`namesake_http_request_duration_seconds_count{method="POST",route="none"} 1`,
		`namesake_http_request_duration_seconds_count{method="other",route="/"} 4`,
		`namesake_http_requests_total{method="GET",route="/accounts/:account/entries/:id",status="200"} 1`,
		`namesake_http_requests_total{method="GET",route="/accounts/:account/entries/:id",status="404"} 1`,
		`namesake_http_requests_total{method="HEAD",route="/",status="303"} 1`,
		`namesake_http_requests_total{method="POST",route="none",status="404"} 1`,
		`namesake_http_requests_total{method="other",route="/",status="405"} 4`,
		`namesake_sessions 3`,
	)
	problems, err := testutil.GatherAndLint(m.registry)
	if err != nil || len(problems) != 0 {
		t.Errorf("against Prometheus's conventions: %v, %v", problems, err)
	}
}

func TestDurationsAreInSeconds(t *testing.T) {
	m := New(Options{})
	m.Request("GET", "/", 200, 30*time.Millisecond)
	m.Call("list entries", "ok", 2*time.Second)
	res := httptest.NewRecorder()
	m.Handler().ServeHTTP(res, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	for _, line := range []string{
		`namesake_http_request_duration_seconds_bucket{method="GET",route="/",le="0.025"} 0`,
		`namesake_http_request_duration_seconds_bucket{method="GET",route="/",le="0.05"} 1`,
		`namesake_http_request_duration_seconds_sum{method="GET",route="/"} 0.03`,
		`namesake_api_call_duration_seconds_bucket{operation="list entries",le="1"} 0`,
		`namesake_api_call_duration_seconds_bucket{operation="list entries",le="2.5"} 1`,
		`go_goroutines `, `process_start_time_seconds `,
	} {
		if !strings.Contains(res.Body.String(), "\n"+line) {
			t.Errorf("no line %s", line)
		}
	}
}

func TestRegistry(t *testing.T) {
	var at time.Time
	m := New(Options{Mirror: func() Mirror { return Mirror{ReadAt: at, Entries: 42} }})
	same(t, scrape(t, m),
		`namesake_build_info{version=""} 1`, "namesake_registry_changes_elsewhere_total 0", "namesake_registry_entries 42",
		"namesake_registry_pass_duration_seconds_count 0", "namesake_registry_pass_duration_seconds_sum 0", "namesake_registry_read_timestamp_seconds 0")
	at = time.UnixMilli(1_700_000_000_500)
	m.Pass(true, time.Second, 3)
	m.Pass(false, 2*time.Second, 0)
	same(t, scrape(t, m),
		`namesake_build_info{version=""} 1`, "namesake_registry_changes_elsewhere_total 3", "namesake_registry_entries 42",
		"namesake_registry_pass_duration_seconds_count 2", "namesake_registry_pass_duration_seconds_sum 3",
		`namesake_registry_passes_total{outcome="complete"} 1`, `namesake_registry_passes_total{outcome="failed"} 1`,
		"namesake_registry_read_timestamp_seconds 1.7000000005e+09")
}

func TestPoliciesAreBounded(t *testing.T) {
	m := New(Options{})
	for i := range 50 {
		m.Budget(fmt.Sprint("policy ", i), 1, 2)
	}
	m.Budget("policy 0", 5, 9) // one that is known goes on
	got := scrape(t, m)
	if len(got) != 1+2*maxPolicies {
		t.Errorf("%d samples: %q", len(got), got)
	}
	for _, want := range []string{`namesake_api_ratelimit_remaining{policy="policy 0"} 5`, `namesake_api_ratelimit_limit{policy="policy 0"} 9`} {
		if !slices.Contains(got, want) {
			t.Errorf("no %s in %q", want, got)
		}
	}
}

// The sessions are asked for once in ten seconds and for no longer than two, and
// what isn't known isn't told.
func TestSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const build = `namesake_build_info{version=""} 1`
		asked, count, fails, hangs := 0, 0, false, false
		m := New(Options{Sessions: func(ctx context.Context) (int, error) {
			asked++
			switch {
			case hangs:
				<-ctx.Done()
				return 0, ctx.Err()
			case fails:
				return 0, errors.New("database failed")
			}
			return count, nil
		}})
		same(t, scrape(t, m), build, "namesake_sessions 0")
		count = 5
		time.Sleep(9 * time.Second)
		same(t, scrape(t, m), build, "namesake_sessions 0")
		time.Sleep(time.Second)
		same(t, scrape(t, m), build, "namesake_sessions 5")
		fails = true
		time.Sleep(10 * time.Second)
		same(t, scrape(t, m), build)
		fails = false
		same(t, scrape(t, m), build) // a database in need is left in peace
		time.Sleep(10 * time.Second)
		same(t, scrape(t, m), build, "namesake_sessions 5")
		hangs = true
		time.Sleep(10 * time.Second)
		began := time.Now()
		same(t, scrape(t, m), build)
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("a scrape waits %s for the sessions", took)
		}
		if asked != 5 {
			t.Errorf("asked %d times, want 5", asked)
		}
	})
}

func TestHandler(t *testing.T) {
	tests := []struct {
		method, path string
		status       int
	}{
		{"GET", "/metrics", 200},
		{"HEAD", "/metrics", 200},
		{"POST", "/metrics", 405},
		{"DELETE", "/metrics", 405},
		{"GET", "/", 404},
		{"GET", "/metrics/", 404},
		{"GET", "/metrics/x", 404},
		{"GET", "/debug/pprof/", 404},
	}
	h := New(Options{}).Handler()
	for _, tt := range tests {
		res := httptest.NewRecorder()
		h.ServeHTTP(res, httptest.NewRequest(tt.method, tt.path, http.NoBody))
		if res.Code != tt.status {
			t.Errorf("%s %s: status %d, want %d", tt.method, tt.path, res.Code, tt.status)
		}
	}
}

func TestGzip(t *testing.T) {
	req := httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody)
	req.Header.Set("Accept-Encoding", "gzip")
	res := httptest.NewRecorder()
	New(Options{}).Handler().ServeHTTP(res, req)
	z, err := gzip.NewReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil || !strings.Contains(string(text), "namesake_build_info") {
		t.Errorf("%v in %.100q", err, text)
	}
}

func BenchmarkRequest(b *testing.B) {
	m := New(Options{})
	b.ReportAllocs()
	for b.Loop() {
		m.Request("GET", "/accounts/:account/entries/:id", 200, 30*time.Millisecond)
	}
}
