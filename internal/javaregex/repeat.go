package javaregex

// optional is X? of something that matches in one way.
type optional struct {
	atom prog
	mode mode
	next prog
}

func (n *optional) match(m *machine, i, depth int) bool {
	m.tick(depth)
	switch n.mode {
	case greedy:
		return n.atom.match(m, i, depth+1) && n.next.match(m, m.last, depth+1) || n.next.match(m, i, depth+1)
	case reluctant:
		return n.next.match(m, i, depth+1) || n.atom.match(m, i, depth+1) && n.next.match(m, m.last, depth+1)
	}
	if n.atom.match(m, i, depth+1) {
		i = m.last
	}
	return n.next.match(m, i, depth+1)
}

// chars is one of a set, at least min times and as often as possible.
type chars struct {
	has  func(rune) bool
	cost int
	min  int
	next prog
}

func (n *chars) match(m *machine, i, depth int) bool {
	start, count := i, 0
	for i < len(m.text) {
		m.ticks -= n.cost
		m.tick(depth)
		r := m.at(i)
		if !n.has(r) {
			break
		}
		i += width(r)
		count++
	}
	for count >= n.min {
		m.tick(depth)
		if n.next.match(m, i, depth+1) {
			return true
		}
		if count == n.min {
			return false
		}
		i = max(start, i-width(m.before(i))) // the start may be inside a pair
		count--
	}
	return false
}

// simple repeats something of which only the first way to match is tried.
type simple struct {
	atom     prog
	min, max int
	mode     mode
	next     prog
}

func (n *simple) match(m *machine, i, depth int) bool {
	for range n.min {
		m.tick(depth)
		if !n.atom.match(m, i, depth+1) {
			return false
		}
		i = m.last
	}
	switch n.mode {
	case greedy:
		return n.most(m, i, n.min, depth)
	case reluctant:
		return n.fewest(m, i, depth)
	}
	for count := n.min; count < n.max; count++ {
		m.tick(depth)
		if !n.atom.match(m, i, depth+1) || m.last == i {
			break
		}
		i = m.last
	}
	return n.next.match(m, i, depth+1)
}

// most continues as long as each repetition is as long as the first, and then goes back by
// that length. At a repetition of another length it starts over.
func (n *simple) most(m *machine, i, count, depth int) bool {
	m.tick(depth)
	if count >= n.max || !n.atom.match(m, i, depth+1) || m.last == i {
		return n.next.match(m, i, depth+1)
	}
	least, length := count, m.last-i
	i = m.last
	count++
	for count < n.max {
		m.tick(depth)
		if !n.atom.match(m, i, depth+1) {
			break
		}
		if m.last != i+length {
			if n.most(m, m.last, count+1, depth+1) {
				return true
			}
			break
		}
		i += length
		count++
	}
	for ; count >= least; count-- {
		m.tick(depth)
		if n.next.match(m, i, depth+1) {
			return true
		}
		i -= length
	}
	return false
}

func (n *simple) fewest(m *machine, i, depth int) bool {
	for count := n.min; ; count++ {
		m.tick(depth)
		if n.next.match(m, i, depth+1) {
			return true
		}
		if count >= n.max || !n.atom.match(m, i, depth+1) || m.last == i {
			return false
		}
		i = m.last
	}
}

// groupTimes repeats a group that matches in one way. It sets the group, if it
// captures, to its last repetition.
type groupTimes struct {
	atom     prog
	min, max int
	mode     mode
	slot     int // of the group, 0 for none
	next     prog
}

func (n *groupTimes) set(m *machine, from, to int) {
	if n.slot > 0 {
		m.groups[n.slot], m.groups[n.slot+1] = from, to
	}
}

func (n *groupTimes) match(m *machine, i, depth int) bool {
	from, to := m.groups[n.slot], m.groups[n.slot+1]
	if n.run(m, i, depth) {
		return true
	}
	n.set(m, from, to)
	return false
}

func (n *groupTimes) run(m *machine, i, depth int) bool {
	for range n.min {
		m.tick(depth)
		if !n.atom.match(m, i, depth+1) {
			return false
		}
		n.set(m, i, m.last)
		i = m.last
	}
	switch n.mode {
	case greedy:
		return n.most(m, i, n.min, depth)
	case reluctant:
		return n.fewest(m, i, depth)
	}
	for count := n.min; count < n.max; count++ {
		m.tick(depth)
		if !n.atom.match(m, i, depth+1) {
			break
		}
		n.set(m, i, m.last)
		if i == m.last {
			break
		}
		i = m.last
	}
	return n.next.match(m, i, depth+1)
}

// most is as that of simple, apart from the group.
func (n *groupTimes) most(m *machine, i, count, depth int) bool {
	m.tick(depth)
	from, to := m.groups[n.slot], m.groups[n.slot+1]
	least := count
	if count < n.max && n.atom.match(m, i, depth+1) {
		length := m.last - i
		if length <= 0 {
			n.set(m, i, i+length)
			i += length
		} else {
			for {
				n.set(m, i, i+length)
				i += length
				count++
				m.tick(depth)
				if count >= n.max || !n.atom.match(m, i, depth+1) {
					break
				}
				if m.last != i+length {
					if n.most(m, i, count, depth+1) {
						return true
					}
					break
				}
			}
			for ; count > least; count-- {
				m.tick(depth)
				if n.next.match(m, i, depth+1) {
					n.set(m, i-length, i)
					return true
				}
				i -= length
				n.set(m, i-length, i)
			}
		}
	}
	n.set(m, from, to)
	return n.next.match(m, i, depth+1)
}

func (n *groupTimes) fewest(m *machine, i, depth int) bool {
	for count := n.min; ; count++ {
		m.tick(depth)
		if n.next.match(m, i, depth+1) {
			return true
		}
		if count >= n.max || !n.atom.match(m, i, depth+1) || m.last == i {
			return false
		}
		n.set(m, i, m.last)
		i = m.last
	}
}

// loop repeats a group that can match in several ways. The body ends in the loop,
// which decides whether to go round again.
type loop struct {
	begin, count int // locals: where this time began, how many there were
	min, max     int
	reluctant    bool
	memo         int
	body, next   prog
}

func (n *loop) match(m *machine, i, depth int) bool {
	m.tick(depth)
	if i <= m.locals[n.begin] { // nothing matched: no need to go round again
		return n.next.match(m, i, depth+1)
	}
	count := m.locals[n.count]
	switch {
	case count < n.min:
		return n.again(m, i, count, depth)
	case n.reluctant:
		return n.next.match(m, i, depth+1) || count < n.max && n.again(m, i, count, depth)
	case count < n.max && (n.memo < 0 || !m.recall(n.memo, i)):
		if n.again(m, i, count, depth) {
			return true
		}
		if n.memo >= 0 {
			m.remember(n.memo, i)
		}
	}
	return n.next.match(m, i, depth+1)
}

func (n *loop) again(m *machine, i, count, depth int) bool {
	m.locals[n.count] = count + 1
	if n.body.match(m, i, depth+1) {
		return true
	}
	m.locals[n.count] = count
	return false
}

// loopStart is how a loop is entered.
type loopStart struct{ loop *loop }

func (n *loopStart) match(m *machine, i, depth int) bool {
	m.tick(depth)
	l := n.loop
	saved := m.locals[l.count]
	matched := false
	if l.min == 0 && l.reluctant {
		matched = l.next.match(m, i, depth+1)
	}
	if !matched && l.max > 0 {
		m.locals[l.count] = 1
		matched = l.body.match(m, i, depth+1)
	}
	if !matched && l.min == 0 && !l.reluctant {
		matched = l.next.match(m, i, depth+1)
	}
	m.locals[l.count] = saved
	return matched
}
