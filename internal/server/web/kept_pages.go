package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"weak"

	"github.com/a-h/templ"
	"github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/labstack/echo/v4"

	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
)

// The limits of the pages that are kept.
const (
	maxKept     = 1024
	maxKeptSize = 3 << 20   // bytes, of all together
	maxKeptPage = 512 << 10 // bytes
)

// keptPage is everything that a kept page depends on. A snapshot never changes, and a new
// one has another pointer, so no page outlives what it shows. The pointer is weak so that a
// page does not hold the snapshot in memory.
type keptPage struct {
	known      weak.Pointer[mirror.Snapshot]
	report     weak.Pointer[findings.Report]
	readAt     string // as the page says it
	who        rbac.Actor
	path       string
	query      string // as it came
	compressed bool
}

// size is about what a page takes in memory.
func (k keptPage) size(body []byte) int { return len(body) + len(k.path) + len(k.query) + 512 }

// keptPages are the pages that were drawn last.
type keptPages struct {
	mu     sync.Mutex
	size   int
	bodies *simplelru.LRU[keptPage, []byte]
}

func newKeptPages() *keptPages {
	k := &keptPages{}
	bodies, err := simplelru.NewLRU(maxKept, func(page keptPage, body []byte) { k.size -= page.size(body) })
	if err != nil {
		panic(err) // the size is a constant
	}
	k.bodies = bodies
	return k
}

func (k *keptPages) get(page keptPage) ([]byte, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.bodies.Get(page)
}

// add keeps the body of a page, unless another request has done so.
func (k *keptPages) add(page keptPage, body []byte) {
	if len(body) > maxKeptPage {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.bodies.Contains(page) {
		return
	}
	page.query = strings.Clone(page.query) // it may be a part of a long URL
	k.size += page.size(body)
	k.bodies.Add(page, body)
	for k.size > maxKeptSize {
		k.bodies.RemoveOldest()
	}
}

// Component is a page that can be rendered.
type Component = templ.Component

// RenderKept is Render, with status 200, for a page that depends on nothing but known, the
// open findings, readAt, who asks for it and its URL. It calls draw only if the page is not
// kept.
func (s *Base) RenderKept(c echo.Context, known *mirror.Snapshot, report *findings.Report, readAt string, draw func() Component) error {
	u := c.Request().URL
	below, compressed := beforeCompression(c)
	key := keptPage{known: weak.Make(known), report: weak.Make(report), readAt: readAt, who: Actor(c), path: u.Path, query: u.RawQuery, compressed: compressed}
	body, found := s.kept.get(key)
	if !found {
		var err error
		if body, err = drawn(c, draw(), compressed); err != nil {
			return err
		}
		s.kept.add(key, body)
	}
	h := c.Response().Header()
	h.Set(echo.HeaderContentType, echo.MIMETextHTMLCharsetUTF8)
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	if compressed {
		h.Set(echo.HeaderContentEncoding, "gzip")
		c.Response().Writer = below
	}
	c.Response().WriteHeader(http.StatusOK)
	_, err := c.Response().Write(body)
	return err
}

// beforeCompression returns the writer of the answer before the compressing middleware, and
// whether that compresses the answer.
func beforeCompression(c echo.Context) (w http.ResponseWriter, compressed bool) {
	w, ok := c.Get(writerKey).(http.ResponseWriter)
	return w, ok && w != c.Response().Writer
}

// drawn returns a page as bytes.
func drawn(c echo.Context, page templ.Component, compressed bool) ([]byte, error) {
	buf, _ := buffers.Get().(*bytes.Buffer)
	defer putBuffer(buf)
	buf.Reset()
	if err := draw(c, buf, page); err != nil {
		return nil, err
	}
	if !compressed {
		return bytes.Clone(buf.Bytes()), nil
	}
	small := bytes.NewBuffer(make([]byte, 0, buf.Len()/4))
	w, _ := compressors.Get().(*gzip.Writer)
	defer compressors.Put(w)
	w.Reset(small)
	if _, err := w.Write(buf.Bytes()); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return bytes.Clone(small.Bytes()), nil
}

// CompressionLevel is how hard pages are compressed.
const CompressionLevel = 6

var compressors = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(io.Discard, CompressionLevel)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}
