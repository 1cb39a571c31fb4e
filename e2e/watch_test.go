package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdpage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
)

// watch collects events that no page may have: console errors and warnings,
// exceptions, violations of the content security policy, dialogs, requests to
// elsewhere, and assets that don't load. The status of a page is for the test to
// check.
type watch struct {
	mu       sync.Mutex
	origins  []string // that are not elsewhere
	problems []string
}

// allow lets the page go to this origin.
func (w *watch) allow(origin string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.origins = append(w.origins, origin)
}

// elsewhere reports whether requests to address are not allowed.
func (w *watch) elsewhere(address string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !strings.HasPrefix(address, "data:") &&
		!slices.ContainsFunc(w.origins, func(origin string) bool { return strings.HasPrefix(address, origin+"/") })
}

// take returns the problems since it was last called.
func (w *watch) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	problems := w.problems
	w.problems = nil
	return problems
}

func (w *watch) see(event any) {
	problem := w.judge(event)
	if problem == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.problems = append(w.problems, problem)
}

func (w *watch) judge(event any) string {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := "exception: " + e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			text += " " + thrown.Description
		}
		return text
	case *runtime.EventConsoleAPICalled:
		text := "console." + string(e.Type) + ":"
		for _, arg := range e.Args {
			text += " " + string(arg.Value) + arg.Description
		}
		return text
	case *log.EventEntryAdded:
		// What the network says comes below, in its own events.
		loud := e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning
		if loud && e.Entry.Source != log.EntrySourceNetwork {
			return fmt.Sprintf("%s %s: %s", e.Entry.Source, e.Entry.Level, e.Entry.Text)
		}
	case *cdpage.EventJavascriptDialogOpening:
		return "dialog: " + e.Message
	case *network.EventRequestWillBeSent:
		if w.elsewhere(e.Request.URL) {
			return "request to elsewhere: " + e.Request.URL
		}
	case *network.EventResponseReceived:
		if e.Type != network.ResourceTypeDocument && e.Response.Status >= http.StatusBadRequest {
			return fmt.Sprintf("status %d: %s", e.Response.Status, e.Response.URL)
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			return "not loaded: " + e.ErrorText
		}
	}
	return ""
}

// TestWatch checks that watch finds each of these events.
func TestWatch(t *testing.T) {
	t.Parallel()
	base := serve(t)
	tests := []struct {
		name, script, want string
	}{
		{"inline style", `document.body.setAttribute("style", "color: red")`, "Content Security Policy"},
		{"inline script", `document.body.append(Object.assign(document.createElement("script"), {text: "1"}))`, "Content Security Policy"},
		{"exception", `new Promise(done => { setTimeout(() => { setTimeout(done); throw Error("oh") }) })`, "exception: "},
		{"console", `console.error("oh")`, "console.error: "},
		{"missing asset", `fetch("/static/none.js").then(() => 1)`, "status 404: "},
		{"elsewhere", `fetch("http://127.0.0.1:1/").catch(() => 1)`, "Content Security Policy"},
	}
	p := openPage(t, base)
	p.goTo("/login", http.StatusOK)
	if problems := p.take(); len(problems) > 0 {
		t.Errorf("an untouched page gives %q, want nothing", problems)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			eval[any](p, tt.script)
			// The events of what happened before this answer have come before it.
			eval[int](p, "1")
			problems := p.take()
			if !slices.ContainsFunc(problems, func(s string) bool { return strings.Contains(s, tt.want) }) {
				t.Errorf("got %q, want one with %q", problems, tt.want)
			}
		})
	}
}
