package cfapi

import (
	"context"
	"time"

	"namesake/internal/registry"
)

// user is a person, with reads and changes counted separately. The zero user is the
// program itself, whose calls have no share.
type user struct {
	person string
	change bool
}

func userOf(ctx context.Context) user {
	if registry.InBackground(ctx) { // a plan's calls don't count in its owner's share
		return user{}
	}
	return user{registry.Asker(ctx), registry.IsForChange(ctx)}
}

// The rule of a share, for simultaneous calls and for the budget: a user's share must be
// less than the rest. So one person alone gets half, two get a third each, and a person who
// comes last still gets something. For reads, the rest excludes the part for changes.

// first reports whether the class of w comes before that of o.
func (w *waiter) first(o *waiter) bool { return w.class() < o.class() }

func (w *waiter) class() int {
	if w.by.change || w.by.person == "" {
		return 0
	}
	return 1
}

// place returns how many waiters come before the one at that index of the queue: those of
// an earlier class, and those of users with fewer calls in progress or waiting.
func (p *pacer) place(at int) int {
	w := p.people[at]
	rounds := make(map[user]int, len(p.inProgress))
	round := func(by user) int {
		n, met := rounds[by]
		if !met {
			n = p.inProgress[by]
		}
		rounds[by] = n + 1
		return n
	}
	all := make([]int, len(p.people))
	for i, o := range p.people {
		all[i] = round(o.by)
	}
	place := 0
	for i, o := range p.people {
		switch {
		case i == at:
		case o.first(w), !w.first(o) && (all[i] < all[at] || all[i] == all[at] && i < at):
			place++
		}
	}
	return place
}

// turnsFor returns how many more calls a user may start now.
func (p *pacer) turnsFor(by user) int {
	left := maxCalls - p.busy
	if by.person == "" {
		return left
	}
	if !by.change {
		left -= turnsForChanges
	}
	if p.inProgress[by] >= left {
		return 0
	}
	return left
}

// mayUse reports whether a user may make one of the API's remaining calls, after place
// others.
func (p *pacer) mayUse(by user, limit limitState, place int) bool {
	if by.person == "" {
		return true
	}
	left := limit.left - int64(place)
	if !by.change {
		left -= limit.forChanges
	}
	used := int64(0)
	since := limit.first.Add(-limit.window - time.Second) // answers give its end in whole seconds
	for i := len(p.starts) - 1; i >= 0 && !p.starts[i].at.Before(since); i-- {
		if p.starts[i].by == by {
			used++
		}
	}
	return used < left
}

// shareIn returns the time until a user may make one more call of Namesake's own budget,
// after place others.
func (p *pacer) shareIn(by user, place int, t time.Time) time.Duration {
	if by.person == "" {
		return 0
	}
	left, used := p.budget-len(p.starts)-place, 0
	if !by.change {
		left -= p.budget / changeShare
	}
	for _, s := range p.starts {
		if s.by == by {
			used++
		}
	}
	var wait time.Duration
	for _, s := range p.starts {
		if used < left {
			break
		}
		wait = s.at.Add(budgetWindow).Sub(t) // when it leaves the window
		left++
		if s.by == by {
			used--
		}
	}
	return wait
}
