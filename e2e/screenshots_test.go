//go:build screenshots

package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestScreenshots makes the pictures of the README: make screenshots.
func TestScreenshots(t *testing.T) {
	base := serve(t)
	p := openAsEditor(t, base)
	p.media("prefers-color-scheme", "light")
	p.keep("list-light.png")

	p.media("prefers-color-scheme", "dark")
	for _, status := range []int{http.StatusOK, http.StatusUnprocessableEntity} {
		p.clickThrough(`nav a[href$="/entries/new"]`, http.StatusOK)
		p.fill("#name", "Oliver Whitcombe")
		p.fill("#email", "oliver@whitcombe.example")
		p.fill("#comments", "Writes to the board from home.")
		p.clickThrough(create, status)
	}
	p.clickThrough(anyway, http.StatusUnprocessableEntity)
	p.keep("form-error-dark.png")

	p.media("prefers-color-scheme", "light")
	p.resize(1280, 1150)
	p.clickThrough(`nav a[href="/regex/check"]`, http.StatusOK)
	p.fill("#name", "Oliver Whitcombe")
	p.fill("#pattern", `oliver.*@whitcombe.example`)
	p.waitUntil(`document.querySelector("[aria-label='Tried addresses'] mark")`)
	p.keep("pattern-light.png")
}

func (p *page) keep(name string) {
	p.t.Helper()
	eval[any](p, `scrollTo({ top: 0, behavior: "instant" })`)
	eval[any](p, `Promise.all(document.getAnimations().map(a => a.finished)).then(() => 1)`)
	eval[any](p, painted)
	png := do(p, "capture", chromedp.CaptureScreenshot())
	if err := os.MkdirAll("../docs", 0o755); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("../docs", name), png, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
