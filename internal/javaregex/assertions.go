package javaregex

type begin struct{ next prog }

func (n *begin) match(m *machine, i, depth int) bool {
	m.tick(depth)
	return i == 0 && n.next.match(m, i, depth+1)
}

type end struct{ next prog }

func (n *end) match(m *machine, i, depth int) bool {
	m.tick(depth)
	return i == len(m.text) && n.next.match(m, i, depth+1)
}

// dollar matches at the end and before a line terminator, with multiline before any.
type dollar struct {
	multiline bool
	unixLines bool
	next      prog
}

func (n *dollar) match(m *machine, i, depth int) bool {
	m.tick(depth)
	return n.here(m, i) && n.next.match(m, i, depth+1)
}

func (n *dollar) here(m *machine, i int) bool {
	size := len(m.text)
	if i >= size {
		return true
	}
	u := m.text[i]
	if n.unixLines {
		return u == '\n' && (n.multiline || i == size-1)
	}
	if u == '\n' && i > 0 && m.text[i-1] == '\r' || !endsLine(u) {
		return false
	}
	return n.multiline || i == size-1 || i == size-2 && u == '\r' && m.text[i+1] == '\n'
}

func endsLine(u uint16) bool {
	return u == '\n' || u == '\r' || u == 0x85 || u|1 == 0x2029
}

// caret matches at the start and behind a line terminator, but not at the end.
type caret struct {
	unixLines bool
	next      prog
}

func (n *caret) match(m *machine, i, depth int) bool {
	m.tick(depth)
	return n.here(m, i) && n.next.match(m, i, depth+1)
}

func (n *caret) here(m *machine, i int) bool {
	if i == len(m.text) {
		return false
	}
	if i == 0 {
		return true
	}
	m.within(i)
	u := m.text[i-1]
	if n.unixLines {
		return u == '\n'
	}
	return endsLine(u) && (u != '\r' || m.text[i] != '\n')
}

// bound is \b, or \B if negated. What counts as a part of a word is wider than \w.
type bound struct {
	word, marks func(rune) bool
	letter      func(rune) bool
	negate      bool
	next        prog
}

func newBound(n *node, next prog) *bound {
	letter := characters().find("p javaLetterOrDigit", 0).has
	b := &bound{marks: characters().find("p Mn", 0).has, letter: letter, negate: n.negate, next: next}
	b.word = func(r rune) bool { return r == '_' || letter(r) }
	if n.flags&unicodeClasses != 0 {
		b.word = characters().find("esc w", 1).has
	}
	return b
}

func (n *bound) match(m *machine, i, depth int) bool {
	m.tick(depth)
	left, right := false, false
	if i > 0 {
		r := m.before(i)
		left = n.word(r) || n.marks(r) && n.hasBase(m, i-1)
	}
	if i < len(m.text) {
		r := m.at(i)
		right = n.word(r) || n.marks(r) && n.hasBase(m, i)
	}
	return (left != right) != n.negate && n.next.match(m, i, depth+1)
}

// hasBase says whether the mark at i belongs to a letter or digit.
func (n *bound) hasBase(m *machine, i int) bool {
	for ; i >= 0; i-- {
		m.tick(0)
		r := m.at(i)
		if n.letter(r) {
			return true
		}
		if !n.marks(r) {
			return false
		}
	}
	return false
}

type newline struct{ next prog }

func (n *newline) match(m *machine, i, depth int) bool {
	m.tick(depth)
	if i >= len(m.text) {
		return false
	}
	switch m.text[i] {
	case '\n', 0x0B, '\f', 0x85, 0x2028, 0x2029:
		return n.next.match(m, i+1, depth+1)
	case '\r':
		if i+1 < len(m.text) && m.text[i+1] == '\n' && n.next.match(m, i+2, depth+1) {
			return true
		}
		return n.next.match(m, i+1, depth+1)
	}
	return false
}
