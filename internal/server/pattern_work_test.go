package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/patterns"
)

// busy keeps the only turn of a pool until it is called.
func busy(t *testing.T, pool *patterns.Pool, person string) (release func()) {
	t.Helper()
	held, let := make(chan struct{}), make(chan struct{})
	go func() { _ = patterns.Turn(pool.In(t.Context(), person), func() { close(held); <-let }) }()
	<-held
	return func() { close(let) }
}

// While there is no turn for a pattern, whatever shows or takes one says so, sends nothing,
// keeps what was typed and fails nowhere; the rest goes on.
func TestPatternsThatFindNoTurn(t *testing.T) {
	t.Parallel()
	pool := patterns.NewPool(patterns.Options{Turns: 1, MaxWait: time.Millisecond})
	app := newApp(t, func(s *settings) {
		s.patterns = pool
		s.sandbox.Seed = []sandbox.Entry{
			{ID: "1", Name: "Jane Smith", Email: `jane@x\.example`, IsEmailRegex: true},
			{ID: "2", Name: "Bob Ray", Email: `bob@x\.example`, IsEmailRegex: true},
			{ID: "3", Name: "Bob Ray", Email: `.*@x\.example`, IsEmailRegex: true},
		}
	})
	b := app.as("editor")
	editForm := b.get(entries + "/1/edit").wants(http.StatusOK)
	defer busy(t, pool, "another person")()

	const unchecked, unlooked = "too many patterns are being checked just now: check it again in a moment", "Namesake had no time to check this pattern"
	typed := url.Values{"name": {"Jane Smith"}, "email": {`jane@(y`}, "is_email_regex": {"true"}, "comments": {"typed"}, "samples": {"jane@y.example"}}
	shown := func(page *answer, where, text string) {
		t.Helper()
		if !strings.Contains(strings.ToLower(page.text(where)), strings.ToLower(text)) {
			t.Errorf("%s holds %q, want it to contain %q", where, page.text(where), text)
		}
	}
	shown(b.get(entries+"/new?"+typed.Encode()).wants(http.StatusOK), "#pattern-result", unchecked)
	checked := url.Values{"check": {"1"}}
	for name, value := range typed {
		checked[name] = value
	}
	page := b.post(entries, checked).wants(http.StatusOK)
	shown(page, "#pattern-result", unchecked)
	page = b.post(entries, typed).wants(http.StatusServiceUnavailable)
	shown(page, "h2", "Not checked: too many patterns are being checked")
	shown(page, "#pattern-result", unchecked)
	same(t, "Retry-After", page.header.Get("Retry-After"), "5")
	for _, name := range []string{"name", "email", "comments", "samples"} {
		field := page.Find("form [name=" + name + "]")
		same(t, name, strings.TrimSpace(field.AttrOr("value", field.Text())), typed.Get(name))
	}

	shown(b.get(entries+"/1/edit"), "#pattern-result", unchecked)
	b.submit(editForm, map[string]string{"email": `jane@z\.example`}).wants(http.StatusServiceUnavailable)
	same(t, "sent", len(app.sandbox.Writes()), 0)
	b.submit(editForm, map[string]string{"comments": "only these"}).wants(http.StatusSeeOther) // no pattern is looked at
	same(t, "sent", len(app.sandbox.Writes()), 1)

	shown(b.get(entries+"/2").wants(http.StatusOK), "#main", unlooked)
	shown(b.get(entries+"/2/delete").wants(http.StatusOK), "#main", unlooked)
	shown(b.get(entries+"/of-name?name=Bob+Ray").wants(http.StatusOK), "body", unlooked)
	shown(b.covering("jane@x.example", ""), "#main", "There was no time to check 3 patterns.")
	shown(b.post("/regex/check", url.Values{"pattern": {"a"}, "samples": {"a"}}).wants(http.StatusOK), "#pattern-result", unchecked)
	res := b.askRegex(`{"pattern":"a","samples":["a"]}`).wants(http.StatusServiceUnavailable)
	same(t, "Retry-After", res.header.Get("Retry-After"), "5")
	same(t, "JSON", strings.TrimSpace(res.body), `{"valid":null,"error":{"description":"Not checked","index":-1,"message":"`+unchecked+`"},"samples":[],"findings":[]}`)
	b.get(entries).wants(http.StatusOK)
}

// A person's own work is what their next one waits for.
func TestOwnPatternsThatFindNoTurn(t *testing.T) {
	t.Parallel()
	var names []string
	pool := patterns.NewPool(patterns.Options{Turns: 2, MaxWait: time.Millisecond, Started: func(name string, _ int) { names = append(names, name) }})
	app := newApp(t, func(s *settings) { s.patterns = pool })
	b := app.as("viewer")
	b.askRegex(`{"pattern":"a","samples":["a"]}`).wants(http.StatusOK)
	release := busy(t, pool, names[0])
	res := b.askRegex(`{"pattern":"a","samples":["a"]}`).wants(http.StatusTooManyRequests)
	same(t, "Retry-After", res.header.Get("Retry-After"), "5")
	same(t, "JSON", strings.HasPrefix(res.body, `{"valid":null,`), true)
	app.as("editor").askRegex(`{"pattern":"a","samples":["a"]}`).wants(http.StatusOK)
	release()
}

// crowd asks at once, in one person's name, whose names an address may use.
func (b *browser) crowd(t *testing.T, address string) {
	t.Helper()
	var all sync.WaitGroup
	for range crowdSize {
		all.Go(func() {
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.app.base()+entries+"/covering?address="+address, nil)
			if err != nil {
				t.Error(err)
				return
			}
			res, err := b.client.Do(req)
			if err != nil {
				t.Error(err)
				return
			}
			same(t, "status", res.StatusCode, http.StatusOK)
			_ = res.Body.Close()
		})
	}
	all.Wait()
}

const crowdSize = 12

// However much a person asks at once, they keep one processor busy.
func TestAPersonKeepsOneProcessorBusy(t *testing.T) {
	t.Parallel()
	const patternsOf = 20
	most, turns, names := 0, 0, map[string]bool{}
	pool := patterns.NewPool(patterns.Options{Turns: 8, Started: func(name string, n int) { turns++; most = max(most, n); names[name] = true }})
	app := newApp(t, func(s *settings) {
		s.patterns = pool
		for n := range patternsOf {
			s.sandbox.Seed = append(s.sandbox.Seed, sandbox.Entry{ID: fmt.Sprint(n + 1), Name: "Jane Smith", Email: fmt.Sprintf(`(?:jane|j)%d@x\.example`, n), IsEmailRegex: true})
		}
	})
	b := app.as("viewer")
	b.get(entries).wants(http.StatusOK) // reads the registry
	for _, asked := range []string{"at first", "again"} {
		before := turns
		b.crowd(t, "jane7@x.example")
		if n := turns - before; n == 0 || n > patternsOf*crowdSize {
			t.Errorf("%s: %d turns for %d patterns and %d questions", asked, n, patternsOf, crowdSize)
		}
	}
	same(t, "found", b.covering("jane7@x.example", "").text("[role=status]"), "1 match (20 entries checked).")
	same(t, "at a time", most, 1)
	same(t, "people", len(names), 1)
}

// A pattern that is too slow is tried once for an address, however often that is asked.
func TestASlowPatternIsRemembered(t *testing.T) {
	t.Parallel()
	most, turns := 0, 0
	pool := patterns.NewPool(patterns.Options{Turns: 8, Started: func(_ string, n int) { turns++; most = max(most, n) }})
	app := newApp(t, seeded(sandbox.Entry{ID: "1", Name: "Jane Smith", Email: `(a*)*\1b`, IsEmailRegex: true}), func(s *settings) { s.patterns = pool })
	b := app.as("viewer")
	b.get(entries).wants(http.StatusOK) // judges the registry
	judged := turns
	address := strings.Repeat("a", 60) + "@x.example"
	const says = "No match, but 1 could not be checked (1 entry read)."
	same(t, "at first", b.covering(address, "").text("[role=status]"), says)
	same(t, "turns", turns-judged, 1)
	b.crowd(t, address)
	same(t, "again", b.covering(address, "").text("[role=status]"), says)
	same(t, "turns for what is known", turns-judged, 1)
	same(t, "at a time", most, 1)
}
