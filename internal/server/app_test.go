package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/change"
	"namesake/internal/dismissals"
	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/patterns"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/server"
	"namesake/internal/signin"
	"namesake/internal/store"
)

const (
	account  = "0fa5b07c9a1d4e6a8b3c2d1e0f9a8b7c"
	overview = "/accounts/" + account
	entries  = "/accounts/" + account + "/entries"
	refresh  = "/accounts/" + account + "/refresh"
	checkURL = "/accounts/" + account + "/check"
)

// app is the whole program over a sandbox, reached by HTTP.
type app struct {
	t          testing.TB
	sandbox    *sandbox.Sandbox
	store      *store.Store
	audit      *audit.Log
	mirror     *mirror.Service
	changes    *change.Service
	signIns    *signin.Service
	plans      *plan.Service
	dismissals *dismissals.Service
	tests      *mailtests.Service
	gate       *auth.Gate
	server     *httptest.Server
	clock      *clock // the program's
	// apiClock is the sandbox's: the program's clock with a difference. So is wall, the
	// machine's, which the program goes by only with the setting machineClock.
	apiClock *clock
	wall     *clock
	log      *logBuffer
	bodies   *bodies
	rows     *faultySessions // the store's
	planRows *countedPlans   // the store's
	others   *int            // the changes of the registry that the copy may not have
}

// bodies passes requests on and keeps what they hold.
type bodies struct {
	to     http.Handler
	mu     sync.Mutex
	method map[string][]string
}

func (b *bodies) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	content, _ := io.ReadAll(r.Body) // what was cut off is for the sandbox to find
	r.Body = io.NopCloser(bytes.NewReader(content))
	b.mu.Lock()
	if b.method == nil {
		b.method = make(map[string][]string)
	}
	b.method[r.Method] = append(b.method[r.Method], string(content))
	b.mu.Unlock()
	b.to.ServeHTTP(w, r)
}

// settings vary an app; the zero value is the usual one.
type settings struct {
	sandbox  sandbox.Options
	client   func(*cfapi.Options)
	public   string
	database string // SQLite file, "" for memory, or the URL of a PostgreSQL database
	// machineClock has the program keep its own clock by the machine's or the database's.
	machineClock bool
	skew         time.Duration // of the machine's clock
	clock        *clock        // instead of a new one
	settleAfter  time.Duration
	journal      *faultyJournal   // put before the store
	api          *sandbox.Sandbox // instead of a new one
	gate         func(*app)       // changes how people sign in, before the server starts
	proxies      []netip.Prefix   // that are trusted
	observe      func(method, route string, status int, took time.Duration)
	patterns     *patterns.Pool
	pause        func(context.Context, time.Duration) error // of the mirror, instead of the clock's

	around       bool          // reads the settings around the registry, at first and on demand
	patience     time.Duration // with a pass
	readyTimeout time.Duration
	ready        map[string]func(context.Context) error // beside the usual ones
	warnings     func() []string
}

func newApp(t testing.TB, with ...func(*settings)) *app {
	t.Helper()
	set := settings{sandbox: sandbox.Options{RateLimit: -1}}
	for _, change := range with {
		change(&set)
	}
	a := &app{t: t, clock: &clock{}, apiClock: &clock{}, wall: &clock{}, log: &logBuffer{}, bodies: &bodies{}, others: new(int)}
	a.wall.move(set.skew)
	if set.clock != nil {
		a.clock = set.clock
	}
	set.sandbox.Now = func() time.Time { return a.apiClock.now().Add(time.Until(a.clock.now())) }
	if a.sandbox = set.api; a.sandbox == nil {
		a.sandbox = sandbox.New(set.sandbox)
	}
	api := httptest.NewServer(a.bodies)
	a.bodies.to = a.sandbox
	t.Cleanup(api.Close)
	options := cfapi.Options{
		BaseURL: api.URL + sandbox.Prefix, Account: account, Token: sandbox.DefaultToken,
		Budget: cfapi.NoBudget, Now: a.clock.now, Pause: a.clock.pause,
	}
	if set.client != nil {
		set.client(&options)
	}
	client, err := cfapi.New(options)
	must(t, err)
	log := slog.New(slog.NewJSONHandler(a.log, nil))
	stored := store.Options{Engine: store.SQLite, Path: set.database, Now: a.clock.now, Log: log}
	if strings.HasPrefix(set.database, "postgres") {
		stored.Engine, stored.Path, stored.URL = store.Postgres, "", set.database
	}
	if set.machineClock {
		began := time.Now()
		stored.Now = nil
		stored.Wall = func() time.Time { return a.wall.now().Add(time.Until(a.clock.now())) }
		stored.Elapsed = func() time.Duration { return a.clock.now().Sub(began) }
	}
	a.store, err = store.Open(t.Context(), stored)
	must(t, err)
	t.Cleanup(func() { _ = a.store.Close() })
	a.rows = &faultySessions{Store: a.store}
	a.gate = &auth.Gate{Roles: auth.Roles{Admin: []string{"admins"}, Editor: []string{"editors"}, Viewer: []string{"viewers", "auditors"}}}
	rows := a.gate.Rows(a.rows)
	journal := audit.Journal(a.store)
	if set.journal != nil {
		set.journal.Journal = a.store
		journal = set.journal
	}
	began, restarted := time.Now(), int64(0)
	if set.machineClock {
		restarted = a.store.Restarted()
	}
	a.audit, err = audit.NewLog(audit.Options{Account: account, Journal: journal, Trail: a.store, Log: log})
	must(t, err)
	if set.pause == nil {
		set.pause = a.clock.pause
	}
	var around mirror.SettingsAPI
	if set.around {
		around = client
	}
	a.mirror, err = mirror.NewService(mirror.Options{
		Settings: around,
		Audit:    a.audit, Trail: a.store, API: client, Account: account, Store: a.store, Patterns: set.patterns, Log: log, Now: a.store.Now, Pause: set.pause,
		Elapsed: func() time.Duration { return a.clock.now().Sub(began) }, Patience: set.patience,
	})
	must(t, err)
	a.tests, err = mailtests.NewService(mailtests.Options{Audit: a.audit, Trail: a.store, Store: a.store, Account: account, Now: a.store.Now})
	must(t, err)
	a.changes, err = change.NewService(change.Options{
		Audit: a.audit, Mirror: a.mirror, Account: account, Submissions: a.store, Journal: journal, Trail: a.store, Outcomes: a.store, Tests: a.tests,
		Patterns: set.patterns, SettleAfter: set.settleAfter, Restarted: restarted, Log: log, Now: a.store.Now, Pause: a.clock.pause,
	})
	must(t, err)
	a.signIns, err = signin.NewService(signin.Options{Audit: a.audit, Store: rows, Limits: limits, Log: log, Now: a.store.Now})
	must(t, err)
	queue := &planQueue{}
	a.planRows = &countedPlans{Store: a.store}
	a.plans, err = plan.NewService(plan.Options{Audit: a.audit, Mirror: a.mirror, Changes: a.changes, Store: a.planRows, Queue: queue, Owners: a.signIns, Account: account, Tests: a.tests, Log: log, Now: a.store.Now, Pause: a.clock.pause})
	must(t, err)
	a.dismissals, err = dismissals.NewService(dismissals.Options{Audit: a.audit, Store: a.store, Account: account, Now: a.store.Now})
	must(t, err)
	public, err := url.Parse("http://127.0.0.1")
	must(t, err)
	if set.public != "" {
		public, err = url.Parse(set.public)
		must(t, err)
	}
	a.gate.Sessions, err = auth.NewSessions(auth.SessionOptions{
		Rows: rows, Forms: a.store, Keys: a.store, Registrar: a.signIns, Secure: public.Scheme == "https", Limits: limits, Now: a.store.Now,
	})
	must(t, err)
	a.server = httptest.NewUnstartedServer(nil)
	if set.gate != nil {
		set.gate(a)
	}
	ready := map[string]func(context.Context) error{"api": a.mirror.Ready, "database": a.store.Ping}
	if ask := a.gate.Ready(); ask != nil {
		ready["sign_in"] = ask
	}
	maps.Copy(ready, set.ready)
	a.server.Config.Handler, err = server.New(server.Options{
		ReadyTimeout: set.readyTimeout, Warnings: set.warnings, Forecast: client.Forecast,
		Audit: a.audit, Mirror: a.mirror, Changes: a.changes, SignIns: a.signIns, Plans: a.plans, Dismissals: a.dismissals, Tests: a.tests, Gate: a.gate, Account: account, PublicURL: public, Sandbox: true, Log: log,
		Ready: ready, TrustedProxies: set.proxies, Now: a.store.Now, Observe: set.observe,
		CreateCommand: func(d registry.Draft) (string, error) { return cfapi.CreateCommand("", account, d) },
	})
	must(t, err)
	upkeep, stop := context.WithCancel(t.Context())
	queue.ctx, queue.work, queue.waiting = upkeep, a.plans.Work, a.plans.Waiting
	worked := make(chan struct{})
	go func() {
		defer close(worked)
		<-upkeep.Done()
		queue.working.Wait()
	}()
	t.Cleanup(func() { stop(); <-worked })
	*a.others = a.changedElsewhere()
	must(t, a.mirror.RefreshSettings(t.Context()))
	a.server.Start()
	t.Cleanup(a.server.Close)
	return a
}

// changedElsewhere returns how often the registry was changed otherwise than by the program.
func (a *app) changedElsewhere() int { return a.sandbox.Changes() - len(a.sandbox.Writes()) }

// readAgain reads the registry if a test has changed it: lists show the copy.
func (a *app) readAgain() {
	others := a.changedElsewhere()
	if others == *a.others || slices.ContainsFunc(a.sandbox.Faults(), func(f sandbox.Fault) bool { return f.Method == "" || f.Method == http.MethodGet }) {
		return
	}
	*a.others = others
	must(a.t, a.mirror.Refresh(a.t.Context()))
}

var limits = signin.Limits{Idle: 30 * time.Minute, Absolute: 12 * time.Hour}

// base is the program's address.
func (a *app) base() string { return "http://" + a.server.Listener.Addr().String() }

// clock is a clock that tests move; pauses pass at once and move it.
type clock struct {
	mu   sync.Mutex
	skew time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.skew)
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.skew += d
}

func (c *clock) pause(ctx context.Context, d time.Duration) error {
	c.move(d)
	return ctx.Err()
}

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

// in returns a for a subtest.
func (a *app) in(t testing.TB) *app {
	return &app{t, a.sandbox, a.store, a.audit, a.mirror, a.changes, a.signIns, a.plans, a.dismissals, a.tests, a.gate, a.server, a.clock, a.apiClock, a.wall, a.log, a.bodies, a.rows, a.planRows, a.others}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func newReader(b []byte) io.Reader { return bytes.NewReader(b) }

func discard() *slog.Logger { return slog.New(slog.NewJSONHandler(io.Discard, nil)) }

func readyAlways() map[string]func(context.Context) error {
	return map[string]func(context.Context) error{"api": func(context.Context) error { return nil }}
}
