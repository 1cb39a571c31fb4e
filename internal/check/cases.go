package check

import (
	"cmp"
	"iter"
	"slices"
)

// cube is a set of readings: those in which the points that it fixes hold or fail as it says,
// and the others do either. Bit i stands for point i.
type cube struct{ fixed, holds int }

// verdict is what a reading of the points leads to.
type verdict byte

const (
	impossible verdict = iota
	passed
	flagged
)

// cases judges every reading of the points. It returns few cases that cover them all, first
// those in which the mail is flagged, of these the ones with the fewest conditions; and the
// reasons.
func (f *facts) cases(points []Point) (cases []Case, because map[Reason]bool) {
	because = make(map[Reason]bool)
	verdicts := make([]verdict, 1<<len(points)) // by reading: bit i is set if point i holds
	left := make(map[int]bool, len(verdicts))
	r := make(reading, len(points))
	for i := range verdicts {
		for at, p := range points {
			r[p] = i>>at&1 == 1
		}
		if slices.Contains(points, NamesFolded) && r[AccentsIgnored] && !r[NamesFolded] { // that implies it
			continue
		}
		is, why := f.judge(r)
		left[i], because[why] = true, true
		if verdicts[i] = passed; is {
			verdicts[i] = flagged
		}
	}
	// Cubes with fewer conditions come first, so that the first one that fits is the largest.
	for size := 0; len(left) > 0; size++ {
		for c := range cubes(len(points), size) {
			v, one := c.verdict(verdicts)
			if !one {
				continue
			}
			before := len(left)
			for i := range c.readings(len(verdicts)) {
				delete(left, i)
			}
			if len(left) < before {
				cases = append(cases, Case{Flagged: v == flagged, If: c.conditions(points)})
			}
		}
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

// cubes returns the cubes of n points that fix so many of them.
func cubes(n, size int) iter.Seq[cube] {
	return func(yield func(cube) bool) {
		var extend func(c cube, at, size int) bool
		extend = func(c cube, at, size int) bool {
			switch {
			case n-at < size:
				return true
			case at == n:
				return yield(c)
			case !extend(c, at+1, size):
				return false
			case size == 0:
				return true
			}
			c.fixed |= 1 << at
			fails := c
			c.holds |= 1 << at
			return extend(c, at+1, size-1) && extend(fails, at+1, size-1)
		}
		extend(cube{}, 0, size)
	}
}

// readings returns those in the cube, of so many.
func (c cube) readings(of int) iter.Seq[int] {
	return func(yield func(int) bool) {
		open := (of - 1) &^ c.fixed
		for i := open; yield(c.holds|i) && i > 0; {
			i = (i - 1) & open
		}
	}
}

// verdict returns the verdict of the readings in the cube; one is false if they differ, or are all
// impossible.
func (c cube) verdict(verdicts []verdict) (v verdict, one bool) {
	for i := range c.readings(len(verdicts)) {
		switch {
		case verdicts[i] == impossible:
		case v == impossible:
			v = verdicts[i]
		case v != verdicts[i]:
			return v, false
		}
	}
	return v, v != impossible
}

func (c cube) conditions(points []Point) (all []Condition) {
	for at, p := range points {
		if c.fixed>>at&1 == 1 {
			all = append(all, Condition{p, c.holds>>at&1 == 1})
		}
	}
	return all
}
