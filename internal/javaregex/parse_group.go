package javaregex

// groupOrFlags reads a group with its repetition, or (?i) and the like.
func (p *parser) groupOrFlags(n *node) *node {
	saved, loops := p.flags, len(p.loops)
	n.op = opGroup
	p.open.groups = append(p.open.groups, n.from)
	if p.next() == '?' {
		if !p.special(n) {
			n.op, n.to = opFlags, p.cursor
			p.close()
			return n
		}
	} else {
		p.capture(n, "")
	}
	p.expect(')', "Unclosed group")
	p.close()
	p.flags = saved
	n.to = p.cursor
	repeated := p.repetition(n)
	if n.op == opGroup && repeated != n {
		p.loops = p.loops[:loops]
		if repeated.way == wayUndecided {
			p.decide(repeated)
		}
	}
	return repeated
}

func (p *parser) close() { p.open.groups = p.open.groups[:len(p.open.groups)-1] }

// capture reads the inside of a capturing group.
func (p *parser) capture(n *node, name string) {
	n.group, n.name, n.local = p.groups, name, p.newLocal()
	p.groups++
	if name != "" {
		p.names[name] = n.group
	}
	n.subs = []*node{p.choice()}
}

func (p *parser) newLocal() int {
	p.locals++
	return p.locals - 1
}

// decide chooses between the ways to repeat a group.
func (p *parser) decide(n *node) {
	group := n.subs[0]
	if group.group == 0 {
		group.local = p.newLocal()
	}
	if group.inner().fixed {
		n.way = wayGroup
		return
	}
	n.way = wayLoop
	n.local = p.newLocal()
	if n.mode == greedy && n.max == unbounded {
		p.loops = append(p.loops, n)
	}
}

// special reads a group that begins with (? up to its closing parenthesis; false
// if it is none, but flags.
func (p *parser) special(n *node) bool {
	r := p.skip()
	switch r {
	case ':':
		n.subs = []*node{p.choice()}
	case '=', '!':
		n.op, n.negate = opLook, r == '!'
		n.subs = []*node{p.choice()}
	case '>':
		n.op = opAtomic
		n.subs = []*node{p.choice()}
	case '<':
		r = p.read()
		if r == '=' || r == '!' {
			n.op, n.behind, n.negate = opLook, true, r == '!'
			p.lookBehind(n)
			break
		}
		name := p.groupName(r)
		if _, taken := p.names[name]; taken {
			p.fail("Named capturing group <%s> is already defined", name)
		}
		p.capture(n, name)
	case '$', '@':
		p.fail("Unknown group type")
	default:
		p.cursor--
		p.readFlags()
		r = p.read()
		switch r {
		case ')':
			return false
		case ':':
			n.subs = []*node{p.choice()}
		default:
			p.fail("Unknown inline modifier")
		}
	}
	return true
}

func (p *parser) lookBehind(n *node) {
	loops, start := len(p.loops), p.cursor
	body := p.choice()
	n.subs = []*node{body}
	n.reach = measure(body)
	if !n.reach.valid {
		p.fail("Look-behind group does not have an obvious maximum length")
	}
	n.codePoints = p.lastWide >= start
	p.loops = p.loops[:loops]
}

func (p *parser) groupName(r rune) string {
	if !isAlpha(r) {
		p.fail("capturing group name does not start with a Latin letter")
	}
	name := []rune{}
	for isAlpha(r) || isDigit(r) {
		name = append(name, r)
		r = p.read()
	}
	if r != '>' {
		p.fail("named capturing group is missing trailing '>'")
	}
	return string(name)
}

func (p *parser) readFlags() {
	on := true
	for r := p.peek(); ; r = p.next() {
		var f flags
		switch r {
		case 'i':
			f = caseInsensitive
		case 'm':
			f = multiline
		case 's':
			f = dotAll
		case 'd':
			f = unixLines
		case 'u':
			f = unicodeCase
		case 'c':
			f = canonical
		case 'x':
			f = comments
		case 'U':
			f = unicodeClasses | unicodeCase
		case '-':
			if on {
				on = false
				continue
			}
			return
		default:
			return
		}
		if on {
			p.flags |= f
		} else {
			p.flags &^= f
		}
	}
}
