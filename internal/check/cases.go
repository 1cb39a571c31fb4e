package check

import (
	"cmp"
	"slices"
)

// cube is a set of readings: for each point whether it holds, does not hold, or may be either
// way.
type cube []side

type side byte

const (
	either side = iota
	holds
	fails
)

// cases judges every reading of the points. It returns few cases that cover them all, first
// those in which the mail is flagged, of these the ones with the fewest conditions; and the
// reasons.
func (f *facts) cases(points []Point) (cases []Case, because map[Reason]bool) {
	flagged := make(map[int]bool, 1<<len(points)) // by reading
	because = make(map[Reason]bool)
	left := make(map[int]bool, 1<<len(points))
	for i := range 1 << len(points) {
		r := make(reading, len(points))
		for at, p := range points {
			r[p] = i>>at&1 == 1
		}
		if slices.Contains(points, NamesFolded) && r[AccentsIgnored] && !r[NamesFolded] { // that implies it
			continue
		}
		is, why := f.judge(r)
		flagged[i], left[i], because[why] = is, true, true
	}
	// Cubes with fewer conditions come first, so that the first one that fits is the largest.
	for _, c := range cubes(len(points)) {
		in := slices.DeleteFunc(c.readings(), func(i int) bool { _, ok := flagged[i]; return !ok })
		if !slices.ContainsFunc(in, func(i int) bool { return left[i] }) ||
			slices.ContainsFunc(in, func(i int) bool { return flagged[i] != flagged[in[0]] }) {
			continue
		}
		for _, i := range in {
			delete(left, i)
		}
		cases = append(cases, Case{Flagged: flagged[in[0]], If: c.conditions(points)})
	}
	slices.SortStableFunc(cases, func(a, b Case) int {
		switch {
		case a.Flagged == b.Flagged:
			return cmp.Compare(len(a.If), len(b.If))
		case a.Flagged:
			return -1
		}
		return 1
	})
	return cases, because
}

// cubes returns all cubes of n points, those with the fewest conditions first.
func cubes(n int) []cube {
	all := []cube{{}}
	for range n {
		var longer []cube
		for _, c := range all {
			for _, s := range []side{either, holds, fails} {
				longer = append(longer, append(slices.Clone(c), s))
			}
		}
		all = longer
	}
	slices.SortStableFunc(all, func(a, b cube) int { return cmp.Compare(a.size(), b.size()) })
	return all
}

// size returns the number of conditions.
func (c cube) size() (n int) {
	for _, s := range c {
		if s != either {
			n++
		}
	}
	return n
}

// readings returns the numbers of the readings in the cube: bit i is set if point i holds.
func (c cube) readings() []int {
	in := []int{0}
	for at, s := range c {
		switch s {
		case holds:
			for i := range in {
				in[i] |= 1 << at
			}
		case either:
			for _, i := range in {
				in = append(in, i|1<<at)
			}
		case fails:
		}
	}
	return in
}

func (c cube) conditions(points []Point) (all []Condition) {
	for at, s := range c {
		if s != either {
			all = append(all, Condition{points[at], s == holds})
		}
	}
	return all
}
