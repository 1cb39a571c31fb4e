package javaregex

import "slices"

// configuration is how far a text has got in an automaton and in the machine of
// addresses, and which look-aheads are still to match.
type configuration struct {
	state   int
	address addressState
	looks   [maxAutoLooks]int // states, in order, -1 for none
	last    symbols           // what the last character may be, if that matters
}

const (
	maxAutoLooks          = 3
	maxAutoConfigurations = 30_000
)

// search reports whether some address may match from the start. If not, stuck is the part
// at which the longest attempt fails.
func (a *automaton) search(start int) (found, known bool, stuck *node) {
	if a.unknown {
		return false, false, nil
	}
	seen := map[configuration]bool{}
	var queue []configuration
	push := func(c configuration) {
		if !seen[c] {
			seen[c] = true
			queue = append(queue, c)
		}
	}
	for _, c := range a.before(start) {
		push(c)
	}
	passed, reached := map[int]bool{}, map[int]bool{}
	for len(queue) > 0 {
		if len(seen) > maxAutoConfigurations {
			return false, false, nil
		}
		c := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		if a.states[c.state].kind == autoAccept && c.looks == noLooks {
			return true, true, nil
		}
		next := a.step(c)
		reached[c.state] = true
		passed[c.state] = passed[c.state] || len(next) > 0
		for _, c := range next {
			push(c)
		}
	}
	for state := range reached {
		if n := a.states[state].node; n != nil && !passed[state] && (stuck == nil || n.from > stuck.from) {
			stuck = n
		}
	}
	return false, true, stuck
}

var noLooks = [maxAutoLooks]int{-1, -1, -1}

// before are the configurations in which a pattern may begin to match: at the beginning
// of an address, or behind any part of it.
func (a *automaton) before(start int) []configuration {
	into := [addressStates]symbols{}
	reached := [addressStates]bool{addressStart: true}
	for range addressStates {
		for from, edges := range a.addresses.edges {
			for _, e := range edges {
				if reached[from] && !e.on.isEmpty() {
					reached[e.to] = true
					into[e.to] = into[e.to].or(e.on)
				}
			}
		}
	}
	var all []configuration
	for state := range addressStates {
		if reached[state] {
			c := configuration{state: start, address: state, looks: noLooks}
			if a.behind {
				c.last = into[state]
			}
			all = append(all, c)
		}
	}
	return all
}

// step goes on from c: by what takes no character if there is such a part, or by one
// character for the pattern and all look-aheads.
func (a *automaton) step(c configuration) []configuration {
	for i, look := range c.looks {
		if look >= 0 && a.states[look].kind != autoChar {
			return a.silent(c, look, func(c configuration, to int) configuration {
				if a.states[to].kind == autoDone {
					to = -1
				}
				c.looks[i] = to
				slices.Sort(c.looks[:])
				slices.Reverse(c.looks[:])
				return c
			})
		}
	}
	s := &a.states[c.state]
	if s.kind != autoChar && s.kind != autoAccept {
		return a.silent(c, c.state, func(c configuration, to int) configuration {
			c.state = to
			return c
		})
	}
	return a.consume(c)
}

// silent takes the edges of a state that take no character; move puts another in its
// place.
func (a *automaton) silent(c configuration, state int, move func(configuration, int) configuration) (next []configuration) {
	s := &a.states[state]
	atEnd := c.address == addressEnd
	switch s.kind {
	case autoBegin:
		if c.address != addressStart {
			return nil
		}
	case autoEnd:
		if !atEnd && !c.address.mayEnd() {
			return nil
		}
		c.address = addressEnd
	case autoBehind:
		if c.address == addressStart || c.last.and(s.on).isEmpty() {
			return nil
		}
	case autoNotBehind:
		if c.address != addressStart && c.last.and(s.on).isEmpty() {
			return nil
		}
	case autoLook:
		c = move(c, s.outs[0])
		if c.looks[maxAutoLooks-1] < 0 && a.states[s.look].kind != autoDone {
			c.looks[maxAutoLooks-1] = s.look
			slices.Sort(c.looks[:])
			slices.Reverse(c.looks[:])
		}
		return []configuration{c}
	case autoDead:
		return nil
	}
	for _, out := range s.outs {
		next = append(next, move(c, out))
	}
	return next
}

func (a *automaton) consume(c configuration) (next []configuration) {
	on := everySymbol
	if s := &a.states[c.state]; s.kind == autoChar {
		on = s.on
		c.state = s.outs[0]
	}
	for i, look := range c.looks {
		if look < 0 {
			continue
		}
		s := &a.states[look]
		on = on.and(s.on)
		if c.looks[i] = s.outs[0]; a.states[s.outs[0]].kind == autoDone {
			c.looks[i] = -1
		}
	}
	slices.Sort(c.looks[:])
	slices.Reverse(c.looks[:])
	for _, e := range a.addresses.edges[c.address] {
		both := on.and(e.on)
		if both.isEmpty() {
			continue
		}
		c := c
		c.address = e.to
		if a.behind {
			c.last = both
		}
		next = append(next, c)
	}
	return next
}
