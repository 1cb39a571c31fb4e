package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"testing"

	"github.com/andybalholm/brotli"
)

// TestEncodings serves each asset as the browser takes it, and always the same content.
func TestEncodings(t *testing.T) {
	tests := []struct{ accept, want string }{
		{"gzip, deflate, br, zstd", "br"}, {"gzip, deflate", "gzip"}, {"br;q=0, gzip;q=0.5", "gzip"}, {"br;q=1.0", "br"}, {"identity", ""}, {"", ""}, {"gzip;q=0.0", ""}, {"brotli", ""},
	}
	byPath, _ := assets()
	for _, tt := range tests {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, URL("app.css"), http.NoBody)
		r.Header.Set("Accept-Encoding", tt.accept)
		w := httptest.NewRecorder()
		Handler().ServeHTTP(w, r)
		body := io.Reader(w.Body)
		switch got := w.Header().Get("Content-Encoding"); {
		case got != tt.want:
			t.Errorf("%q: got %q, want %q", tt.accept, got, tt.want)
		case got == "br":
			body = brotli.NewReader(body)
		case got == "gzip":
			z, err := gzip.NewReader(body)
			if err != nil {
				t.Fatal(err)
			}
			body = z
		}
		content, err := io.ReadAll(body)
		if err != nil || !bytes.Equal(content, byPath[URL("app.css")].plain) {
			t.Errorf("%q: other content, %v", tt.accept, err)
		}
	}
}

// TestCompressed has each asset compressed, and nothing else.
func TestCompressed(t *testing.T) {
	var want []string
	for name, content := range All() {
		want = append(want, name+".br")
		file, err := files.Open(Compressed(name))
		if err != nil {
			t.Errorf("%v: run make generate", err)
			continue
		}
		if got, err := io.ReadAll(brotli.NewReader(file)); err != nil || !bytes.Equal(got, content) {
			t.Errorf("%s has other content, %v", name, err)
		}
	}
	slices.Sort(want)
	entries, err := files.ReadDir("br")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if !slices.Equal(got, want) {
		t.Errorf("compressed: %q, want %q: run make generate", got, want)
	}
}

// TestScriptsSurvive checks that no text of a script spans lines, since comment lines and
// indentation are removed.
func TestScriptsSurvive(t *testing.T) {
	for _, name := range names {
		if path.Ext(name) != ".js" {
			continue
		}
		script, err := files.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(script) {
			if code := bytes.TrimSpace(line); !bytes.HasPrefix(code, []byte("//")) && bytes.Count(code, []byte("`"))%2 != 0 {
				t.Errorf("%s: a text goes on after %s", name, code)
			}
		}
	}
}
