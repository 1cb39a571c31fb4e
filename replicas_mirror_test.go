package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/store/pgtest"
)

// soon is how long a copy of the program takes at most to show what another one knows.
const soon = 2 * time.Second

// listed returns the names of the entries that a list has.
func (v visitor) listed(ctx context.Context, base string) (names []string, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/accounts/"+replicasAccount+"/entries?per_page=1000", http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	res, err := v.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	var answer struct{ Result []struct{ Name string } }
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", res.StatusCode, content)
	}
	if err != nil {
		return nil, err
	}
	err = json.Unmarshal(content, &answer)
	for _, e := range answer.Result {
		names = append(names, e.Name)
	}
	return names, err
}

// waitsFor reads the list of a copy until it has an entry, or has none of that name. A copy
// whose connections to the database were cut says so until it has found each of them.
func (v visitor) waitsFor(base, name string, there bool, patience time.Duration) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), patience)
	defer cancel()
	began := time.Now()
	for {
		names, err := v.listed(ctx, base)
		if err == nil && slices.Contains(names, name) == there {
			v.t.Logf("whether the list has %s is %v after %v", name, there, time.Since(began).Round(time.Millisecond))
			return
		}
		if ctx.Err() != nil {
			v.t.Fatalf("whether the list has %s is %v after %v: %v", name, !there, patience, err)
		}
	}
}

// What one copy of the program does or reads is in the list of the other one within two
// seconds, also after the connection over which that one hears of it was cut. One reading is
// enough for both.
func TestTwoCopiesShareTheRegistry(t *testing.T) {
	api, one, two := replicas(t, 3)
	v := newVisitor(t)
	v.sends(one+"/login", url.Values{"user": {"editor"}}, http.StatusSeeOther)
	entriesOf := func(base string) string { return base + "/accounts/" + replicasAccount + "/entries" }
	for _, base := range []string{one, two} {
		v.waitsFor(base, "Person 1", true, 20*time.Second)
	}

	v.sends(entriesOf(one), url.Values{"name": {"Ada"}, "email": {"ada@example.com"}, "key": {"ada"}}, http.StatusSeeOther)
	v.waitsFor(two, "Ada", true, soon)
	v.sends(entriesOf(two)+"/2/delete", url.Values{}, http.StatusSeeOther)
	v.waitsFor(one, "Person 2", false, soon)

	// A reading by one copy, which makes all the calls.
	calls := len(api.sandbox.Calls())
	e := api.sandbox.Entries()[0]
	e.ID, e.Name = "", "Grace"
	api.sandbox.Add(e)
	v.sends(one+"/accounts/"+replicasAccount+"/refresh", url.Values{}, http.StatusSeeOther)
	v.waitsFor(two, "Grace", true, soon)
	var paths []string
	for _, c := range api.sandbox.Calls()[calls:] {
		if strings.Contains(c.Path, "/impersonation_registry") { // not the settings around it
			paths = append(paths, c.Path)
		}
	}
	if len(paths) != 3 { // see docs/operations.md
		t.Errorf("a reading for both copies took %d calls: %s", len(paths), strings.Join(paths, "\n"))
	}

	pgtest.Kill(t, os.Getenv("NAMESAKE_DATABASE_URL"))
	form := url.Values{"name": {"Edsger"}, "email": {"edsger@example.com"}, "key": {"edsger"}}
	for range 20 { // connections to the database that were cut are found one by one
		if status, _ := v.answers(entriesOf(one), form); status == http.StatusSeeOther {
			break
		}
	}
	v.waitsFor(two, "Edsger", true, soon)
	v.sends(entriesOf(one), url.Values{"name": {"Barbara"}, "email": {"barbara@example.com"}, "key": {"barbara"}}, http.StatusSeeOther)
	v.waitsFor(two, "Barbara", true, soon)
}
