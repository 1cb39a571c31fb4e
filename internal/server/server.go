// Package server is Namesake over HTTP: routes, forms and pages. It decides
// nothing about entries: every handler parses, calls one method of a service
// and answers.
package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/change"
	"namesake/internal/dismissals"
	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/server/auditlog"
	"namesake/internal/server/changes"
	"namesake/internal/server/entries"
	"namesake/internal/server/findings"
	"namesake/internal/server/imports"
	"namesake/internal/server/login"
	"namesake/internal/server/mailcheck"
	"namesake/internal/server/overview"
	"namesake/internal/server/plans"
	"namesake/internal/server/regex"
	"namesake/internal/server/sessions"
	"namesake/internal/server/tests"
	"namesake/internal/server/web"
	"namesake/internal/signin"
)

// Options are the parts of a Server. All are required unless their comment says otherwise.
type Options struct {
	Audit      *audit.Log
	Mirror     *mirror.Service
	Changes    *change.Service
	SignIns    *signin.Service
	Plans      *plan.Service
	Dismissals *dismissals.Service
	Tests      *mailtests.Service
	Gate       *auth.Gate
	Account    registry.AccountID
	PublicURL  *url.URL // where people reach the program
	AnyHost    bool     // optional: whether requests for other hosts are answered, too
	Sandbox    bool     // optional: whether the API is the built-in or a local stand-in
	// Ready are the parts that must work for the program to be of use, by name.
	Ready map[string]func(context.Context) error
	// ReadyTimeout is how long each of them may take to answer; 5 s when 0.
	ReadyTimeout time.Duration
	// Warnings returns problems that do not stop the program; may be nil.
	Warnings func() []string
	// CreateCommand writes the call of the API that creates an entry as a command for
	// people. It must not hold a secret.
	CreateCommand func(registry.Draft) (string, error)
	// Forecast tells how long plans take. Without it, calls take no time.
	Forecast plan.Forecast
	// TrustedProxies are the proxies whose X-Forwarded-* headers are used; none by default.
	TrustedProxies []netip.Prefix
	Log            *slog.Logger     // slog.Default() when nil
	Now            func() time.Time // time.Now when nil
	// Untouched is how long an entry may stay unchanged without being a finding; 0 for ever.
	Untouched time.Duration
	// Observe is called after each answer. method is as in the request; route is the
	// route's pattern, "none" when no route has that path. It may be nil.
	Observe func(method, route string, status int, took time.Duration)
}

// Server answers the requests of people's browsers.
type Server struct {
	*web.Base
	entries   entries.Handlers
	plans     plans.Handlers
	changes   changes.Handlers
	findings  findings.Handlers
	imports   imports.Handlers
	auditlog  auditlog.Handlers
	sessions  sessions.Handlers
	regex     regex.Handlers
	login     *login.Handlers
	overview  overview.Handlers
	mailcheck mailcheck.Handlers
	tests     tests.Handlers
	proxies   proxies
	anyHost   bool
	ready     *readiness
	reports   *reports
	observe   func(method, route string, status int, took time.Duration)
	handler   http.Handler
}

// New returns a Server, or an error that names what is missing.
func New(o Options) (*Server, error) {
	if o.Audit == nil || o.Mirror == nil || o.Changes == nil || o.SignIns == nil || o.Plans == nil || o.Dismissals == nil || o.Tests == nil || o.Gate == nil || o.Gate.Sessions == nil || o.Account == "" || o.PublicURL == nil || len(o.Ready) == 0 || o.CreateCommand == nil {
		return nil, errors.New("server: Audit, Mirror, Changes, SignIns, Plans, Dismissals, Tests, Gate, Account, PublicURL, Ready and CreateCommand are required")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.ReadyTimeout == 0 {
		o.ReadyTimeout = readyTimeout
	}
	if o.Observe == nil {
		o.Observe = func(string, string, int, time.Duration) {}
	}
	base := web.NewBase(web.Base{
		Audit: o.Audit, Mirror: o.Mirror, Changes: o.Changes, Plans: o.Plans, Dismissals: o.Dismissals, Tests: o.Tests, SignIns: o.SignIns, Gate: o.Gate, Sessions: o.Gate.Sessions,
		Limits: o.Gate.Sessions.Limits(), Account: o.Account, Public: o.PublicURL, Sandbox: o.Sandbox, Log: o.Log, Now: o.Now, Untouched: o.Untouched,
		Families: []web.Family{login.Fail, entries.Fail, auditlog.Fail, regex.Fail, plans.Fail, changes.Fail, imports.Fail, findings.Fail, tests.Fail},
	})
	signIn := login.New(base)
	s := &Server{
		Base: base, entries: entries.Handlers{Base: base, CreateCommand: o.CreateCommand}, plans: plans.Handlers{Base: base, Forecast: o.Forecast},
		auditlog: auditlog.Handlers{Base: base}, sessions: sessions.Handlers{Base: base, Logout: signIn.Logout}, regex: regex.Handlers{Base: base}, login: signIn,
		overview: overview.Handlers{Base: base}, mailcheck: mailcheck.Handlers{Base: base}, tests: tests.Handlers{Base: base},
		proxies: o.TrustedProxies, anyHost: o.AnyHost, ready: newReadiness(o), reports: newReports(), observe: o.Observe,
	}
	s.changes = changes.Handlers{Base: base, ShowPlan: s.plans.ShowDraft}
	s.findings = findings.Handlers{Base: base, ShowPlan: s.plans.ShowDraft}
	s.imports = imports.New(base, s.plans.ShowDraft)
	e := echo.New()
	e.HTTPErrorHandler = s.AnswerError
	e.JSONSerializer = web.PlainJSON{}
	e.IPExtractor = s.proxies.extractor()
	if err := register(e, s.table(), s.guards); err != nil {
		return nil, err
	}
	s.handler = s.outermost(e)
	return s, nil
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// secure reports whether people reach the program by https.
func (s *Server) secure() bool { return s.Public.Scheme == "https" }
