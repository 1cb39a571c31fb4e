package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"namesake/internal/auth"
	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/change"
	"namesake/internal/config"
	"namesake/internal/input"
	"namesake/internal/jobs"
	"namesake/internal/metrics"
	"namesake/internal/mirror"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/server"
	"namesake/internal/server/web"
	"namesake/internal/signin"
	"namesake/internal/store"
)

// demoAccount is the account of the built-in sandbox.
const demoAccount registry.AccountID = "0fa5b07c9a1d4e6a8b3c2d1e0f9a8b7c"

// app is the assembled program.
type app struct {
	handler  http.Handler
	metrics  http.Handler // nil without NAMESAKE_METRICS_ADDR
	greeting string
	// upkeep works in the background until ctx ends. It runs jobs only until serving ends,
	// so that they have ended when the last request is answered.
	upkeep func(ctx, serving context.Context)
	close  func()
}

// build assembles the program. addr is where it listens.
func build(ctx context.Context, cfg config.Config, addr net.Addr, log *slog.Logger) (_ *app, err error) {
	var closers []func()
	a := &app{close: func() {
		for _, c := range slices.Backward(closers) {
			c()
		}
	}}
	defer func() {
		if err != nil {
			a.close()
		}
	}()
	public, err := publicURL(cfg, addr)
	if err != nil {
		return nil, err
	}
	database, err := openStore(ctx, cfg, log)
	if err != nil {
		return nil, err
	}
	closers = append(closers, func() { _ = database.Close() }) // nothing is left to write
	options := cfapi.Options{
		BaseURL: cfg.Cloudflare.BaseURL, Account: cfg.Cloudflare.AccountID,
		Token: cfg.Cloudflare.Token.Reveal(), Email: cfg.Cloudflare.Email, Key: cfg.Cloudflare.Key.Reveal(),
		UserAgent: "Namesake/" + currentVersion(),
	}
	if cfg.LocalAPI() {
		options.Budget = cfapi.NoBudget // Cloudflare's limit does not apply to other APIs
	}
	var d domain // set before metrics are served
	var observe func(method, route string, status int, took time.Duration)
	var jobFailed func(name string)
	passed := func(mirror.Pass) { saveMemory(d.mirror) }
	if cfg.MetricsAddr != "" {
		m := metrics.New(metrics.Options{
			Version: currentVersion(), Sessions: func(ctx context.Context) (int, error) { return d.signIns.CountSessions(ctx) },
			Mirror: func() metrics.Mirror {
				known := d.mirror.Snapshot()
				return metrics.Mirror{ReadAt: known.State.ReadAt, Entries: known.View.Len()}
			},
		})
		a.metrics, observe, options.Observe, jobFailed = m.Handler(), m.Request, observeCalls(m), m.JobFailed
		passed = func(p mirror.Pass) {
			m.Pass(p.Err == nil, p.Took, p.Changes)
			saveMemory(d.mirror)
		}
	}
	if cfg.Sandbox() {
		stop, err := startSandbox(ctx, &options)
		if err != nil {
			return nil, err
		}
		closers = append(closers, stop)
	}
	client, err := cfapi.New(options)
	if err != nil {
		return nil, err
	}
	extendSenders(cfg.SharedSenders)
	gate, err := newGate(cfg, public, log)
	if err != nil {
		return nil, err
	}
	sessions, limits := gate.Rows(database), signin.Limits(cfg.Session)
	var runner *jobs.Runner // set before anything is served
	d, err = newDomain(domainOptions{
		api: client, settings: client, account: options.Account, store: database, sessions: sessions, limits: limits, settleAfter: settleDelay(cfg), log: log,
		refresh: cfg.Refresh, deleteLimit: cfg.ImportDeletePercent, passed: passed, wakeRefresh: func() { runner.Wake(refreshJob, 0) },
		wakeSettle: func(in time.Duration) { runner.Wake(settleJob, in) },
		enqueue:    func(ctx context.Context, id string) error { return runner.Enqueue(ctx, id) },
	})
	if err != nil {
		return nil, err
	}
	debug.SetGCPercent(earlyGC) // the registry may be large
	if err := d.mirror.CatchUp(ctx); err != nil {
		return nil, fmt.Errorf("load the copy of the registry: %w", err)
	}
	if !d.mirror.Snapshot().State.ReadAt.IsZero() { // otherwise after the first pass
		saveMemory(d.mirror)
	}
	gate.Sessions, err = auth.NewSessions(auth.SessionOptions{
		Rows: sessions, Forms: database, Keys: database, Registrar: d.signIns, Secure: public.Scheme == "https", Limits: limits, Now: database.Now,
	})
	if err != nil {
		return nil, err
	}
	if cfg.Database.Engine == config.SQLite { // no other copy runs its plans
		if err := database.ReleaseAllPlans(ctx); err != nil {
			return nil, err
		}
	}
	runner, err = jobs.New(ctx, jobs.Options{
		SQLite: database.SQLite(), PostgresURL: cfg.Database.URL.Reveal(), Now: database.Now, Drain: drainTimeout, Failed: jobFailed, Log: log,
		Plans: d.plans.Work, Waiting: d.plans.Waiting,
		Periodics: periodicJobs(cfg, database, d, gate.Sessions, log),
	})
	if err != nil {
		return nil, err
	}
	closers = append(closers, runner.Close)
	ready := map[string]func(context.Context) error{"api": d.mirror.Ready, "database": database.Ping}
	if ask := gate.Ready(); ask != nil {
		ready["sign_in"] = ask
	}
	pages, err := server.New(server.Options{
		Forecast: client.Forecast,
		Audit:    d.audit, Mirror: d.mirror, Changes: d.changes, Plans: d.plans, Dismissals: d.dismissals, Tests: d.tests, SignIns: d.signIns, Gate: gate, Account: options.Account, PublicURL: public, AnyHost: cfg.DemoOnNetwork && cfg.PublicURL == "",
		Now: database.Now, Untouched: cfg.UntouchedLimit, Warnings: clockWarnings(database, d.mirror),
		Sandbox: cfg.Sandbox() || cfg.Demo(), Ready: ready, TrustedProxies: cfg.TrustedProxies, Log: log, Observe: observe,
		// The configured address: the address of the built-in sandbox is for this process only.
		CreateCommand: func(d registry.Draft) (string, error) {
			return cfapi.CreateCommand(cfg.Cloudflare.BaseURL, options.Account, d)
		},
	})
	if err != nil {
		return nil, err
	}
	a.handler = pages
	a.upkeep = func(ctx, serving context.Context) {
		var work sync.WaitGroup
		work.Go(func() {
			if err := runner.Run(serving); err != nil {
				log.ErrorContext(ctx, "jobs were cut off", "error", err)
			}
		})
		// These are not jobs, because each process has its own clock, count and connection to the provider.
		work.Go(func() { database.KeepClock(ctx) })
		work.Go(func() { d.signIns.RecordRefusalsPeriodically(ctx) })
		work.Go(func() {
			d.mirror.Follow(ctx, func(ctx context.Context, changed func()) {
				database.ListenMirror(ctx, func() { d.dismissals.Forget(); changed() })
			})
		})
		work.Go(func() { pages.CountDangers(ctx) })
		if gate.OIDC != nil {
			work.Go(func() { gate.OIDC.KeepTrying(ctx) })
		}
		work.Wait()
	}
	a.greeting = fmt.Sprintf("Namesake is at %s", public)
	if cfg.Demo() {
		a.greeting += " (sandbox: invented data, choose any role)"
	}
	return a, nil
}

// extendSenders adds the services that the settings name to the known ones.
func extendSenders(named []config.SharedSender) {
	more := make([]input.Sender, len(named))
	for i, s := range named {
		more[i] = input.Sender{Address: s.Address, Service: s.Service}
	}
	input.ExtendSenders(more)
}

// largeRegistry is the number of entries from which memory is saved at the cost of some time.
const largeRegistry = 20_000

// saveMemory collects garbage earlier if the registry is large, as its copy would count twice
// otherwise, and returns what a reading has used.
func saveMemory(reads *mirror.Service) {
	if reads.Snapshot().View.Len() < largeRegistry {
		debug.SetGCPercent(usualGC)
		return
	}
	debug.SetGCPercent(earlyGC)
	debug.FreeOSMemory()
}

// How much garbage there may be, in percent of what is in use: see debug.SetGCPercent.
const (
	usualGC = 100
	earlyGC = 25
)

// settleJob is the job that settles open intents.
const settleJob = "settle"

// refreshJob is the job that reads the registry.
const refreshJob = "registry"

// keyCheckInterval is how often it is checked whether cookies need a new key.
const keyCheckInterval = time.Hour

// periodicJobs are the jobs that are repeated, each on one copy of the program.
func periodicJobs(cfg config.Config, database *store.Store, d domain, sessions *auth.Sessions, log *slog.Logger) []jobs.Periodic {
	return []jobs.Periodic{
		{Name: settleJob, Every: change.SettleInterval, Do: d.changes.SettleDue},
		{Name: refreshJob, Every: cfg.Refresh, Do: d.mirror.RefreshDue},
		{Name: "sessions", Every: signin.SweepInterval, Do: d.signIns.Sweep},
		{Name: "keys", Every: keyCheckInterval, Do: sessions.RotateKeys},
		{Name: "plan_retention", Every: plan.RemovalInterval, Do: d.plans.RemoveOld},
		{Name: "audit_head", Every: auditInterval, Do: func(ctx context.Context) error { return logHead(ctx, database, log) }},
		{Name: "deleted_entries", Every: auditInterval, Do: database.ForgetDeleted},
		{Name: "audit_retention", Every: auditInterval, Do: func(ctx context.Context) error {
			return prune(ctx, database, d.mirror.APITime, cfg.AuditRetention, log)
		}},
	}
}

// newGate returns the configured gate, without its sessions.
func newGate(cfg config.Config, public *url.URL, log *slog.Logger) (gate *auth.Gate, err error) {
	gate = &auth.Gate{Roles: auth.Roles(cfg.Groups)}
	switch cfg.Auth {
	case config.AuthOIDC:
		gate.OIDC, err = auth.NewOIDC(auth.OIDCOptions{
			Issuer: cfg.OIDC.Issuer, ClientID: cfg.OIDC.ClientID, ClientSecret: cfg.OIDC.ClientSecret.Reveal(), Scopes: cfg.OIDC.Scopes,
			GroupsClaim: cfg.OIDC.GroupsClaim, GroupsFromGraph: cfg.OIDC.GroupsFromGraph, RedirectURL: public.String() + web.CallbackPath, Log: log,
		})
	case config.AuthAccess:
		gate.Access, err = auth.NewAccess(auth.AccessOptions{
			TeamURL: cfg.Access.TeamURL, AUD: cfg.Access.AUD, ServiceTokens: cfg.Access.ServiceTokens, GroupsClaim: cfg.Access.GroupsClaim, Log: log,
		})
	case config.AuthDemo:
	}
	return gate, err
}

func openStore(ctx context.Context, cfg config.Config, log *slog.Logger) (*store.Store, error) {
	return store.Open(ctx, store.Options{
		Engine: string(cfg.Database.Engine), Path: cfg.Database.Path, URL: cfg.Database.URL.Reveal(), Log: log,
	})
}

// maxClockSkew is how far clocks may differ before it is worth a warning.
const maxClockSkew = 5 * time.Second

// clockWarnings names the clocks that differ, for /readyz and the log.
func clockWarnings(database *store.Store, reads *mirror.Service) func() []string {
	return func() (warnings []string) {
		for _, other := range []struct {
			name string
			skew time.Duration
		}{
			{"this program's clock differs from the database's by ", database.ClockSkew()},
			{"the API's clock differs from the database's by ", reads.APIClockSkew()},
		} {
			if other.skew.Abs() > maxClockSkew {
				warnings = append(warnings, other.name+other.skew.Abs().Round(time.Second).String())
			}
		}
		return warnings
	}
}

// settleDelay is the age from which an open intent counts as abandoned. On PostgreSQL other
// copies may still work on theirs, as long as an answer may take. With SQLite there is one
// copy, and at most one more that is stopping: submissions that the latter has claimed are
// looked up, and it can't claim those that are written off.
func settleDelay(cfg config.Config) time.Duration {
	if cfg.Database.Engine == config.Postgres {
		return writeTimeout
	}
	return 0
}

// observeCalls returns an observer that counts the calls of the API in m.
func observeCalls(m *metrics.Metrics) func(cfapi.Call) {
	return func(c cfapi.Call) {
		m.Call(c.Operation, c.Outcome, c.Took)
		for _, b := range c.Budgets {
			m.Budget(b.Policy, b.Remaining, b.Limit)
		}
	}
}

// startSandbox serves the built-in sandbox on its own loopback port, so that the demo
// reaches its API in the same way as Cloudflare's, and sets options to it. The token is
// random, because every program on the machine can reach the port.
func startSandbox(ctx context.Context, options *cfapi.Options) (stop func(), err error) {
	listener, err := listen(ctx, "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	token := rand.Text()
	if options.Account == "" {
		options.Account = demoAccount
	}
	options.BaseURL, options.Token = "http://"+listener.Addr().String()+sandbox.Prefix, token
	api := &http.Server{
		Handler:           sandbox.New(sandbox.Options{Account: string(options.Account), Tokens: []sandbox.Token{{Value: token}}}),
		ReadHeaderTimeout: readHeaderTimeout,
	}
	go func() { _ = api.Serve(listener) }() // ends when it is closed
	return func() { _ = api.Close() }, nil
}

// publicURL returns the URL that people use: as configured, or the listen address.
func publicURL(cfg config.Config, addr net.Addr) (*url.URL, error) {
	raw := cfg.PublicURL
	if raw == "" {
		host, port, err := net.SplitHostPort(addr.String())
		if err != nil {
			return nil, fmt.Errorf("public URL: %w", err)
		}
		if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
			host = "localhost" // the address for listening everywhere can't be opened in a browser
		}
		raw = "http://" + net.JoinHostPort(host, port)
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil, fmt.Errorf("public URL: %w", err)
	}
	return u, nil
}
