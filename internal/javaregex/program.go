package javaregex

// last is the end of the program.
type last struct{}

func (last) match(m *machine, i, _ int) bool {
	if m.whole && i != len(m.text) {
		return false
	}
	m.last = i
	return true
}

// accept is the end of a part that is matched by itself.
type accept struct{}

func (accept) match(m *machine, i, _ int) bool {
	m.last = i
	return true
}

type oneOf struct {
	has  func(rune) bool
	cost int
	next prog
}

func (n *oneOf) match(m *machine, i, depth int) bool {
	m.ticks -= n.cost
	m.tick(depth)
	if i >= len(m.text) {
		return false
	}
	r := m.at(i)
	return n.has(r) && n.next.match(m, i+width(r), depth+1)
}

type literal struct {
	runes []rune
	fold  fold
	next  prog
}

func (n *literal) match(m *machine, i, depth int) bool {
	m.tick(depth)
	for _, want := range n.runes {
		if i >= len(m.text) {
			return false
		}
		m.ticks--
		r := m.at(i)
		if r != want && n.fold.apply(r) != want {
			return false
		}
		i += width(r)
	}
	return n.next.match(m, i, depth+1)
}

type backref struct {
	slot int
	fold fold
	next prog
}

func (n *backref) match(m *machine, i, depth int) bool {
	m.tick(depth)
	if n.slot >= len(m.groups) {
		return false
	}
	from := m.groups[n.slot]
	size := m.groups[n.slot+1] - from
	if from < 0 || i+size > len(m.text) {
		return false
	}
	if i+size < 0 { // a group may end before it begins, see chars
		panic(errThrown)
	}
	if n.fold == foldNone {
		m.ticks -= size / 8
		for k := range size {
			if m.text[i+k] != m.text[from+k] {
				return false
			}
		}
		return n.next.match(m, i+size, depth+1)
	}
	// Java goes by code points, but as often as there are units, and may run over
	// the end by that.
	at := i
	m.ticks -= size * (1 + n.fold.cost())
	for range size {
		if at >= len(m.text) || from >= len(m.text) {
			panic(errThrown)
		}
		r, want := m.at(at), m.at(from)
		if r != want && n.fold.apply(r) != n.fold.apply(want) {
			return false
		}
		at += width(r)
		from += width(want)
	}
	return n.next.match(m, i+size, depth+1)
}

type choice struct{ arms []prog }

func (n *choice) match(m *machine, i, depth int) bool {
	m.tick(depth)
	for _, arm := range n.arms {
		m.ticks--
		if arm.match(m, i, depth+1) {
			return true
		}
	}
	return false
}

type groupStart struct {
	local int
	next  prog
}

func (n *groupStart) match(m *machine, i, depth int) bool {
	m.tick(depth)
	saved := m.locals[n.local]
	m.locals[n.local] = i
	matched := n.next.match(m, i, depth+1)
	m.locals[n.local] = saved
	return matched
}

type groupEnd struct {
	local int
	group int
	next  prog
}

func (n *groupEnd) match(m *machine, i, depth int) bool {
	m.tick(depth)
	g := m.groups[2*n.group : 2*n.group+2]
	from, to := g[0], g[1]
	g[0], g[1] = m.locals[n.local], i
	if n.next.match(m, i, depth+1) {
		return true
	}
	g[0], g[1] = from, to
	return false
}

type lookAhead struct {
	cond   prog
	negate bool
	next   prog
}

func (n *lookAhead) match(m *machine, i, depth int) bool {
	m.tick(depth)
	return n.cond.match(m, i, depth+1) != n.negate && n.next.match(m, i, depth+1)
}

type lookBehind struct {
	cond       prog
	min, max   int32
	codePoints bool
	negate     bool
	next       prog
}

func (n *lookBehind) match(m *machine, i, depth int) bool {
	m.tick(depth)
	saved := m.lookTo
	m.lookTo = i
	matched := n.look(m, i, depth)
	m.lookTo = saved
	return matched != n.negate && n.next.match(m, i, depth+1)
}

// look tries each place that is far enough away and not too far. Java's reckoning
// overflows: with a very large maximum there is no such place then, and with a very
// large minimum they begin far beyond the end.
func (n *lookBehind) look(m *machine, i, depth int) bool {
	if !n.codePoints {
		from := int(max(int32(i)-n.max, 0))
		for j := int(int32(i) - n.min); j >= from; j-- {
			m.tick(depth)
			if n.cond.match(m, j, depth+1) {
				return true
			}
		}
		return false
	}
	from := max(i-m.back(i, n.max), 0)
	for j := i - m.back(i, n.min); j >= from; {
		m.tick(depth)
		if n.cond.match(m, j, depth+1) {
			return true
		}
		if j > from {
			j -= m.back(j, 1)
		} else {
			j--
		}
	}
	return false
}

// back is how many units n code points before i take, or as many as there are. For
// an n below zero, from a maximum that overflowed, Java counts forward, and takes
// the result for one backward.
func (m *machine) back(i int, n int32) int {
	at := i
	for ; n > 0 && at > 0; n-- {
		m.ticks--
		at -= width(m.before(at))
	}
	for n = -n; n > 0 && at < len(m.text); n-- {
		m.ticks--
		at += width(m.at(at))
	}
	return max(i-at, at-i)
}

type lookEnd struct{}

func (lookEnd) match(m *machine, i, _ int) bool { return i == m.lookTo }

type atomic struct{ atom, next prog }

func (n *atomic) match(m *machine, i, depth int) bool {
	m.tick(depth)
	return n.atom.match(m, i, depth+1) && n.next.match(m, m.last, depth+1)
}
