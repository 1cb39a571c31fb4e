package e2e

import (
	"net/http"
	"testing"

	"github.com/chromedp/cdproto/input"
)

// contrast returns the contrast of an element's text to what is behind it, as WCAG defines it.
const contrast = `selector => {
	const pixel = (...colors) => {
		const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
		for (const color of colors) {
			canvas.fillStyle = color;
			canvas.fillRect(0, 0, 1, 1);
		}
		return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
	};
	const light = (rgb) => rgb.map(c => c / 255).map(c => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
	const button = document.querySelector(selector);
	const behind = [];
	for (let e = button; e; e = e.parentElement) behind.unshift(getComputedStyle(e).backgroundColor);
	const [a, b] = [light(pixel(...behind)), light(pixel(...behind, getComputedStyle(button).color))];
	return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}`

// TestDestructiveButtonsAreReadable checks the button that deletes, at rest, under the pointer
// and with the focus, in light and dark.
func TestDestructiveButtonsAreReadable(t *testing.T) {
	t.Parallel()
	const button = "main button[data-variant=destructive]"
	p := openAsEditor(t, serve(t))
	p.clickThrough("tbody tr:not(:has(svg title)) a", http.StatusOK)
	p.clickThrough("main a[href*='/delete']", http.StatusOK)
	at := func(x, y float64) {
		call(p, input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: input.DispatchMouseEventTypeMouseMoved, X: x, Y: y})
	}
	for _, scheme := range []string{"light", "dark"} {
		p.media("prefers-color-scheme", scheme)
		for _, state := range []string{"at rest", "hover", "focus"} {
			at(0, 0)
			eval[any](p, `document.activeElement.blur()`)
			switch state {
			case "hover":
				box := js[[]float64](p, `selector => {
					const button = document.querySelector(selector);
					button.scrollIntoView({ block: "center" });
					const { x, y, width, height } = button.getBoundingClientRect();
					return [x + width / 2, y + height / 2];
				}`, button)
				at(box[0], box[1])
				p.waitUntil(`document.querySelector("` + button + `").matches(":hover")`)
			case "focus":
				js[any](p, `selector => document.querySelector(selector).focus({ focusVisible: true })`, button)
			}
			p.waitUntil(`document.getAnimations().every(a => a.playState !== "running")`)
			if got := js[float64](p, contrast, button); got < 4.5 {
				t.Errorf("%s, %s: contrast %.2f, want 4.5 at least", scheme, state, got)
			} else {
				t.Logf("%s, %s: %.2f", scheme, state, got)
			}
		}
	}
}
