package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/store"
	"namesake/internal/store/pgtest"
)

var planned = flag.Int("planned", 30, "how many operations the plan of TestKillDuringAPlan has")

// TestKillDuringAPlan kills the program with SIGKILL while it runs a plan of mixed
// operations. The plan goes on by itself, each operation is made exactly once and recorded,
// and the chain verifies. With -settled it is waited for what became of each operation, and
// two copies on PostgreSQL share a plan: it takes half a minute until one takes over from the
// other.
func TestKillDuringAPlan(t *testing.T) {
	t.Parallel()
	t.Run("one copy on SQLite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "namesake.db")
		newCrash(t, program, 1, "sqlite:"+path).runPlan(store.Options{Engine: store.SQLite, Path: path}, min(*kills, 20))
	})
	if !*settled {
		return // the second part takes minutes: see make kill
	}
	t.Run("two copies on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		database := pgtest.NewDatabase(t)
		newCrash(t, program, 2, database).runPlan(store.Options{Engine: store.Postgres, URL: database}, min(*kills, 6))
	})
}

// planAnswer is what the test reads of a plan, and of a list of entries.
type planAnswer struct {
	Result struct {
		State      string
		Counts     map[string]int
		Operations []struct {
			Op      string
			EntryID string `json:"entry_id"`
			State   string
			Record  int64
		}
	}
}

func (c *crash) runPlan(database store.Options, kills int) {
	c.t.Helper()
	c.fill(6 * *planned)
	path := c.draftMixed(database)
	base := c.copies[0].base()
	var applying sync.WaitGroup
	applying.Go(func() { // the answer waits a moment for the end of the plan
		_, _, _ = c.by.send(c.t.Context(), base+path+"/apply", url.Values{"confirm": {strconv.Itoa(*planned)}})
	})
	defer applying.Wait()
	for c.plan(path).Result.State == "draft" {
		time.Sleep(5 * time.Millisecond)
	}
	killed := 0
	for ; killed < kills && c.plan(path).Result.State == "running"; killed++ {
		c.wait()
		v := c.copies[rand.IntN(len(c.copies))] //nolint:gosec // which one is to vary
		v.end(syscall.SIGKILL)
		v.start()
	}
	p := c.restingPlan(path)
	counts := p.Result.Counts
	if done, open := counts["done"], counts["unknown"]+counts["failed"]; done+open != *planned || open > 0 && *settled {
		c.t.Errorf("the plan ended with %v", counts)
	}
	for _, o := range p.Result.Operations {
		if o.State == "done" && (o.EntryID == "" || o.Record == 0) {
			c.t.Errorf("done without an entry or a record: %+v", o)
		}
	}
	if made := len(c.made()); made < counts["done"] || made > *planned {
		c.t.Errorf("the API made %d changes; %d operations are done", made, counts["done"])
	}
	c.t.Logf("killed %d times, %v", killed, counts)
	c.check()
}

// draftMixed makes a draft of creates, edits and deletions in the database, for the person of
// the test, and returns its path.
func (c *crash) draftMixed(o store.Options) (path string) {
	c.t.Helper()
	list := c.entries(*planned)
	location, err := c.by.change(c.t.Context(), c.copies[0].base()+"/accounts/"+account+"/plans", url.Values{"id": {list[0].id}})
	if err != nil {
		c.t.Fatal(err)
	}
	database, err := store.Open(c.t.Context(), o)
	if err != nil {
		c.t.Fatal(err)
	}
	defer database.Close()
	of, _, err := database.Plan(c.t.Context(), location[strings.LastIndex(location, "/")+1:])
	if err != nil {
		c.t.Fatal(err)
	}
	p := plan.Plan{ID: "MIXED", Account: of.Account, Origin: plan.Import, Owner: of.Owner, State: plan.Draft, Listed: true, Created: database.Now(), Changed: database.Now()}
	var operations []plan.Operation
	for i := range *planned {
		o := plan.Operation{Position: i, State: plan.OpWaiting}
		switch i % 3 {
		case 0:
			o.Kind, o.Key = plan.Create, fmt.Sprint("mixed ", i)
			o.After = registry.Values{"name": fmt.Sprint("New ", i), "email": fmt.Sprintf("new%d@example.com", i), "is_email_regex": false}
		case 1:
			o.Kind, o.EntryID, o.Before = plan.Edit, registry.ID(list[i].id), list[i].values
			o.After = registry.Values{"name": list[i].values["name"], "email": list[i].values["email"], "is_email_regex": list[i].values["is_email_regex"], "comments": "planned", "provenance": string(registry.Manual)}
		default:
			o.Kind, o.EntryID, o.Before = plan.Delete, registry.ID(list[i].id), list[i].values
		}
		operations = append(operations, o)
	}
	if err := database.AddPlan(c.t.Context(), p, operations); err != nil {
		c.t.Fatal(err)
	}
	return "/accounts/" + account + "/plans/MIXED"
}

type listed struct {
	id     string
	values registry.Values
}

// entries are at least n entries that can be changed, as a list shows them.
func (c *crash) entries(n int) (list []listed) {
	c.t.Helper()
	for page := 1; len(list) < n; page++ {
		var answer struct {
			Result []struct {
				ID           string
				Name, Email  string
				IsEmailRegex bool `json:"is_email_regex"`
				Comments     *string
				Provenance   string
			}
		}
		c.json(fmt.Sprintf("%s?per_page=1000&page=%d", entriesPath, page), &answer)
		if len(answer.Result) == 0 {
			c.t.Fatalf("only %d entries can be changed", len(list))
		}
		for _, e := range answer.Result {
			if e.Provenance != string(registry.Manual) {
				continue
			}
			v := registry.Values{"name": e.Name, "email": e.Email, "is_email_regex": e.IsEmailRegex, "provenance": e.Provenance}
			if e.Comments != nil && *e.Comments != "" {
				v["comments"] = *e.Comments
			}
			list = append(list, listed{e.ID, v})
		}
	}
	return list
}

// json reads an answer in JSON.
func (c *crash) json(path string, into any) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.copies[0].base()+path, http.NoBody)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Accept", "application/json")
	status, body, err := c.by.do(req)
	if err != nil || status != http.StatusOK {
		c.t.Fatalf("%s: %d %v %s", path, status, err, body)
	}
	if err := json.Unmarshal([]byte(body), into); err != nil {
		c.t.Fatal(err)
	}
}

func (c *crash) plan(path string) (p planAnswer) {
	c.t.Helper()
	c.json(path+"?per_page=1000", &p)
	return p
}

// restingPlan waits until the plan is done, and, with -settled, every operation of it: it
// resumes the plan, and tries those again of which it is not known what became.
func (c *crash) restingPlan(path string) planAnswer {
	c.t.Helper()
	deadline := time.Now().Add(3 * patience)
	if *settled {
		deadline = time.Now().Add(8 * time.Minute)
	}
	for {
		p := c.plan(path)
		open := p.Result.Counts["unknown"] + p.Result.Counts["failed"]
		act := ""
		switch {
		case p.Result.State == "done" && (open == 0 || !*settled):
			return p
		case p.Result.State == "paused":
			act = "resume"
		case p.Result.State == "done" && p.Result.Counts["unknown"] == 0:
			act = "retry"
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("the plan has not ended: %s %v", p.Result.State, p.Result.Counts)
		}
		if act != "" {
			if _, _, err := c.by.send(c.t.Context(), c.copies[0].base()+path+"/"+act, nil); err != nil {
				c.t.Fatal(err)
			}
		}
		time.Sleep(200 * time.Millisecond) // the program goes on by itself
	}
}
