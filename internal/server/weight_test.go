package server_test

import (
	"net/http"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// maxFirstVisit is what the first visit of a page may weigh, all requests together, compressed
// as browsers take it.
var maxFirstVisit = map[string]int{overview: 15_500, entries: 20_000}

// TestFirstVisitIsLight adds up the page and all that it loads at once.
func TestFirstVisitIsLight(t *testing.T) {
	t.Parallel()
	b := newApp(t).as("editor")
	get := func(path string) int {
		return len(b.do(http.MethodGet, path, nil, map[string]string{"Accept-Encoding": "gzip, br"}).wants(http.StatusOK).body)
	}
	for path, limit := range maxFirstVisit {
		page := b.get(path).wants(http.StatusOK)
		sum := get(path)
		t.Logf("%s: %d", path, sum)
		page.Find("link[href], script[src]").Each(func(_ int, s *goquery.Selection) {
			asset := s.AttrOr("href", s.AttrOr("src", ""))
			n := get(asset)
			t.Logf("%s: %d", asset, n)
			sum += n
		})
		if sum > limit {
			t.Errorf("the first visit of %s weighs %d bytes, want at most %d", path, sum, limit)
		} else {
			t.Logf("in all: %d", sum)
		}
	}
}
