package cfapi_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

func asPerson(ctx context.Context, name string) context.Context {
	return registry.AskedBy(ctx, rbac.Actor{Issuer: "test", Subject: name}.Key())
}

// heldBack reports whether a call was not made because of a limit.
func heldBack(err error) bool {
	var failed *registry.APIError
	return errors.As(err, &failed) && failed.HeldBack()
}

// readAll makes calls as a person until they are held back, and returns how many were made.
func readAll(ctx context.Context, t *testing.T, c *cfapi.Client) (made int) {
	t.Helper()
	for ; ; made++ {
		if err := list(ctx, c, ""); heldBack(err) {
			return made
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// What a person gets of the budget: less than what is left for others, even for the last one
// gets something, and changes get what reads leave to them.
func TestSharesOfTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &busyAPI{}
		c := newClient(t, cfapi.Options{BaseURL: "http://127.0.0.1", Account: account, Token: token, Budget: 100, Transport: api})
		for i, want := range []int{45, 23, 11, 6, 3} { // of 90 that reads may take
			if made := readAll(asPerson(t.Context(), fmt.Sprint(i)), t, c); made != want {
				t.Errorf("person %d made %d calls, want %d", i, made, want)
			}
		}
		change := registry.ForChange(asPerson(t.Context(), "0"))
		if made := readAll(change, t, c); made != 6 { // of 12 that are left
			t.Errorf("%d calls of changes", made)
		}
		if made := readAll(registry.ForChange(asPerson(t.Context(), "1")), t, c); made != 3 {
			t.Errorf("%d calls of another person's changes", made)
		}
		if err := list(t.Context(), c, ""); err != nil {
			t.Errorf("the program itself: %v", err)
		}
		time.Sleep(5 * time.Minute)
		if made := readAll(asPerson(t.Context(), "0"), t, c); made != 45 {
			t.Errorf("%d calls in the next window", made)
		}
	})
}

// Two who read at the same time get as much as each other.
func TestSharesSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, cfapi.Options{BaseURL: "http://127.0.0.1", Account: account, Token: token, Budget: 100, Transport: &busyAPI{}})
		a, b := asPerson(t.Context(), "a"), asPerson(t.Context(), "b")
		made := 0
		for ; list(a, c, "") == nil && list(b, c, "") == nil; made++ {
		}
		if made != 30 {
			t.Errorf("each made %d calls, want a third of 90", made)
		}
	})
}

// A person who asks for much at once takes some of the turns only, and the others are
// not behind all of that.
func TestSharesOfTheTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := &busyAPI{takes: time.Second}
		c, _ := paced(t, api)
		var all sync.WaitGroup
		ask := func(ctx context.Context, name string) {
			all.Go(func() {
				if err := list(ctx, c, name); err != nil {
					t.Error(err)
				}
			})
			synctest.Wait()
		}
		for range 9 {
			ask(asPerson(t.Context(), "greedy"), "greedy")
		}
		time.Sleep(time.Second / 2)
		ask(asPerson(t.Context(), "other"), "other")
		ask(registry.ForChange(asPerson(t.Context(), "greedy")), "change")
		ask(asPerson(t.Context(), "other"), "other")
		all.Wait()
		came := map[string][]time.Duration{}
		for _, a := range api.arrivals() {
			came[a.search] = append(came[a.search], a.at)
		}
		if got := fmt.Sprint(came["change"], came["other"]); got != "[500ms] [500ms 500ms]" && got != "[500ms] [500ms 1s]" {
			t.Errorf("arrived at %s, want at once", got)
		}
		if first := came["greedy"]; len(first) != 9 || first[2] != 0 || first[3] == 0 {
			t.Errorf("the greedy one's calls came at %v, want three at once", first)
		}
	})
}
