package patterns

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hold takes a turn for a person and returns the function that gives it back.
func hold(t *testing.T, p *Pool, person string) (release func()) {
	t.Helper()
	who, err := p.begin(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	return func() { p.end(who) }
}

// waits blocks until n pieces of work wait.
func (p *Pool) waits(n int) {
	for {
		p.mu.Lock()
		is := p.waiting
		p.mu.Unlock()
		if is == n {
			return
		}
		runtime.Gosched()
	}
}

func TestAPersonGetsOneTurnAtATimeAndAllSoMany(t *testing.T) {
	var mu sync.Mutex
	most, under := 0, map[string]int{}
	p := NewPool(Options{Turns: 2, Started: func(_ string, n int) { most = max(most, n) }})
	var work sync.WaitGroup
	for i := range 60 {
		name := fmt.Sprint("person ", i%6)
		work.Go(func() {
			err := Turn(p.In(t.Context(), name), func() {
				mu.Lock()
				if under[name]++; under[name] > 1 {
					t.Errorf("%s has %d turns", name, under[name])
				}
				mu.Unlock()
				mu.Lock()
				under[name]--
				mu.Unlock()
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	work.Wait()
	if most > 2 || len(p.people) != 0 || p.waiting != 0 || p.running != 0 {
		t.Errorf("at most %d at a time; left: %d people, %d waiting, %d running", most, len(p.people), p.waiting, p.running)
	}
}

// TestTurnsAreFair checks that a person with much work does not keep others waiting.
func TestTurnsAreFair(t *testing.T) {
	var order []string
	p := NewPool(Options{Turns: 1, Started: func(name string, _ int) { order = append(order, name) }})
	release := hold(t, p, "busy")
	var work sync.WaitGroup
	for i, name := range []string{"busy", "busy", "busy", "ada", "bob", "ada"} {
		work.Go(func() { _ = Turn(p.In(t.Context(), name), func() {}) })
		p.waits(i + 1)
	}
	release()
	work.Wait()
	if got, want := strings.Join(order, " "), "busy ada bob busy ada busy busy"; got != want {
		t.Errorf("turns: %s, want %s", got, want)
	}
}

func TestWaitingIsBounded(t *testing.T) {
	p := NewPool(Options{Turns: 1})
	release := hold(t, p, "other")
	var served atomic.Int32
	var work sync.WaitGroup
	queue := func(name string) {
		work.Go(func() {
			if Turn(p.In(t.Context(), name), func() {}) == nil {
				served.Add(1)
			}
		})
	}
	refused := func(name string, own bool) {
		t.Helper()
		var busy *BusyError
		if err := Turn(p.In(t.Context(), name), func() { t.Error("done without a turn") }); !errors.As(err, &busy) || busy.Own != own {
			t.Errorf("%s: %v, want to be refused, because of own work: %v", name, err, own)
		}
	}
	for i := range maxWaiting {
		queue(fmt.Sprint("person ", i/maxOwnWaiting))
		p.waits(i + 1)
	}
	refused("person 0", true)
	refused("one more", false)
	release()
	work.Wait()
	if served.Load() != maxWaiting || len(p.people) != 0 {
		t.Errorf("%d served, %d people left", served.Load(), len(p.people))
	}
}

func TestWaitingEnds(t *testing.T) {
	p := NewPool(Options{Turns: 1, MaxWait: time.Millisecond})
	release := hold(t, p, "one")
	var busy *BusyError
	for name, own := range map[string]bool{"one": true, "another": false} {
		if err := Turn(p.In(t.Context(), name), func() {}); !errors.As(err, &busy) || busy.Own != own {
			t.Errorf("%s: %v, want to be refused after a while, because of own work: %v", name, err, own)
		}
	}
	p.maxWait = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { gone <- Turn(p.In(ctx, "another"), func() {}) }()
	p.waits(1)
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("after it was cancelled: %v", err)
	}
	release()
	if err := Turn(p.In(ctx, "another"), func() {}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before: %v", err)
	}
	if len(p.people) != 0 || p.waiting != 0 || p.running != 0 || len(p.next) != 0 {
		t.Errorf("left: %d people, %d waiting, %d running", len(p.people), p.waiting, p.running)
	}
}

func TestRepliesAreRemembered(t *testing.T) {
	turns := 0
	p := NewPool(Options{Started: func(string, int) { turns++ }})
	ctx := p.In(t.Context(), "ada")
	ask := func(what string, ask func() string, want string, wantTurns int) {
		t.Helper()
		before := turns
		if got := ask(); got != want || turns-before != wantTurns {
			t.Errorf("%s: %q in %d turns, want %q in %d", what, got, turns-before, want, wantTurns)
		}
	}
	match := func(pattern, input string) func() string {
		return func() string { r, err := Match(ctx, pattern, input); return fmt.Sprint(r.Matches, err) }
	}
	letsIn := func(pattern string) func() string {
		return func() string { f, ok, err := LetsIn(ctx, pattern); return fmt.Sprint(f.ID, ok, err) }
	}
	for _, n := range []int{1, 0} {
		ask("match", match(`a+@x`, "aa@x"), "true <nil>", n)
		ask("another input", match(`a+@x`, "b@x"), "false <nil>", n)
		ask("refused", match(`a(`, "b@x"), "false the group opened at character 2 is never closed", n)
		ask("finding", letsIn(`.*`), "matches-everythingtrue <nil>", n)
	}
	long := strings.Repeat("a", 3000)
	ask("long", match(long, long), "true <nil>", 1)
	ask("long, again", match(long, long), "true <nil>", 1)

	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Match(p.In(cancelled, "ada"), `b+`, "b"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	ask("not remembered of who has gone", match(`b+`, "b"), "true <nil>", 1)
	if r, err := Match(t.Context(), `a`, "a"); err != nil || !r.Matches {
		t.Errorf("without a pool: %v, %v", r, err)
	}
}

// TestSameQuestionsAtOnce checks that simultaneous equal questions cause work once.
func TestSameQuestionsAtOnce(t *testing.T) {
	p := NewPool(Options{Turns: 1})
	release := hold(t, p, "other")
	var work sync.WaitGroup
	answers := make([]bool, 10)
	for i := range answers {
		work.Go(func() {
			r, err := Match(p.In(t.Context(), "ada"), `a+`, "a")
			answers[i] = err == nil && r.Matches
		})
		p.waits(i + 1)
	}
	release()
	work.Wait()
	if slices.Contains(answers, false) || p.remembered.replies.Len() != 1 {
		t.Errorf("answers %v, %d remembered", answers, p.remembered.replies.Len())
	}
}
