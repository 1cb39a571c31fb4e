package javaregex

// automaton is a simplified pattern, which accepts at least every text that the pattern
// matches. It counts repetitions up to three, lets back-references match anything, and leaves
// out some lookarounds.
type automaton struct {
	p         *Pattern
	states    []autoState
	addresses *addresses
	behind    bool // there is a look-behind, so that the last character matters
	unknown   bool // whether it is too large, or counts too far
	sets      map[*node][2]symbols
}

type autoKind uint8

const (
	autoChar      autoKind = iota // one of the symbols
	autoSplit                     // any of outs
	autoBegin                     // at the beginning
	autoEnd                       // at the end
	autoLook                      // look has to match from here, too
	autoBehind                    // the last character has to be one of the symbols
	autoNotBehind                 // no character, or one of the symbols
	autoDead                      // nothing matches
	autoAccept                    // the pattern has matched
	autoDone                      // a look-ahead has matched
)

type autoState struct {
	kind autoKind
	on   symbols
	outs []int
	look int
	node *node // what it comes from
}

const (
	maxAutoStates = 20_000
	maxAutoCount  = 300 // the longest address, and some more
	maxAutoCopies = 3
)

// newAutomaton returns the automaton of n and where it starts.
func newAutomaton(p *Pattern, n *node, a *addresses, sets map[*node][2]symbols) (auto *automaton, start int) {
	auto = &automaton{p: p, addresses: a, sets: sets}
	accept := auto.add(autoState{kind: autoAccept})
	return auto, auto.build(n, accept)
}

func (a *automaton) add(s autoState) int {
	if len(a.states) >= maxAutoStates {
		a.unknown = true
		return 0
	}
	a.states = append(a.states, s)
	return len(a.states) - 1
}

// build adds n, followed by next, and returns where it starts.
func (a *automaton) build(n *node, next int) int {
	if a.unknown {
		return 0
	}
	one := func(kind autoKind) int { return a.add(autoState{kind: kind, outs: []int{next}, node: n}) }
	switch n.op {
	case opSequence:
		for i := len(n.subs) - 1; i >= 0; i-- {
			next = a.build(n.subs[i], next)
		}
		return next
	case opChoice:
		split := autoState{kind: autoSplit, node: n}
		for _, sub := range n.subs {
			split.outs = append(split.outs, a.build(sub, next))
		}
		return a.add(split)
	case opGroup, opAtomic:
		return a.build(n.subs[0], next)
	case opRepeat:
		return a.repeat(n, next)
	case opLook:
		return a.lookaround(n, next)
	case opSet:
		some, _ := a.symbols(n)
		return a.add(autoState{kind: autoChar, on: some, outs: []int{next}, node: n})
	case opRunes:
		for i := len(n.runes) - 1; i >= 0; i-- {
			next = a.add(autoState{kind: autoChar, on: runeSymbols(n.runes[i], n.fold), outs: []int{next}, node: n})
		}
		return next
	case opBegin:
		return one(autoBegin)
	case opCaret:
		if a.addresses.lineBreak {
			return next
		}
		return one(autoBegin)
	case opEnd:
		return one(autoEnd)
	case opDollar:
		end := one(autoEnd)
		if !a.addresses.lineBreak {
			return end
		}
		done := a.add(autoState{kind: autoDone})
		lineBreak := a.add(autoState{kind: autoChar, on: symbolsIn("\n"), outs: []int{done}, node: n})
		before := a.add(autoState{kind: autoLook, look: lineBreak, outs: []int{next}, node: n})
		return a.add(autoState{kind: autoSplit, outs: []int{end, before}, node: n})
	case opNewline:
		return a.add(autoState{kind: autoChar, on: symbolsIn("\n"), outs: []int{a.star(symbolsIn("\n"), next, n)}, node: n})
	case opCluster, opCanonical:
		return a.add(autoState{kind: autoChar, on: everySymbol, outs: []int{a.star(everySymbol, next, n)}, node: n})
	case opBackref:
		return a.star(everySymbol, next, n)
	}
	return next
}

func (a *automaton) star(on symbols, next int, n *node) int {
	split := a.add(autoState{kind: autoSplit, node: n})
	char := a.add(autoState{kind: autoChar, on: on, outs: []int{split}, node: n})
	a.states[split].outs = []int{char, next}
	return split
}

func (a *automaton) repeat(n *node, next int) int {
	if n.min > maxAutoCount {
		a.unknown = true
		return 0
	}
	sub := n.subs[0]
	least := min(int(n.min), maxAutoCopies)
	if n.max == unbounded || n.max > maxAutoCopies {
		split := a.add(autoState{kind: autoSplit, node: n})
		body := a.build(sub, split)
		a.states[split].outs = []int{body, next}
		next = split
	} else {
		for range int(n.max) - least {
			next = a.add(autoState{kind: autoSplit, outs: []int{a.build(sub, next), next}, node: n})
		}
	}
	for range least {
		next = a.build(sub, next)
	}
	return next
}

// lookaround adds a lookaround, or leaves it out if the automaton can't express it.
func (a *automaton) lookaround(n *node, next int) int {
	sub := n.subs[0]
	if n.negate && alwaysMatches(sub) {
		return a.add(autoState{kind: autoDead, node: n})
	}
	chars, plain := characterSequence(sub)
	switch {
	case n.behind && plain && len(chars) == 1:
		a.behind = true
		some, all := a.symbols(chars[0])
		if n.negate {
			return a.add(autoState{kind: autoNotBehind, on: all.not(), outs: []int{next}, node: n})
		}
		return a.add(autoState{kind: autoBehind, on: some, outs: []int{next}, node: n})
	case n.behind:
		return next
	}
	done := a.add(autoState{kind: autoDone})
	switch {
	case !n.negate:
		return a.add(autoState{kind: autoLook, look: a.build(sub, done), outs: []int{next}, node: n})
	case plain && len(chars) > 0 && len(chars) <= 8:
		return a.add(autoState{kind: autoLook, look: a.otherThan(chars, done), outs: []int{next}, node: n})
	}
	return next
}

// otherThan accepts what does not begin with one of each of chars.
func (a *automaton) otherThan(chars []*node, done int) int {
	start := -1
	for i := len(chars) - 1; i >= 0; i-- {
		some, all := a.symbols(chars[i])
		outs := []int{
			a.add(autoState{kind: autoChar, on: all.not(), outs: []int{done}, node: chars[i]}),
			a.add(autoState{kind: autoEnd, outs: []int{done}, node: chars[i]}),
		}
		if start >= 0 {
			outs = append(outs, a.add(autoState{kind: autoChar, on: some, outs: []int{start}, node: chars[i]}))
		}
		start = a.add(autoState{kind: autoSplit, outs: outs, node: chars[i]})
	}
	return start
}

// characterSequence are the sets that n matches one after the other, if it is no more
// than that.
func characterSequence(n *node) (chars []*node, ok bool) {
	switch n.op {
	case opSet:
		return []*node{n}, true
	case opGroup:
		return characterSequence(n.subs[0])
	case opRunes:
		for _, r := range n.runes {
			chars = append(chars, &node{op: opSet, runes: []rune{r}, flags: n.flags, from: n.from, to: n.to})
		}
		return chars, true
	case opSequence:
		for _, sub := range n.subs {
			more, ok := characterSequence(sub)
			if !ok {
				return nil, false
			}
			chars = append(chars, more...)
		}
		return chars, true
	}
	return nil, false
}

// alwaysMatches reports whether n matches the empty text wherever it is tried.
func alwaysMatches(n *node) bool {
	switch n.op {
	case opSequence:
		for _, sub := range n.subs {
			if !alwaysMatches(sub) {
				return false
			}
		}
		return true
	case opChoice:
		for _, sub := range n.subs {
			if alwaysMatches(sub) {
				return true
			}
		}
		return false
	case opGroup, opAtomic:
		return alwaysMatches(n.subs[0])
	case opRepeat:
		return n.min == 0 || alwaysMatches(n.subs[0])
	case opRunes:
		return len(n.runes) == 0
	case opFlags:
		return true
	}
	return false
}

func runeSymbols(r rune, f fold) (s symbols) {
	for _, variant := range f.variants(r) {
		s.add(symbolOf(variant))
	}
	return s
}

// symbols are those of a set, see symbolsOf.
func (a *automaton) symbols(n *node) (some, all symbols) {
	if len(n.runes) == 1 {
		some = runeSymbols(n.runes[0], foldOf(n.flags))
		all = some
		all[0] &^= 1<<otherSymbol | 1<<controlSymbol
		return some, all
	}
	if known, ok := a.sets[n]; ok {
		return known[0], known[1]
	}
	some, all = symbolsOf(n.set, a.p.raw(n) == ".")
	a.sets[n] = [2]symbols{some, all}
	return some, all
}
