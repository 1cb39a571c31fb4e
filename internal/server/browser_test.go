package server_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// in returns b for a subtest.
func (b *browser) in(t testing.TB) *browser {
	return &browser{b.app.in(t), b.client}
}

// browser is one person's browser: it keeps cookies and does not follow redirects
// by itself, so that a test sees each answer.
type browser struct {
	app    *app
	client *http.Client
}

// no one is a browser in which no one is signed in.
func (a *app) stranger() *browser {
	jar, err := cookiejar.New(nil)
	must(a.t, err)
	return &browser{app: a, client: &http.Client{
		// Not the default one: a test server that closes cuts that one's new connections off.
		Transport:     a.server.Client().Transport,
		Jar:           jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// as is a browser in which the demo person user is signed in.
func (a *app) as(user string) *browser {
	a.t.Helper()
	b := a.stranger()
	if user != "stranger" {
		b.post("/login", url.Values{"user": {user}}).wants(http.StatusSeeOther)
	}
	return b
}

// answer is an answer with its page.
type answer struct {
	*goquery.Document
	t      testing.TB
	status int
	header http.Header
	body   string
}

func (b *browser) do(method, path string, body io.Reader, header map[string]string) *answer {
	t := b.app.t
	t.Helper()
	b.app.readAgain()
	req, err := http.NewRequestWithContext(t.Context(), method, b.app.server.URL+path, body)
	must(t, err)
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := b.client.Do(req)
	must(t, err)
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	must(t, err)
	return b.app.answered(res, content)
}

func (a *app) answered(res *http.Response, content []byte) *answer {
	a.t.Helper()
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(content))
	must(a.t, err)
	return &answer{Document: doc, t: a.t, status: res.StatusCode, header: res.Header, body: string(content)}
}

func (b *browser) get(path string) *answer {
	b.app.t.Helper()
	return b.do(http.MethodGet, path, nil, nil)
}

// json asks as a program does, with more headers in pairs.
func (b *browser) json(path string, header ...string) *answer {
	b.app.t.Helper()
	all := map[string]string{"Accept": "application/json"}
	for i := 0; i < len(header); i += 2 {
		all[header[i]] = header[i+1]
	}
	return b.do(http.MethodGet, path, nil, all)
}

func (b *browser) post(path string, form url.Values) *answer {
	b.app.t.Helper()
	return b.do(http.MethodPost, path, strings.NewReader(form.Encode()), map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
}

// submit fills in the create form that a.Document holds as a browser would, and sends it.
func (b *browser) submit(page *answer, typed map[string]string) *answer {
	b.app.t.Helper()
	form := fields(page)
	for name, value := range typed {
		if value == "" {
			form.Del(name)
			continue
		}
		form.Set(name, value)
	}
	action, ok := page.Find("form[data-once]").Attr("action")
	if !ok {
		b.app.t.Fatalf("no form on the page:\n%s", page.body)
	}
	return b.post(action, form)
}

// create opens a new form, fills it in and sends it.
func (b *browser) create(typed map[string]string) *answer {
	b.app.t.Helper()
	return b.submit(b.get(entries+"/new").wants(http.StatusOK), typed)
}

// fields reads what the form on the page would send.
func fields(page *answer) url.Values {
	form := url.Values{}
	page.Find("form[data-once]").Find("input, textarea, select").Each(func(_ int, s *goquery.Selection) {
		name := s.AttrOr("name", "")
		switch goquery.NodeName(s) {
		case "textarea":
			form.Set(name, s.Text())
		case "select":
			form.Set(name, s.Find("option[selected]").AttrOr("value", ""))
		default:
			if _, checked := s.Attr("checked"); !slices.Contains([]string{"checkbox", "radio"}, s.AttrOr("type", "")) || checked {
				form.Set(name, s.AttrOr("value", ""))
			}
		}
	})
	return form
}

func (a *answer) wants(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d; page:\n%s", a.status, status, a.text("body"))
	}
	return a
}

// text is what a person reads in the first element that matches, spaces folded.
func (a *answer) text(selector string) string {
	return strings.Join(strings.Fields(a.Find(selector).First().Text()), " ")
}

func (a *answer) contains(selector, want string) {
	a.t.Helper()
	if got := a.text(selector); !strings.Contains(got, want) {
		a.t.Errorf("%s holds %q, want it to contain %q", selector, got, want)
	}
}

func (a *answer) location() string { return a.header.Get("Location") }

// counter counts what is read.
type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}
