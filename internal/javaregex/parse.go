package javaregex

import (
	"math"
	"unicode/utf16"
)

// unbounded is how often * and + may repeat.
const unbounded = math.MaxInt32

func (p *parser) parse() *Pattern {
	root := p.choice()
	if p.cursor != p.size {
		if p.peek() == ')' {
			p.fail("Unmatched closing ')'")
		}
		p.fail("Unexpected internal error")
	}
	result := &Pattern{
		source: p.pattern, root: root, anywhere: !p.supplementary, names: p.names, referred: p.referred, chars: p.source, ranges: p.ranges, units: utf16.Encode([]rune(p.pattern)),
		slots: 2 * max(p.groups, 10), // a reference to a group of up to 9 is never out of bounds
	}
	if !p.referred {
		for _, loop := range p.loops {
			loop.memo = result.memos
			result.memos++
		}
	}
	result.minLength = measure(root).min
	result.beginsWith(firstPart(root))
	result.program = build(root, last{})
	result.locals = p.locals
	return result
}

// firstPart is what a pattern begins with.
func firstPart(root *node) *node {
	if root.op != opSequence {
		return root
	}
	for _, n := range root.subs {
		if n.op != opFlags {
			return n
		}
	}
	return root
}

// searchedText is how long a text at the beginning of a pattern has to be for Java to
// search it in a way of its own.
const searchedText = 4

// beginsWith decides by the first part how find() goes about.
func (p *Pattern) beginsWith(first *node) {
	switch {
	case first.op == opBegin:
		p.onlyAtBegin = true
	case first.op == opRunes && first.fold == foldNone && len(first.runes) >= searchedText:
		p.anywhere, p.minLength = true, 0
		for _, r := range first.runes {
			p.minLength += int32(width(r))
			if isSupplementary(r) {
				p.anywhere = false
			}
		}
	}
}

// choice reads up to a closing parenthesis or the end.
func (p *parser) choice() *node {
	p.enter(classNesting)
	defer p.leave(classNesting)
	n := &node{op: opChoice, from: p.cursor, flags: p.flags}
	for {
		n.subs = append(n.subs, p.sequence())
		if p.peek() != '|' {
			break
		}
		p.next()
	}
	if len(n.subs) == 1 {
		return n.subs[0]
	}
	n.to = p.cursor
	return n
}

func (p *parser) sequence() *node {
	n := &node{op: opSequence, from: p.cursor, flags: p.flags}
	for {
		part := p.part()
		if part == nil {
			n.to = p.cursor
			return n
		}
		n.subs = append(n.subs, part)
	}
}

// part reads one part of a sequence with its repetition, nil at its end.
func (p *parser) part() *node {
	r := p.peek()
	n := &node{from: p.cursor, flags: p.flags}
	switch r {
	case '(':
		return p.groupOrFlags(n)
	case '[':
		n = p.classOf(n, p.class(true))
	case '\\':
		if r := p.nextRaw(); r == 'p' || r == 'P' {
			n = p.classOf(n, p.property(r == 'P'))
		} else {
			p.cursor--
			n = p.atom()
		}
	case '^':
		p.next()
		n.op = opBegin
		if p.has(multiline) {
			n.op = opCaret
		}
	case '$':
		p.next()
		n.op = opDollar
	case '.':
		p.next()
		n.op, n.set = opSet, p.dot()
	case '|', ')':
		return nil
	case '?', '*', '+':
		p.next()
		p.fail("Dangling meta character '%c'", r)
	default:
		if r == 0 && p.cursor >= p.size {
			return nil
		}
		n = p.atom()
	}
	n.to = p.cursor
	return p.repetition(n)
}

func (p *parser) dot() set {
	switch {
	case p.has(dotAll):
		return set{has: func(rune) bool { return true }}
	case p.has(unixLines):
		return set{has: func(r rune) bool { return r != '\n' }}
	}
	return set{has: func(r rune) bool { return r != '\n' && r != '\r' && r|1 != 0x2029 && r != 0x85 }}
}

// oneOf makes n match one character of s.
func (p *parser) oneOf(n *node, s set) *node {
	n.op, n.set = opSet, s
	if !s.bmp {
		p.supplementary = true
	}
	return n
}

// classOf is oneOf for a class or a property, which (?c) makes match whatever is the same
// when composed.
func (p *parser) classOf(n *node, s set) *node {
	if !p.has(canonical) {
		return p.oneOf(n, s)
	}
	n.op, n.set = opCanonical, s
	return n
}

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

// repetition reads what repeats n, if anything does.
func (p *parser) repetition(n *node) *node {
	r := p.peek()
	rep := &node{op: opRepeat, from: n.from, flags: p.flags, subs: []*node{n}, memo: -1, max: unbounded, way: waySimple}
	endless := false
	switch r {
	case '?':
		rep.max = 1
		p.next()
	case '*':
		endless = true
		p.next()
	case '+':
		rep.min, endless = 1, true
		p.next()
	case '{':
		p.open.brace = p.cursor
		r = p.skip()
		if !isDigit(r) {
			p.fail("Illegal repetition")
		}
		rep.min, r = p.count(r)
		rep.max = rep.min
		if r == ',' {
			rep.max = unbounded
			if r = p.read(); r != '}' {
				rep.max, r = p.count(r)
			} else {
				endless = true
			}
		}
		if r != '}' {
			p.fail("Unclosed counted closure")
		}
		if rep.max < rep.min {
			p.fail("Illegal repetition range")
		}
	default:
		return n
	}
	switch p.peek() {
	case '?':
		rep.mode = reluctant
		p.next()
	case '+':
		rep.mode = possessive
		p.next()
	}
	rep.to = p.cursor
	if rep.min == 0 && rep.max == 1 {
		rep.way = wayOptional
	}
	switch {
	case n.op == opGroup && rep.mode != possessive && rep.way == wayOptional:
		rep.way = wayChoice
	case n.op == opGroup && rep.mode != possessive:
		rep.way = wayUndecided
	case n.op == opSet && endless && rep.mode == greedy:
		rep.way = wayChars
	}
	return rep
}
