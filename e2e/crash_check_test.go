package e2e

import (
	"encoding/json"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// record is what the check reads of an audit record.
type record struct {
	Seq     int64  `json:"seq"`
	Time    string `json:"time"`
	Action  string `json:"action"`
	Entry   string `json:"entry_id"`
	Intent  int64  `json:"intent"`
	Outcome string `json:"outcome"`
	After   struct {
		Email string `json:"email"`
	} `json:"after"`
}

// final reports whether nothing more is recorded of an intent with that outcome.
func final(outcome string) bool {
	return outcome == "done" || outcome == "failed" || outcome == "refused"
}

// change is a change that the API made, or that a record says it made.
type change struct{ action, entry string }

// made returns the changes that the API has made so far.
func (c *crash) made() (all []change) {
	c.t.Helper()
	var calls []struct {
		Method  string
		Applied bool
		EntryID string `json:"entry"`
	}
	c.api.control(http.MethodGet, "calls", nil, &calls)
	actions := map[string]string{http.MethodPost: "entry.create", http.MethodPatch: "entry.edit", http.MethodDelete: "entry.delete"}
	for _, call := range calls {
		if action := actions[call.Method]; action != "" && call.Applied {
			all = append(all, change{action, call.EntryID})
		}
	}
	return all
}

// settle waits until every change has its record, and returns both. On PostgreSQL it does so
// only with -settled, because another copy takes over a killed copy's changes only after 90
// seconds.
func (c *crash) settle() (made []change, trail []record) {
	c.t.Helper()
	waits := *settled || len(c.copies) == 1
	deadline := time.Now().Add(patience)
	if *settled {
		deadline = time.Now().Add(5 * time.Minute)
		if *clocks { // a step back of five minutes makes Namesake wait longer, see stepClock
			deadline = deadline.Add(10 * time.Minute)
		}
	}
	for {
		made, trail, c.others.made = c.made(), c.trail(), c.api.elsewhere(nil)
		done, outcome := map[change]bool{}, map[int64]string{} // of each intent
		for _, r := range trail {
			if r.Intent != 0 {
				outcome[r.Intent] = r.Outcome // the newest one holds
			}
			if r.Outcome == "done" {
				done[change{r.Action, r.Entry}] = true
			}
		}
		open, lost := 0, 0
		for _, m := range made {
			switch {
			case !waits || done[m]:
			case c.others.made[m.entry] == 0:
				open++ // it is looked for
			case m.action == "entry.create":
				lost++ // it was changed by someone else before it was found
			}
		}
		for _, r := range trail {
			// The effect on an entry may not show after someone else has changed it.
			if o := outcome[r.Seq]; waits && r.Outcome == "intent" && !final(o) && (*settled && c.others.made[r.Entry] == 0 || o == "") {
				if r.Action == "entry.create" && o != "" && lost > 0 {
					lost--
					continue
				}
				if open++; time.Now().After(deadline) {
					c.t.Logf("without an outcome but %q: %+v", o, r)
				}
			}
		}
		open += len(c.made()) - len(made) // deletions of many go on in the background
		if open == 0 {
			return made, trail
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("%d intents have no outcome", open)
		}
		time.Sleep(200 * time.Millisecond) // the program looks by itself
	}
}

// check compares the audit trail with what the API did, by entry and kind, and ends the
// program.
func (c *crash) check() {
	c.t.Helper()
	made, trail := c.settle()
	times, recorded, kinds := map[change]int{}, map[change]int{}, map[string]int{}
	for _, m := range made {
		times[m]++
		kinds[m.action]++
	}
	emails, open, unknown := map[string]int{}, map[change]int{}, 0
	outcome := map[int64]string{}
	for _, r := range trail {
		outcome[r.Intent] = r.Outcome
		if r.Outcome == "unknown" {
			unknown++
		}
		if !strings.HasPrefix(r.Action, "entry.") || r.Outcome != "done" {
			continue
		}
		recorded[change{r.Action, r.Entry}]++
		if r.Action == "entry.create" {
			emails[r.After.Email]++
		}
	}
	for _, r := range trail {
		if r.Outcome == "intent" && !final(outcome[r.Seq]) {
			open[change{r.Action, r.Entry}]++ // a create's has no entry
		}
	}
	unrecorded := 0
	elsewhere := 0
	for m, n := range times {
		if c.others.made[m.entry] > 0 { // whether Namesake changed it as well may not show
			elsewhere++
			if n > 1 {
				c.t.Errorf("%s of %s: made %d times", m.action, m.entry, n)
			}
			continue
		}
		intent := m
		if m.action == "entry.create" {
			intent.entry = ""
		}
		if n == 1 && recorded[m] == 0 && open[intent] > 0 {
			open[intent]-- // settle has waited for it, where that is to be
			unrecorded++
			continue
		}
		if n != 1 || recorded[m] != 1 {
			c.t.Errorf("%s of %s: made %d times, with %d records", m.action, m.entry, n, recorded[m])
			for _, r := range trail {
				if r.Entry == m.entry {
					c.t.Logf("recorded: %+v", r)
				}
			}
		}
	}
	for email, n := range emails {
		if n != 1 {
			c.t.Errorf("%s was created %d times", email, n)
		}
	}
	for m, n := range recorded {
		if c.others.made[m.entry] > 0 {
			delete(recorded, m)
			if n > 1 {
				c.t.Errorf("%s of %s: %d records", m.action, m.entry, n)
			}
		}
	}
	if len(recorded)+unrecorded != len(times)-elsewhere {
		c.t.Errorf("%d changes are recorded and %d are looked for, but the API made %d", len(recorded), unrecorded, len(times))
	}
	for _, v := range c.copies {
		v.end(syscall.SIGTERM)
	}
	verify := exec.CommandContext(c.t.Context(), program, "audit", "verify")
	verify.Env = slices.Clone(c.copies[0].env)
	out, err := verify.CombinedOutput()
	if err != nil {
		c.t.Errorf("the chain does not verify: %v %s", err, out)
	}
	c.t.Logf("%d kills, %d forms, %v made, %d of them still looked for, %d audit records, %d unknown at first; %s",
		*kills, c.workload.forms, kinds, unrecorded, len(trail), unknown, strings.TrimSpace(string(out)))
}

// trail reads the audit trail.
func (c *crash) trail() (trail []record) {
	c.t.Helper()
	status, body, err := c.by.get(c.t.Context(), c.copies[0].base()+"/audit.jsonl")
	if err != nil || status != http.StatusOK {
		c.t.Fatalf("export: %d %v %s", status, err, body)
	}
	for line := range strings.Lines(body) {
		var r record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			c.t.Fatalf("%v in %s", err, line)
		}
		trail = append(trail, r)
	}
	return trail
}
