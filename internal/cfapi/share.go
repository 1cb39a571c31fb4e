package cfapi

import (
	"context"
	"time"

	"namesake/internal/registry"
)

// user is who calls of the API are counted for: a person's reads and a person's changes,
// each by themselves. The zero user is the program itself, whose calls have no share.
type user struct {
	person string
	change bool
}

func userOf(ctx context.Context) user {
	if registry.InBackground(ctx) { // a bulk deletion takes nothing of its person's share
		return user{}
	}
	return user{registry.Asker(ctx), registry.IsForChange(ctx)}
}

// The rule of a share, for turns and for the budget: what one has already taken must be
// less than what is left. So one person alone gets half, two get a third each, and a
// person who comes last still gets something. Reads count as left what they don't have
// to leave to changes.

// first reports whether w's turn comes in a class before that of o.
func (w *turn) first(o *turn) bool { return w.class() < o.class() }

func (w *turn) class() int {
	if w.by.change || w.by.person == "" {
		return 0
	}
	return 1
}

// place is how many of the people who wait come before the one at that place of the
// queue: those of a class before, and those of whom fewer calls are under way or wait
// already.
func (p *pacer) place(at int) int {
	w := p.people[at]
	rounds := make(map[user]int, len(p.underWay))
	round := func(by user) int {
		n, met := rounds[by]
		if !met {
			n = p.underWay[by]
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

// turnsFor returns how many turns more may be given to a user now.
func (p *pacer) turnsFor(by user) int {
	left := maxCalls - p.busy
	if by.person == "" {
		return left
	}
	if !by.change {
		left -= turnsForChanges
	}
	if p.underWay[by] >= left {
		return 0
	}
	return left
}

// mayUse reports whether a user may make one of the calls that the API has told are left,
// after so many who come before.
func (p *pacer) mayUse(by user, limit told, place int) bool {
	if by.person == "" {
		return true
	}
	left := limit.left - int64(place)
	if !by.change {
		left -= limit.forChanges
	}
	used := int64(0)
	since := limit.first.Add(-limit.window - time.Second) // answers tell its end by whole seconds
	for i := len(p.starts) - 1; i >= 0 && !p.starts[i].at.Before(since); i-- {
		if p.starts[i].by == by {
			used++
		}
	}
	return used < left
}

// shareIn returns how long it takes until a user may make one more call of our own budget,
// after so many who come before.
func (p *pacer) shareIn(by user, place int, t time.Time) time.Duration {
	if by.person == "" {
		return 0
	}
	left, used := p.budget-len(p.starts)-place, 0
	if !by.change {
		left -= p.budget / changesOf
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
		wait = s.at.Add(budgetWindow).Sub(t) // once it is out of the window
		left++
		if s.by == by {
			used--
		}
	}
	return wait
}
