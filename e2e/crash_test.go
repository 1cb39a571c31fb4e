package e2e

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"namesake/internal/store/pgtest"
)

var (
	kills   = flag.Int("kills", 3, "how often each part of TestKill kills the program")
	settled = flag.Bool("settled", false, "whether TestKill waits until every intent has its final outcome, which takes three minutes")
	clocks  = flag.Bool("clocks", false, "whether TestKill sets the clocks of the program's machines ahead and back; it builds the program and most of Go's library for that")
)

// request is a change that somebody asks for: a form that was filled in.
type request struct {
	path string
	form url.Values
	then func(location string) // what follows once it was answered

	refused int // how often
}

// workload is a stream of creates, edits and deletions, each sent from a form of its
// own and, when it was not answered, sent again.
type workload struct {
	mu         sync.Mutex
	rng        *rand.Rand
	forms      int
	ready      []request // that can be made now
	unanswered []request
}

const entriesPath = "/accounts/" + account + "/entries"

// next returns the request to make.
func (w *workload) next() request {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.forms++
	if n := len(w.ready); n > 0 && w.rng.IntN(3) > 0 {
		r := w.ready[n-1]
		w.ready = w.ready[:n-1]
		return r
	}
	n := w.forms
	return request{path: entriesPath, form: url.Values{"key": {fmt.Sprintf("form-%d", n)}, "name": {fmt.Sprintf("Person %d", n)}, "email": {fmt.Sprintf("p%d@example.com", n)}}, then: w.created(n)}
}

func (w *workload) then(r request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ready = append(w.ready, r)
}

// created prepares the next request for a new entry: a deletion, alone or with others, or an
// edit and then a deletion.
func (w *workload) created(n int) func(location string) {
	return func(location string) {
		id := location[strings.LastIndex(location, "/")+1:]
		switch n % 3 {
		case 0:
			w.then(request{path: location + "/delete"})
		case 1:
			w.then(request{path: entriesPath + "/delete", form: url.Values{"id": {id}}})
		default:
			w.then(request{path: location, form: url.Values{"name": {fmt.Sprintf("Person %d", n)}, "email": {fmt.Sprintf("p%d.new@example.com", n)}}, then: func(string) {
				w.then(request{path: location + "/delete"})
			}})
		}
	}
}

// work makes requests of the copies that run until ctx ends, or until none runs.
func (w *workload) work(ctx context.Context, copies []*victim, p person) {
	for ctx.Err() == nil {
		bases := w.running(copies)
		if len(bases) == 0 {
			return
		}
		r := w.next()
		err := w.make(ctx, bases, p, r)
		if errors.Is(err, errRefused) {
			r.refused++
		}
		if err != nil && r.refused < 3 { // then someone else has changed or deleted the entry
			w.mu.Lock()
			w.unanswered = append(w.unanswered, r)
			w.mu.Unlock()
		}
	}
}

// running returns where copies answer to which a request goes: mostly to any one of them,
// now and then to all at the same time.
func (w *workload) running(copies []*victim) (bases []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, v := range copies {
		if base := v.base(); base != "" {
			bases = append(bases, base)
		}
	}
	if len(bases) > 1 && w.rng.IntN(5) > 0 {
		n := w.rng.IntN(len(bases))
		return bases[n : n+1]
	}
	return bases
}

var (
	// errNotDone reports a request whose answer is not the requested one.
	errNotDone = errors.New("not done")
	// errRefused reports a request for a change of an entry that is gone or was changed.
	errRefused = errors.New("refused")
)

func notDone(status int) error {
	if status == http.StatusNotFound || status == http.StatusConflict {
		return fmt.Errorf("%w: status %d", errRefused, status)
	}
	return fmt.Errorf("%w: status %d", errNotDone, status)
}

var versionField = regexp.MustCompile(`name="version" value="([^"]*)"`)

// make makes a request, and returns an error when none of the copies has answered that it
// was done.
func (w *workload) make(ctx context.Context, bases []string, p person, r request) error {
	if r.form.Has("email") && r.form.Get("key") == "" && r.form.Get("version") == "" { // an edit: the version is on the page
		status, body, err := p.get(ctx, bases[0]+r.path+"/edit")
		if err != nil {
			return err
		}
		version := versionField.FindStringSubmatch(body)
		if status != http.StatusOK || version == nil {
			return fmt.Errorf("edit form: %w", notDone(status))
		}
		r.form.Set("version", html.UnescapeString(version[1]))
	}
	var sent sync.WaitGroup
	locations, errs := make([]string, len(bases)), make([]error, len(bases))
	for i, base := range bases {
		sent.Go(func() { locations[i], errs[i] = p.change(ctx, base+r.path, r.form) })
	}
	sent.Wait()
	done := slices.Index(errs, nil)
	if done < 0 {
		return errors.Join(errs...)
	}
	if r.then != nil {
		r.then(locations[done])
	}
	return nil
}

// change sends a form, and returns where its answer leads.
func (p person) change(ctx context.Context, to string, form url.Values) (location string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.redirected(req)
}

// led returns where a page leads.
func (p person) led(ctx context.Context, from string) (location string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, http.NoBody)
	if err != nil {
		return "", err
	}
	return p.redirected(req)
}

func (p person) redirected(req *http.Request) (location string, err error) {
	res, err := p.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		return "", notDone(res.StatusCode)
	}
	return res.Header.Get("Location"), nil
}

// crash is a workload, and the copies of the program that are killed in it.
type crash struct {
	t        *testing.T
	api      *api
	copies   []*victim
	workload *workload
	by       person
	others   others
}

// TestKill kills the program with SIGKILL at random moments of a workload: one copy on
// SQLite, and two on one PostgreSQL, of which sometimes one and sometimes both are killed.
// Someone else changes the registry too, and passes read it. Afterwards every change that the
// API saw has its record, none was made twice, the chain verifies, the lists have what the API
// has, and each change is reported as made where it was made.
func TestKill(t *testing.T) {
	t.Parallel()
	path := program
	if *clocks {
		path = stepping(t)
	}
	t.Run("one copy on SQLite", func(t *testing.T) {
		t.Parallel()
		newCrash(t, path, 1, "sqlite:"+filepath.Join(t.TempDir(), "namesake.db")).run()
	})
	t.Run("two copies on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		newCrash(t, path, 2, pgtest.NewDatabase(t)).run()
	})
}

// newCrash starts n copies of the program.
func newCrash(t *testing.T, path string, n int, database string) *crash {
	t.Helper()
	c := &crash{t: t, api: &api{t, start(t, []string{"sandbox", "-addr", "127.0.0.1:0", "-rate-limit", "-1"}, nil)}}
	for range n {
		v := &victim{t: t, path: path, clock: filepath.Join(t.TempDir(), "clock")}
		v.env = []string{
			"NAMESAKE_ADDR=127.0.0.1:0", "NAMESAKE_AUTH=demo", "NAMESAKE_DATABASE_URL=" + database, "CLOUDFLARE_BASE_URL=" + c.api.base + "/client/v4",
			"CLOUDFLARE_API_TOKEN=sandbox", "CLOUDFLARE_ACCOUNT_ID=" + account, "MACHINE_CLOCK=" + v.clock, "NAMESAKE_REFRESH=15s",
		}
		v.start()
		t.Cleanup(func() {
			v.end(syscall.SIGKILL)
			if t.Failed() {
				t.Logf("the log of a copy:\n%s", v.log.String())
			}
		})
		c.copies = append(c.copies, v)
	}
	c.by = c.copies[0].signIn()
	c.workload = &workload{rng: rand.New(rand.NewPCG(rand.Uint64(), 1))} //nolint:gosec // what happens when is to vary
	return c
}

func (c *crash) run() {
	w := c.workload
	c.baseline()
	for range *kills {
		w.doubt(c.api)
		w.ready, w.unanswered = append(w.ready, w.unanswered...), nil // the last comes first
		var workers sync.WaitGroup
		ctx, cancel := context.WithCancel(c.t.Context())
		for range 4 {
			workers.Go(func() { w.work(ctx, c.copies, c.by) })
		}
		workers.Go(func() { c.changeElsewhere(ctx) })
		c.wait()
		if *clocks {
			c.copies[rand.IntN(len(c.copies))].stepClock() //nolint:gosec // which one is to vary
			c.wait()
		}
		killed := c.copies
		if n := rand.IntN(3); n < len(c.copies) && len(c.copies) > 1 { //nolint:gosec // which one is to vary
			killed = killed[n : n+1]
		}
		for _, v := range killed {
			v.end(syscall.SIGKILL)
		}
		if *clocks {
			killed[0].stepClock()
		}
		if len(killed) == len(c.copies) {
			cancel()
			workers.Wait()
		}
		for _, v := range killed {
			v.start() // while the other one goes on
		}
		cancel()
		workers.Wait()
	}
	c.api.control(http.MethodDelete, "faults", nil, new(any))
	c.settle()
	c.checkMirror()
	c.check()
}

// wait waits until the random moment of a kill, which is what the test is about.
func (c *crash) wait() {
	time.Sleep(time.Duration(20+rand.IntN(230)) * time.Millisecond) //nolint:gosec // when is to vary
}

// doubt prepares ambiguous answers, lists and reads that lag, and effects that come late,
// for each method.
func (w *workload) doubt(api *api) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ms := func(most int) string { return fmt.Sprintf("%dms", w.rng.IntN(most)) }
	unsaid := []string{"500", "502-html", "503", "302", "403-html", "429-html", "dropped", "dropped-in-body"}
	happened := []string{"empty-result", "empty-object", "other-id", "empty-body"}
	for _, method := range []string{http.MethodPost, http.MethodPatch, http.MethodDelete} {
		lagging := map[string]any{"preset": "lagging", "method": method, "skip": w.rng.IntN(3), "list_lag": ms(2000), "entry_lag": ms(1000)}
		answer := map[string]any{"method": method, "skip": w.rng.IntN(4), "list_lag": ms(1000)}
		if answer["preset"] = unsaid[w.rng.IntN(len(unsaid))]; w.rng.IntN(2) == 0 {
			answer["preset"] = happened[w.rng.IntN(len(happened))]
		}
		if effect := w.rng.IntN(3); effect == 0 && slices.Contains(unsaid, answer["preset"].(string)) {
			answer["effect"] = "none"
		} else if effect == 1 {
			answer["effect"] = "write"
		} else {
			answer["lands"] = fmt.Sprintf("%dms", 1+w.rng.IntN(3000))
		}
		api.control(http.MethodPost, "faults", lagging, new(any))
		api.control(http.MethodPost, "faults", answer, new(any))
	}
}
