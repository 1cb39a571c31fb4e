package server

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/labstack/echo/v4"

	"namesake/internal/rbac"
)

// TestAllowedMethods asks each route for what it does not have: the answer names all that it
// has, as RFC 9110 wants it.
func TestAllowedMethods(t *testing.T) {
	t.Parallel()
	e := echo.New()
	table := (&Server{}).table()
	methods := map[string][]string{} // by path
	for i, r := range table {
		table[i].handle = func(c echo.Context) error { return c.NoContent(http.StatusOK) }
		methods[r.path] = append(methods[r.path], r.method)
		if r.method == http.MethodGet {
			methods[r.path] = append(methods[r.path], http.MethodHead)
		}
	}
	if err := register(e, table, func(rbac.Action) []echo.MiddlewareFunc { return nil }); err != nil {
		t.Fatal(err)
	}
	for path, known := range methods {
		url := strings.NewReplacer("*", "app.css", ":", "x").Replace(path)
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions} {
			w := httptest.NewRecorder()
			e.ServeHTTP(w, httptest.NewRequest(method, url, http.NoBody))
			want := http.StatusMethodNotAllowed
			switch {
			case slices.Contains(known, method):
				want = http.StatusOK
			case method == http.MethodOptions:
				want = http.StatusNoContent
			}
			allowed := strings.Split(w.Header().Get("Allow"), ", ")
			slices.Sort(allowed)
			wanted := slices.Sorted(slices.Values(append(slices.Clone(known), http.MethodOptions)))
			if w.Code != want || want != http.StatusOK && !slices.Equal(allowed, wanted) {
				t.Errorf("%s %s: %d, Allow %q; want %d, %q", method, url, w.Code, allowed, want, wanted)
			}
		}
	}
}
