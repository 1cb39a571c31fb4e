package server_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/store/pgtest"
)

var (
	doubtRuns  = flag.Int("doubt-runs", 2, "how many random histories TestDoubtfulHistories makes")
	doubtSteps = flag.Int("doubt-steps", 40, "how many steps each of them has")
	doubtSeed  = flag.Uint64("doubt-seed", 0, "the seed of the first one, 0 for a random one")
)

// ambiguous are the answers of the API that a history draws from.
var ambiguous = []string{
	"500", "500-html", "500-empty", "502-html", "503", "504", "302", "307", "400-html", "403-html", "404-html", "409-html", "429-html",
	"no-result", "null-result", "empty-result", "empty-object", "other-id", "no-id", "contradiction", "400-success", "empty-body", "truncated",
	"dropped", "dropped-in-body", "400", "404", "409", "403",
}

// history is a random stream of changes by two people, in an API that lags, answers
// ambiguously and lets changes take effect late, while clocks make steps. It is made with
// one copy of the program on SQLite, or with two on PostgreSQL, and each request goes to
// any of them.
type history struct {
	*app     // the first copy
	copies   []*app
	database string        // the URL of the PostgreSQL database, "" with SQLite
	step     time.Duration // of that database's clock
	rng      *rand.Rand
	people   []*browser // at the first copy
	// sent are the forms that were sent, to be sent again.
	sent   []sentForm
	counts map[string]int
}

type sentForm struct {
	by   *browser
	path string
	form url.Values
}

func (h *history) pick(n int) int { return h.rng.IntN(n) }

// anywhere is the browser of a person at any of the copies.
func (h *history) anywhere(b *browser) *browser {
	return &browser{h.copies[h.pick(len(h.copies))], b.client}
}

// wait lets time pass everywhere, the database included.
func (h *history) wait(d time.Duration) {
	h.clock.move(d)
	if h.database != "" {
		pgtest.SetClock(h.t, h.database, time.Until(h.clock.now())+h.step)
	}
}

// stepClock sets a clock four minutes ahead or back: that of a copy's machine, or that of
// the PostgreSQL database.
func (h *history) stepClock() {
	h.counts["clock steps"]++
	d, clocks := time.Duration(h.pick(2)*480-240)*time.Second, len(h.copies)
	if h.database != "" {
		clocks++
	}
	if i := h.pick(clocks); i < len(h.copies) {
		h.copies[i].wall.move(d)
	} else {
		h.step += d
	}
}

// upkeep does in each copy what it does now and then.
func (h *history) upkeep() {
	for _, c := range h.copies {
		must(h.t, c.store.CompareClock(h.t.Context()))
		must(h.t, c.changes.SettleOpen(h.t.Context(), true))
		must(h.t, c.changes.LookAgain(h.t.Context()))
	}
}

// fault prepares what the next call of a method meets.
func (h *history) fault(method string) {
	var f sandbox.Fault
	switch h.pick(4) {
	case 0:
		return
	case 1: // a true answer, and a list that lags
		f = sandbox.Fault{Effect: sandbox.EffectWrite}
	default:
		f, _ = sandbox.Preset(ambiguous[h.pick(len(ambiguous))])
		refused := f.Status >= 400 && f.Status < 500 && strings.Contains(f.Body, `"success":false`)
		switch effect := h.pick(3); {
		case refused, effect == 0: // what is refused in the API's own words was not done
		case effect == 1:
			f.Effect = sandbox.EffectWrite
		default:
			f.Lands = time.Duration(1+h.pick(95)) * time.Second
		}
	}
	f.Method = method
	f.ListLag = time.Duration(h.pick(25)) * time.Second
	f.EntryLag = time.Duration(h.pick(25)) * time.Second
	h.sandbox.Inject(f)
}

// do does one thing.
func (h *history) do() {
	if h.pick(6) == 0 { // but for the first read: without the look for duplicates, a create continues
		h.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Status: 503, Body: "<html>", Skip: 1, Times: 1 + h.pick(3)})
	}
	defer h.sandbox.ClearFaults()
	b := h.people[h.pick(len(h.people))]
	known := h.sandbox.Entries()
	what := h.pick(10)
	switch {
	case what < 3: // a new form
		n := h.pick(6)
		h.send("create", http.MethodPost, sentForm{b, entries, url.Values{
			"key": {fmt.Sprint("form ", h.rng.Uint64())}, "name": {fmt.Sprint("Person ", n)}, "email": {fmt.Sprintf("p%d@example.com", n)},
		}})
	case what < 5 && len(h.sent) > 0: // the same form once more
		h.send("resend", "", h.sent[h.pick(len(h.sent))])
	case what < 7 && len(known) > 0:
		path := entries + "/" + known[h.pick(len(known))].ID
		form := h.anywhere(b).get(path + "/edit")
		if form.status != http.StatusOK || form.Find("form[data-once]").Length() == 0 {
			return
		}
		typed := fields(form)
		typed.Set("comments", fmt.Sprint("comment ", h.rng.Uint64()))
		h.send("edit", http.MethodPatch, sentForm{b, path, typed})
	case what < 8 && len(known) > 0:
		h.send("delete", http.MethodDelete, sentForm{b, entries + "/" + known[h.pick(len(known))].ID + "/delete", url.Values{}})
	default:
		if h.pick(2) == 0 {
			h.stepClock()
		}
		h.wait(time.Duration(h.pick(60)) * time.Second)
		h.upkeep()
	}
}

// send sends a form whose call meets a fault, and keeps it.
func (h *history) send(what, method string, f sentForm) {
	h.counts[what]++
	if method != "" {
		h.fault(method)
		h.sent = append(h.sent, f)
	}
	page := h.anywhere(f.by).post(f.path, f.form)
	h.counts[fmt.Sprint("answered ", page.status)]++
	if page.status == http.StatusInternalServerError {
		h.t.Errorf("500 for %s: %s", what, page.text("main"))
	}
	if to := page.Find("[data-follow]").AttrOr("data-follow", ""); to != "" && h.pick(2) == 0 {
		h.anywhere(f.by).get(to)
	}
}

// settle lets every change in doubt come to its end.
func (h *history) settle() {
	h.sandbox.ClearFaults()
	for range 3 {
		h.wait(doubtLasts)
		h.upkeep()
	}
	if late, _ := h.sandbox.Late(); late != 0 {
		h.t.Errorf("%d calls have not landed", late)
	}
}

// check compares the records with what the API did.
func (h *history) check() {
	h.settle()
	made, recorded := h.made(), map[madeChange]int{}
	for _, r := range h.outcomes() {
		h.counts["outcome "+string(r.Outcome)]++
		if r.Outcome == audit.OutcomeDone {
			recorded[madeChange{string(r.Action), string(r.Entry)}]++
		}
	}
	for _, n := range made {
		h.counts["made"] += n
	}
	for c, n := range made {
		if recorded[c] != n {
			h.t.Errorf("%s of %s: made %d times, %d recorded", c.action, c.entry, n, recorded[c])
		}
	}
	for c, n := range recorded {
		if made[c] == 0 {
			h.t.Errorf("%s of %s: %d recorded, and never made", c.action, c.entry, n)
		}
	}
	same := map[string]int{}
	for _, e := range h.sandbox.Entries() {
		if same[e.Name]++; same[e.Name] > 1 {
			h.t.Errorf("%s is there %d times, and no one has confirmed that", e.Name, same[e.Name])
		}
	}
	if _, err := h.store.Verify(h.t.Context(), nil); err != nil {
		h.t.Error(err)
	}
	if h.t.Failed() {
		h.dump()
	}
}

// madeChange is a change of an entry in the registry.
type madeChange struct{ action, entry string }

// made returns the changes that Namesake made at the API, and how often.
func (h *history) made() map[madeChange]int {
	actions := map[string]rbac.Action{http.MethodPost: rbac.CreateEntry, http.MethodPatch: rbac.EditEntry, http.MethodDelete: rbac.DeleteEntry}
	made := map[madeChange]int{}
	for _, c := range h.sandbox.Writes() {
		made[madeChange{string(actions[c.Method]), c.EntryID}]++
	}
	return made
}

// outcomes returns the record that holds for each intent.
func (h *history) outcomes() map[int64]audit.Record {
	records, err := h.store.Records(h.t.Context(), audit.Query{})
	must(h.t, err)
	holds := map[int64]audit.Record{} // the newest record comes first
	for _, r := range records {
		if _, newer := holds[r.Intent]; !newer && r.Intent != 0 {
			holds[r.Intent] = r
		}
	}
	return holds
}

// dump logs what happened.
func (h *history) dump() {
	records, err := h.store.Records(h.t.Context(), audit.Query{})
	must(h.t, err)
	for _, r := range slices.Backward(records) {
		h.t.Log(r.Seq, r.Time.Format("15:04:05.0"), r.Action, r.Entry, "intent", r.Intent, r.Outcome, r.After["name"], r.After["comments"], r.Errors, r.Messages)
	}
	for _, c := range h.sandbox.Calls() {
		if c.Method != http.MethodGet {
			h.t.Log(c.Time.Format("15:04:05.0"), c.Method, c.Path[max(0, len(c.Path)-8):], c.Status, c.Applied, c.EntryID, c.Fault)
		}
	}
}

// Whatever the API answers, and however late and out of sight its changes are: nothing is
// made twice that was not confirmed, and in the end every record says what happened.
func TestDoubtfulHistories(t *testing.T) {
	t.Parallel()
	first := *doubtSeed
	if first == 0 {
		first = rand.Uint64()
	}
	for _, name := range []string{"one copy on SQLite", "two copies on PostgreSQL"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			totals := map[string]int{}
			for i := range *doubtRuns {
				seed := first + uint64(i)
				t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
					h := newHistory(t, name == "two copies on PostgreSQL", seed)
					h.counts = totals
					for range *doubtSteps {
						h.do()
					}
					h.check()
				})
			}
			t.Logf("%d histories of %d steps: %v", *doubtRuns, *doubtSteps, totals)
		})
	}
}

// newHistory prepares a history in which nothing has happened.
func newHistory(t *testing.T, twoCopies bool, seed uint64, options ...func(*settings)) *history {
	t.Helper()
	h := &history{rng: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // what happens is to vary
	n := 1
	if twoCopies {
		n, h.database = 2, pgtest.NewDatabase(t)
		pgtest.OwnClock(t, h.database)
	}
	for range n {
		h.copies = append(h.copies, newApp(t, append(options, func(s *settings) {
			s.machineClock, s.database, s.sandbox.AllowDuplicates, s.sandbox.Seed = true, h.database, true, []sandbox.Entry{}
			if n > 1 {
				s.settleAfter, s.skew = time.Minute, time.Duration(h.pick(600)-300)*time.Second
			}
			if len(h.copies) > 0 {
				s.api, s.clock = h.copies[0].sandbox, h.copies[0].clock
			}
		})...))
	}
	h.app = h.copies[0]
	h.people = []*browser{h.as("editor"), h.as("admin")}
	return h
}
