package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"
)

const listPath = "/client/v4/accounts/" + account + "/email-security/settings/impersonation_registry"

// values are those of an entry, as JSON.
type values map[string]any

// String is the same for entries with the same values.
func (v values) String() string {
	of := map[string]any{}
	for name, value := range v {
		if value != nil && value != "" && name != "id" && name != "created_at" && name != "modified_at" && name != "last_modified" {
			of[name] = value
		}
	}
	return fmt.Sprint(of)
}

// others are the changes that someone else makes.
type others struct {
	before map[string]string // the values of the entries before the first change
	made   map[string]int    // how often someone else has changed each entry
}

// registryChange is a change as Namesake reports it.
type registryChange struct {
	Entry  string `json:"entry_id"`
	Kind   string `json:"kind"`
	By     string `json:"by"`
	Before values `json:"before"`
	After  values `json:"after"`
	Record int64  `json:"record"`
}

// elsewhere makes changes as someone else, and returns how often each entry was changed so.
func (a *api) elsewhere(change map[string]int) (made map[string]int) {
	a.t.Helper()
	method := http.MethodGet
	if change != nil {
		method = http.MethodPost
	}
	a.control(method, "elsewhere", change, &made)
	return made
}

// pages reads all pages of a list in JSON.
func (c *crash) pages(base, path, token string, add func(result json.RawMessage) (n int)) {
	c.t.Helper()
	for page, read := 1, 0; ; page++ {
		req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, fmt.Sprintf("%s%s?per_page=1000&page=%d", base, path, page), http.NoBody)
		if err != nil {
			c.t.Fatal(err)
		}
		req.Header.Set("Accept", "application/json")
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		status, body, err := c.by.do(req)
		var answer struct {
			Result json.RawMessage
			Info   struct {
				Total int `json:"total_count"`
			} `json:"result_info"`
		}
		if err != nil || status != http.StatusOK || json.Unmarshal([]byte(body), &answer) != nil {
			c.t.Fatalf("%s: %d %v %s", path, status, err, body)
		}
		n := add(answer.Result)
		if read += n; n == 0 || read >= answer.Info.Total {
			return
		}
	}
}

// list returns the values of all entries that a list has.
func (c *crash) list(base, path, token string) map[string]string {
	c.t.Helper()
	all := map[string]string{}
	c.pages(base, path, token, func(result json.RawMessage) int {
		var page []values
		if err := json.Unmarshal(result, &page); err != nil {
			c.t.Fatal(err)
		}
		for _, v := range page {
			all[v["id"].(string)] = v.String()
		}
		return len(page)
	})
	return all
}

// fill replaces what the API holds by n entries, and has Namesake read them.
func (c *crash) fill(n int) {
	c.t.Helper()
	c.api.control(http.MethodPost, "fill", map[string]int{"entries": n}, new(any))
	for range 2 { // the first one may wait for a pass that read what was there before
		if err := c.refresh(c.t.Context(), c.copies[0].base()); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *crash) refresh(ctx context.Context, base string) error {
	_, err := c.by.change(ctx, base+"/accounts/"+account+"/refresh", nil)
	return err
}

// baseline has the registry read for the first time.
func (c *crash) baseline() {
	c.t.Helper()
	if err := c.refresh(c.t.Context(), c.copies[0].base()); err != nil {
		c.t.Fatal(err)
	}
	c.others.before = c.list(c.api.base, listPath, "sandbox")
}

// changeElsewhere changes the registry as someone else, and has it read, until ctx ends.
func (c *crash) changeElsewhere(ctx context.Context) {
	for ctx.Err() == nil {
		if rand.IntN(3) == 0 { //nolint:gosec // what happens when is to vary
			c.api.control(http.MethodPost, "faults", map[string]any{"method": http.MethodGet, "path": "impersonation_registry", "times": 1 + rand.IntN(20), "cap": 10 + rand.IntN(30)}, new(any)) //nolint:gosec // likewise
		}
		change := []string{"create", "edit", "delete"}[rand.IntN(3)] //nolint:gosec // likewise
		c.api.elsewhere(map[string]int{change: 1})
		if bases := c.workload.running(c.copies); len(bases) > 0 {
			_ = c.refresh(ctx, bases[0]) // a copy that is killed does not answer
		}
	}
}

// doubtful returns the entries, and the addresses of creates, of which it is not known yet
// what Namesake did to them.
func doubtful(trail []record) (entries, emails map[string]bool) {
	outcome := map[int64]string{}
	for _, r := range trail {
		outcome[r.Intent] = r.Outcome
	}
	entries, emails = map[string]bool{}, map[string]bool{}
	for _, r := range trail {
		if r.Outcome != "intent" || final(outcome[r.Seq]) {
			continue
		}
		if entries[r.Entry] = true; r.Entry == "" {
			emails[r.After.Email] = true
		}
	}
	return entries, emails
}

// differences returns how a list differs from what the API has, of entries without doubt. It
// takes half a minute until it is certain that an entry which had just changed was deleted, so
// without -settled lists may have such entries.
func (c *crash) differences(has, api map[string]string, trail []record) (all []string) {
	entries, emails := doubtful(trail)
	of := func(from, to map[string]string) {
		for id, v := range from {
			inDoubt := entries[id]
			for email := range emails {
				inDoubt = inDoubt || strings.Contains(v, "email:"+email+" ")
			}
			_, exists := api[id]
			if deleted := !exists && c.others.made[id] > 0; to[id] != v && !inDoubt && (!deleted || *settled) {
				all = append(all, fmt.Sprintf("%s is %s, and in the API %s", id, has[id], api[id]))
			}
		}
	}
	of(has, api)
	of(api, has)
	return all
}

// checkMirror has the registry read until the lists of all copies have what the API has, and
// compares the changes with what was done.
func (c *crash) checkMirror() {
	c.t.Helper()
	deadline := time.Now().Add(patience)
	if *settled {
		deadline = time.Now().Add(2 * time.Minute)
	}
	var api map[string]string
	for first, readings := time.Now(), 1; ; readings++ {
		if err := c.refresh(c.t.Context(), c.copies[0].base()); err != nil {
			c.t.Fatal(err)
		}
		api = c.list(c.api.base, listPath, "sandbox")
		var wrong []string
		trail := c.trail()
		for i, v := range c.copies {
			for _, w := range c.differences(c.list(v.base(), entriesPath, ""), api, trail) {
				wrong = append(wrong, fmt.Sprintf("copy %d: %s", i, w))
			}
		}
		if len(wrong) == 0 && readings > 1 {
			c.t.Logf("the lists have the %d entries of the API after %d readings in %v", len(api), readings, time.Since(first).Round(time.Millisecond))
			break
		}
		if time.Now().After(deadline) {
			c.t.Errorf("after %d readings the lists differ from the API: %s", readings, strings.Join(wrong, "\n"))
			break
		}
		time.Sleep(100 * time.Millisecond) // the other copy follows by itself
	}
	c.checkChanges(api)
}

// checkChanges compares the reported changes with the audit trail and with those that someone
// else has made.
func (c *crash) checkChanges(api map[string]string) {
	c.t.Helper()
	var changes []registryChange
	c.pages(c.copies[0].base(), "/accounts/"+account+"/changes", "", func(result json.RawMessage) int {
		var page []registryChange
		if err := json.Unmarshal(result, &page); err != nil {
			c.t.Fatal(err)
		}
		changes = append(changes, page...)
		return len(page)
	})
	slices.Reverse(changes)
	trail, made := c.trail(), map[string]int{}
	for _, m := range c.made() {
		made[m.entry]++
	}
	state, here, elsewhere := c.others.before, map[change]int{}, map[string]int{}
	kinds := map[string]string{"created": "entry.create", "edited": "entry.edit", "deleted": "entry.delete"}
	for _, r := range changes {
		before := ""
		if r.Before != nil {
			before = r.Before.String()
		}
		if state[r.Entry] != before {
			c.t.Errorf("%+v starts from another state than the change before it ended with: %s", r, state[r.Entry])
		}
		if delete(state, r.Entry); r.After != nil {
			state[r.Entry] = r.After.String()
		}
		if r.By == "here" {
			here[change{kinds[r.Kind], r.Entry}]++
		} else {
			elsewhere[r.Entry]++
		}
	}
	for _, w := range c.differences(state, api, trail) {
		c.t.Errorf("by the changes, %s", w)
	}
	for id, n := range elsewhere {
		most := c.others.made[id]
		if most > 0 { // a change of Namesake may not show after someone else has changed the entry again
			most += made[id]
		}
		if n > most {
			c.t.Errorf("%d changes of %s elsewhere are reported, and %d were made, and %d by Namesake", n, id, c.others.made[id], made[id])
		}
	}
	recorded := map[change]int{}
	for _, r := range trail {
		if r.Outcome == "done" && strings.HasPrefix(r.Action, "entry.") {
			recorded[change{r.Action, r.Entry}]++
		}
	}
	for of, n := range recorded {
		if here[of] != n {
			c.t.Errorf("%s of %s has %d records and is reported %d times", of.action, of.entry, n, here[of])
		}
	}
	for of := range here {
		if recorded[of] == 0 {
			c.t.Errorf("%s of %s is reported and has no record", of.action, of.entry)
		}
	}
	times := 0
	for _, n := range c.others.made {
		times += n
	}
	c.t.Logf("%d changes elsewhere of %d entries; %d changes are reported, of which %d elsewhere on %d entries", times, len(c.others.made), len(changes), len(changes)-sum(here), len(elsewhere))
}

func sum(of map[change]int) (n int) {
	for _, times := range of {
		n += times
	}
	return n
}
