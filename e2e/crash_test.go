//go:build !openapi

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	kills   = flag.Int("kills", 6, "how often TestKill kills the program")
	settled = flag.Bool("settled", false, "whether TestKill waits until every intent has its final outcome, which takes two minutes")
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

// TestKill kills the program with SIGKILL at random moments of a stream of
// creates, each sent from a form of its own and, when it was not answered, sent
// again after the restart. Afterwards every change that the API saw has its record,
// none was made twice, and the chain verifies.
func TestKill(t *testing.T) {
	t.Parallel()
	api := &api{t, start(t, []string{"sandbox", "-addr", "127.0.0.1:0", "-rate-limit", "-1"}, nil)}
	database := "sqlite:" + filepath.Join(t.TempDir(), "namesake.db")
	v := &victim{t: t, env: []string{
		"NAMESAKE_ADDR=127.0.0.1:0", "NAMESAKE_AUTH=demo", "NAMESAKE_DATABASE_URL=" + database, "CLOUDFLARE_BASE_URL=" + api.base + "/client/v4",
		"CLOUDFLARE_API_TOKEN=sandbox", "CLOUDFLARE_ACCOUNT_ID=" + account,
	}}
	const entries = "/accounts/" + account + "/entries"
	v.start()
	p := v.signIn()
	var unanswered []url.Values // to be sent again
	n := 0
	for range *kills {
		var workers sync.WaitGroup
		var mu sync.Mutex
		ctx, cancel := context.WithCancel(t.Context())
		again := unanswered
		unanswered = nil
		next := func() url.Values {
			mu.Lock()
			defer mu.Unlock()
			if len(again) > 0 {
				form := again[0]
				again = again[1:]
				return form
			}
			n++
			return url.Values{"key": {fmt.Sprintf("form-%d", n)}, "name": {fmt.Sprintf("Person %d", n)}, "email": {fmt.Sprintf("p%d@example.com", n)}}
		}
		for range 4 {
			workers.Go(func() {
				for ctx.Err() == nil {
					form := next()
					status, _, err := p.send(ctx, v.base+entries, form)
					if err != nil || status != http.StatusSeeOther {
						mu.Lock()
						unanswered = append(unanswered, form)
						mu.Unlock()
						if err != nil {
							return
						}
					}
				}
			})
		}
		time.Sleep(time.Duration(20+rand.IntN(230)) * time.Millisecond) //nolint:gosec // the random moment is the test
		v.end(syscall.SIGKILL)
		cancel()
		workers.Wait()
		unanswered = append(unanswered, again...)
		v.start()
	}
	v.check(api, p, n)
}

// record is what the check reads of an audit record.
type record struct {
	Seq     int64  `json:"seq"`
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
	var calls []struct {
		Method  string
		Applied bool
		EntryID string `json:"entry"`
	}
	var trail []record
	final := func(outcome string) bool { return outcome == "done" || outcome == "failed" || outcome == "refused" }
	deadline := time.Now().Add(patience)
	if *settled {
		deadline = time.Now().Add(3 * time.Minute)
	}
	for open := 1; open > 0; {
		trail = v.trail(p)
		outcome := map[int64]string{}
		open = 0
		for _, r := range trail {
			if r.Intent != 0 && !final(outcome[r.Intent]) {
				outcome[r.Intent] = r.Outcome
			}
		}
		for _, r := range trail {
			if o := outcome[r.Seq]; r.Outcome == "intent" && !final(o) && (*settled || o == "") {
				open++
			}
		}
		if time.Now().After(deadline) {
			v.t.Fatalf("%d intents have no outcome", open)
		}
		if open > 0 {
			time.Sleep(200 * time.Millisecond) // the program looks by itself
		}
	}
	api.control(http.MethodGet, "calls", nil, &calls)
	made := map[string]int{}
	for _, c := range calls {
		if c.Method == http.MethodPost && c.Applied {
			made[c.EntryID]++
		}
	}
	recorded := map[string]int{}
	emails := map[string]int{}
	unsettled := 0
	for _, r := range trail {
		if r.Action == "entry.create" && r.Outcome == "done" {
			recorded[r.Entry]++
			emails[r.After.Email]++
		}
		if r.Outcome == "unknown" {
			unsettled++
		}
	}
	for id := range made {
		if recorded[id] != 1 {
			v.t.Errorf("the API created %s, the trail has %d records of it", id, recorded[id])
		}
	}
	for email, n := range emails {
		if n != 1 {
			v.t.Errorf("%s was created %d times", email, n)
		}
	}
	if len(recorded) != len(made) {
		v.t.Errorf("%d records of created entries, but the API created %d", len(recorded), len(made))
	}
	v.end(syscall.SIGTERM)
	verify := exec.CommandContext(v.t.Context(), program, "audit", "verify")
	verify.Env = v.env
	out, err := verify.CombinedOutput()
	if err != nil {
		v.t.Errorf("the chain does not verify: %v %s", err, out)
	}
	v.t.Logf("%d kills, %d forms, %d entries made, %d audit records, %d unknown at first; %s", *kills, forms, len(made), len(trail), unsettled, strings.TrimSpace(string(out)))
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
