package server_test

import (
	"compress/gzip"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/change"
	"namesake/internal/dismissals"
	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/server"
	"namesake/internal/signin"
	"namesake/internal/store"
)

// direct passes calls to the sandbox without a network.
type direct struct{ to http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.to.ServeHTTP(w, r)
	res := w.Result()
	res.Request = r
	return res, nil
}

// benchPage measures GET path through the full middleware stack as a signed-in
// editor.
func benchPage(b *testing.B, path, encoding string) {
	benchPageOf(b, 1000, path, encoding)
}

// benchPageOf is benchPage with so many entries in the registry.
func benchPageOf(b *testing.B, n int, path, encoding string) {
	handler, cookie := benchServer(b, n)
	req := httptest.NewRequestWithContext(b.Context(), http.MethodGet, path, http.NoBody)
	req.AddCookie(cookie)
	req.Header.Set("Accept-Encoding", encoding)
	handler.ServeHTTP(httptest.NewRecorder(), req)
	runtime.GC() // what the preparations left
	b.ReportAllocs()
	before := cpuTime(b)
	for b.Loop() {
		w := &countedAnswer{header: make(http.Header)}
		handler.ServeHTTP(w, req.Clone(b.Context()))
		if w.status != http.StatusOK {
			b.Fatal(w.status)
		}
		b.ReportMetric(float64(w.size), "bytes/page")
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/op")
}

// countedAnswer counts what is written: keeping it, as a recorder does, takes longer than
// answering with a page that is kept.
type countedAnswer struct {
	header       http.Header
	status, size int
}

func (w *countedAnswer) Header() http.Header    { return w.header }
func (w *countedAnswer) WriteHeader(status int) { w.status = status }

func (w *countedAnswer) Write(b []byte) (int, error) {
	w.size += len(b)
	return len(b), nil
}

// cpuTime is the time that all of the process's threads have worked, the garbage
// collector's included.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func benchServer(b *testing.B, n int) (http.Handler, *http.Cookie) {
	b.Helper()
	source := sandbox.New(sandbox.Options{RateLimit: -1, Seed: []sandbox.Entry{}})
	source.Fill(n)
	client, err := cfapi.New(cfapi.Options{
		Account: account, Token: sandbox.DefaultToken, BaseURL: "https://api.example" + sandbox.Prefix, Budget: cfapi.NoBudget,
		Transport: direct{source},
	})
	must(b, err)
	clock := &clock{}
	database, err := store.Open(b.Context(), store.Options{Engine: "sqlite", Now: clock.now})
	must(b, err)
	b.Cleanup(func() { _ = database.Close() })
	trail, err := audit.NewLog(audit.Options{Account: account, Journal: database, Trail: database})
	must(b, err)
	reads, err := mirror.NewService(mirror.Options{Audit: trail, Trail: database, API: client, Account: account, Store: database})
	must(b, err)
	must(b, reads.Refresh(b.Context()))
	written, err := mailtests.NewService(mailtests.Options{Audit: trail, Trail: database, Store: database, Account: account, Now: clock.now})
	must(b, err)
	changes, err := change.NewService(change.Options{Audit: trail, Mirror: reads, Account: account, Submissions: database, Journal: database, Trail: database, Outcomes: database, Tests: written})
	must(b, err)
	signIns, err := signin.NewService(signin.Options{Audit: trail, Store: database, Limits: limits})
	must(b, err)
	plans, err := plan.NewService(plan.Options{Audit: trail, Mirror: reads, Changes: changes, Store: database, Queue: &planQueue{}, Owners: signIns, Account: account})
	must(b, err)
	dismissed, err := dismissals.NewService(dismissals.Options{Audit: trail, Store: database, Account: account, Now: clock.now})
	must(b, err)
	sessions, err := auth.NewSessions(auth.SessionOptions{
		Rows: database, Forms: database, Keys: database, Registrar: signIns, Limits: limits, Now: clock.now,
	})
	must(b, err)
	handler, err := server.New(server.Options{
		Audit: trail, Mirror: reads, Changes: changes, SignIns: signIns, Plans: plans, Dismissals: dismissed, Tests: written, Gate: &auth.Gate{Sessions: sessions}, Account: account, PublicURL: &url.URL{Scheme: "http", Host: "127.0.0.1"}, AnyHost: true,
		Log: discard(), Ready: readyAlways(),
		CreateCommand: func(d registry.Draft) (string, error) { return cfapi.CreateCommand("", account, d) },
	})
	must(b, err)
	w := httptest.NewRecorder()
	login := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/login?", newReader([]byte("user=editor")))
	login.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	handler.ServeHTTP(w, login)
	cookie, err := http.ParseSetCookie(w.Header().Get("Set-Cookie"))
	must(b, err)
	return handler, cookie
}

func BenchmarkList50(b *testing.B)           { benchPage(b, entries+"?per_page=50", "") }
func BenchmarkList50Compressed(b *testing.B) { benchPage(b, entries+"?per_page=50", "gzip") }
func BenchmarkList50Of100000(b *testing.B)   { benchPageOf(b, 100_000, entries+"?per_page=50", "") }
func BenchmarkCreateForm(b *testing.B)       { benchPage(b, entries+"/new", "") }

// BenchmarkFirstVisit reports what a browser with an empty cache receives for the
// list, all requests together.
func BenchmarkFirstVisit(b *testing.B) {
	app := newApp(b)
	signedIn := app.as("editor")
	jar, err := cookiejar.New(nil)
	must(b, err)
	u, err := url.Parse(app.server.URL)
	must(b, err)
	jar.SetCookies(u, signedIn.client.Jar.Cookies(u))
	client := &http.Client{Jar: jar, Transport: &http.Transport{DisableCompression: true}}
	fetch := func(path string) (*goquery.Document, int) {
		req, err := http.NewRequestWithContext(b.Context(), http.MethodGet, app.server.URL+path, http.NoBody)
		must(b, err)
		req.Header.Set("Accept-Encoding", "gzip")
		res, err := client.Do(req)
		must(b, err)
		defer res.Body.Close()
		counted := &counter{r: res.Body}
		zipped, err := gzip.NewReader(counted)
		must(b, err)
		doc, err := goquery.NewDocumentFromReader(zipped)
		must(b, err)
		return doc, counted.n
	}
	for b.Loop() {
		page, total := fetch(entries)
		requests := 1
		for _, s := range page.Find("link[href], script[src]").EachIter() {
			_, n := fetch(s.AttrOr("href", s.AttrOr("src", "")))
			total += n
			requests++
		}
		b.ReportMetric(float64(total), "bytes/visit")
		b.ReportMetric(float64(requests), "requests/visit")
	}
}
