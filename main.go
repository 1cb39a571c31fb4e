// Namesake is a web admin dashboard for the impersonation registry of Cloudflare
// Email Security. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/config"
)

const usage = `Namesake manages the impersonation registry of Cloudflare Email Security.

  namesake                 serve; without any setting: a demo on invented data
  namesake sandbox         serve only the stand-in API, under /client/v4
  namesake audit verify    walk the chain of audit records: 0 when it is whole, 1 when not
  namesake backup FILE     copy the SQLite database while it is in use
  namesake healthcheck     ask a running Namesake whether it is alive
  namesake version         print the version

The settings are environment variables: see README.md.
`

// version is set when a release is built.
var version = ""

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		stop()
		os.Exit(exitCode(err))
	}
}

// misused reports an invalid command line.
type misused string

func (m misused) Error() string { return string(m) + "\n\n" + usage }

func exitCode(err error) int {
	var m misused
	if errors.As(err, &m) {
		return 2
	}
	return 1
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	command := "serve"
	if len(args) > 0 {
		command, args = args[0], args[1:]
	}
	switch command {
	case "serve":
		cfg, err := loadConfig()
		if err != nil {
			return err
		}
		return serve(ctx, cfg, stdout, stderr)
	case "sandbox":
		return serveSandbox(ctx, args, stdout)
	case "healthcheck":
		cfg, err := loadConfig()
		if err != nil {
			return err
		}
		return healthcheck(ctx, cfg.Addr)
	case "audit":
		if len(args) != 1 || args[0] != "verify" {
			return misused("namesake audit knows one word: verify")
		}
		return verifyAudit(ctx, stdout)
	case "backup":
		if len(args) != 1 {
			return misused("namesake backup takes the name of the file to write")
		}
		return backup(ctx, args[0], stdout)
	case "version":
		_, err := fmt.Fprintln(stdout, "namesake", currentVersion())
		return err
	case "help", "-h", "--help":
		_, err := fmt.Fprint(stdout, usage)
		return err
	}
	return misused(fmt.Sprintf("namesake: there is no command %q", command))
}

func loadConfig() (config.Config, error) {
	cfg, err := config.Load(os.Environ(), os.ReadFile)
	if err != nil {
		return config.Config{}, fmt.Errorf("Namesake can't start with these settings:\n%w", err) //nolint:staticcheck // a message for a person
	}
	return cfg, nil
}

func currentVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(unknown)"
}

// serve runs the dashboard until ctx ends, and then until the requests in progress are
// answered.
func serve(ctx context.Context, cfg config.Config, stdout, stderr io.Writer) error {
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	listener, err := listen(ctx, cfg.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	return serveOn(ctx, cfg, listener, stdout, log)
}

// serveOn is serve with the dashboard's listener. It also ends when a listener fails.
func serveOn(ctx context.Context, cfg config.Config, listener net.Listener, stdout io.Writer, log *slog.Logger) (err error) {
	var metricsListener net.Listener
	if cfg.MetricsAddr != "" {
		if metricsListener, err = listen(ctx, cfg.MetricsAddr); err != nil {
			return fmt.Errorf("NAMESAKE_METRICS_ADDR: %w", err)
		}
		defer metricsListener.Close()
	}
	app, err := build(ctx, cfg, listener.Addr(), log)
	if err != nil {
		return err
	}
	defer app.close()
	serving, stopServing := context.WithCancel(ctx)
	upkeep, stopUpkeep := context.WithCancel(context.WithoutCancel(ctx))
	upkeepDone := make(chan struct{})
	go func() {
		defer close(upkeepDone)
		app.upkeep(upkeep, serving)
	}()
	defer func() { // before the parts are closed
		stopServing()
		stopUpkeep()
		<-upkeepDone
	}()
	doors := []door{{listener, app.handler}}
	if metricsListener != nil {
		doors = append(doors, door{metricsListener, app.metrics})
		log.Info("metrics are served", "url", "http://"+metricsListener.Addr().String()+"/metrics")
	}
	_, _ = fmt.Fprintln(stdout, app.greeting) // serve even if stdout is closed
	return serveUntilDone(ctx, log, doors...)
}

// serveSandbox runs the stand-in API and its control endpoint until ctx ends.
func serveSandbox(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("sandbox", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	addr := flags.String("addr", "127.0.0.1:8787", "listen address")
	rate := flags.Int("rate-limit", 0, "calls in five minutes; 0 for Cloudflare's 1,200, -1 for no limit")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 {
		return misused("namesake sandbox takes -addr HOST:PORT and -rate-limit CALLS (in five minutes; -1 for no limit), and nothing else")
	}
	listener, err := listen(ctx, *addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	_, _ = fmt.Fprintf(stdout, "Sandbox API at http://%s%s, tokens %q (may write) and %q (may read); faults on demand at /_sandbox/\n",
		listener.Addr(), sandbox.Prefix, sandbox.DefaultToken, sandbox.DefaultReadToken)
	return serveUntilDone(ctx, slog.Default(), door{listener, sandbox.New(sandbox.Options{RateLimit: *rate}).Handler()})
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	return listener, nil
}

// Time-outs of the server. Writing must exceed the slowest create: one that settles an
// earlier attempt (25 s), is sent (10 s) and is settled (25 s).
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 90 * time.Second
	idleTimeout       = 2 * time.Minute
	drainTimeout      = 75 * time.Second
)

// door is a listener and the server of its requests.
type door struct {
	listener net.Listener
	handler  http.Handler
}

// serveUntilDone serves on all doors until ctx ends, or until one of them fails, and then
// until the requests in progress are answered.
func serveUntilDone(ctx context.Context, log *slog.Logger, doors ...door) error {
	servers := make([]*http.Server, len(doors))
	served := make(chan error, len(doors))
	for i, d := range doors {
		servers[i] = &http.Server{
			Handler: d.handler, ReadHeaderTimeout: readHeaderTimeout, ReadTimeout: readTimeout,
			WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: 32 << 10,
			ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		}
		go func() { served <- servers[i].Serve(d.listener) }()
	}
	var failed error
	select {
	case err := <-served:
		failed = fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping: answering the requests in progress")
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	stopped := make(chan error, len(servers))
	for _, server := range servers {
		go func() { stopped <- server.Shutdown(drain) }()
	}
	for range servers {
		if err := <-stopped; err != nil {
			failed = errors.Join(failed, fmt.Errorf("stop: %w", err))
		}
	}
	return failed
}

// healthcheck asks the Namesake that listens on addr whether it is alive.
func healthcheck(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, readHeaderTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", http.NoBody)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("healthcheck: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("healthcheck: %s", res.Status)
	}
	return nil
}
