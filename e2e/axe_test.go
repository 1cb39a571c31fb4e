package e2e

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeSource reads axe-core. The content security policy keeps it off the pages,
// so it is evaluated from outside.
var axeSource = sync.OnceValues(func() (string, error) {
	source, err := os.ReadFile("node_modules/axe-core/axe.min.js")
	if err != nil {
		return "", errors.New("axe-core is missing: run npm ci in e2e")
	}
	return string(source), nil
})

// runAxe returns the violations of WCAG 2.0 to 2.2, levels A and AA, and of axe's best
// practice, or of the rules named, and the ids of the rules that found something to judge.
const runAxe = `async (only) => {
	const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
	const report = await axe.run({
		runOnly: only ? { type: "rule", values: only } : { type: "tag", values: tags },
		rules: { "target-size": { enabled: true } }, // of WCAG 2.2, off by default
	});
	return {
		violations: report.violations.flatMap(v => v.nodes.map(n => v.id + ": " + n.target.join(" ") + "\n" + n.failureSummary)),
		judged: report.passes.concat(report.violations).map(r => r.id),
	};
}`

type axeReport struct {
	Violations, Judged []string
}

// TestAxeOfEntries, TestAxeOfForms and TestAxeOfOtherPages check every page with axe-core, and
// that no page scrolls sideways.
func TestAxeOfEntries(t *testing.T) {
	t.Parallel()
	p := openPage(t, startAPI(t).serve())
	p.goTo("/login", http.StatusOK)
	p.looksGoodWide("sign-in")
	p.clickThrough("button[value=editor]", http.StatusOK)
	p.shows("h1", "Overview")
	p.looksGoodWide("overview")
	p.clickThrough(toList, http.StatusOK)
	p.looksGoodWide("list")
	entries := p.path()
	p.goTo(entries+"?search=zzz", http.StatusOK)
	p.shows("main", "No matching entries")
	p.looksGoodWide("list without a match")
	p.goTo(entries+"?page=99", http.StatusOK)
	p.looksGoodWide("list past its end")
	p.goTo(entries+"?group=name&per_page=5&page=2", http.StatusOK)
	p.shows("tbody th", "on this page")
	p.looksGoodWide("list by name")
	p.goTo("/nowhere", http.StatusNotFound)
	p.looksGoodWide("no such page")
	p.goTo(entries+"/1", http.StatusNotFound)
	p.looksGoodWide("no such entry")
	p.goTo(entries+"?search=alumni", http.StatusOK)
	p.clickThrough("tbody a", http.StatusOK)
	p.clickThrough("main a[href*='/delete']", http.StatusOK)
	p.shows("#after", "After this deletion")
	p.looksGoodWide("question before a deletion")
	p.goTo(entries+"?search=ceo", http.StatusOK)
	p.clickThrough("tbody a", http.StatusOK)
	p.shows("main", "Pattern")
	p.looksGoodWide("entry with a pattern")
}

func TestAxeOfForms(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	p := openAsEditor(t, api.serve())
	entries := p.path()
	p.goTo(entries+"/new", http.StatusOK)
	p.looksGoodWide("form")
	p.click(advanced)
	p.fill("#directory_id", "seven")
	p.clickThrough(create, http.StatusUnprocessableEntity)
	p.shows("#error-summary-title", "Fix 3 fields to continue")
	p.looksGoodWide("form with errors")

	long := strings.Repeat("Wolfeschlegelsteinhausen", 8)
	long = entries + "/new?" + url.Values{"name": {long}, "email": {long + "@b.example"}, "comments": {long}}.Encode()
	p.goTo(long, http.StatusOK)
	p.looksGoodWide("form with long values")
	api.inject(map[string]any{"preset": "several-on-one-field", "method": "POST"})
	p.clickThrough(create, http.StatusUnprocessableEntity)
	p.shows("#error-summary-title", "Cloudflare refused the values")
	p.looksGoodWide("form that the API refused")
	api.inject(map[string]any{"preset": "dropped", "method": "POST"})
	p.clickThrough(create, http.StatusBadGateway)
	p.shows("#error-summary-title", "It is not known")
	p.looksGoodWide("form with an unknown outcome")

	p.goTo(entries+"/new?"+url.Values{"name": {"Johanna Voss"}, "is_email_regex": {"true"}, "email": {`.*@gmail\.com`}}.Encode(), http.StatusOK)
	p.shows("#pattern-result", "anyone with a gmail.com address")
	p.looksGoodWide("form for a wide pattern")
	p.goTo(entries+"/new?"+url.Values{"name": {"Johanna Voss"}, "email": {"J.Voss@voss-family.example"}}.Encode(), http.StatusOK)
	p.shows("#name-entries", "In all it has 2 addresses and 1 pattern")
	p.looksGoodWide("form for a name that is there")
	p.clickThrough(create, http.StatusUnprocessableEntity)
	p.shows("#error-summary-title", "Not sent: this entry is in the registry already")
	p.looksGoodWide("form of a twin")
}

func TestAxeOfOtherPages(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	p := openAsEditor(t, api.serve())
	entries := p.path()
	long := strings.Repeat("Wolfeschlegelsteinhausen", 8)
	p.goTo(entries+"/new?"+url.Values{"name": {long}, "email": {long + "@c.example"}, "comments": {long}}.Encode(), http.StatusOK)
	api.inject(map[string]any{"preset": "messages", "method": "POST"})
	p.clickThrough(create, http.StatusOK)
	p.shows("main", "Messages from Cloudflare")
	p.looksGoodWide("entry just created")
	p.goTo(entries+"?search=Wolfe", http.StatusOK)
	p.looksGoodWide("list with long values")
	p.goTo("/regex/check", http.StatusOK)
	p.looksGoodWide("pattern tester")
	p.goTo(entries+"/covering?address=tobias.brandt@haldenvoss.example", http.StatusOK)
	p.looksGoodWide("entries that match an address")
	p.goTo(strings.TrimSuffix(entries, "entries")+"changes?name=zzz", http.StatusOK)
	p.looksGoodWide("changes")
	p.goTo(strings.TrimSuffix(entries, "entries")+"changes/compare", http.StatusOK)
	p.looksGoodWide("comparison of two times")
	p.clickThrough("a[href='/audit']", http.StatusOK)
	p.shows("main", "Head of the chain")
	p.looksGoodWide("audit trail")
	p.goTo("/audit?outcome=failed&person=stranger", http.StatusOK)
	p.looksGoodWide("audit trail without a match")
	p.goTo("/audit/2", http.StatusOK)
	p.looksGoodWide("audit record")
}

// looksGoodWide is looksGood, which also checks that the page fits a large window.
func (p *page) looksGoodWide(page string) {
	p.t.Helper()
	p.looksGood(page)
	p.resize(1920, 1080)
	p.fits(page, 1920)
	p.resize(1280, 800)
}

func (p *page) loadAxe() {
	p.t.Helper()
	source, err := axeSource()
	if err != nil {
		p.t.Fatal(err)
	}
	do(p, "axe-core", chromedp.Evaluate[chromedp.Void](source))
}

// passesAxe checks the present page with axe-core, after loadAxe: by all rules, or by those
// named. Each of the rules named, or of a few of all, has to find something to judge.
func (p *page) passesAxe(page string, only ...string) {
	p.t.Helper()
	report := js[axeReport](p, runAxe, only)
	for _, v := range report.Violations {
		p.t.Errorf("%s: %s", page, v)
	}
	if only == nil {
		only = []string{"color-contrast", "target-size", "document-title", "region"}
	}
	for _, rule := range only {
		if !slices.Contains(report.Judged, rule) {
			p.t.Errorf("%s: the rule %s found nothing to judge", page, rule)
		}
	}
}

// looksGood checks the present page with axe-core, in both colour schemes, narrow and wide,
// and that it does not scroll sideways.
func (p *page) looksGood(page string) {
	p.t.Helper()
	p.loadAxe()
	for _, at := range []struct {
		scheme string
		width  int64
		only   []string // what colours and width change; the rest is judged once
	}{{scheme: "dark", width: 360}, {"light", 1440, []string{"color-contrast", "target-size"}}} {
		p.media("prefers-color-scheme", at.scheme)
		p.resize(at.width, 800)
		p.waitUntil(`document.getAnimations().every(a => a.playState !== "running")`)
		eval[any](p, `scrollTo(0, document.documentElement.scrollHeight)`) // where the bar of a form covers no field
		p.passesAxe(fmt.Sprintf("%s, %s, %d wide", page, at.scheme, at.width), at.only...)
		p.fits(page, at.width)
	}
	p.resize(1280, 800)
}

// fits checks that no element is wider than the window, or cut off.
func (p *page) fits(page string, width int64) {
	p.t.Helper()
	got := eval[[]int64](p, `[innerWidth, document.documentElement.clientWidth, document.documentElement.scrollWidth]`)
	if want := []int64{width, width, width}; !slices.Equal(got, want) {
		p.t.Errorf("%s: window, room and content are %v wide, want %v", page, got, want)
	}
	cut := eval[[]string](p, `[...document.querySelectorAll("body *")].filter(e => {
		const style = getComputedStyle(e);
		const cuts = style.overflowX !== "visible" && style.textOverflow !== "ellipsis" && e.clientWidth > 1;
		return cuts && e.scrollWidth > e.clientWidth && !e.matches("input, select, pre[tabindex]"); // the last can be scrolled
	}).map(e => e.localName + "." + e.className + " cuts " + e.scrollWidth + " to " + e.clientWidth)`)
	if len(cut) > 0 {
		p.t.Errorf("%s, %d wide: %q", page, width, cut)
	}
}
