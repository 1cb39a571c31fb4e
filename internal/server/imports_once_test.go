package server_test

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/store/pgtest"
)

// twelveRows are a list that changes one of the four people, leaves one as they are, and has
// ten others.
func twelveRows() string {
	var list strings.Builder
	list.WriteString("name,email,comments\nJane Smith,p1@example.com,\nOmar Haddad,p3@example.com,new hire\n")
	for i := range 10 {
		fmt.Fprintf(&list, "Person %d,person%d@example.com,\n", i, i)
	}
	return list.String()
}

// tookEffectOnce checks that each row of twelveRows took effect once, and was recorded once.
func tookEffectOnce(t *testing.T, a *app) {
	t.Helper()
	times, recorded := map[string]int{}, map[string]int{}
	for _, e := range a.sandbox.Entries() {
		times[e.Email]++
		if e.Email == "p3@example.com" && (e.Comments == nil || *e.Comments != "new hire") {
			t.Errorf("p3@example.com has the comments %v", e.Comments)
		}
	}
	edits := 0
	for _, w := range a.sandbox.Writes() {
		if w.Method == http.MethodPatch {
			edits++
		}
	}
	same(t, "edits of the registry", edits, 1)
	records, err := a.store.Records(t.Context(), audit.Query{Outcome: audit.OutcomeDone, Limit: 1000})
	must(t, err)
	for _, r := range records {
		if r.Entry != "" {
			email, _ := r.After["email"].(string)
			recorded[string(r.Action)+" "+email]++
		}
	}
	for i := range 10 {
		email := fmt.Sprintf("person%d@example.com", i)
		same(t, email, times[email], 1)
		same(t, "records of "+email, recorded["entry.create "+email], 1)
	}
	same(t, "records of the edit", recorded["entry.edit p3@example.com"], 1)
	same(t, "records", len(recorded), 11)
}

// A file that is uploaded twice takes effect once, also when both plans were made before one ran
// and answers are lost. An edit that the same person's other plan made counts as done, with the
// record of that one.
func TestTheSameFileTwice(t *testing.T) {
	t.Parallel()
	app := newApp(t, fourPeople, func(s *settings) { s.sandbox.AllowDuplicates = true })
	b := app.as("editor")
	var drafts []string
	for range 2 {
		draft := b.followed(b.upload("people.csv", twelveRows()))
		same(t, "waiting", draft.operations("waiting").Length(), 11)
		drafts = append(drafts, strings.Split(draft.AttrOf("#apply", "action"), "/apply")[0])
	}
	for i, preset := range []string{"500-written", "dropped", "empty-result"} {
		app.met(http.MethodPost, preset, func(f *sandbox.Fault) { f.Effect, f.Skip = sandbox.EffectWrite, 2*i })
	}
	b.post(drafts[0]+"/apply", url.Values{"confirm": {"11"}}).wants(http.StatusSeeOther)
	first := b.ended(drafts[0])
	same(t, "done by the first plan", first.operations("done").Length(), 11)
	b.post(drafts[1]+"/apply", url.Values{"confirm": {"11"}}).wants(http.StatusSeeOther)
	second := b.ended(drafts[1])
	same(t, "unchanged in the second plan", second.operations("unchanged").Length(), 11)
	same(t, "the edit of the first plan, which is the same person's", second.text("[data-state=done] a[href^='/audit/']"), first.text("[data-kind=edit][data-state=done] a[href^='/audit/']"))
	tookEffectOnce(t, app)
	third := b.followed(b.upload("people.csv", twelveRows()))
	same(t, "unchanged in the third plan", third.operations("unchanged").Length(), 12)
	third.contains("main", "No operation would change anything.")
}

// Two people who apply the same file at the same time, each with a copy of the program, change
// the registry once.
func TestTwoPeopleWithTheSameFile(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { t.Helper(); return filepath.Join(t.TempDir(), "n.db") },
		"PostgreSQL": func(t *testing.T) string { t.Helper(); return pgtest.NewDatabase(t) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := database(t)
			one := newApp(t, fourPeople, func(s *settings) { s.database, s.sandbox.AllowDuplicates = file, true })
			two := newApp(t, func(s *settings) { s.database, s.api, s.clock = file, one.sandbox, one.clock })
			people := []*browser{one.as("editor"), two.as("admin")}
			paths := make([]string, len(people))
			for i, b := range people {
				draft := b.followed(b.upload("people.csv", twelveRows()))
				same(t, "waiting", draft.operations("waiting").Length(), 11)
				paths[i] = strings.Split(draft.AttrOf("#apply", "action"), "/apply")[0]
			}
			var applying sync.WaitGroup
			for i, b := range people {
				applying.Go(func() {
					for range 2 { // the button is pressed twice
						b.post(paths[i]+"/apply", url.Values{"confirm": {"11"}})
					}
				})
			}
			applying.Wait()
			rows := map[string]int{}
			for i, b := range people {
				page := b.ended(paths[i])
				for tries := 0; page.operations("failed", "unknown").Length() > 0 && tries < 20; tries++ { // the other one was at it
					page = b.ended(b.onceFree(paths[i]+"/retry", nil).wants(http.StatusSeeOther).location())
				}
				for _, state := range []string{"done", "unchanged", "skipped"} {
					rows[state] += page.operations(state).Length()
				}
				if other := page.operations("waiting", "refused", "failed", "unknown"); other.Length() > 0 {
					t.Errorf("the plan of %d: %s", i, other.Text())
				}
			}
			same(t, "done in both plans", rows["done"], 11)
			same(t, "set aside in both plans", rows["unchanged"]+rows["skipped"], 13)
			tookEffectOnce(t, one)
			for _, b := range people {
				again := b.followed(b.upload("people.csv", twelveRows()))
				same(t, "unchanged", again.operations("unchanged").Length(), 12)
			}
		})
	}
}
