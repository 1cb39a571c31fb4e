package javaregex

import (
	"context"
	"slices"
	"strings"
)

// Samples returns a few texts that the pattern matches as a whole, none if it finds none in
// time. They are addresses if the pattern is about addresses.
func (p *Pattern) Samples(ctx context.Context) []string {
	if len(p.units) > maxFindings {
		return nil
	}
	f := p.finder(ctx, letsInTime)
	f.sample()
	return f.samples
}

// sampler writes a text that a pattern probably matches. It ignores assertions, so the
// caller must try the text.
type sampler struct {
	p      *Pattern
	least  bool // leave out what may be left out
	arm    int  // which alternative to take
	groups map[int]string

	looks bool // write what look-aheads ask for

	by      *node  // an alternative that is taken, whatever arm says
	toward  *node  // is gone to, whatever the other fields say
	with    string // is written for it, unless it is to be repeated so often:
	times   int
	reached bool // it was

	inRepeat bool // directly
	size     int  // how much is written
	stopped  bool
	spent    *int // counts the parts that were looked at, if not nil
	chosen   map[*node]rune
}

// maxSample is longer than any address.
const maxSample = 2000

// samplerArms is how many alternatives samplers take.
const samplerArms = 3

// samplers are the ways to write a text.
func (p *Pattern) samplers() []sampler {
	var all []sampler
	for arm := range samplerArms {
		for _, least := range []bool{false, true} {
			for _, looks := range []bool{false, true} {
				all = append(all, sampler{p: p, arm: arm, least: least, looks: looks})
			}
		}
	}
	return all
}

// maxAlternatives limits how many alternatives are written each by itself.
const maxAlternatives = 64

// alternatives are ways to write a text by each alternative that samplers may leave out.
func (p *Pattern) alternatives() []sampler {
	var all []sampler
	p.root.walk(func(n *node, above []*node) bool {
		if n.op == opLook || len(all) >= maxAlternatives {
			return false
		}
		if n.op == opChoice {
			nested := slices.ContainsFunc(above, func(n *node) bool { return n.op == opChoice })
			for i, arm := range n.subs {
				if (nested || i >= samplerArms) && len(all) < maxAlternatives {
					all = append(all, sampler{p: p, by: arm, least: true})
				}
			}
		}
		return true
	})
	return all
}

// write writes a text.
func (s sampler) write() (text string, reached bool) {
	s.groups = map[int]string{}
	text = s.text(s.p.root)
	return text, s.reached && s.size <= maxSample
}

func (s *sampler) text(n *node) string {
	if s.stopped || s.size > maxSample {
		return ""
	}
	if s.spent != nil {
		*s.spent += 1 + len(n.subs)
	}
	if n == s.toward {
		s.reached = true
		if s.times == 0 {
			s.size++
			return s.with
		}
	}
	switch n.op {
	case opRunes:
		s.size += len(n.runes)
		return string(n.runes)
	case opSet, opCanonical:
		s.size++
		switch {
		case len(n.runes) > 0:
			return string(n.runes)
		case !s.inRepeat && n.set.holds('.') && n.set.holds('a'): // as people have a dot in mind
			return "."
		}
		return string(s.one(n))
	case opSequence:
		var b strings.Builder
		for _, sub := range n.subs {
			b.WriteString(s.text(sub))
		}
		return b.String()
	case opChoice:
		for _, arm := range n.subs {
			if arm.holds(s.toward) {
				return s.text(arm)
			}
		}
		for _, arm := range n.subs {
			if arm.holds(s.by) {
				return s.text(arm)
			}
		}
		return s.text(n.subs[min(s.arm, len(n.subs)-1)])
	case opGroup:
		text := s.text(n.subs[0])
		s.groups[n.group] = text
		return text
	case opAtomic:
		return s.text(n.subs[0])
	case opLook:
		if s.looks && !n.negate && !n.behind {
			return s.text(n.subs[0])
		}
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
	if times == 0 && n.max > 0 && (!s.least || n.holds(s.toward) || n.holds(s.by)) {
		times = 1
	}
	pumped := n == s.toward
	if pumped {
		times = s.times
	}
	defer func(was bool) { s.inRepeat = was }(s.inRepeat)
	s.inRepeat = n.subs[0].op == opSet
	var b strings.Builder
	for range times {
		before := s.size
		b.WriteString(s.text(n.subs[0]))
		if s.size == before || s.size > maxSample {
			break
		}
	}
	if pumped {
		s.stopped = true
	}
	return b.String()
}

// one is a character of a set, found once.
func (s *sampler) one(n *node) rune {
	if r, known := s.chosen[n]; known {
		return r
	}
	r := n.set.any()
	if s.chosen != nil {
		s.chosen[n] = r
		*s.spent += 100 * (1 + n.set.cost)
	}
	return r
}

// maxAnyCost is what a set may cost for many characters to be tried with it.
const maxAnyCost = 50

// any is a character of the set, one that an address may hold if possible.
func (s set) any() rune {
	for _, r := range "abcdefghijklmnopqrstuvwxyz0123456789.-_+@ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		if s.holds(r) {
			return r
		}
	}
	for r := rune(' '); r < 0x3000 && s.cost < maxAnyCost; r++ {
		if s.holds(r) {
			return r
		}
	}
	return 'a'
}

// holds says whether other is n, or a part of it.
func (n *node) holds(other *node) bool {
	return other != nil && n.from <= other.from && other.to <= n.to
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
