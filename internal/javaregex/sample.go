package javaregex

import "strings"

// sampler writes a text that a pattern should match, and may not: it does not look
// at assertions. Who uses it has to try the text.
type sampler struct {
	p      *Pattern
	least  bool // leave out what may be left out
	arm    int  // which alternative to take
	groups map[int]string

	replace *node // is written as with, instead of what it matches
	with    string
	pump    *node // is written so often and ends the text
	times   int
	size    int // how much is written
	stopped bool
}

// maxSample is longer than any address.
const maxSample = 2000

// sample is a text that p matches as a whole, if one is found. With replace set,
// that part is written as with.
func (p *Pattern) sample(replace *node, with string) (text string, ok bool) {
	for arm := range 3 {
		for _, least := range []bool{false, true} {
			s := sampler{p: p, least: least, arm: arm, replace: replace, with: with, groups: map[int]string{}}
			text = s.text(p.root)
			if s.size < maxSample && p.try(text).Matches {
				return text, true
			}
		}
	}
	return "", false
}

func (s *sampler) text(n *node) string {
	if s.stopped || s.size > maxSample {
		return ""
	}
	if n == s.replace {
		s.size++
		return s.with
	}
	switch n.op {
	case opRunes:
		s.size += len(n.runes)
		return string(n.runes)
	case opSet:
		s.size++
		if len(n.runes) > 0 {
			return string(n.runes)
		}
		return string(n.set.any())
	case opSequence:
		var b strings.Builder
		for _, sub := range n.subs {
			b.WriteString(s.text(sub))
		}
		return b.String()
	case opChoice:
		return s.text(n.subs[min(s.arm, len(n.subs)-1)])
	case opGroup:
		text := s.text(n.subs[0])
		s.groups[n.group] = text
		return text
	case opAtomic:
		return s.text(n.subs[0])
	case opRepeat:
		return s.repeat(n)
	case opBackref:
		s.size += len(s.groups[n.group])
		return s.groups[n.group]
	case opNewline:
		s.size++
		return "\n"
	case opCluster:
		s.size++
		return "a"
	}
	return ""
}

func (s *sampler) repeat(n *node) string {
	times := int(n.min)
	if times == 0 && n.max > 0 && !s.least {
		times = 1
	}
	if n == s.pump {
		times = s.times
	}
	var b strings.Builder
	for range times {
		before := s.size
		b.WriteString(s.text(n.subs[0]))
		if s.size == before || s.size > maxSample {
			break
		}
	}
	if n == s.pump {
		s.stopped = true
	}
	return b.String()
}

// any is a character of the set, one that an address may hold if possible.
func (s set) any() rune {
	for _, r := range "abcdefghijklmnopqrstuvwxyz0123456789.-_+@ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		if s.holds(r) {
			return r
		}
	}
	for r := rune(' '); r < 0x3000; r++ {
		if s.holds(r) {
			return r
		}
	}
	return 'a'
}

// walk visits n and all below it, from left to right, until visit says false.
func (n *node) walk(visit func(n *node, above []*node) bool) { n.walkBelow(nil, visit) }

func (n *node) walkBelow(above []*node, visit func(n *node, above []*node) bool) {
	if !visit(n, above) {
		return
	}
	above = append(above, n)
	for _, sub := range n.subs {
		sub.walkBelow(above, visit)
	}
}
