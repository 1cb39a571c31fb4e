package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
)

// shown tells of Ann's entry: whether a list has it, whether a read of it finds it, and
// under which name it is.
func (c *client) shown(id string) string {
	c.t.Helper()
	list := c.call("GET", registryPath, "")
	read, _, body, err := c.send("GET", registryPath+"/"+id, "")
	if err != nil {
		c.t.Fatal(err)
	}
	name := func(raw string) string {
		for _, name := range []string{"Bea", "Ann"} {
			if contains(raw, name) {
				return name
			}
		}
		return "-"
	}
	if read == http.StatusNotFound {
		body = ""
	}
	return "list " + name(list.Raw) + ", read " + name(body)
}

func contains(raw, name string) bool { return strings.Contains(raw, `"name":"`+name+`"`) }

// A change of each method that lists and reads show only later, and one that takes effect
// only later, whatever was answered.
func TestLagsAndLateEffects(t *testing.T) {
	const id = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
	lag := sandbox.Fault{Effect: sandbox.EffectWrite, ListLag: 3 * time.Second, EntryLag: time.Second}
	late := sandbox.Fault{Status: 500, Body: `{}`, Lands: 3 * time.Second}
	both := sandbox.Fault{Drop: sandbox.DropBefore, Lands: time.Second, ListLag: 2 * time.Second}
	tests := []struct {
		method string
		fault  sandbox.Fault
		status int
		shown  [5]string // after 0, 1, 2, 3 and 4 seconds
		made   [5]int    // changes in the log of calls by then
	}{
		{"PATCH", lag, 200, [5]string{"list Ann, read Ann", "list Ann, read Bea", "list Ann, read Bea", "list Bea, read Bea", "list Bea, read Bea"}, [5]int{1, 1, 1, 1, 1}},
		{"PATCH", late, 500, [5]string{"list Ann, read Ann", "list Ann, read Ann", "list Ann, read Ann", "list Bea, read Bea", "list Bea, read Bea"}, [5]int{0, 0, 0, 1, 1}},
		{"PATCH", both, 0, [5]string{"list Ann, read Ann", "list Ann, read Bea", "list Ann, read Bea", "list Bea, read Bea", "list Bea, read Bea"}, [5]int{0, 1, 1, 1, 1}},
		{"DELETE", lag, 200, [5]string{"list Ann, read Ann", "list Ann, read -", "list Ann, read -", "list -, read -", "list -, read -"}, [5]int{1, 1, 1, 1, 1}},
		{"DELETE", late, 500, [5]string{"list Ann, read Ann", "list Ann, read Ann", "list Ann, read Ann", "list -, read -", "list -, read -"}, [5]int{0, 0, 0, 1, 1}},
		{"DELETE", both, 0, [5]string{"list Ann, read Ann", "list Ann, read -", "list Ann, read -", "list -, read -", "list -, read -"}, [5]int{0, 1, 1, 1, 1}},
		{"POST", lag, 201, [5]string{"list -, read -", "list -, read -", "list -, read -", "list Ann, read -", "list Ann, read -"}, [5]int{1, 1, 1, 1, 1}},
		{"POST", late, 500, [5]string{"list -, read -", "list -, read -", "list -, read -", "list Ann, read -", "list Ann, read -"}, [5]int{0, 0, 0, 1, 1}},
		{"POST", both, 0, [5]string{"list -, read -", "list -, read -", "list -, read -", "list Ann, read -", "list Ann, read -"}, [5]int{0, 1, 1, 1, 1}},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.method, tt.status), func(t *testing.T) {
			now := start
			seed := []sandbox.Entry{entry("Ann", "ann@acme.example", "", 1)}
			seed[0].ID = id
			path, body := registryPath+"/"+id, `{"name":"Bea"}`
			if tt.method == "POST" {
				seed, path, body = none, registryPath, ann
			}
			sb, c := serve(t, sandbox.Options{Seed: seed, Now: func() time.Time { return now }})
			tt.fault.Method = tt.method
			sb.Inject(tt.fault)
			if status, _, _, err := c.send(tt.method, path, body); status != tt.status || (err != nil) != (tt.status == 0) {
				t.Fatalf("status %d, %v", status, err)
			}
			for second, want := range tt.shown {
				if got := c.shown(id); got != want {
					t.Errorf("after %d seconds: %s; want %s", second, got, want)
				}
				if got := len(sb.Writes()); got != tt.made[second] {
					t.Errorf("after %d seconds: %d changes, want %d", second, got, tt.made[second])
				}
				now = now.Add(time.Second)
			}
			for _, e := range sb.Entries() {
				if lands := start.Add(tt.fault.Lands).UTC().Truncate(time.Microsecond); tt.method == "POST" && !e.CreatedAt.Equal(lands) {
					t.Errorf("created at %v, want %v", e.CreatedAt, lands)
				}
			}
			if n, _ := sb.Late(); n != 0 {
				t.Errorf("%d calls have not landed", n)
			}
		})
	}
}

// An entry that is created, changed and deleted while lists lag shows all of it in turn.
func TestLagsFollowEachOther(t *testing.T) {
	now := start
	sb, c := serve(t, sandbox.Options{Seed: none, Now: func() time.Time { return now }})
	for range 3 {
		sb.Inject(sandbox.Fault{Effect: sandbox.EffectWrite, ListLag: 3 * time.Second})
	}
	made := c.create(ann).ID
	path := registryPath + "/" + made
	now = now.Add(time.Second)
	c.call("PATCH", path, `{"name":"Bea"}`)
	now = now.Add(time.Second)
	c.call("DELETE", path, "")
	for _, want := range []string{"list -, read -", "list Ann, read -", "list Bea, read -", "list -, read -"} {
		if got := c.shown(made); got != want {
			t.Errorf("%v: %s, want %s", now.Sub(start), got, want)
		}
		now = now.Add(time.Second)
	}
}
