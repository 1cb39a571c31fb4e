package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// deletesAlumni deletes the entry that a search for alumni finds, and returns to the list.
func (p *page) deletesAlumni() {
	p.t.Helper()
	list := p.path()
	p.goTo(list+"?search=alumni", http.StatusOK)
	p.clickThrough("tbody a[data-row]", http.StatusOK)
	p.clickThrough("main a[href*='/delete']", http.StatusOK)
	p.clickThrough("main form[action$='/delete'] button", http.StatusOK)
}

// TestTaskWhoDeleted finds out who deleted an entry: 1 click and a text.
func TestTaskWhoDeleted(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	start := p.path()
	p.goTo("/accounts/"+accountIn(start)+"/entries", http.StatusOK)
	p.deletesAlumni()
	p.goTo(start, http.StatusOK)
	k := p.startTask()
	k.clickThrough(`nav a[href="/audit"]`, http.StatusOK)
	k.types("alumni")
	p.arrives("#records tbody", "Deleted")
	p.waitUntil(`[...document.querySelectorAll("#records tbody tr")].every(row => row.innerText.includes("alumni"))`)
	p.shows("#records tbody tr", "edgar.okafor@haldenvoss.example")
	p.shows("#records tbody tr", "ago")
	k.atMost(effort{clicks: 1, texts: 1})
	p.looksGood("audit trail with a search")
}

// TestTaskUndo undoes a deletion at once, with 1 click, and an hour later with 3.
func TestTaskUndo(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	start := p.path()
	p.goTo("/accounts/"+accountIn(start)+"/entries", http.StatusOK)
	p.deletesAlumni()
	p.shows(".toast", "Deleted:")
	at := p.path()
	k := p.startTask()
	k.clickThrough(".toast form[action$='/undo'] button", http.StatusOK)
	p.shows("main", "Deletion undone")
	k.atMost(effort{clicks: 1})

	p.goTo("/accounts/"+accountIn(at)+"/entries", http.StatusOK)
	p.deletesAlumni()
	eval[any](p, `document.querySelector("[data-close]").click()`)
	if p.visible(".toast") && eval[float64](p, `document.querySelector(".toast").getBoundingClientRect().width`) > 1 {
		t.Error("a notice that was closed still shows")
	}
	p.goTo(start, http.StatusOK)
	k = p.startTask()
	k.clickThrough(`nav a[href$="/changes"]`, http.StatusOK)
	k.clickThrough("#results li[data-kind=deleted] a", http.StatusNotFound)
	k.clickThrough("main form[action$='/restore'] button", http.StatusOK)
	p.shows("main", "Restored")
	k.atMost(effort{clicks: 3})
	p.looksGood("entry that was restored")
}

// TestTaskSignOutEverywhereElse ends a person's other sessions: 2 clicks.
func TestTaskSignOutEverywhereElse(t *testing.T) {
	t.Parallel()
	base := serve(t)
	other, p := openAsEditor(t, base), openAsEditor(t, base)
	k := p.startTask()
	k.clickThrough(`a[href="/sessions/mine"]`, http.StatusOK)
	p.looksGood("sessions")
	k.clickThrough("main form[action$='/end-others'] button", http.StatusOK)
	p.shows("main", "1 session ended")
	k.atMost(effort{clicks: 2})
	other.goTo("/sessions/mine", http.StatusOK)
	other.shows("h1", "Sign in")
}

// TestANoticeGoesAway hides a notice of success after a while, and not from screen readers.
func TestANoticeGoesAway(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	p.goTo("/accounts/"+accountIn(p.path())+"/entries", http.StatusOK)
	p.deletesAlumni()
	place := func() float64 { return eval[float64](p, `document.querySelector("h1").getBoundingClientRect().top`) }
	before := place()
	p.waitUntil(`document.querySelector(".toast.gone")`)
	if after := place(); after != before {
		t.Errorf("the page moved from %v to %v when the notice went", before, after)
	}
	p.shows(".toast", "Undo")
	p.looksGood("notice that is small")
}

// accountIn is the account in a path.
func accountIn(path string) string { return strings.Split(path, "/")[2] }
