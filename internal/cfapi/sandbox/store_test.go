package sandbox_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"namesake/internal/cfapi/sandbox"
)

// direct calls the API without a connection.
func direct(t testing.TB, sb *sandbox.Sandbox, method, path, body string) (int, http.Header, string) {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+sandbox.DefaultToken)
	w := httptest.NewRecorder()
	sb.ServeHTTP(w, r)
	return w.Code, w.Header(), w.Body.String()
}

func TestDemoEntries(t *testing.T) {
	entries := sandbox.DemoEntries(start)
	if n := len(entries); n < 35 || n > 45 {
		t.Errorf("%d entries", n)
	}
	names, provenances, ids, regexes, comments, foreign, long := map[string]int{}, map[string]int{}, map[string]bool{}, 0, 0, 0, 0
	for _, e := range entries {
		names[e.Name]++
		provenances[e.Provenance]++
		ids[e.ID] = true
		if e.IsEmailRegex {
			regexes++
		}
		if e.Comments != nil {
			comments++
		}
		if utf8.RuneCountInString(e.Name) < len(e.Name)*2/3 {
			foreign++
		}
		if len(e.Name) > 50 {
			long++
		}
		if uuid.Validate(e.ID) != nil || e.Synced() != (e.DirectoryID != nil) {
			t.Errorf("%+v", e)
		}
		if e.CreatedAt.After(start) || e.CreatedAt.Before(start.AddDate(-1, 0, 0)) || e.ModifiedAt.Before(e.CreatedAt) || e.ModifiedAt.After(start) {
			t.Errorf("%s: created %s, modified %s", e.Name, e.CreatedAt, e.ModifiedAt)
		}
	}
	if len(ids) != len(entries) || len(provenances) != 4 || slices.Max(slices.Collect(maps.Values(names))) < 3 ||
		regexes < 5 || comments < 10 || foreign < 8 || long < 2 {
		t.Errorf("%d ids, provenances %v, %d patterns, %d comments, %d non-Latin, %d long", len(ids), provenances, regexes, comments, foreign, long)
	}
}

// TestDemoEntriesPassValidation: what the demo shows could also be typed.
func TestDemoEntriesPassValidation(t *testing.T) {
	_, c := serve(t, sandbox.Options{Seed: none})
	for _, e := range sandbox.DemoEntries(start) {
		c.create(fmt.Sprintf(`{"name":%q,"email":%q,"is_email_regex":%v}`, e.Name, e.Email, e.IsEmailRegex))
	}
}

func TestAddFillReset(t *testing.T) {
	sb, _ := serve(t, sandbox.Options{Seed: []sandbox.Entry{entry("Ann", "a@b.example", "", 1)}})
	e := sb.Add(sandbox.Entry{Name: "Ann", Email: "a@b.example"}) // even a duplicate
	if uuid.Validate(e.ID) != nil || e.Provenance != sandbox.Manual || !e.CreatedAt.Equal(start.Truncate(time.Microsecond)) || e.ModifiedAt != e.CreatedAt {
		t.Errorf("added %+v", e)
	}
	for _, tt := range []struct{ n, added, entries int }{{1, 0, 2}, {2, 0, 2}, {100, 98, 100}, {50, 0, 100}, {101, 1, 101}} {
		if added := sb.Fill(tt.n); added != tt.added || len(sb.Entries()) != tt.entries {
			t.Errorf("fill %d: added %d, now %d; want %d and %d", tt.n, added, len(sb.Entries()), tt.added, tt.entries)
		}
	}
	sb.Reset()
	if got := sb.Entries(); len(got) != 1 || got[0].Name != "Ann" {
		t.Errorf("after reset: %+v", got)
	}
}

// TestOrders walks all pages of a small registry in each order, and the last
// ones of a large registry.
func TestOrders(t *testing.T) {
	_, c := serve(t, sandbox.Options{})
	keys := map[string]func(sandbox.Entry) string{
		"name":       func(e sandbox.Entry) string { return strings.ToLower(e.Name) },
		"email":      func(e sandbox.Entry) string { return strings.ToLower(e.Email) },
		"created_at": func(e sandbox.Entry) string { return e.CreatedAt.Format("2006-01-02T15:04:05.000000") },
	}
	for _, tt := range []struct{ entries, from, perPage, seen int }{{2_000, 1, 150, 2_000}, {100_000, 334, 300, 100}} {
		sb := sandbox.New(sandbox.Options{Seed: none, RateLimit: -1})
		sb.Fill(tt.entries)
		for order, key := range keys {
			seen, last := map[string]bool{}, ""
			for page, full := tt.from, true; full; page++ {
				query := fmt.Sprintf("?order=%s&per_page=%d&page=%d", order, tt.perPage, page)
				status, header, body := direct(t, sb, "GET", registryPath+query, "")
				r := c.envelope(status, header, body)
				for _, e := range r.entries(t) {
					if seen[e.ID] || key(e) < last {
						t.Fatalf("%d by %s: %s is out of order or twice", tt.entries, order, e.ID)
					}
					seen[e.ID], last = true, key(e)
				}
				full = r.ResultInfo.Count == tt.perPage
			}
			if len(seen) != tt.seen {
				t.Errorf("%d by %s: saw %d, want %d", tt.entries, order, len(seen), tt.seen)
			}
		}
	}
}

// TestConcurrency: many callers at once leave the orders, the duplicates and the
// log consistent.
func TestConcurrency(t *testing.T) {
	sb := sandbox.New(sandbox.Options{Seed: none, RateLimit: -1})
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 50 {
				// Each address is tried by two workers; one of them wins.
				body := fmt.Sprintf(`{"name":"N%d","email":"%d-%d@b.example","is_email_regex":false}`, i%7, worker/2, i)
				status, _, answer := direct(t, sb, "POST", registryPath, body)
				direct(t, sb, "GET", registryPath+"?order=name&search=n3", "")
				if status != http.StatusCreated {
					continue
				}
				id := answer[strings.Index(answer, `"id":"`)+6:][:36]
				direct(t, sb, "PATCH", registryPath+"/"+id, fmt.Sprintf(`{"name":"M%d"}`, i%5))
				direct(t, sb, "PATCH", registryPath+"/"+id, fmt.Sprintf(`{"name":"N%d"}`, i%7))
				if i%10 == 0 {
					direct(t, sb, "DELETE", registryPath+"/"+id, "")
				}
			}
		})
	}
	all.Wait()
	created, deleted := 0, 0
	for _, c := range sb.Writes() {
		switch c.Method {
		case "POST":
			created++
		case "DELETE":
			deleted++
		}
	}
	entries := sb.Entries()
	if len(entries) != created-deleted {
		t.Errorf("%d entries after %d creates and %d deletes", len(entries), created, deleted)
	}
	for _, order := range []string{"name", "email", "created_at"} {
		_, _, body := direct(t, sb, "GET", registryPath+"?per_page=1000&order="+order, "")
		if n := strings.Count(body, `"id":`); n != len(entries) {
			t.Errorf("%s shows %d of %d entries", order, n, len(entries))
		}
	}
	for _, e := range entries {
		body := fmt.Sprintf(`{"name":%q,"email":%q,"is_email_regex":false}`, e.Name, e.Email)
		if status, _, answer := direct(t, sb, "POST", registryPath, body); status != http.StatusBadRequest {
			t.Errorf("duplicate of %s: %d %s", e.ID, status, answer)
		}
		if status, _, answer := direct(t, sb, "DELETE", registryPath+"/"+e.ID, ""); status != http.StatusOK {
			t.Errorf("delete %s: %d %s", e.ID, status, answer)
		}
	}
	if _, _, body := direct(t, sb, "GET", registryPath+"?order=name", ""); !strings.Contains(body, `"result":[]`) {
		t.Errorf("left over: %s", body)
	}
}

func FuzzCreate(f *testing.F) {
	for _, body := range []string{
		ann, `{}`, `null`, `[`, ``, `{"name":null,"email":{},"is_email_regex":[]}`, `{"name":"x","email":"(","is_email_regex":true}`,
		`{"name":"\ud800","email":"a@b","is_email_regex":false,"directory_id":1e400,"provenance":""}`, `{"name":"a","name":"b"}`, "\xff",
	} {
		f.Add([]byte(body))
	}
	sb := sandbox.New(sandbox.Options{Seed: none, RateLimit: -1, Now: func() time.Time { return start }})
	f.Fuzz(func(t *testing.T, body []byte) {
		c := &client{t: t}
		r := c.envelope(direct(t, sb, "POST", registryPath, string(body)))
		if r.Status != http.StatusCreated && r.Status != http.StatusBadRequest {
			t.Errorf("%d %s", r.Status, r.Raw)
		}
		if r.Status == http.StatusCreated {
			if status, _, answer := direct(t, sb, "DELETE", registryPath+"/"+r.entry(t).ID, ""); status != http.StatusOK && !r.entry(t).Synced() {
				t.Errorf("delete: %d %s", status, answer)
			}
		}
	})
}

func BenchmarkList(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		sb := sandbox.New(sandbox.Options{Seed: none, RateLimit: -1})
		sb.Fill(n)
		for name, query := range map[string]string{
			"page": "?per_page=50&order=name&page=7", "search": "?search=no-such-name", "provenance": "?provenance=A1S_INTERNAL",
		} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if status, _, _ := direct(b, sb, "GET", registryPath+query, ""); status != http.StatusOK {
						b.Fatal(status)
					}
				}
			})
		}
	}
}

func BenchmarkCreate(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			sb := sandbox.New(sandbox.Options{Seed: none, RateLimit: -1})
			sb.Fill(n)
			i := 0
			for b.Loop() {
				i++
				body := fmt.Sprintf(`{"name":"N","email":"%d@b.example","is_email_regex":false}`, i)
				if status, _, answer := direct(b, sb, "POST", registryPath, body); status != http.StatusCreated {
					b.Fatal(answer)
				}
			}
		})
	}
}
