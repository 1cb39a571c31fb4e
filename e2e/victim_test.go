package e2e

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// victim is a Namesake that can be killed and restarted on the same database.
type victim struct {
	t     *testing.T
	path  string // of the program
	env   []string
	clock string // the file that says how far the clock of its machine is ahead
	cmd   *exec.Cmd
	log   lockedBuffer

	mu      sync.Mutex
	running string // its address, "" while it does not run
}

// start runs the program until end.
func (v *victim) start() {
	v.t.Helper()
	v.cmd = exec.CommandContext(context.Background(), v.path)
	v.cmd.Env, v.cmd.Stderr = v.env, &v.log
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
	v.mu.Lock()
	defer v.mu.Unlock()
	v.running = baseURL.FindString(line)
}

func (v *victim) base() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.running
}

func (v *victim) end(signal syscall.Signal) {
	v.mu.Lock()
	v.running = ""
	v.mu.Unlock()
	_ = v.cmd.Process.Signal(signal)
	_ = v.cmd.Wait() // it was told to end
}

// person is a person with a simple browser.
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
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	return res.StatusCode, string(content), err
}

// newPerson returns a person who is not signed in yet, and whose browser follows no redirect.
func newPerson(t *testing.T) person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return person{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (v *victim) signIn() person { return v.signInAs("admin") }

func (v *victim) signInAs(user string) person {
	v.t.Helper()
	p := newPerson(v.t)
	if status, body, err := p.send(v.t.Context(), v.base()+"/login", url.Values{"user": {user}}); err != nil || status != http.StatusSeeOther {
		v.t.Fatalf("sign in: %d %v %s", status, err, body)
	}
	return p
}
