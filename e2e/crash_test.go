//go:build !openapi

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	kills   = flag.Int("kills", 6, "how often TestKill kills the program")
	settled = flag.Bool("settled", false, "whether TestKill waits until every intent has its final outcome, which takes three minutes")
)

// victim is a Namesake that can be killed and started again on the same database.
type victim struct {
	t    *testing.T
	env  []string
	cmd  *exec.Cmd
	base string
}

// start runs the program until kill or stop.
func (v *victim) start() {
	v.t.Helper()
	v.cmd = exec.CommandContext(context.Background(), program)
	v.cmd.Env = v.env
	out, err := v.cmd.StdoutPipe()
	if err != nil {
		v.t.Fatal(err)
	}
	if err := v.cmd.Start(); err != nil {
		v.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		v.t.Fatalf("it did not start again: %v", err)
	}
	v.base = baseURL.FindString(line)
}

func (v *victim) end(signal syscall.Signal) {
	_ = v.cmd.Process.Signal(signal)
	_ = v.cmd.Wait() // it was told to end
}

// person is somebody with a simple browser.
type person struct{ *http.Client }

func (p person) send(ctx context.Context, to string, form url.Values) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(req)
}

func (p person) get(ctx context.Context, from string) (status int, body string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	return p.do(req)
}

func (p person) do(req *http.Request) (status int, body string, err error) {
	res, err := p.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer res.Body.Close() //nolint:errcheck // it is read to its end
	content, err := io.ReadAll(res.Body)
	return res.StatusCode, string(content), err
}

// newPerson is somebody who is not signed in yet, and follows no redirect.
func newPerson(t *testing.T) person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return person{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (v *victim) signIn() person {
	v.t.Helper()
	p := newPerson(v.t)
	if status, body, err := p.send(v.t.Context(), v.base+"/login", url.Values{"user": {"admin"}}); err != nil || status != http.StatusSeeOther {
		v.t.Fatalf("sign in: %d %v %s", status, err, body)
	}
	return p
}

// request is a change that somebody asks for: a form that was filled in.
type request struct {
	path string
	form url.Values
	then func(location string) // what follows once it was answered
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
	return request{entriesPath, url.Values{"key": {fmt.Sprintf("form-%d", n)}, "name": {fmt.Sprintf("Person %d", n)}, "email": {fmt.Sprintf("p%d@example.com", n)}}, w.created(n)}
}

func (w *workload) then(r request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ready = append(w.ready, r)
}

// created lets the new entry be deleted, alone or with others, or edited and then
// deleted.
func (w *workload) created(n int) func(location string) {
	return func(location string) {
		id := location[strings.LastIndex(location, "/")+1:]
		switch n % 3 {
		case 0:
			w.then(request{path: location + "/delete"})
		case 1:
			w.then(request{path: entriesPath + "/delete", form: url.Values{"id": {id}}})
		default:
			w.then(request{location, url.Values{"name": {fmt.Sprintf("Person %d", n)}, "email": {fmt.Sprintf("p%d.new@example.com", n)}}, func(string) {
				w.then(request{path: location + "/delete"})
			}})
		}
	}
}

// work makes requests until the program is killed.
func (w *workload) work(ctx context.Context, v *victim, p person) {
	for ctx.Err() == nil {
		r := w.next()
		err := w.make(ctx, v, p, r)
		if err == nil {
			continue
		}
		w.mu.Lock()
		w.unanswered = append(w.unanswered, r)
		w.mu.Unlock()
		if !errors.Is(err, errNotDone) {
			return
		}
	}
}

// errNotDone reports a request that was answered, but not with what it asked for.
var errNotDone = errors.New("not done")

var versionField = regexp.MustCompile(`name="version" value="([^"]*)"`)

// make makes a request, and returns an error when it was not answered.
func (w *workload) make(ctx context.Context, v *victim, p person, r request) error {
	if r.form.Has("email") && r.form.Get("key") == "" && r.form.Get("version") == "" { // an edit: the version is on the page
		status, body, err := p.get(ctx, v.base+r.path+"/edit")
		if err != nil {
			return err
		}
		version := versionField.FindStringSubmatch(body)
		if status != http.StatusOK || version == nil {
			return fmt.Errorf("%w: edit form: status %d", errNotDone, status)
		}
		r.form.Set("version", html.UnescapeString(version[1]))
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, v.base+r.path, strings.NewReader(r.form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := p.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // nothing of it is needed
	if res.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("%w: status %d", errNotDone, res.StatusCode)
	}
	if r.then != nil {
		r.then(res.Header.Get("Location"))
	}
	return nil
}

// TestKill kills the program with SIGKILL at random moments of a workload. Afterwards
// every change that the API saw has its record, none was made twice, and the chain
// verifies.
func TestKill(t *testing.T) {
	t.Parallel()
	api := &api{t, start(t, []string{"sandbox", "-addr", "127.0.0.1:0", "-rate-limit", "-1"}, nil)}
	database := "sqlite:" + filepath.Join(t.TempDir(), "namesake.db")
	v := &victim{t: t, env: []string{
		"NAMESAKE_ADDR=127.0.0.1:0", "NAMESAKE_AUTH=demo", "NAMESAKE_DATABASE_URL=" + database, "CLOUDFLARE_BASE_URL=" + api.base + "/client/v4",
		"CLOUDFLARE_API_TOKEN=sandbox", "CLOUDFLARE_ACCOUNT_ID=" + account,
	}}
	v.start()
	p := v.signIn()
	w := &workload{rng: rand.New(rand.NewPCG(rand.Uint64(), 1))} //nolint:gosec // what happens when is to vary
	for range *kills {
		var workers sync.WaitGroup
		ctx, cancel := context.WithCancel(t.Context())
		w.doubt(api)
		w.ready, w.unanswered = append(w.ready, w.unanswered...), nil // the last comes first
		for range 4 {
			workers.Go(func() { w.work(ctx, v, p) })
		}
		time.Sleep(time.Duration(20+rand.IntN(230)) * time.Millisecond) //nolint:gosec // the random moment is the test
		v.end(syscall.SIGKILL)
		cancel()
		workers.Wait()
		v.start()
	}
	api.control(http.MethodDelete, "faults", nil, new(any))
	v.check(api, p, w.forms)
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

// record is what the check reads of an audit record.
type record struct {
	Seq     int64  `json:"seq"`
	Time    string `json:"time"`
	Action  string `json:"action"`
	Entry   string `json:"entry_id"`
	Intent  int64  `json:"intent"`
	Outcome string `json:"outcome"`
	After   struct {
		Email string `json:"email"`
	} `json:"after"`
}

// check compares the audit trail with what the API saw.
func (v *victim) check(api *api, p person, forms int) {
	v.t.Helper()
	type call struct {
		Method  string
		Applied bool
		EntryID string `json:"entry"`
	}
	made := func() (calls []call) {
		api.control(http.MethodGet, "calls", nil, &calls)
		return slices.DeleteFunc(calls, func(c call) bool { return c.Method == http.MethodGet || !c.Applied })
	}
	actions := map[string]string{http.MethodPost: "entry.create", http.MethodPatch: "entry.edit", http.MethodDelete: "entry.delete"}
	var calls []call
	var trail []record
	outcome := map[int64]string{} // of each intent
	final := func(outcome string) bool { return outcome == "done" || outcome == "failed" || outcome == "refused" }
	deadline := time.Now().Add(patience)
	if *settled {
		deadline = time.Now().Add(4 * time.Minute)
	}
	for open := 1; open > 0; {
		calls, trail, open = made(), v.trail(p), 0
		for _, r := range trail {
			if r.Intent != 0 {
				outcome[r.Intent] = r.Outcome // the newest one holds
			}
		}
		done := map[string]bool{}
		for _, r := range trail {
			done[r.Action+r.Entry] = done[r.Action+r.Entry] || r.Outcome == "done"
		}
		for _, c := range calls {
			if !done[actions[c.Method]+c.EntryID] {
				open++ // it is looked for
			}
		}
		for _, r := range trail {
			if o := outcome[r.Seq]; r.Outcome == "intent" && !final(o) && (*settled || o == "") {
				open++
			}
		}
		open += len(made()) - len(calls) // deletions of many go on in the background
		if time.Now().After(deadline) {
			v.t.Fatalf("%d intents have no outcome", open)
		}
		if open > 0 {
			time.Sleep(200 * time.Millisecond) // the program looks by itself
		}
	}
	// What the API did, and what the trail says, by entry and kind.
	type change struct{ action, entry string }
	times, recorded, kinds := map[change]int{}, map[change]int{}, map[string]int{}
	for _, c := range calls {
		times[change{actions[c.Method], c.EntryID}]++
		kinds[actions[c.Method]]++
	}
	emails := map[string]int{}
	unsettled := 0
	for _, r := range trail {
		if strings.HasPrefix(r.Action, "entry.") && r.Outcome == "done" {
			recorded[change{r.Action, r.Entry}]++
			if r.Action == "entry.create" {
				emails[r.After.Email]++
			}
		}
		if r.Outcome == "unknown" {
			unsettled++
		}
	}
	for c, n := range times {
		if n != 1 || recorded[c] != 1 {
			v.t.Errorf("%s of %s: made %d times, with %d records", c.action, c.entry, n, recorded[c])
			for _, r := range trail {
				if r.Entry == c.entry {
					v.t.Logf("on record: %+v", r)
				}
			}
		}
	}
	for email, n := range emails {
		if n != 1 {
			v.t.Errorf("%s was created %d times", email, n)
		}
	}
	if len(recorded) != len(times) {
		v.t.Errorf("%d changes are on record, but the API made %d", len(recorded), len(times))
	}
	v.end(syscall.SIGTERM)
	verify := exec.CommandContext(v.t.Context(), program, "audit", "verify")
	verify.Env = v.env
	out, err := verify.CombinedOutput()
	if err != nil {
		v.t.Errorf("the chain does not verify: %v %s", err, out)
	}
	v.t.Logf("%d kills, %d forms, %v made, %d audit records, %d unknown at first; %s", *kills, forms, kinds, len(trail), unsettled, strings.TrimSpace(string(out)))
}

func (v *victim) trail(p person) []record {
	v.t.Helper()
	status, body, err := p.get(v.t.Context(), v.base+"/audit.jsonl")
	if err != nil || status != http.StatusOK {
		v.t.Fatalf("export: %d %v %s", status, err, body)
	}
	var trail []record
	for line := range strings.Lines(body) {
		var r record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			v.t.Fatalf("%v in %s", err, line)
		}
		trail = append(trail, r)
	}
	return trail
}
