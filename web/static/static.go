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
		sum := sha256.Sum256(content)
		ext := path.Ext(name)
		p := Prefix + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
		urlOf[name] = p
		byPath[p] = asset{contentTypes[ext], content, sync.OnceValue(func() []byte { return compress(content) })}
	}
	return byPath, urlOf
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

// URL returns the URL of the asset called name. It panics when there is none: the
// names are constants of the templates.
func URL(name string) string {
	u, ok := urls[name]
	if !ok {
		panic("no asset " + name)
	}
	return u
}

// Handler serves the assets, compressed where the browser takes it.
func Handler() http.Handler {
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
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			content = a.gzipped()
		}
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(content))
	})
}
