package e2e

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// patience bounds every wait. It far exceeds every duration here, so that a wait ends only
// if the event never comes.
const patience = 15 * time.Second

var (
	program  string          // the path of the real binary
	chromium context.Context // the one Chromium that all tests share
)

func TestMain(m *testing.M) {
	code, err := runAll(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func runAll(m *testing.M) (code int, err error) {
	dir, err := os.MkdirTemp("", "namesake-e2e-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(dir)
	if err := os.RemoveAll(failures); err != nil {
		return 1, err
	}
	path, err := findChromium()
	if err != nil {
		return 1, err
	}
	program = filepath.Join(dir, "namesake")
	build := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", program, ".")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		return 1, fmt.Errorf("build the program: %w\n%s", err, out)
	}
	stop, err := startChromium(path, filepath.Join(dir, "profile"))
	if err != nil {
		return 1, err
	}
	code = m.Run()
	return code, stop()
}

func findChromium() (string, error) {
	// The first has no window to draw, and is twice as fast.
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("Chromium is missing: install it (on Debian: apt-get install chromium-headless-shell), with that, chromium or google-chrome on the PATH")
}

// startChromium starts a browser that makes no requests of its own.
func startChromium(path, profile string) (stop func() error, err error) {
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(profile),
		chromedp.NoSandbox, // which root can't have
		chromedp.DisableGPU,
		chromedp.Flag("in-process-gpu", true),
		chromedp.Flag("renderer-process-limit", "2"),   // to start one for each tab takes half a second
		chromedp.Flag("js-flags", "--single-threaded"), // the tests keep the other cores busy
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-smooth-scrolling", true),
		chromedp.Flag("force-prefers-reduced-motion", true), // each frame of an animation costs
		chromedp.Flag("lang", "en-US"),
	)
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), flags...)
	chromium, _ = chromedp.NewContext(allocator)
	if err := chromedp.Do(chromium); err != nil {
		cancel()
		return nil, fmt.Errorf("start %s: %w", path, err)
	}
	return func() error {
		defer cancel()
		ctx, done := context.WithTimeout(chromium, patience)
		defer done()
		return chromedp.Cancel(ctx)
	}, nil
}

var baseURL = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// serve runs Namesake with these variables, and no others, until the test ends.
func serve(t *testing.T, env ...string) (base string) {
	t.Helper()
	return start(t, nil, append(env, "NAMESAKE_ADDR=127.0.0.1:0"))
}

// start runs the program until the test ends, and returns the URL that it greets with.
func start(t *testing.T, args, env []string) (base string) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = env
	cmd.Dir = t.TempDir() // where the database goes
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = patience
	var log lockedBuffer
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	greeting := make(chan string, 1)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		lines := bufio.NewReader(stdout)
		line, _ := lines.ReadString('\n')
		greeting <- line
		_, _ = io.Copy(io.Discard, lines)
	}()
	t.Cleanup(func() {
		cancel()
		<-drained
		_ = cmd.Wait() // always an error, as it was told to stop
		if code := cmd.ProcessState.ExitCode(); code != 0 {
			t.Errorf("%v ended with %d after SIGTERM, want 0", args, code)
		}
		if t.Failed() {
			t.Logf("the log of %v:\n%s", args, log.String())
		}
	})
	select {
	case line := <-greeting:
		if base = baseURL.FindString(line); base == "" {
			t.Fatalf("%v greets with %q, in which there is no URL", args, line)
		}
	case <-time.After(patience):
		t.Fatalf("%v does not greet", args)
	}
	return base
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
