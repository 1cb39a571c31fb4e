// Package static holds the assets that are built into the program, and serves
// them under URLs that change with their content, so that browsers may keep them
// for good.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
)

//go:embed *.css *.js *.svg
var files embed.FS

// names are the assets, each after those whose names it holds.
var names = []string{"icon.svg", "app.css", "session.js", "commands.js", "app.js", "list.js", "form.js", "pattern.js", "follow.js", "audit.js", "toast.js"}

// Prefix is the path under which Handler serves.
const Prefix = "/static/"

type asset struct {
	contentType string
	plain       []byte
	gzipped     func() []byte // made when it is first asked for
	brotlied    func() []byte // likewise
}

// contentTypes has the types of the assets. Package mime would read the machine's list of
// types, which takes memory and may differ.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

var assets, urls = load(names)

func load(names []string) (byPath map[string]asset, urlOf map[string]string) {
	byPath, urlOf = make(map[string]asset), make(map[string]string)
	for _, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			panic(err) // the embed line above and the list of names disagree
		}
		for other, url := range urlOf { // scripts import each other
			content = bytes.ReplaceAll(content, []byte(`"./`+other+`"`), []byte(`"`+url+`"`))
		}
		if path.Ext(name) == ".js" {
			content = withoutComments(content)
		}
		sum := sha256.Sum256(content)
		ext := path.Ext(name)
		p := Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		urlOf[name] = p
		byPath[p] = asset{contentTypes[ext], content, sync.OnceValue(func() []byte { return compress(content) }), sync.OnceValue(func() []byte { return compressMore(content) })}
	}
	return byPath, urlOf
}

// withoutComments removes the comment lines and the indentation of a script, which browsers do
// not need. No text of the scripts spans lines; see TestScriptsSurvive.
func withoutComments(script []byte) []byte {
	var short bytes.Buffer
	for line := range bytes.Lines(script) {
		if line = bytes.TrimSpace(line); len(line) > 0 && !bytes.HasPrefix(line, []byte("//")) {
			short.Write(line)
			short.WriteByte('\n')
		}
	}
	return short.Bytes()
}

func compress(content []byte) []byte {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant that gzip knows
	}
	_, _ = w.Write(content) // a bytes.Buffer takes everything
	_ = w.Close()
	return buf.Bytes()
}

// compressMore compresses by brotli, which makes texts a fifth smaller than gzip does. A window of
// 128 KB holds every asset; the usual one of 4 MB takes ten times the memory, and time to clear it.
func compressMore(content []byte) []byte {
	var buf bytes.Buffer
	w := brotli.NewWriterOptions(&buf, brotli.WriterOptions{Quality: brotli.BestCompression, LGWin: 17})
	_, _ = w.Write(content) // a bytes.Buffer takes everything
	_ = w.Close()
	return buf.Bytes()
}

// accepts reports whether a browser takes an encoding. A quality of 0 refuses it.
func accepts(r *http.Request, encoding string) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, quality, _ := strings.Cut(part, ";")
		if strings.TrimSpace(name) == encoding {
			q, given := strings.CutPrefix(strings.TrimSpace(quality), "q=")
			return !given || strings.Trim(q, "0.") != ""
		}
	}
	return false
}

// URL returns the URL of the asset called name. It panics when there is none: the
// names are constants of the templates.
func URL(name string) string {
	u, ok := urls[name]
	if !ok {
		panic("no asset " + name)
	}
	return u
}

// warm compresses all assets, of which the style sheet takes half a second, so that no browser
// waits for it.
var warm = sync.OnceFunc(func() {
	for _, a := range assets {
		a.brotlied()
	}
})

// Handler serves the assets, compressed where the browser takes it.
func Handler() http.Handler {
	go warm()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, ok := assets[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		h := w.Header()
		h.Set("Content-Type", a.contentType)
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
		h.Set("Vary", "Accept-Encoding")
		content := a.plain
		switch {
		case accepts(r, "br"):
			h.Set("Content-Encoding", "br")
			content = a.brotlied()
		case accepts(r, "gzip"):
			h.Set("Content-Encoding", "gzip")
			content = a.gzipped()
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})
}
