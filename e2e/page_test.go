package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// failures is where the screenshots of failed tests go.
const failures = "failures"

// painted is a promise for when all that has changed so far is on the screen.
const painted = `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))`

// page is a tab in a browser context of its own, so that no test sees the
// cookies, permissions or emulations of another.
type page struct {
	*watch
	t    *testing.T
	ctx  context.Context
	base string // of the program that it looks at
}

// openPage opens a tab of 1280 by 800 that is closed when the test ends. The test fails
// when anything went wrong in it that the test didn't take: see watch.
func openPage(t *testing.T, base string) *page {
	t.Helper()
	ctx, _ := chromedp.NewContext(chromium, chromedp.WithNewBrowserContext())
	p := &page{watch: &watch{origins: []string{base}}, t: t, ctx: ctx, base: base}
	t.Cleanup(p.close)
	if err := chromedp.Listen(ctx, p.see); err != nil {
		t.Fatal(err)
	}
	p.resize(1280, 800)
	// As if the window were in front: without that there is no clipboard.
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	return p
}

// openAsEditor opens a tab that shows the list to an editor.
func openAsEditor(t *testing.T, base string) *page {
	t.Helper()
	p := openPage(t, base)
	p.signIn("editor")
	return p
}

// signIn signs in with a role of the sandbox, and goes to the list. It leaves out the pages on the
// way, which would take a second of each test; TestAxeOfEntries has them.
func (p *page) signIn(role string) {
	p.t.Helper()
	someone := newPerson(p.t)
	first, err := someone.change(p.t.Context(), p.base+"/login", url.Values{"user": {role}})
	if err != nil {
		p.t.Fatal(err)
	}
	home, err := someone.led(p.t.Context(), p.base+first)
	if err != nil {
		p.t.Fatal(err)
	}
	base, err := url.Parse(p.base)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, c := range someone.Jar.Cookies(base) {
		call(p, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: p.base, HTTPOnly: new(true)})
	}
	p.goTo(home+"/entries", http.StatusOK)
}

func (p *page) close() {
	for _, problem := range p.take() {
		p.t.Errorf("the browser reports: %s", problem)
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if p.t.Failed() {
		p.screenshot(ctx)
	}
	if err := chromedp.Cancel(ctx); err != nil {
		p.t.Errorf("close the tab: %v", err)
	}
}

func (p *page) screenshot(ctx context.Context) {
	// A capture that comes before the last change is painted may wait for ever.
	_, _ = chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](painted, chromedp.EvalAwaitPromise))
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.t.Logf("no screenshot: %v", err)
		return
	}
	name := strings.NewReplacer("/", "-", " ", "_").Replace(p.t.Name()) + ".png"
	path, err := filepath.Abs(filepath.Join(failures, name))
	if err == nil {
		err = os.MkdirAll(failures, 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		p.t.Logf("no screenshot: %v", err)
		return
	}
	p.t.Logf("screenshot: %s", path)
}

// do runs an action of the browser, which has patience to succeed.
func do[T any](p *page, what string, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	return v
}

func call[P, R any](p *page, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	return do(p, command.Method, func(ctx context.Context, t *chromedp.Target) (R, error) {
		return cdp.Call(ctx, t, command, params)
	})
}

// eval returns the value of a JavaScript expression, awaited when it is a
// promise. It works in a page whose own scripts are switched off, too.
func eval[T any](p *page, expression string) T {
	p.t.Helper()
	return do(p, expression, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// js calls a JavaScript function with these arguments.
func js[T any](p *page, function string, args ...any) T {
	p.t.Helper()
	list, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		p.t.Fatal(err)
	}
	return eval[T](p, fmt.Sprintf("(%s)(...%s)", function, list))
}

// through does what leads to another page, waits until that is loaded, and
// checks the status of the answer.
func (p *page) through(what string, status int, steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	res, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		p.t.Fatalf("%s: %v", what, err)
	}
	if res == nil || res.Status != int64(status) {
		p.t.Fatalf("%s: got %+v, want status %d", what, res, status)
	}
}

func (p *page) goTo(path string, status int) {
	p.t.Helper()
	p.through("GET "+path, status, chromedp.Navigate(p.base+path))
}

func (p *page) click(selector string) {
	p.t.Helper()
	do(p, "click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

func (p *page) clickThrough(selector string, status int) {
	p.t.Helper()
	p.through("click "+selector, status, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// press sends keys to whatever has the focus.
func (p *page) press(keys string) {
	p.t.Helper()
	do(p, fmt.Sprintf("press %q", keys), chromedp.KeyEvent(keys, asKeyboardsDo))
}

func (p *page) pressEnter(status int) {
	p.t.Helper()
	p.through("press Enter", status, chromedp.KeyEvent(kb.Enter, asKeyboardsDo))
}

// asKeyboardsDo makes the browser forget the character of a key that was already
// acted on when it went down. Otherwise Enter on a link to a field would also
// submit the form that the field is in.
func asKeyboardsDo(key *input.DispatchKeyEventParams) {
	if key.Type == input.DispatchKeyEventTypeKeyDown {
		key.Type = input.DispatchKeyEventTypeRawKeyDown
	}
}

// fill clicks on a field and enters text all at once, as from the clipboard.
func (p *page) fill(selector, text string) {
	p.t.Helper()
	p.click(selector)
	call(p, input.InsertText, input.InsertTextParams{Text: text})
}

// waitUntil waits until a JavaScript expression holds.
func (p *page) waitUntil(expression string) {
	p.t.Helper()
	do(p, "wait until "+expression, chromedp.Poll[chromedp.Void](expression))
}

// text is what a person sees of the first such element, its white space joined.
func (p *page) text(selector string) string {
	p.t.Helper()
	text := js[*string](p, `s => document.querySelector(s)?.innerText ?? null`, selector)
	if text == nil {
		p.t.Fatalf("%s has no %s", p.path(), selector)
	}
	return strings.Join(strings.Fields(*text), " ")
}

// visible reports whether the element takes up room on the page.
func (p *page) visible(selector string) bool {
	p.t.Helper()
	return js[bool](p, `s => document.querySelector(s).getClientRects().length > 0`, selector)
}

func (p *page) count(selector string) int {
	p.t.Helper()
	return js[int](p, `s => document.querySelectorAll(s).length`, selector)
}

func (p *page) value(selector string) string {
	p.t.Helper()
	return js[string](p, `s => document.querySelector(s).value`, selector)
}

func (p *page) path() string {
	p.t.Helper()
	return eval[string](p, "location.pathname + location.search")
}

// focused names the element that has the focus: by its id or, without one, by
// its kind and text.
func (p *page) focused() string {
	p.t.Helper()
	return eval[string](p, `(e => e === document.body ? "body" : e.id ? "#" + e.id : e.localName + " " + e.innerText.trim().split(/\s*\n/)[0])(document.activeElement)`)
}

func (p *page) resize(width, height int64) {
	p.t.Helper()
	do(p, "resize", chromedp.EmulateViewport(width, height))
}

// media sets one media feature, such as prefers-color-scheme.
func (p *page) media(feature, value string) {
	p.t.Helper()
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: feature, Value: value}},
	})
}

// oneClipboard is held by the test that uses the clipboard, of which Chromium has one.
var oneClipboard sync.Mutex

// clipboard sets what the page may do with the clipboard, which no other test uses until this one
// ends.
func (p *page) clipboard(setting browser.PermissionSetting) {
	p.t.Helper()
	oneClipboard.Lock()
	p.t.Cleanup(oneClipboard.Unlock)
	id := chromedp.FromContext(p.ctx).BrowserContextID
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		if _, err := chromedp.CallBrowser(p.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: setting, Origin: p.base, BrowserContextID: id,
		}); err != nil {
			p.t.Fatal(err)
		}
	}
}

// shows checks what a person sees of an element.
func (p *page) shows(selector, want string) {
	p.t.Helper()
	if got := p.text(selector); !strings.Contains(got, want) {
		p.t.Errorf("%s of %s says %q, want %q in it", selector, p.path(), got, want)
	}
}

// at checks where the page is.
func (p *page) at(want string) {
	p.t.Helper()
	if got := p.path(); got != want {
		p.t.Errorf("the page is %s, want %s", got, want)
	}
}

// reaches waits until a page leads by itself to one of this origin.
func (p *page) reaches(origin string) {
	p.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		ctx, cancel := context.WithTimeout(p.ctx, patience)
		// It fails while the page changes.
		at, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.readyState === "complete" ? location.origin : ""`))
		cancel()
		if err == nil && at == origin {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("the browser stays at %q, %v", at, err)
		}
	}
}
