package e2e

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// provider is a sign-in service that is not ours: oidc-provider, see provider/provider.mjs.
// Its address is reserved before it runs.
type provider struct {
	t      *testing.T
	issuer string
	groups string // where it tells of people's groups: id-token or userinfo
	chain  bool   // whether signing in and out goes by way of another origin
	socket *os.File
	stdin  io.Writer
}

// newProvider takes an address for a provider that doesn't run yet: who calls there is
// refused.
func newProvider(t *testing.T, groups string) *provider {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fd)
	socket := os.NewFile(uintptr(fd), "socket")
	t.Cleanup(func() { _ = socket.Close() })
	// Bound, and not listening.
	if err := syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}); err != nil {
		t.Fatal(err)
	}
	address, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return &provider{t: t, groups: groups, socket: socket, issuer: fmt.Sprintf("http://127.0.0.1:%d", address.(*syscall.SockaddrInet4).Port)}
}

// start runs the provider until the test ends.
func (p *provider) start() {
	p.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	args := []string{"provider/provider.mjs", p.groups}
	if p.chain {
		args = append(args, "chain")
	}
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.ExtraFiles = []*os.File{p.socket}
	var log lockedBuffer
	cmd.Stderr = &log
	stdin, err := cmd.StdinPipe()
	if err != nil {
		cancel()
		p.t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		cancel()
		p.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		cancel()
		p.t.Fatalf("start the provider: %v: install Node.js 20 or later", err)
	}
	p.stdin = stdin
	p.t.Cleanup(func() {
		_ = stdin.Close() // with which it ends
		giveUp := time.AfterFunc(patience, cancel)
		defer cancel()
		defer giveUp.Stop()
		if err := cmd.Wait(); err != nil {
			p.t.Errorf("the provider ended with %v", err)
		}
		if p.t.Failed() {
			p.t.Logf("the log of the provider:\n%s", log.String())
		}
	})
	greeting := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(stdout).ReadString('\n')
		greeting <- strings.TrimSpace(line)
	}()
	select {
	case line := <-greeting:
		if line != p.issuer {
			p.t.Fatalf("the provider greets with %q, want %q\n%s", line, p.issuer, log.String())
		}
	case <-time.After(patience):
		p.t.Fatal("the provider does not greet")
	}
}

// register tells the running provider which Namesake may send people to it.
func (p *provider) register(base string) {
	p.t.Helper()
	if _, err := fmt.Fprintln(p.stdin, base); err != nil {
		p.t.Fatal(err)
	}
}

// serve runs a Namesake that works on this API, and into which people come by way of
// the provider.
func (p *provider) serve(api *api) (base string) {
	p.t.Helper()
	return serve(p.t, "NAMESAKE_AUTH=oidc", "NAMESAKE_OIDC_ISSUER="+p.issuer,
		"NAMESAKE_OIDC_CLIENT_ID=namesake", "NAMESAKE_OIDC_CLIENT_SECRET=the-secret-of-namesake", "NAMESAKE_OIDC_SCOPES=openid email profile groups",
		"NAMESAKE_VIEWER_GROUPS=viewers", "NAMESAKE_EDITOR_GROUPS=editors,owners", "NAMESAKE_ADMIN_GROUPS=admins",
		"CLOUDFLARE_BASE_URL="+api.base+"/client/v4", "CLOUDFLARE_API_TOKEN=sandbox", "CLOUDFLARE_ACCOUNT_ID="+account)
}

// open opens a tab that may go to the provider, too.
func (p *provider) open(base string) *page {
	p.t.Helper()
	tab := openPage(p.t, base)
	tab.allow(p.issuer)
	tab.allow(strings.Replace(p.issuer, "127.0.0.1", "localhost", 1))
	return tab
}

// leadsOn waits until the page for those who have signed out has led the tab on to here.
func (p *provider) leadsOn(tab *page) {
	p.t.Helper()
	tab.reaches(p.issuer)
}

// asks checks that the provider asks a person something.
func (p *provider) asks(tab *page, what string) {
	p.t.Helper()
	if got := eval[string](tab, "location.origin"); got != p.issuer {
		p.t.Fatalf("the browser is at %s%s, want it at the provider, %s", got, tab.path(), p.issuer)
	}
	tab.shows("h1", what)
}

// signIn answers who it is that the provider has in front of it. The page after that is
// Namesake's and has this status.
func (p *provider) signIn(tab *page, who string, status int) {
	p.t.Helper()
	p.asks(tab, "Sign in to Acme")
	tab.clickThrough("button[value="+who+"]", http.StatusOK)
	p.asks(tab, "Let Namesake know who you are?")
	tab.clickThrough("button[name=consent]", status)
}
