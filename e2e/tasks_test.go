package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// effort is what a person does for a task: clicks, single keys such as Enter, Tab, an arrow
// or a shortcut, and texts that are typed into the field that has the focus.
type effort struct{ clicks, keys, texts int }

func (e effort) String() string {
	return fmt.Sprintf("%d clicks, %d keys, %d texts", e.clicks, e.keys, e.texts)
}

// task counts the effort of a person in a page. Everything that the person does has to go
// through it; what a test only looks at does not count. It starts in the page after
// sign-in, unless the test says otherwise:
//
//	k := p.startTask()
//	k.clickThrough(newEntry, http.StatusOK)
//	k.types("Mira Castellan")
//	k.press(kb.Tab)
//	k.atMost(effort{clicks: 1, keys: 1, texts: 1})
type task struct {
	p *page
	effort
}

func (p *page) startTask() *task { return &task{p: p} }

// click counts a click on what can be seen.
func (k *task) click(selector string) {
	k.p.t.Helper()
	k.clicks++
	k.p.click(selector)
}

// clickThrough counts a click that leads to another page.
func (k *task) clickThrough(selector string, status int) {
	k.p.t.Helper()
	k.clicks++
	k.p.clickThrough(selector, status)
}

// press counts each of these keys.
func (k *task) press(keys ...string) {
	k.p.t.Helper()
	for _, key := range keys {
		k.keys++
		k.p.press(key)
	}
}

// pressThrough counts a key that leads to another page.
func (k *task) pressThrough(key string, status int) {
	k.p.t.Helper()
	k.keys++
	k.p.through(fmt.Sprintf("press %q", key), status, chromedp.KeyEvent(key, asKeyboardsDo))
}

// types counts a text, however long it is, that goes into the field that has the focus.
func (k *task) types(text string) {
	k.p.t.Helper()
	if strings.ContainsAny(text, "\t\n"+kb.Enter) {
		k.p.t.Fatalf("%q has keys in it that count: press them", text)
	}
	if !eval[bool](k.p, `document.activeElement.matches("input:not([type=checkbox], [type=radio]), textarea")`) {
		k.p.t.Fatalf("%q is typed while the focus is on %s, which is no field", text, k.p.focused())
	}
	k.texts++
	k.p.press(text)
}

// atMost checks that the task took no more than this.
func (k *task) atMost(want effort) {
	k.p.t.Helper()
	if k.clicks > want.clicks || k.keys > want.keys || k.texts > want.texts {
		k.p.t.Errorf("the task took %s, want at most %s", k.effort, want)
	}
}

// arrives waits until the page shows a text somewhere in an element, which may come later.
func (p *page) arrives(selector, want string) {
	p.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); ; <-tick.C {
		// It fails while another page is loaded.
		got, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.innerText).join(" ").replace(/\s+/g, " ")`, selector)))
		if err == nil && strings.Contains(got, want) {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("%s shows %q, want %q in it (%v)", selector, got, want, err)
		}
	}
}

// TestEffortIsCounted counts everything once that the helper can do.
func TestEffortIsCounted(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	k := p.startTask()
	k.press("/")
	k.types("grace")
	p.arrives("main", "Grace")
	k.press(kb.Tab, kb.Tab)
	k.clickThrough("main tbody a", 200)
	if want := (effort{clicks: 1, keys: 3, texts: 1}); k.effort != want {
		t.Errorf("counted %s, want %s", k.effort, want)
	}
}
