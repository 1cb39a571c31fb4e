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
