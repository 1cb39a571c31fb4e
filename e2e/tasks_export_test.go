package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
)

// TestTasksOfExport counts what it takes to get the list, and a selection, as a file.
func TestTasksOfExport(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	folder := t.TempDir()
	if _, err := chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
	}); err != nil {
		t.Fatal(err)
	}
	p.goTo(entriesURL(p)+"?search=grace", http.StatusOK)

	k := p.startTask()
	k.click("[popovertarget=export-all]")
	k.click("#export-all a[href*='.csv']")
	all := p.downloaded(folder, "*.csv")
	k.atMost(effort{clicks: 2})
	if !strings.HasPrefix(all, "\uFEFFname,email,") || strings.Count(all, "\n") < 2 {
		t.Errorf("the file has %q", all)
	}
	if p.visible("#export-all") {
		t.Error("the menu is still open")
	}

	p.goTo(entriesURL(p), http.StatusOK)
	k = p.startTask()
	k.click("tbody tr:nth-child(1) input")
	k.click("tbody tr:nth-child(3) input")
	k.click("[popovertarget=export-selected]")
	k.click("#export-selected button[formaction*='.json']")
	k.atMost(effort{clicks: 4})
	if chosen := p.downloaded(folder, "*.json"); strings.Count(chosen, `"email":`) != 2 {
		t.Errorf("the file has %q, want 2 entries", chosen)
	}
}

// downloaded waits for a file in a folder and returns its text. Chromium gives a file its
// name when it is complete.
func (p *page) downloaded(folder, pattern string) string {
	p.t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-tick.C {
		if files, _ := filepath.Glob(filepath.Join(folder, pattern)); len(files) == 1 {
			content, err := os.ReadFile(files[0])
			if err != nil {
				p.t.Fatal(err)
			}
			return string(content)
		}
	}
	p.t.Fatalf("no %s was downloaded", pattern)
	return ""
}
