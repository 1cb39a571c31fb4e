package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// environment clears every setting, then applies the given ones.
func environment(t *testing.T, settings ...string) {
	t.Helper()
	t.Setenv("NAMESAKE_ADDR", "127.0.0.1:0")
	for i := 0; i < len(settings); i += 2 {
		t.Setenv(settings[i], settings[i+1])
	}
}

// start runs a command. It returns the first line of output, a function that stops the
// command, and a channel with its result.
func start(t *testing.T, args ...string) (line string, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	return startLogging(t, io.Discard, args...)
}

// startLogging is start with the log written to stderr.
func startLogging(t *testing.T, stderr io.Writer, args ...string) (line string, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, args, in, stderr)
		_ = in.Close()
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("%v ended: %v", args, <-done)
	}
	return line, stop, done
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	return getWith(t, http.DefaultClient, url)
}

func getWith(t *testing.T, client *http.Client, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(content)
}

func TestDemoStartsWithoutSettings(t *testing.T) {
	environment(t)
	line, stop, ended := start(t)
	url := ""
	for word := range strings.FieldsSeq(line) {
		if strings.HasPrefix(word, "http://") {
			url = word
		}
	}
	if url == "" || !strings.Contains(line, "sandbox") || strings.Count(line, "\n") != 1 {
		t.Fatalf("greeting %q", line)
	}
	if status, body := get(t, url+"/login"); status != http.StatusOK || !strings.Contains(body, "Sandbox") {
		t.Errorf("sign-in page: %d", status)
	}
	if status, body := get(t, url+"/readyz"); status != http.StatusOK || !strings.Contains(body, `"api":"ok"`) {
		t.Errorf("ready: %d %s", status, body)
	}
	if err := healthcheck(t.Context(), strings.TrimPrefix(url, "http://")); err != nil {
		t.Errorf("healthcheck: %v", err)
	}
	if status := hugeHeader(t, url); status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("a header of 64 KB: status %d", status)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
	if err := healthcheck(t.Context(), strings.TrimPrefix(url, "http://")); err == nil {
		t.Error("healthcheck of a stopped program succeeds")
	}
}

func hugeHeader(t *testing.T, url string) (status int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Huge", strings.Repeat("x", 64<<10))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

func TestSandboxCommand(t *testing.T) {
	line, stop, ended := start(t, "sandbox", "-addr", "127.0.0.1:0")
	_, rest, _ := strings.Cut(line, "http://")
	base, _, _ := strings.Cut(rest, ",")
	if status, _ := get(t, "http://"+base+"/user/tokens/verify"); status != http.StatusBadRequest {
		t.Errorf("without a token: status %d", status)
	}
	host, _, _ := strings.Cut(base, "/")
	if status, help := get(t, "http://"+host+"/_sandbox/"); status != http.StatusOK || !strings.Contains(help, "500") {
		t.Errorf("control: %d", status)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// A request in progress is answered before the program stops.
func TestStoppingAnswersWhatIsInProgress(t *testing.T) {
	listener, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	started, finish := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- serveUntilDone(ctx, quiet(), door{listener, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			close(started)
			<-finish
			_, _ = io.WriteString(w, "answered")
		})})
	}()
	answered := make(chan string, 1)
	go func() {
		_, body := get(t, "http://"+listener.Addr().String())
		answered <- body
	}()
	<-started
	stop()
	for { // until it refuses connections, which shows that it is stopping
		conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			break
		}
		_ = conn.Close()
	}
	select {
	case err := <-ended:
		t.Fatalf("it ended at once: %v", err)
	default:
	}
	close(finish)
	if body := <-answered; body != "answered" {
		t.Errorf("answer %q", body)
	}
	if err := <-ended; err != nil {
		t.Errorf("it ended with %v", err)
	}
}

func TestCommandLine(t *testing.T) {
	tests := []struct {
		name     string
		settings []string
		args     []string
		code     int
		says     string
	}{
		{"unknown command", nil, []string{"paint"}, 2, `there is no command "paint"`},
		{"sandbox with more", nil, []string{"sandbox", "x"}, 2, "-addr HOST:PORT"},
		{"unknown setting", []string{"NAMESAKE_COLOUR", "red"}, nil, 1, "NAMESAKE_COLOUR"},
		{"credentials without sign-in", []string{"CLOUDFLARE_API_TOKEN", "secret-token", "CLOUDFLARE_ACCOUNT_ID", "0fa5b07c9a1d4e6a8b3c2d1e0f9a8b7c"}, nil, 1, "NAMESAKE_AUTH"},
		{"demo with Cloudflare itself", []string{"CLOUDFLARE_API_TOKEN", "secret-token", "CLOUDFLARE_ACCOUNT_ID", "0fa5b07c9a1d4e6a8b3c2d1e0f9a8b7c", "NAMESAKE_AUTH", "demo"}, nil, 1, "NAMESAKE_AUTH"},
		{"a taken port", []string{"NAMESAKE_ADDR", "256.0.0.1:1"}, nil, 1, "256.0.0.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			environment(t, tt.settings...)
			err := run(t.Context(), tt.args, io.Discard, io.Discard)
			if err == nil || exitCode(err) != tt.code || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("code %d, %v; want %d, %q", exitCode(err), err, tt.code, tt.says)
			}
			if err != nil && strings.Contains(err.Error(), "secret-token") {
				t.Error("the token is printed")
			}
			var m misused
			if errors.As(err, &m) != (tt.code == 2) {
				t.Errorf("misused: %v", err)
			}
		})
	}
	for _, args := range [][]string{{"version"}, {"help"}} {
		var out strings.Builder
		if err := run(t.Context(), args, &out, io.Discard); err != nil || out.Len() == 0 {
			t.Errorf("%v: %q, %v", args, out.String(), err)
		}
	}
}

// A program that can't serve any more ends, so that it is started again.
func TestListenerThatFails(t *testing.T) {
	environment(t)
	cfg, err := loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := listen(t.Context(), cfg.Addr)
	if err != nil {
		t.Fatal(err)
	}
	out, in := io.Pipe()
	go func() {
		_, _ = bufio.NewReader(out).ReadString('\n') // it serves now
		_ = listener.Close()
	}()
	ended := make(chan error, 1)
	go func() { ended <- serveOn(t.Context(), cfg, listener, in, quiet()) }()
	select {
	case err := <-ended:
		if !errors.Is(err, net.ErrClosed) {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("it hangs and serves nothing")
	}
}
