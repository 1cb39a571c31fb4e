package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

// logBuffer is a log that can be read while it is written.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// metricsURLs returns where the log says that metrics are.
func metricsURLs(t *testing.T, log string) []string {
	t.Helper()
	var urls []string
	for line := range strings.Lines(log) {
		var entry struct{ Msg, URL string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if entry.Msg == "metrics are served" {
			urls = append(urls, entry.URL)
		}
	}
	return urls
}

// After requests like a browser's, the metrics count them, and contain no secret and no
// input.
func TestMetrics(t *testing.T) {
	const token, account = "t0ken-that-must-stay-secret", "0fa5b07c9a1d4e6a8b3c2d1e0f9a8b7c"
	api := httptest.NewServer(sandbox.New(sandbox.Options{Account: account, Tokens: []sandbox.Token{{Value: token}}}))
	t.Cleanup(api.Close)
	environment(
		t, "NAMESAKE_METRICS_ADDR", "127.0.0.1:0", "NAMESAKE_AUTH", "demo", "CLOUDFLARE_API_TOKEN", token,
		"CLOUDFLARE_ACCOUNT_ID", account, "CLOUDFLARE_BASE_URL", api.URL+sandbox.Prefix, "NAMESAKE_DATABASE_URL", "sqlite:"+t.TempDir()+"/n.db",
	)
	var log logBuffer
	greeting, stop, ended := startLogging(t, &log)
	_, rest, _ := strings.Cut(greeting, "http://")
	base := "http://" + strings.Fields(rest)[0]
	at := metricsURLs(t, log.String())
	if len(at) != 1 || strings.HasPrefix(at[0], base) {
		t.Fatalf("the log says that metrics are at %q", at)
	}
	_, text := get(t, at[0])
	if !strings.Contains(text, "\nnamesake_build_info{version=") || strings.Contains(text, "namesake_api_ratelimit") || !strings.Contains(text, "\nnamesake_sessions 0\n") {
		t.Errorf("at first:\n%s", ours(text))
	}

	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar, Transport: &http.Transport{}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	ask := func(method, path string, form url.Values) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body) // to the end, which comes after the metrics
		_ = res.Body.Close()
	}
	ask("POST", "/login", url.Values{"user": {"editor"}})
	ask("GET", "/accounts/"+account+"/entries?search=typed-text", nil)
	ask("GET", "/accounts/"+account+"/entries/424242", nil)
	ask("PROPFIND", "/secret-path", nil)
	ask("GET", "/metrics", nil) // not found
	site, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	cookies := jar.Cookies(site)
	if len(cookies) == 0 {
		t.Fatal("not signed in")
	}

	_, text = get(t, at[0])
	for _, line := range []string{
		`namesake_http_requests_total{method="POST",route="/login",status="303"} 1`,
		`namesake_http_requests_total{method="GET",route="/accounts/:account/entries",status="200"} 1`,
		`namesake_http_requests_total{method="GET",route="/accounts/:account/entries/:id",status="404"} 1`,
		`namesake_http_requests_total{method="other",route="none",status="404"} 1`,
		`namesake_http_requests_total{method="GET",route="none",status="404"} 1`,
		`namesake_http_request_duration_seconds_count{method="GET",route="/accounts/:account/entries"} 1`,
		`namesake_api_calls_total{operation="list entries",outcome="ok"} 3`,
		`namesake_registry_passes_total{outcome="complete"} 1`,
		`namesake_registry_pass_duration_seconds_count 1`,
		`namesake_registry_changes_elsewhere_total 0`,
		`namesake_registry_entries 42`,
		`namesake_api_calls_total{operation="read entry",outcome="not found"} 1`,
		`namesake_api_call_duration_seconds_count{operation="list entries"} 3`,
		`namesake_api_ratelimit_limit{policy="default"} 1200`,
	} {
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("no %s in\n%s", line, ours(text))
		}
	}
	if !regexp.MustCompile(`(?m)^namesake_api_ratelimit_remaining\{policy="default"\} 11\d\d$`).MatchString(text) { // the settings may have been read, too
		t.Errorf("no remaining calls in\n%s", ours(text))
	}
	secrets := []string{token, account, "typed-text", "424242", "secret-path"}
	for _, c := range cookies {
		secrets = append(secrets, c.Value)
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("the metrics hold %q", secret)
		}
	}
	if status, _ := get(t, strings.TrimSuffix(at[0], "metrics")+"healthz"); status != http.StatusNotFound {
		t.Errorf("the listener for metrics answers /healthz with %d", status)
	}

	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if again, err := listen(t.Context(), strings.TrimSuffix(strings.TrimPrefix(at[0], "http://"), "/metrics")); err != nil {
		t.Errorf("the port of a stopped program: %v", err)
	} else {
		_ = again.Close()
	}
}

// ours returns the lines of a scrape that start with Namesake's prefix.
func ours(text string) string {
	var b strings.Builder
	scan := bufio.NewScanner(strings.NewReader(text))
	for scan.Scan() {
		if strings.HasPrefix(scan.Text(), "namesake_") {
			fmt.Fprintln(&b, scan.Text())
		}
	}
	return b.String()
}

func TestMetricsOnATakenPort(t *testing.T) {
	taken, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	environment(t, "NAMESAKE_METRICS_ADDR", taken.Addr().String())
	var out strings.Builder
	err = run(t.Context(), nil, &out, io.Discard)
	if err == nil || exitCode(err) != 1 || !strings.Contains(err.Error(), "NAMESAKE_METRICS_ADDR") || !strings.Contains(err.Error(), taken.Addr().String()) {
		t.Errorf("it ended with %v", err)
	}
	if out.Len() != 0 {
		t.Errorf("it greeted: %s", out.String())
	}
}

// Without the setting there is no second listener.
func TestNoMetricsUnlessAskedFor(t *testing.T) {
	environment(t)
	var log logBuffer
	_, stop, ended := startLogging(t, &log)
	if at := metricsURLs(t, log.String()); at != nil {
		t.Errorf("metrics at %q", at)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// When one door fails, the requests in progress at the other are answered.
func TestOneDoorFails(t *testing.T) {
	broken, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started, finish, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	slow := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		close(started)
		<-finish
		_, _ = io.WriteString(w, "answered")
	})
	go func() {
		ended <- serveUntilDone(t.Context(), quiet(), door{whole, slow}, door{broken, http.NotFoundHandler()})
	}()
	answered := make(chan string, 1)
	go func() {
		_, body := get(t, "http://"+whole.Addr().String())
		answered <- body
	}()
	<-started
	_ = broken.Close()
	close(finish)
	if body := <-answered; body != "answered" {
		t.Errorf("answer %q", body)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "serve: ") {
		t.Errorf("it ended with %v", err)
	}
}
