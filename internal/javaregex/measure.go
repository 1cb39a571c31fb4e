package javaregex

import "slices"

// lengths is how many characters a part can match, as Java computes it: in 32 bits that
// overflow, so that (?<=aa*)b counts as limited.
type lengths struct {
	min, max int32
	valid    bool // max is one
	fixed    bool // there is but one way to match
}

func noLength() lengths { return lengths{valid: true, fixed: true} }

// measure computes the lengths of a whole pattern.
func measure(n *node) lengths {
	l := noLength()
	n.measure(&l, func(*lengths) {})
	return l
}

// inner is what measure says, remembered. Only for what is measured apart from its
// surroundings anyway.
func (n *node) inner() lengths {
	if !n.innerKnown {
		n.innerResult, n.innerKnown = measure(n), true
	}
	return n.innerResult
}

// measure adds n and then the rest of the pattern, which comes as a function since
// what follows a choice or a loop is reckoned differently.
func (n *node) measure(l *lengths, rest func(*lengths)) {
	switch n.op {
	case opSequence:
		measureAll(n.subs, l, rest)
	case opGroup:
		n.subs[0].measure(l, rest)
	case opChoice:
		measureChoice(n.subs, l, rest)
	case opAtomic:
		n.subs[0].measure(l, func(*lengths) {})
		rest(l)
	case opRepeat:
		n.measureRepeat(l, rest)
	case opSet:
		l.min++
		l.max++
		rest(l)
	case opRunes:
		l.min += int32(len(n.runes))
		l.max += int32(len(n.runes))
		rest(l)
	case opNewline:
		l.min++
		l.max += 2
		rest(l)
	case opCluster, opCanonical: // no word of how long it can be
		l.min++
		l.fixed = false
		rest(l)
	case opBackref:
		l.valid = false
		rest(l)
	default:
		rest(l)
	}
}

func measureAll(subs []*node, l *lengths, rest func(*lengths)) {
	// What is straight does nothing to the rest, so that no recursion is needed.
	for len(subs) > 0 && subs[0].straight() {
		subs[0].measure(l, func(*lengths) {})
		subs = subs[1:]
	}
	if len(subs) == 0 {
		rest(l)
		return
	}
	subs[0].measure(l, func(l *lengths) { measureAll(subs[1:], l, rest) })
}

// straight reports whether n is measured without regard to what follows.
func (n *node) straight() bool {
	switch n.op {
	case opChoice:
		return false
	case opGroup:
		return n.subs[0].straight()
	case opSequence:
		if !n.straightKnown {
			n.straightResult = !slices.ContainsFunc(n.subs, func(sub *node) bool { return !sub.straight() })
			n.straightKnown = true
		}
		return n.straightResult
	case opRepeat:
		return n.way != wayChoice && n.way != wayLoop
	}
	return true
}

func measureChoice(subs []*node, l *lengths, rest func(*lengths)) {
	all := lengths{min: unbounded, max: -1, valid: l.valid}
	for _, sub := range subs {
		one := noLength()
		if sub != nil {
			one = sub.inner()
		}
		all.min, all.max = min(all.min, one.min), max(all.max, one.max)
		all.valid = all.valid && one.valid
	}
	before := *l
	*l = noLength()
	rest(l)
	l.min += before.min + all.min
	l.max += before.max + all.max
	l.valid = l.valid && all.valid
	l.fixed = false
}

func (n *node) measureRepeat(l *lengths, rest func(*lengths)) {
	sub := n.subs[0]
	switch n.way {
	case wayOptional:
		before := l.min
		sub.measure(l, func(*lengths) {})
		l.min = before
		l.fixed = false
		rest(l)
	case wayChoice:
		measureChoice([]*node{sub, nil}, l, rest)
	case wayChars:
		l.min += n.min
		l.max += unbounded
		l.fixed = false
		rest(l)
	case wayLoop: // Java looks no farther
		l.valid, l.fixed = false, false
	default:
		before, one := *l, sub.inner()
		l.min = one.min*n.min + before.min
		if l.min < before.min {
			l.min = 0xFFFFFFF
		}
		l.max, l.valid = one.max, before.valid && one.valid
		if l.valid {
			l.max = one.max*n.max + before.max
			l.valid = l.max >= before.max
		}
		l.fixed = one.fixed && n.min == n.max && before.fixed
		rest(l)
	}
}
