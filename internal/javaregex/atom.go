package javaregex

// atom reads literal characters as far as they go, or one escape that is no
// character. The last character is left to a repetition that follows it.
func (p *parser) atom() *node {
	n := &node{op: opRunes, from: p.cursor, flags: p.flags}
	previous := -1
	r := p.peek()
loop:
	for {
		switch r {
		case '*', '+', '?', '{':
			if len(n.runes) > 1 {
				p.cursor = previous
				n.runes = n.runes[:len(n.runes)-1]
			}
			break loop
		case '$', '.', '^', '(', '[', '|', ')':
			break loop
		case '\\':
			if r := p.nextRaw(); r == 'p' || r == 'P' {
				if len(n.runes) > 0 {
					p.cursor--
					break loop
				}
				return p.classOf(n, p.property(r == 'P'))
			}
			p.cursor--
			previous = p.cursor
			c, other := p.escape(len(n.runes) == 0)
			if other != nil {
				return other
			}
			if c < 0 {
				p.cursor = previous
				break loop
			}
			n.runes = append(n.runes, c)
			r = p.peek()
		default:
			if r == 0 && p.cursor >= p.size {
				break loop
			}
			previous = p.cursor
			n.runes = append(n.runes, r)
			r = p.next()
		}
	}
	if len(n.runes) == 1 {
		return p.oneOf(n, p.single(n.runes[0]))
	}
	if p.has(caseInsensitive) {
		n.fold = foldASCII
		if p.has(unicodeCase) {
			n.fold = foldUnicode
		}
	}
	return n
}

// escape reads a backslash and what belongs to it: a character, or, if first says
// that it is wanted, a part of another kind. With neither the character is -1.
func (p *parser) escape(first bool) (rune, *node) {
	n := &node{from: p.cursor, flags: p.flags}
	r := p.skip()
	switch r {
	case 'A':
		n.op = opBegin
	case 'z':
		n.op = opEnd
	case 'Z':
		n.op = opDollar
		n.flags &^= multiline
	case 'G':
		n.op = opLast
	case 'R':
		n.op = opNewline
	case 'X':
		n.op = opCluster
	case 'B':
		n.op, n.negate = opBound, true
	case 'b':
		n.op = opBound
		if first && p.peek() == '{' && p.char(p.cursor+1) == 'g' {
			p.skip()
			if p.read() != '}' {
				p.failEscape()
			}
			n.op = opClusterBound
		}
	case 'd', 'D', 's', 'S', 'w', 'W', 'h', 'H', 'v', 'V':
		if !first {
			return -1, nil
		}
		n = p.oneOf(n, p.shorthand(r))
	case 'k':
		if p.read() != '<' {
			p.fail("\\k is not followed by '<' for named capturing group")
		}
		name := p.groupName(p.read())
		group, known := p.names[name]
		if !known {
			p.fail("named capturing group <%s> does not exist", name)
		}
		n.group = group
		n.op = opBackref
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		n.op = opBackref
		n.group = int(r - '0')
	default:
		return p.character(r), nil
	}
	if !first {
		return -1, nil
	}
	if n.op == opBackref {
		if r != 'k' {
			p.moreDigits(n)
		}
		p.referred = true
		if p.has(caseInsensitive) {
			n.fold = foldASCII
			if p.has(unicodeCase) {
				n.fold = foldUnicode
			}
		}
	}
	n.to = p.cursor
	return -1, n
}

// moreDigits takes digits as long as there are that many groups.
func (p *parser) moreDigits(n *node) {
	for r := p.peek(); isDigit(r); r = p.peek() {
		more := n.group*10 + int(r-'0')
		if more >= p.groups {
			return
		}
		n.group = more
		p.read()
	}
}

func (p *parser) failEscape() { p.fail("Illegal/unsupported escape sequence") }

// character is what an escape means that stands for one, r being what follows the
// backslash.
func (p *parser) character(r rune) rune {
	switch r {
	case '0':
		return p.octal()
	case 'a':
		return 7
	case 'c':
		if p.cursor >= p.size {
			p.fail("Illegal control escape sequence")
		}
		return p.read() ^ 64
	case 'e':
		return 0x1B
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	case 'u':
		return p.unicode()
	case 'x':
		return p.hexadecimal()
	case 'N':
		return p.named()
	}
	if isAlpha(r) || isDigit(r) {
		p.failEscape()
	}
	return r
}

func (p *parser) octal() rune {
	isOctal := func(r rune) bool { return r >= '0' && r <= '7' }
	n := p.read()
	if !isOctal(n) {
		p.fail("Illegal octal escape sequence")
	}
	value := n - '0'
	m := p.read()
	if !isOctal(m) {
		p.cursor--
		return value
	}
	value = value*8 + m - '0'
	o := p.read()
	if !isOctal(o) || n > '3' {
		p.cursor--
		return value
	}
	return value*8 + o - '0'
}

func (p *parser) hexadecimal() rune {
	r := p.read()
	if high := hexValue(r); high >= 0 {
		if low := hexValue(p.read()); low >= 0 {
			return rune(high*16 + low)
		}
	} else if r == '{' && hexValue(p.peek()) >= 0 {
		value := rune(0)
		for r = p.read(); hexValue(r) >= 0; r = p.read() {
			value = value<<4 + rune(hexValue(r))
			if value > 0x10FFFF {
				p.fail("Hexadecimal codepoint is too big")
			}
		}
		if r != '}' {
			p.fail("Unclosed hexadecimal escape sequence")
		}
		return value
	}
	p.fail("Illegal hexadecimal escape sequence")
	return 0
}

// unicode reads the four digits after \u, and those of another \u if the two make
// up a surrogate pair.
func (p *parser) unicode() rune {
	high := p.unit()
	if high >= 0xD800 && high <= 0xDBFF {
		saved := p.cursor
		if first := p.read(); first == '\\' && p.read() == 'u' {
			if low := p.unit(); low >= 0xDC00 && low <= 0xDFFF {
				return 0x10000 + (high-0xD800)<<10 + low - 0xDC00
			}
		}
		p.cursor = saved
	}
	return high
}

func (p *parser) unit() rune {
	value := rune(0)
	for range 4 {
		digit := hexValue(p.read())
		if digit < 0 {
			p.fail("Illegal Unicode escape sequence")
		}
		value = value*16 + rune(digit)
	}
	return value
}

// named reads \N{NAME}.
func (p *parser) named() rune {
	if p.read() != '{' {
		p.fail("Illegal character name escape sequence")
	}
	start := p.cursor
	for p.read() != '}' {
		if p.cursor >= p.size {
			p.fail("Unclosed character name escape sequence")
		}
	}
	name := string(p.text[start : p.cursor-1])
	r, known := characterOf(name)
	if !known {
		p.fail("Unknown character name [%s]", name)
	}
	return r
}
