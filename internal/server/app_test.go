package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/change"
	"namesake/internal/mirror"
	"namesake/internal/patterns"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/server"
	"namesake/internal/signin"
	"namesake/internal/store"
)

const (
	account = "0fa5b07c9a1d4e6a8b3c2d1e0f9a8b7c"
	entries = "/accounts/" + account + "/entries"
)

// app is the whole program over a sandbox, reached by HTTP.
type app struct {
	t       testing.TB
	sandbox *sandbox.Sandbox
	store   *store.Store
	audit   *audit.Log
	mirror  *mirror.Service
	changes *change.Service
	signIns *signin.Service
	plans   *plan.Service
	gate    *auth.Gate
	server  *httptest.Server
	clock   *clock // the program's
	// apiClock is the sandbox's: the program's clock with a difference. So is wall, the
	// machine's, which the program goes by only with the setting machineClock.
	apiClock *clock
	wall     *clock
	log      *logBuffer
	bodies   *bodies
	rows     *faultySessions // the store's
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
	a := &app{t: t, clock: &clock{}, apiClock: &clock{}, wall: &clock{}, log: &logBuffer{}, bodies: &bodies{}}
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
	restarted := int64(0)
	if set.machineClock {
		restarted = a.store.Restarted()
	}
	a.audit, err = audit.NewLog(audit.Options{Account: account, Journal: journal, Trail: a.store, Log: log})
	must(t, err)
	a.mirror, err = mirror.NewService(mirror.Options{
		Audit: a.audit, Trail: a.store, API: client, Patterns: set.patterns, Log: log, Now: a.store.Now, Pause: a.clock.pause,
	})
	must(t, err)
	a.changes, err = change.NewService(change.Options{
		Audit: a.audit, Mirror: a.mirror, Account: account, Submissions: a.store, Journal: journal, Trail: a.store, Outcomes: a.store,
		Patterns: set.patterns, SettleAfter: set.settleAfter, Restarted: restarted, Log: log, Now: a.store.Now, Pause: a.clock.pause,
	})
	must(t, err)
	a.signIns, err = signin.NewService(signin.Options{Audit: a.audit, Store: rows, Limits: limits, Log: log, Now: a.store.Now})
	must(t, err)
	queue := &planQueue{}
	a.plans, err = plan.NewService(plan.Options{Audit: a.audit, Mirror: a.mirror, Changes: a.changes, Store: a.store, Queue: queue, Account: account, Log: log})
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
	ready := map[string]func(context.Context) error{"api": client.Ping, "database": a.store.Ping}
	if ask := a.gate.Ready(); ask != nil {
		ready["sign_in"] = ask
	}
	maps.Copy(ready, set.ready)
	a.server.Config.Handler, err = server.New(server.Options{
		ReadyTimeout: set.readyTimeout, Warnings: set.warnings,
		Audit: a.audit, Mirror: a.mirror, Changes: a.changes, SignIns: a.signIns, Plans: a.plans, Gate: a.gate, Account: account, PublicURL: public, Sandbox: true, Log: log,
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
	a.server.Start()
	t.Cleanup(a.server.Close)
	return a
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
	return &app{t, a.sandbox, a.store, a.audit, a.mirror, a.changes, a.signIns, a.plans, a.gate, a.server, a.clock, a.apiClock, a.wall, a.log, a.bodies, a.rows}
}

// in returns b for a subtest.
func (b *browser) in(t testing.TB) *browser {
	return &browser{b.app.in(t), b.client}
}

// browser is one person's browser: it keeps cookies and does not follow redirects
// by itself, so that a test sees each answer.
type browser struct {
	app    *app
	client *http.Client
}

// no one is a browser in which no one is signed in.
func (a *app) stranger() *browser {
	jar, err := cookiejar.New(nil)
	must(a.t, err)
	return &browser{app: a, client: &http.Client{
		// Not the default one: a test server that closes cuts that one's new connections off.
		Transport:     a.server.Client().Transport,
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// as is a browser in which the demo person user is signed in.
func (a *app) as(user string) *browser {
	a.t.Helper()
	b := a.stranger()
	if user != "stranger" {
		b.post("/login", url.Values{"user": {user}}).wants(http.StatusSeeOther)
	}
	return b
}

// answer is an answer with its page.
type answer struct {
	*goquery.Document
	t      testing.TB
	status int
	header http.Header
	body   string
}

func (b *browser) do(method, path string, body io.Reader, header map[string]string) *answer {
	t := b.app.t
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, b.app.server.URL+path, body)
	must(t, err)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := b.client.Do(req)
	must(t, err)
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	must(t, err)
	return b.app.answered(res, content)
}

func (a *app) answered(res *http.Response, content []byte) *answer {
	a.t.Helper()
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(content))
	must(a.t, err)
	return &answer{Document: doc, t: a.t, status: res.StatusCode, header: res.Header, body: string(content)}
}

func (b *browser) get(path string) *answer {
	b.app.t.Helper()
	return b.do(http.MethodGet, path, nil, nil)
}

func (b *browser) post(path string, form url.Values) *answer {
	b.app.t.Helper()
	return b.do(http.MethodPost, path, strings.NewReader(form.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
}

// submit fills in the create form that a.Document holds as a browser would, and sends it.
func (b *browser) submit(page *answer, typed map[string]string) *answer {
	b.app.t.Helper()
	form := fields(page)
	for name, value := range typed {
		if value == "" {
			form.Del(name)
			continue
		}
		form.Set(name, value)
	}
	action, ok := page.Find("form[data-once]").Attr("action")
	if !ok {
		b.app.t.Fatalf("no form on the page:\n%s", page.body)
	}
	return b.post(action, form)
}

// create opens a new form, fills it in and sends it.
func (b *browser) create(typed map[string]string) *answer {
	b.app.t.Helper()
	return b.submit(b.get(entries+"/new").wants(http.StatusOK), typed)
}

// fields reads what the form on the page would send.
func fields(page *answer) url.Values {
	form := url.Values{}
	page.Find("form[data-once]").Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		switch goquery.NodeName(s) {
		case "textarea":
			form.Set(name, s.Text())
		case "select":
			form.Set(name, s.Find("option[selected]").AttrOr("value", ""))
		default:
			if _, checked := s.Attr("checked"); s.AttrOr("type", "") != "checkbox" || checked {
				form.Set(name, s.AttrOr("value", ""))
			}
		}
	})
	return form
}

func (a *answer) wants(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d; page:\n%s", a.status, status, a.text("body"))
	}
	return a
}

// text is what a person reads in the first element that matches, spaces folded.
func (a *answer) text(selector string) string {
	return strings.Join(strings.Fields(a.Find(selector).First().Text()), " ")
}

func (a *answer) contains(selector, want string) {
	a.t.Helper()
	if got := a.text(selector); !strings.Contains(got, want) {
		a.t.Errorf("%s holds %q, want it to contain %q", selector, got, want)
	}
}

func (a *answer) location() string { return a.header.Get("Location") }

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

// counter counts what is read.
type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

// planQueue works on each plan at once, until its test ends.
type planQueue struct {
	ctx     context.Context
	work    func(context.Context, string) error
	waiting func(context.Context) ([]string, error) // plans that no worker has
	working sync.WaitGroup
}

func (q *planQueue) Enqueue(_ context.Context, id string) error {
	q.working.Go(func() {
		for {
			_ = q.work(q.ctx, id) // tests see what has become of the plan
			// The clock of a test may pass the end of a claim that is still in use.
			waiting, err := q.waiting(q.ctx)
			if err != nil || !slices.Contains(waiting, id) {
				return
			}
			select {
			case <-q.ctx.Done():
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	return nil
}
