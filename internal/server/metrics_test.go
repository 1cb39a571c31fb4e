package server_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"namesake/internal/cfapi"
)

// observed keeps what a server tells of its requests.
type observed struct {
	mu   sync.Mutex
	told []string
	took []time.Duration
}

func (o *observed) observe(method, route string, status int, took time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.told = append(o.told, fmt.Sprint(method, " ", route, " ", status))
	o.took = append(o.took, took)
}

// next waits for what is told of one request: the answer may arrive before.
func (o *observed) next(t *testing.T) (told string, took time.Duration) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		o.mu.Lock()
		if len(o.told) > 0 {
			told, took = o.told[0], o.took[0]
			o.told, o.took = slices.Delete(o.told, 0, 1), slices.Delete(o.took, 0, 1)
			o.mu.Unlock()
			return told, took
		}
		o.mu.Unlock()
	}
	t.Fatal("nothing was told of a request")
	return "", 0
}

// Each request is told of once, by the pattern of its route and never by its path.
func TestObservedRequests(t *testing.T) {
	t.Parallel()
	const list, entry, other = "/accounts/:account/entries", "/accounts/:account/entries/:id", "/accounts/ffffffffffffffffffffffffffffffff/entries"
	evil := map[string]string{"Origin": "https://evil.example"}
	tests := []struct {
		user, method, path string
		header             map[string]string
		want               string
	}{
		{"viewer", "GET", "/", nil, "GET / 303"},
		{"viewer", "HEAD", "/", nil, "HEAD / 303"},
		{"viewer", "GET", entries + "?search=ada", nil, "GET " + list + " 200"},
		{"viewer", "HEAD", entries, nil, "HEAD " + list + " 200"},
		{"viewer", "GET", entries + "/12", nil, "GET " + entry + " 404"},
		{"viewer", "GET", entries + "/no-id-at-all", nil, "GET " + entry + " 404"},
		{"viewer", "GET", entries + "/12/34", nil, "GET none 404"},
		{"viewer", "GET", entries + "/new", nil, "GET " + list + "/new 403"},
		{"viewer", "GET", other, nil, "GET " + list + " 404"},
		{"editor", "POST", entries, nil, "POST " + list + " 422"},
		{"stranger", "GET", entries, nil, "GET " + list + " 303"},
		{"stranger", "POST", entries, nil, "POST " + list + " 401"},
		{"stranger", "POST", "/login", nil, "POST /login 422"},
		{"stranger", "GET", "/healthz", nil, "GET /healthz 200"},
		{"stranger", "GET", "/static/no-such-file.css", nil, "GET /static/* 404"},

		// No such path.
		{"stranger", "GET", "/nowhere", nil, "GET none 404"},
		{"viewer", "GET", "/nowhere", nil, "GET none 404"},
		{"stranger", "HEAD", "/nowhere", nil, "HEAD none 404"},
		{"stranger", "POST", "/nowhere/else", nil, "POST none 404"},
		{"stranger", "GET", "/accounts", nil, "GET none 404"},
		{"stranger", "GET", "/accounts/" + account, nil, "GET /accounts/:account 303"},
		{"stranger", "GET", "/audit/", nil, "GET none 404"},
		{"stranger", "GET", "//", nil, "GET none 404"},
		{"stranger", "GET", "/metrics", nil, "GET none 404"},

		// The path is there, but not for that method.
		{"stranger", "PUT", entries, nil, "PUT " + list + " 405"},
		{"stranger", "DELETE", entries + "/12", nil, "DELETE " + entry + " 405"},
		{"stranger", "POST", "/healthz", nil, "POST /healthz 405"},
		{"stranger", "HEAD", "/logout", nil, "HEAD /logout 405"},
		{"stranger", "INVENTED", "/", nil, "INVENTED / 405"},
		{"stranger", "INVENTED", "/nowhere", nil, "INVENTED none 404"},
		{"stranger", "OPTIONS", entries, nil, "OPTIONS " + list + " 204"},

		// Refused before the router.
		{"editor", "POST", entries, evil, "POST none 403"},
	}
	var o observed
	app := newApp(t, func(s *settings) { s.observe = o.observe })
	browsers := map[string]*browser{}
	for _, user := range []string{"stranger", "viewer", "editor"} {
		if browsers[user] = app.as(user); user != "stranger" {
			told, _ := o.next(t)
			same(t, "the sign-in", told, "POST /login 303")
		}
	}
	for _, tt := range tests {
		began := time.Now()
		browsers[tt.user].do(tt.method, tt.path, nil, tt.header)
		told, took := o.next(t)
		same(t, tt.user+" "+tt.method+" "+tt.path, told, tt.want)
		if took <= 0 || took > time.Since(began) {
			t.Errorf("%s %s: took %s", tt.method, tt.path, took)
		}
	}
	if len(o.told) != 0 {
		t.Errorf("told twice: %q", o.told)
	}
}

func TestObservedPanic(t *testing.T) {
	t.Parallel()
	var o observed
	app := newApp(t, func(s *settings) {
		s.observe = o.observe
		s.client = func(c *cfapi.Options) { c.Transport = panicking{} }
	})
	viewer := app.as("viewer")
	_, _ = o.next(t)
	viewer.get(entries + "/" + uuidOfToday).wants(http.StatusInternalServerError)
	told, _ := o.next(t)
	same(t, "told", told, "GET /accounts/:account/entries/:id 500")
}
