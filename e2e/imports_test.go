package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestImportAList uploads a file with wrong rows, corrects one in place, applies the plan,
// downloads the rows that failed, corrects them in the file and uploads that: with the keyboard,
// but for choosing files, which is a dialog of the system.
func TestImportAList(t *testing.T) {
	t.Parallel()
	p := openAsEditor(t, serve(t))
	folder := t.TempDir()
	if _, err := chromedp.CallBrowser(p.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: folder, BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID,
	}); err != nil {
		t.Fatal(err)
	}
	p.clickThrough("main a[href$='/imports/new']", http.StatusOK)
	p.looksGood("import")
	p.choose(folder, "people.csv", "Wer,Wo,Kennwort\nAda Moreau,ada at moreau.example,hunter2\nTom Ruiz,tom@ruiz@x,hunter2\nLea Falk,lea@falk.example,hunter2\n")
	p.skipTo("button Preview the import")
	p.pressEnter(http.StatusOK)

	p.shows("h1", "What are the columns?")
	p.looksGood("columns of a list")
	p.skipTo("#column-0")
	p.press("Name")
	p.tabTo("#column-1")
	p.press("Addr")
	p.tabTo("button Preview the import")
	p.pressEnter(http.StatusOK)

	p.shows("h1", "Create 1 entry?")
	p.shows("section[aria-labelledby=list]", "people.csv")
	if strings.Contains(p.text("main"), "hunter2") {
		t.Error("the plan has a column that was not read")
	}
	p.looksGood("plan of an import")
	p.skipTo("#email-0")
	p.press(kb.End + strings.Repeat(kb.Backspace, len(" at moreau.example")) + "@moreau.example")
	p.tabTo("button Correct")
	p.pressEnter(http.StatusOK)
	p.shows("h1", "Create 2 entries?")
	p.goTo(p.path(), http.StatusOK) // the focus was on the list of operations
	p.skipTo("button Create 2 entries")
	p.pressEnter(http.StatusOK)
	p.shows("h1", "2 entries created")

	p.skipTo("a Download the rows that failed (CSV)")
	p.press(kb.Enter)
	failed := p.downloaded(folder, "namesake-failed-*.csv")
	if !strings.Contains(failed, "Tom Ruiz,tom@ruiz@x,") || strings.Contains(failed, "moreau") {
		t.Errorf("the failed rows are %q", failed)
	}
	p.goTo(strings.TrimSuffix(entriesURL(p), "entries")+"imports/new", http.StatusOK)
	p.choose(folder, "corrected.csv", strings.Replace(failed, "tom@ruiz@x", "tom@ruiz.example", 1))
	p.skipTo("button Preview the import")
	p.pressEnter(http.StatusOK)
	p.shows("h1", "Create 1 entry?")
	p.skipTo("button Create 1 entry")
	p.pressEnter(http.StatusOK)
	p.shows("h1", "1 entry created")
	p.shows("[data-state=done]", "Tom Ruiz")
	p.clickThrough("nav a[href$='/plans']", http.StatusOK)
	p.shows("main li", "corrected.csv")
}

// skipTo goes to an element by the link to the content, and with Tab from there.
func (p *page) skipTo(want string) {
	p.t.Helper()
	p.press(kb.Tab)
	p.hasFocus("a Skip to content")
	p.press(kb.Enter)
	p.tabTo(want)
}

// choose puts a file into the field for one.
func (p *page) choose(folder, name, content string) {
	p.t.Helper()
	path := filepath.Join(folder, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		p.t.Fatal(err)
	}
	do(p, "choose "+name, chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{path}))
}
