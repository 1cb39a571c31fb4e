package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/store/pgtest"
)

const replicasAccount = "0fa5b07c9a1d4e6a8b3c2d1e0f9a8b7c"

// slowAPI is a sandbox that, once armed, answers the first two reads of an entry together,
// so that both copies of the program have seen the same version.
type slowAPI struct {
	sandbox *sandbox.Sandbox
	latency time.Duration
	mu      sync.Mutex
	pairs   map[string]chan struct{} // by entry; closed when its second read came
	deletes map[string]int
}

func (s *slowAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := path.Base(r.URL.Path)
	s.mu.Lock()
	if r.Method == http.MethodDelete {
		s.deletes[id]++
	}
	pair, second := s.pairs[id]
	switch {
	case r.Method != http.MethodGet || s.pairs == nil || id == "impersonation_registry":
		pair = nil
	case !second:
		pair = make(chan struct{})
		s.pairs[id] = pair
	case pair != nil:
		close(pair)
		s.pairs[id] = nil
	}
	s.mu.Unlock()
	if pair != nil {
		select {
		case <-pair:
		case <-time.After(5 * time.Second): // the other copy waits for this one
		}
	}
	if s.latency > 0 {
		time.Sleep(s.latency) // for measurements by hand
	}
	s.sandbox.ServeHTTP(w, r)
}

func (s *slowAPI) arm() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pairs = map[string]chan struct{}{}
}

// replicas starts two copies of the program on one PostgreSQL, over an API with entries
// 1 to n, and returns their addresses.
func replicas(t *testing.T, n int) (api *slowAPI, one, two string) {
	t.Helper()
	api = &slowAPI{deletes: map[string]int{}}
	seed := make([]sandbox.Entry, n)
	for i := range seed {
		seed[i] = sandbox.Entry{ID: fmt.Sprint(i + 1), Name: fmt.Sprintf("Person %d", i+1), Email: fmt.Sprintf("p%d@example.com", i+1)}
	}
	api.sandbox = sandbox.New(sandbox.Options{Account: replicasAccount, RateLimit: -1, Seed: seed})
	server := httptest.NewServer(api)
	t.Cleanup(server.Close)
	environment(
		t, "NAMESAKE_AUTH", "demo", "NAMESAKE_DATABASE_URL", pgtest.NewDatabase(t), "CLOUDFLARE_API_TOKEN", sandbox.DefaultToken,
		"CLOUDFLARE_ACCOUNT_ID", replicasAccount, "CLOUDFLARE_BASE_URL", server.URL+sandbox.Prefix,
	)
	bases := make([]string, 2)
	for i := range bases {
		line, stop, ended := start(t)
		t.Cleanup(func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
		_, rest, _ := strings.Cut(line, "http://")
		bases[i] = "http://" + strings.Fields(rest)[0]
	}
	return api, bases[0], bases[1]
}

// answers sends a form, or gets a page when form is nil.
func (v visitor) answers(to string, form url.Values) (status int, page *goquery.Document) {
	v.t.Helper()
	method := http.MethodGet
	if form != nil {
		method = http.MethodPost
	}
	req, err := http.NewRequestWithContext(v.t.Context(), method, to, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Error(err)
		return 0, &goquery.Document{}
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := v.Do(req)
	if err != nil {
		v.t.Error(err)
		return 0, &goquery.Document{}
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Error(err)
	}
	page, err = goquery.NewDocumentFromReader(strings.NewReader(string(content)))
	if err != nil {
		v.t.Error(err)
	}
	return res.StatusCode, page
}

// Two people who have seen the same version change an entry, each on another copy of the
// program: one change is made, the other is refused.
func TestTwoCopiesChangeOneEntry(t *testing.T) {
	const each = 5 // entries for each pair of acts
	edit := func(v visitor, base, id, name, version string) (int, *goquery.Document) {
		return v.answers(base+"/"+id, url.Values{"name": {name}, "email": {"p" + id + "@example.com"}, "version": {version}})
	}
	remove := func(v visitor, base, id, _, _ string) (int, *goquery.Document) {
		return v.answers(base+"/"+id+"/delete", url.Values{})
	}
	tests := []struct {
		name         string
		first, other func(v visitor, base, id, name, version string) (int, *goquery.Document)
		samePerson   bool
		want         [][]int // the statuses that are right, of both
		wantDeletes  []int   // how many deletions may have been sent
	}{
		{"edit and edit", edit, edit, false, [][]int{{303, 409}, {409, 303}}, []int{0}},
		{"edit and delete", edit, remove, false, [][]int{{303, 303}, {404, 303}}, []int{1}},
		{"two people delete", remove, remove, false, [][]int{{303, 404}, {404, 303}}, []int{1}},
		{"one person deletes twice", remove, remove, true, [][]int{{303, 303}}, []int{1}},
	}
	api, one, two := replicas(t, each*len(tests))
	one, two = one+"/accounts/"+replicasAccount+"/entries", two+"/accounts/"+replicasAccount+"/entries"
	signIn := func(user string) visitor {
		v := newVisitor(t)
		v.sends(strings.Split(one, "/accounts")[0]+"/login", url.Values{"user": {user}}, http.StatusSeeOther)
		return v
	}
	editor, admin := signIn("editor"), signIn("admin")
	versions := make([]string, each*len(tests))
	for i := range versions {
		_, page := editor.answers(fmt.Sprintf("%s/%d/edit", one, i+1), nil)
		if versions[i] = page.Find("input[name=version]").AttrOr("value", ""); versions[i] == "" {
			t.Fatal("the form has no version")
		}
	}
	api.arm()
	var work sync.WaitGroup
	pairs := make(chan struct{}, 2) // at a time: more could use all simultaneous calls, each waiting for its other half
	for i, tt := range tests {
		other := admin
		if tt.samePerson {
			other = editor
		}
		for k := range each {
			id, version := fmt.Sprint(i*each+k+1), versions[i*each+k]
			work.Go(func() {
				pairs <- struct{}{}
				defer func() { <-pairs }()
				var both sync.WaitGroup
				statuses, pages := make([]int, 2), make([]*goquery.Document, 2)
				both.Go(func() { statuses[0], pages[0] = tt.first(editor, one, id, "First "+id, version) })
				both.Go(func() { statuses[1], pages[1] = tt.other(other, two, id, "Other "+id, version) })
				both.Wait()
				if !slices.ContainsFunc(tt.want, func(w []int) bool { return slices.Equal(w, statuses) }) {
					t.Errorf("%s: entry %s answers %v, want one of %v", tt.name, id, statuses, tt.want)
				}
				names := []string{"First " + id, "Other " + id}
				for loser, status := range statuses {
					if status != http.StatusConflict {
						continue
					}
					text := strings.Join(strings.Fields(pages[loser].Find("[aria-labelledby=conflict]").Text()), " ")
					want := "NameWhen you opened it Person " + id + "In the registry now " + names[1-loser] + "Your version, in the form below " + names[loser]
					if !strings.Contains(text, want) {
						t.Errorf("entry %s: the loser reads %q, want %q", id, text, want)
					}
					if got := api.nameOf(id); got != names[1-loser] {
						t.Errorf("entry %s is called %q, but %q was saved", id, got, names[1-loser])
					}
				}
				api.mu.Lock()
				defer api.mu.Unlock()
				if !slices.Contains(tt.wantDeletes, api.deletes[id]) {
					t.Errorf("%s: %d deletions of entry %s were sent", tt.name, api.deletes[id], id)
				}
			})
		}
	}
	work.Wait()
}

func (s *slowAPI) nameOf(id string) string {
	for _, e := range s.sandbox.Entries() {
		if e.ID == id {
			return e.Name
		}
	}
	return ""
}
