package javaregex

import (
	"cmp"
	"slices"
)

// set is a set of characters. A bmp set can hold no surrogates and nothing beyond
// the BMP by its making.
type set struct {
	has func(rune) bool
	bmp bool
	// latin says that the set holds none but Latin-1 characters.
	latin bool
	cost  int // how many steps one call of has counts for, beyond the first
	runs  *runs
}

// runs are the ranges that a set consists of, if it consists of nothing else.
type runs struct {
	spans []span
	fold  fold
}

// What looking a character up costs in steps, beyond the first.
const (
	searchCost = 2 // in a table of ranges
	foldCost   = 8 // its other case in Unicode
)

// newRuns is a set of ranges, with other cases of their characters as fold says.
func newRuns(spans []span, f fold, bmp bool) set {
	s := set{bmp: bmp, runs: &runs{spans, f}}
	in := func(r rune) bool { return findSpan(spans, r) != nil }
	if len(spans) == 1 {
		first, last := spans[0].first, spans[0].last
		in = func(r rune) bool { return first <= r && r <= last }
	} else {
		s.cost = searchCost
	}
	switch f {
	case foldNone:
		s.has = in
	case foldASCII:
		s.has = func(r rune) bool { return in(r) || r < 128 && (in(asciiUpper(r)) || in(asciiLower(r))) }
	case foldUnicode:
		s.cost = 3*s.cost + foldCost
		s.has = func(r rune) bool {
			if in(r) {
				return true
			}
			upper := toUpper(r)
			return in(upper) || in(toLower(upper))
		}
	}
	return s
}

// union is a set that holds what one of the others does. They are asked in order, for
// one of them may throw; neighbours that are ranges become one.
func union(sets []set) set {
	joined := make([]set, 0, min(len(sets), 16))
	for i := 0; i < len(sets); {
		s, next := sets[i], i+1
		for s.runs != nil && next < len(sets) && sets[next].runs != nil && sets[next].runs.fold == s.runs.fold {
			next++
		}
		if next > i+1 {
			s = joinRuns(sets[i:next])
		}
		joined = append(joined, s)
		i = next
	}
	if len(joined) == 1 {
		return joined[0]
	}
	all := set{bmp: true, cost: len(joined) - 1}
	has := make([]func(rune) bool, len(joined))
	for i, s := range joined {
		all.bmp = all.bmp && s.bmp
		all.cost += s.cost
		has[i] = s.has
	}
	all.has = func(r rune) bool {
		for _, has := range has {
			if has(r) {
				return true
			}
		}
		return false
	}
	return all
}

// joinRuns is union for sets of ranges with the same fold.
func joinRuns(sets []set) set {
	var all []span
	bmp := true
	for _, s := range sets {
		all = append(all, s.runs.spans...)
		bmp = bmp && s.bmp
	}
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.first, b.first) })
	spans := all[:1]
	for _, s := range all[1:] {
		if last := &spans[len(spans)-1]; s.first <= last.last+1 {
			last.last = max(last.last, s.last)
		} else {
			spans = append(spans, s)
		}
	}
	return newRuns(spans, sets[0].runs.fold, bmp)
}

func (s set) and(t set) set {
	return set{has: func(r rune) bool { return s.has(r) && t.has(r) }, bmp: s.bmp && t.bmp, cost: s.cost + t.cost + 1}
}

func (s set) not() set {
	return set{has: func(r rune) bool { return !s.has(r) }, cost: s.cost}
}

// holds is has, for sets that make a JVM throw too.
func (s set) holds(r rune) (yes bool) {
	defer func() {
		switch e := recover(); e {
		case nil:
		case errThrown:
			yes = false
		default:
			panic(e)
		}
	}()
	return s.has(r)
}

// classRange is a range in a class: its ends, and where it is in the text.
type classRange struct {
	low, high rune
	from, to  int
}
