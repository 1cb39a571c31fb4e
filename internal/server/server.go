// Package server is Namesake over HTTP: routes, forms and pages. It decides
// nothing about entries: every handler parses, calls one method of the registry
// service and answers.
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
	"namesake/internal/mirror"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/signin"
)

// Options are the parts of a Server. All are required but the last four.
type Options struct {
	Audit     *audit.Log
	Mirror    *mirror.Service
	Changes   *change.Service
	SignIns   *signin.Service
	Plans     *plan.Service
	Gate      *auth.Gate
	Account   registry.AccountID
	PublicURL *url.URL // where people reach the program
	AnyHost   bool     // whether requests for other hosts are answered, too
	Sandbox   bool     // whether the API is the built-in or a local stand-in
	// Ready are the parts that must work for the program to be of use, by name.
	Ready map[string]func(context.Context) error
	// ReadyTimeout is how long each of them may take to answer; 5 s when 0.
	ReadyTimeout time.Duration
	// Warnings tells what is not as it should be, though the program works; may be nil.
	Warnings func() []string
	// CreateCommand writes the call of the API that creates an entry as a command for
	// people. It must not hold a secret.
	CreateCommand func(registry.Draft) (string, error)
	// Background is how many calls of the API background work can make; no limit when zero.
	Background CallRate
	// TrustedProxies are whose X-Forwarded-* headers are believed; none by default.
	TrustedProxies []netip.Prefix
	Log            *slog.Logger
	Now            func() time.Time // time.Now when nil
	// Observe is told of each request that was answered. The method is as it came;
	// route is the route's pattern, "none" when none has that path.
	Observe func(method, route string, status int, took time.Duration)
}

// CallRate is so many calls in so long.
type CallRate struct {
	Calls int
	In    time.Duration
}

// Server answers the requests of people's browsers.
type Server struct {
	audit    *audit.Log
	mirror   *mirror.Service
	changes  *change.Service
	signIns  *signin.Service
	plans    *plan.Service
	gate     *auth.Gate
	sessions *auth.Sessions // the gate's
	attempts *attempts
	limits   signin.Limits
	proxies  proxies
	anyHost  bool
	account  registry.AccountID
	public   *url.URL
	sandbox  bool
	ready    *readiness
	command  func(registry.Draft) (string, error) // Options.CreateCommand
	// background is Options.Background.
	background CallRate
	log        *slog.Logger
	now        func() time.Time
	reports    *reports
	drawing    *drawing
	observe    func(method, route string, status int, took time.Duration)
	handler    http.Handler
}

// New returns a Server, or an error that names what is missing.
func New(o Options) (*Server, error) {
	if o.Audit == nil || o.Mirror == nil || o.Changes == nil || o.SignIns == nil || o.Plans == nil || o.Gate == nil || o.Gate.Sessions == nil || o.Account == "" || o.PublicURL == nil || len(o.Ready) == 0 || o.CreateCommand == nil {
		return nil, errors.New("server: Registry, Plans, Gate, Account, PublicURL, Ready and CreateCommand are required")
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
	s := &Server{
		audit: o.Audit, mirror: o.Mirror, changes: o.Changes, signIns: o.SignIns, plans: o.Plans, gate: o.Gate, sessions: o.Gate.Sessions, attempts: newAttempts(o.Now), limits: o.Gate.Sessions.Limits(),
		proxies: o.TrustedProxies, anyHost: o.AnyHost, account: o.Account,
		public: o.PublicURL, sandbox: o.Sandbox, ready: newReadiness(o), log: o.Log, now: o.Now, observe: o.Observe,
		command: o.CreateCommand, background: o.Background, reports: newReports(), drawing: usualDrawing(),
	}
	e := echo.New()
	e.HTTPErrorHandler = s.answerError
	e.JSONSerializer = plainJSON{}
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
func (s *Server) secure() bool { return s.public.Scheme == "https" }
