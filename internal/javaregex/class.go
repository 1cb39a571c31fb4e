package javaregex

// class reads [...]; or, without consume, the right side of && up to the bracket
// that closes the class around it.
//
// Latin-1 characters gather in one table, which joins the rest of the class late,
// at && or at its end; that shows where both are mixed.
func (p *parser) class(consume bool) set {
	p.enter(1)
	defer p.leave(1)
	if consume {
		p.open.classes = append(p.open.classes, p.cursor)
	}
	var all []set // a character of one of them is in the class
	var current *set
	latin := &latinSet{}
	latinUsed, negated := false, false
	add := func(s *set) { all = append(all, *s) }
	r := p.next()
	if r == '^' && p.text[p.cursor-1] == '[' {
		r = p.next()
		negated = true
	}
	for {
		switch {
		case r == '[':
			nested := p.class(true)
			current = &nested
			add(current)
			r = p.peek()
			continue
		case r == '&':
			if r = p.next(); r != '&' {
				p.cursor-- // a literal &
				break
			}
			right := p.intersected()
			if latinUsed {
				s := latin.set()
				if all == nil {
					current = &s
				}
				add(&s)
				latinUsed = false
			}
			if right != nil {
				current = right
			}
			switch {
			case all != nil:
				all = []set{p.both(union(all), current)}
			case right == nil:
				p.fail("Bad class syntax")
			default:
				all = []set{*right}
			}
			r = p.peek()
			continue
		case r == 0 && p.cursor >= p.size:
			p.fail("Unclosed character class")
		case r == ']' && (all != nil || latinUsed):
			if consume {
				p.next()
				p.open.classes = p.open.classes[:len(p.open.classes)-1]
			}
			if latinUsed {
				s := latin.set()
				add(&s)
			}
			if negated {
				return union(all).not()
			}
			return union(all)
		}
		current = p.classPart(latin)
		if current == nil {
			latinUsed = true
		} else {
			add(current)
		}
		r = p.peek()
	}
}

// intersected reads what stands behind &&, nil if that is nothing.
func (p *parser) intersected() *set {
	var all []set
	for r := p.next(); r != ']' && r != '&'; r = p.peek() {
		if r == '[' {
			all = append(all, p.class(true))
		} else {
			p.cursor--
			all = append(all, p.class(false))
		}
	}
	if all == nil {
		return nil
	}
	right := union(all)
	return &right
}

// both intersects. After a Latin-1 character and && with nothing behind it Java
// has nothing to intersect with, accepts the pattern and throws in every match.
func (p *parser) both(left set, right *set) set {
	if right == nil {
		return set{cost: left.cost, has: func(r rune) bool {
			if left.has(r) {
				panic(errThrown)
			}
			return false
		}}
	}
	return left.and(*right)
}

// latinSet is a set of characters up to U+00FF.
type latinSet [256]bool

func (l *latinSet) set() set {
	return set{has: func(r rune) bool { return r < 256 && l[r] }, bmp: true, latin: true}
}

func (l *latinSet) add(r rune, f flags) {
	if f&caseInsensitive != 0 {
		if r < 128 {
			l[asciiUpper(r)], l[asciiLower(r)] = true, true
		} else if f&unicodeCase != 0 {
			l[toLower(r)&0xFF], l[toUpper(r)&0xFF] = true, true
		}
	}
	l[r] = true
}

// classPart reads a character, a range or an escape. A single Latin-1 character
// goes to latin, and the answer is nil.
func (p *parser) classPart(latin *latinSet) *set {
	r := p.peek()
	from := p.cursor
	if r != '\\' {
		p.next()
	} else {
		r = p.nextRaw()
		if r == 'p' || r == 'P' {
			s := p.property(r == 'P')
			return &s
		}
		startsRange := p.char(p.cursor+1) == '-'
		p.cursor--
		c, s := p.classEscape(startsRange)
		if s != nil {
			return s
		}
		r = c
	}
	if p.peek() == '-' {
		end := p.char(p.cursor + 1)
		if end != '[' && end != ']' {
			return p.rangeFrom(from, r)
		}
	}
	return p.latinOrSingle(latin, r)
}

func (p *parser) rangeFrom(from int, low rune) *set {
	p.next()
	high := p.peek()
	if high == '\\' {
		// A class here, such as \d, counts as -1.
		high, _ = p.classEscape(true)
	} else {
		p.next()
	}
	if high < low {
		p.fail("Illegal character range")
	}
	p.ranges = append(p.ranges, classRange{low: low, high: high, from: from, to: p.cursor})
	f := foldNone
	bmp := high < 0xD800 || low > 0xDFFF && high < 0x10000
	if p.has(caseInsensitive) {
		bmp, f = false, foldASCII
		if p.has(unicodeCase) {
			f = foldUnicode
		}
	}
	s := newRuns([]span{{first: low, last: high}}, f, bmp)
	return &s
}

// classEscape reads an escape inside a class: a character, or a set and -1. In a
// range \v is the character U+000B.
func (p *parser) classEscape(inRange bool) (rune, *set) {
	r := p.skip()
	switch r {
	case 'd', 'D', 's', 'S', 'w', 'W', 'h', 'H', 'V':
		s := p.shorthand(r)
		return -1, &s
	case 'v':
		if inRange {
			return 0x0B, nil
		}
		s := p.shorthand(r)
		return -1, &s
	}
	return p.character(r), nil
}

// latinOrSingle adds r to latin unless it has a relative beyond it by Unicode's
// case rules.
func (p *parser) latinOrSingle(latin *latinSet, r rune) *set {
	if r < 256 {
		relative := false
		if p.has(caseInsensitive) && p.has(unicodeCase) {
			switch r {
			case 0xFF, 0xB5, 'I', 'i', 'S', 's', 'K', 'k', 0xC5, 0xE5:
				relative = true
			}
		}
		if !relative {
			latin.add(r, p.flags)
			return nil
		}
	}
	s := p.single(r)
	return &s
}

// single is a set of one character, and of its other case with (?i).
func (p *parser) single(r rune) set {
	if p.has(caseInsensitive) {
		if p.has(unicodeCase) {
			upper := toUpper(r)
			lower := toLower(upper)
			if upper != lower {
				return set{cost: foldCost, has: func(c rune) bool { return c == lower || toLower(toUpper(c)) == lower }}
			}
		} else if isAlpha(r) {
			lower := asciiLower(r)
			return set{has: func(c rune) bool { return asciiLower(c) == lower }, bmp: true}
		}
	}
	return newRuns([]span{{first: r, last: r}}, foldNone, !isSupplementary(r))
}
