package templates

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"golang.org/x/net/html"
)

var (
	defined = regexp.MustCompile(`(?m)^templ (\w+)\(`)
	called  = regexp.MustCompile(`@(\w+)\(`)
)

// components returns, by the name of each component in the templates, the components that
// it uses, and those that belong to the user interface: each of these needs its own sample.
func components(t *testing.T) (uses map[string][]string, parts []string) {
	t.Helper()
	files, err := filepath.Glob("*.templ")
	if err != nil || len(files) < 10 {
		t.Fatalf("found the templates %v: %v", files, err)
	}
	uses = map[string][]string{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		starts := defined.FindAllSubmatchIndex(source, -1)
		for i, at := range starts {
			end := len(source)
			if i+1 < len(starts) {
				end = starts[i+1][0]
			}
			name := string(source[at[2]:at[3]])
			uses[name] = nil
			for _, call := range called.FindAllSubmatch(source[at[1]:end], -1) {
				uses[name] = append(uses[name], string(call[1]))
			}
			if strings.HasPrefix(file, "ui") {
				parts = append(parts, name)
			}
		}
	}
	return uses, parts
}

// TestGalleryIsComplete fails for a component that no sample shows.
func TestGalleryIsComplete(t *testing.T) {
	uses, parts := components(t)
	shown := map[string]bool{}
	var show func(string)
	show = func(name string) {
		if !shown[name] {
			shown[name] = true
			for _, used := range uses[name] {
				show(used)
			}
		}
	}
	own := map[string]bool{}
	for name := range gallery() {
		component, _, _ := strings.Cut(name, ": ")
		if _, ok := uses[component]; !ok {
			t.Errorf("the sample %q is of no component", name)
		}
		own[component] = true
		show(component)
	}
	for _, name := range parts {
		if !own[name] {
			t.Errorf("%s has no sample: add one to galleryParts", name)
		}
	}
	for name := range uses {
		if !shown[name] {
			t.Errorf("no sample shows %s: add one to galleryPages", name)
		}
	}
}

// TestGallery renders each sample and checks the page that people and their assistive
// technology get.
func TestGallery(t *testing.T) {
	for name, component := range gallery() {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			if err := component.Render(t.Context(), &text); err != nil {
				t.Fatal(err)
			}
			doc, err := goquery.NewDocumentFromReader(strings.NewReader(text.String()))
			if err != nil {
				t.Fatal(err)
			}
			page := strings.HasPrefix(text.String(), "<!doctype")
			checkIDs(t, doc)
			checkLabels(t, doc)
			checkReferences(t, doc)
			checkHeadings(t, doc, page)
			checkTranslation(t, doc)
			checkStyles(t, doc)
			if page && doc.Find("main").Length() != 1 {
				t.Error("the page does not have one main part")
			}
		})
	}
}

// unstyled are parts of the design system that no page has: web/css/purge.mjs, where they are
// called unused, takes their styles out.
const unstyled = ".dark, .alert, .empty, .dialog, .combobox, .item, .kbd, .label, .fieldset, .tabs, .progress, .outline, .filter, " +
	".card[data-size], .card > img, .card > header, .card > footer, .card > section, .field section, .field > fieldset, .field > .sr-only, .field h2, .field h3, " +
	".badge > svg, .badge[data-variant=destructive], .badge[data-variant=ghost], .badge[data-variant=link], .badge[data-variant=primary], " +
	".btn[data-size=default], .btn[data-variant=link], .btn[data-variant=primary], .btn[data-variant=secondary], " +
	"[type=range], [type=email], [type=number], [type=password], [type=time], [type=url], .field input[type=radio], " +
	"[role=switch], [role=checkbox], [data-slot], label:has(> .field), [data-variant=legend], .select:not(select), img, sub, menu, b"

func checkStyles(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find(unstyled).Each(func(_ int, s *goquery.Selection) {
		html, _ := goquery.OuterHtml(s)
		t.Errorf("this has no style; see unused in web/css/purge.mjs: %.200s", html)
	})
}

func checkIDs(t *testing.T, doc *goquery.Document) {
	t.Helper()
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if id == "" || strings.ContainsAny(id, " \t\n") || seen[id] {
			t.Errorf("the id %q is empty, has a space or is not unique", id)
		}
		seen[id] = true
	})
}

// checkLabels sees that each input has a name for people: a label, or a text of its own.
func checkLabels(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		label := doc.Find(`label[for="` + s.AttrOr("id", "-") + `"]`).Text()
		name := strings.TrimSpace(label + s.Closest("label").Text() + s.AttrOr("aria-label", ""))
		if name == "" {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("an input has no label: %.200s", html)
		}
	})
	doc.Find("label[for]").Each(func(_ int, s *goquery.Selection) {
		if target := s.AttrOr("for", ""); doc.Find(`[id="`+target+`"]`).Length() != 1 {
			t.Errorf("the label %q is for #%s, which does not exist", s.Text(), target)
		}
	})
	doc.Find("button, a").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()+s.AttrOr("aria-label", "")) == "" && s.AttrOr("aria-hidden", "") != "true" && s.Closest("template").Length() == 0 {
			html, _ := goquery.OuterHtml(s)
			t.Errorf("a button or link says nothing: %.200s", html)
		}
	})
}

func checkReferences(t *testing.T, doc *goquery.Document) {
	t.Helper()
	for _, attribute := range []string{"aria-describedby", "aria-labelledby", "aria-controls", "form"} {
		doc.Find("[" + attribute + "]").Each(func(_ int, s *goquery.Selection) {
			for _, id := range strings.Fields(s.AttrOr(attribute, "")) {
				if doc.Find(`[id="`+id+`"]`).Length() == 0 {
					t.Errorf("%s names #%s, which does not exist", attribute, id)
				}
			}
		})
	}
	doc.Find("main a[href^='#']").Each(func(_ int, s *goquery.Selection) {
		if doc.Find(`[id="`+s.AttrOr("href", "#")[1:]+`"]`).Length() == 0 {
			t.Errorf("a link leads to %s, which does not exist", s.AttrOr("href", ""))
		}
	})
}

// checkHeadings sees that a page has one first heading, and that no level is skipped. A
// notice stands by itself, before the first heading.
func checkHeadings(t *testing.T, doc *goquery.Document, page bool) {
	t.Helper()
	last := 0
	doc.Find("h1, h2, h3, h4, h5, h6").Each(func(_ int, s *goquery.Selection) {
		if s.Closest("[role=alert], [role=status]").Length() > 0 {
			return
		}
		if strings.TrimSpace(s.Text()) == "" {
			t.Error("a heading is empty")
		}
		level := int(goquery.NodeName(s)[1] - '0')
		if (page && last == 0 && level != 1) || (last > 0 && level > last+1) || (last > 0 && level == 1) {
			t.Errorf("the heading %.60q has level %d after level %d", s.Text(), level, last)
		}
		last = level
	})
	if page && last == 0 {
		t.Error("the page has no heading")
	}
}

// checkTranslation sees that browsers leave the names and addresses of the samples as they
// are.
func checkTranslation(t *testing.T, doc *goquery.Document) {
	t.Helper()
	var walk func(*html.Node, bool)
	walk = func(n *html.Node, kept bool) {
		if n.Type == html.ElementNode {
			if slices.Contains([]string{"title", "textarea", "option", "script"}, n.Data) {
				return
			}
			kept = kept || slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == "translate" && a.Val == "no" })
		}
		if n.Type == html.TextNode && !kept {
			for _, data := range []string{sampleHebrew, sampleEmail} {
				if strings.Contains(n.Data, data) {
					t.Errorf("browsers may translate %.80q", n.Data)
				}
			}
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			walk(child, kept)
		}
	}
	walk(doc.Nodes[0], false)
}

// gallery is a sample of each component, by its name. Further samples of one have a remark
// behind the name.
func gallery() map[string]templ.Component {
	all := galleryParts()
	maps.Copy(all, galleryPages())
	maps.Copy(all, importPages())
	maps.Copy(all, galleryChanges())
	maps.Copy(all, galleryFindings())
	maps.Copy(all, galleryTests())
	maps.Copy(all, galleryOverview())
	return all
}
