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
	"iter"
	"net/http"
	"path"
	"strings"
	"sync"
	"time"
)

//go:embed *.css *.js *.svg br
var files embed.FS

// names are the assets, each after those whose names it holds.
var names = []string{"icon.svg", "app.css", "session.js", "commands.js", "keys.js", "app.js", "list.js", "form.js", "pattern.js", "follow.js", "audit.js", "toast.js"}

// Prefix is the path under which Handler serves.
const Prefix = "/static/"

type asset struct {
	contentType string
	plain       []byte
	gzipped     func() []byte // made when it is first asked for
	brotlied    []byte        // nil when make generate has not seen the present content
}

// contentTypes has the types of the assets. Package mime would read the machine's list of
// types, which takes memory and may differ.
var contentTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// assets returns the assets by their path, and their URLs by their name.
var assets = sync.OnceValues(func() (byPath map[string]asset, urlOf map[string]string) {
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
		brotlied, _ := files.ReadFile(Compressed(path.Base(p)))
		byPath[p] = asset{contentTypes[ext], content, sync.OnceValue(func() []byte { return compress(content) }), brotlied}
	}
	return byPath, urlOf
})

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

// All returns each asset's content by the last part of its URL.
func All() iter.Seq2[string, []byte] {
	return func(yield func(string, []byte) bool) {
		byPath, _ := assets()
		for p, a := range byPath {
			if !yield(path.Base(p), a.plain) {
				return
			}
		}
	}
}

// Compressed returns the file for an asset of All, compressed by brotli, in this folder. A URL's
// last part changes with the content, so that no file outlives what it was made from.
func Compressed(name string) (file string) { return "br/" + name + ".br" }

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
	_, urlOf := assets()
	u, ok := urlOf[name]
	if !ok {
		panic("no asset " + name)
	}
	return u
}

// Handler serves the assets, compressed where the browser takes it.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		byPath, _ := assets()
		a, ok := byPath[r.URL.Path]
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
		case a.brotlied != nil && accepts(r, "br"):
			h.Set("Content-Encoding", "br")
			content = a.brotlied
		case accepts(r, "gzip"):
			h.Set("Content-Encoding", "gzip")
			content = a.gzipped()
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})
}
