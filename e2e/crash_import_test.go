package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"namesake/internal/store/pgtest"
)

var imported = flag.Int("imported", 30, "how many rows the list of TestKillDuringAnImport has")

// TestKillDuringAnImport kills the program with SIGKILL while it runs the plans of a list that
// two people import at the same time, and while the API's answers are ambiguous. Each row takes
// effect exactly once and is recorded once, no row is missing, the chain verifies, and the list
// changes nothing when it is imported again. Only with -settled it is waited for what became
// of the changes in doubt, and two copies on PostgreSQL share the plans, which takes minutes.
func TestKillDuringAnImport(t *testing.T) {
	t.Parallel()
	t.Run("one copy on SQLite", func(t *testing.T) {
		t.Parallel()
		newCrash(t, program, 1, "sqlite:"+filepath.Join(t.TempDir(), "namesake.db")).runImport(min(*kills, 50))
	})
	if !*settled {
		return // see make kill
	}
	t.Run("two copies on PostgreSQL", func(t *testing.T) {
		t.Parallel()
		newCrash(t, program, 2, pgtest.NewDatabase(t)).runImport(min(*kills, 50))
	})
}

// importList is a list of new entries and of edits, by name and address.
func (c *crash) importList() (list string, emails []string) {
	c.t.Helper()
	there := c.entries(*imported)
	var b strings.Builder
	b.WriteString("id,name,email,is_email_regex,comments\n")
	for i := range *imported {
		if i%3 == 0 {
			email := fmt.Sprintf("new%d@example.com", i)
			fmt.Fprintf(&b, ",New %d,%s,false,imported\n", i, email)
			emails = append(emails, email)
			continue
		}
		v := there[i].values
		fmt.Fprintf(&b, "%s,%q,%q,%v,imported\n", there[i].id, v["name"], v["email"], v["is_email_regex"])
	}
	return b.String(), emails
}

func (c *crash) runImport(kills int) {
	c.t.Helper()
	c.fill(6 * *imported)
	c.baseline()
	list, emails := c.importList()
	people := []person{c.by, c.copies[len(c.copies)-1].signInAs("editor")}
	paths := make([]string, len(people))
	var applying sync.WaitGroup
	for i, p := range people {
		paths[i] = c.upload(p, list)
	}
	for i, p := range people {
		applying.Go(func() { // the answer waits a moment for the end of the plan
			_, _, _ = p.send(c.t.Context(), c.copies[i%len(c.copies)].base()+paths[i]+"/apply", url.Values{"confirm": {strconv.Itoa(*imported)}})
		})
	}
	defer applying.Wait()
	for _, path := range paths {
		for c.plan(path).Result.State == "draft" {
			time.Sleep(5 * time.Millisecond)
		}
	}
	killed := 0
	for ; killed < kills && c.running(paths); killed++ {
		c.workload.doubt(c.api)
		c.wait()
		v := c.copies[rand.IntN(len(c.copies))] //nolint:gosec // which one is to vary
		v.end(syscall.SIGKILL)
		v.start()
	}
	c.api.control(http.MethodDelete, "faults", nil, new(any))
	done := 0
	for i, path := range paths {
		c.by = people[i]
		counts := c.restingPlan(path).Result.Counts
		done += counts["done"]
		c.t.Logf("plan %d: %v", i, counts)
		if open := counts["unknown"] + counts["failed"]; counts["waiting"] > 0 || open > 0 && *settled {
			c.t.Errorf("plan %d ended with %v", i, counts)
		}
	}
	c.by = people[0]
	made := len(c.made())
	if made > *imported || done > made || *settled && done != *imported {
		c.t.Errorf("%d operations are done and the API made %d changes, for %d rows", done, made, *imported)
	}
	c.t.Logf("killed %d times", killed)
	c.wantEntries(emails)
	if *settled {
		counts := c.plan(c.upload(c.by, list)).Result.Counts
		if counts["unchanged"] != *imported {
			c.t.Errorf("imported again: %v", counts)
		}
	}
	c.check()
}

// running reports whether one of the plans runs.
func (c *crash) running(paths []string) bool {
	for _, path := range paths {
		if c.plan(path).Result.State == "running" {
			return true
		}
	}
	return false
}

// wantEntries checks that the API has one entry of each address; without -settled, changes can
// still be in doubt, so some may be missing.
func (c *crash) wantEntries(emails []string) {
	c.t.Helper()
	times := map[string]int{}
	for _, v := range c.list(c.api.base, listPath, "sandbox") {
		if email := emailIn.FindStringSubmatch(v); email != nil {
			times[email[1]]++
		}
	}
	for _, email := range emails {
		if n := times[email]; n > 1 || n == 0 && *settled {
			c.t.Errorf("the API has %d entries of %s", n, email)
		}
	}
}

var emailIn = regexp.MustCompile(`email:(\S+)`)

// upload uploads a list, and returns the path of its plan.
func (c *crash) upload(p person, list string) (path string) {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "people.csv")
	if err != nil {
		c.t.Fatal(err)
	}
	_, _ = part.Write([]byte(list)) // to memory
	_ = w.Close()                   // likewise
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.copies[0].base()+"/accounts/"+account+"/imports", &body)
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	res, err := p.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		c.t.Fatalf("the upload: %d", res.StatusCode)
	}
	path = res.Header.Get("Location")
	for c.plan(path).Result.State == "listing" {
		time.Sleep(5 * time.Millisecond)
	}
	return path
}
