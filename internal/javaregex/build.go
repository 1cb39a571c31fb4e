package javaregex

import "fmt"

// prog is a part of a program with all that follows it.
type prog interface {
	// match says whether it matches at i; then the machine's last is where it ended.
	match(m *machine, i, depth int) bool
}

// build makes a program of n and what follows it.
func build(n *node, next prog) prog {
	switch n.op {
	case opSequence:
		for i := len(n.subs) - 1; i >= 0; i-- {
			next = build(n.subs[i], next)
		}
		return next
	case opChoice:
		c := &choice{}
		for _, sub := range n.subs {
			c.arms = append(c.arms, build(sub, next))
		}
		return c
	case opGroup:
		if n.group == 0 {
			return build(n.subs[0], next)
		}
		return &groupStart{n.local, build(n.subs[0], &groupEnd{n.local, n.group, next})}
	case opLook:
		if n.behind {
			return &lookBehind{build(n.subs[0], lookEnd{}), n.reach.min, n.reach.max, n.codePoints, n.negate, next}
		}
		return &lookAhead{build(n.subs[0], accept{}), n.negate, next}
	case opAtomic:
		return &atomic{build(n.subs[0], accept{}), next}
	case opRepeat:
		return buildRepeat(n, next)
	case opFlags:
		return next
	case opSet:
		return &oneOf{n.set.has, n.set.cost, next}
	case opRunes:
		if len(n.runes) == 0 {
			return next
		}
		return &literal{folded(n.runes, n.fold), n.fold, next}
	case opBackref:
		return &backref{2 * n.group, n.fold, next}
	default:
		return buildAssertion(n, next)
	}
}

func buildAssertion(n *node, next prog) prog {
	switch n.op {
	case opBegin:
		return &begin{next}
	case opEnd:
		return &end{next}
	case opDollar:
		return &dollar{n.flags&multiline != 0, n.flags&unixLines != 0, next}
	case opCaret:
		return &caret{n.flags&unixLines != 0, next}
	case opBound:
		return newBound(n, next)
	case opLast:
		return &begin{next} // the first search begins at 0
	case opNewline:
		return &newline{next}
	case opCanonical:
		return &canonicalOne{n.set.has, n.set.cost, next}
	case opCluster:
		return &cluster{next}
	case opClusterBound:
		return &clusterBound{next}
	}
	panic(fmt.Sprintf("no program for op %d", n.op))
}

func buildRepeat(n *node, next prog) prog {
	sub := n.subs[0]
	switch n.way {
	case wayOptional:
		return &optional{build(sub, accept{}), n.mode, next}
	case wayChoice:
		taken := build(sub, next)
		if n.mode == reluctant {
			return &choice{[]prog{next, taken}}
		}
		return &choice{[]prog{taken, next}}
	case wayChars:
		return &chars{sub.set.has, sub.set.cost, int(n.min), next}
	case waySimple:
		return &simple{build(sub, accept{}), int(n.min), int(n.max), n.mode, next}
	case wayGroup:
		return &groupTimes{build(sub.subs[0], accept{}), int(n.min), int(n.max), n.mode, 2 * sub.group, next}
	case wayLoop:
		l := &loop{begin: sub.local, count: n.local, min: int(n.min), max: int(n.max), reluctant: n.mode == reluctant, memo: n.memo, next: next}
		var tail prog = l
		if sub.group > 0 {
			tail = &groupEnd{sub.local, sub.group, l}
		}
		l.body = &groupStart{sub.local, build(sub.subs[0], tail)}
		return &loopStart{l}
	}
	panic(fmt.Sprintf("no program for way %d", n.way))
}

func folded(runes []rune, f fold) []rune {
	result := make([]rune, len(runes))
	for i, r := range runes {
		result[i] = f.apply(r)
	}
	return result
}

// cost is what apply costs in steps, beyond the first.
func (f fold) cost() int {
	if f == foldUnicode {
		return foldCost
	}
	return 0
}

func (f fold) apply(r rune) rune {
	switch f {
	case foldASCII:
		return asciiLower(r)
	case foldUnicode:
		return toLower(toUpper(r))
	}
	return r
}
