package javaregex

import (
	"errors"
	"math"
	"time"
	"unicode/utf16"
)

const (
	maxTime = 80 * time.Millisecond // of the 100 promised
	// maxDepth is how deep the search may recurse, at about 200 bytes a step. The
	// runtime doubles a stack, so the most it takes is some 12 MB.
	maxDepth = 25_000
	// maxInput is the longest input looked at, in bytes.
	maxInput = 1 << 20
	// maxMemory is what the memory of failed positions may take, in bytes.
	maxMemory = 16 << 20
	// ticks is how many steps are made between two looks at the clock.
	ticks = 1 << 10
)

// Result is the result of matching an input. Offsets are in UTF-16 units.
type Result struct {
	Matches bool // as Matcher.matches(): the pattern matches the whole input
	Found   bool // as the first Matcher.find(): it matches somewhere, from Start to End
	Start   int
	End     int
	// TooSlow means that there is no result, because of the limits of 100 ms and of memory,
	// or because a JVM would throw. The other fields are then zero.
	TooSlow bool
}

var (
	errTooSlow = errors.New("too slow")
	errThrown  = errors.New("a JVM throws here")
)

// Match matches the input. It takes at most 100 ms and 64 MB.
//
// https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Matcher.html
func (p *Pattern) Match(input string) Result {
	if len(input) > maxInput {
		return Result{TooSlow: true}
	}
	deadline := time.Now().Add(maxTime)
	return p.run(p.machine(units(input), deadline))
}

// units is the input in UTF-16.
func units(input string) []uint16 {
	text := make([]uint16, 0, len(input))
	for _, r := range input {
		text = utf16.AppendRune(text, r)
	}
	return text
}

func (p *Pattern) machine(text []uint16, deadline time.Time) *machine {
	places := make([]int, p.slots+p.locals)
	return &machine{
		text: text, deadline: deadline, ticks: ticks, steps: math.MaxInt,
		groups: places[:p.slots:p.slots], locals: places[p.slots:], memos: make([][]uint64, p.memos),
	}
}

func (p *Pattern) run(m *machine) (result Result) {
	if !m.answers(func() {
		result.Matches = p.matchWhole(m)
		result.Found, result.Start, result.End = p.find(m)
	}) {
		return Result{TooSlow: true}
	}
	return result
}

// answers does a search and reports whether it came to its end.
func (m *machine) answers(search func()) (ended bool) {
	defer func() {
		switch e := recover(); e {
		case nil:
		case errTooSlow, errThrown:
			ended = false
		default:
			panic(e)
		}
	}()
	search()
	return true
}

func (p *Pattern) matchWhole(m *machine) bool {
	m.reset()
	m.whole = true
	return p.program.match(m, 0, 0)
}

// find tries each place until one matches.
func (p *Pattern) find(m *machine) (found bool, start, end int) {
	m.reset()
	m.whole = false
	if p.onlyAtBegin {
		if p.program.match(m, 0, 0) {
			return true, 0, m.last
		}
		return false, 0, 0
	}
	guard := int32(len(m.text)) - p.minLength // it overflows in Java, too
	for i := 0; int32(i) <= guard; i++ {
		m.tick(0)
		if p.program.match(m, i, 0) {
			return true, i, m.last
		}
		if int32(i) == guard {
			break
		}
		if p.anywhere {
			continue
		}
		if i >= len(m.text) {
			panic(errThrown)
		}
		if i+1 < len(m.text) && isHigh(m.text[i]) && isLow(m.text[i+1]) {
			i++
		}
	}
	return false, 0, 0
}

// machine is the state of one search. Like Java's it searches by recursion: a part of the
// program matches at a position if it and all following parts match, and otherwise restores
// the groups.
type machine struct {
	text   []uint16
	groups []int // start and end of each, -1 if it has none
	locals []int
	memos  [][]uint64
	last   int  // where the last part ended
	lookTo int  // where the look-behind has to end
	whole  bool // match to the end of the text

	deadline time.Time
	ticks    int // until the next look at the clock
	steps    int // that may still be made
	memory   int
}

func (m *machine) reset() {
	for i := range m.groups {
		m.groups[i] = -1
	}
	for i := range m.locals {
		m.locals[i] = -1
	}
	clear(m.memos)
	m.last = 0
}

// tick counts a step and gives up, by a panic that match recovers, when there have
// been too many.
func (m *machine) tick(depth int) {
	m.ticks--
	if m.ticks > 0 && depth <= maxDepth {
		return
	}
	m.steps -= ticks - m.ticks
	if depth > maxDepth || m.steps <= 0 || time.Now().After(m.deadline) {
		panic(errTooSlow)
	}
	m.ticks = ticks
}

// within throws, as a JVM does, for what is beyond the end. A look-behind may look there
// first, see lookBehind.look.
func (m *machine) within(i int) {
	if i > len(m.text) {
		panic(errThrown)
	}
}

// at is the code point at i.
func (m *machine) at(i int) rune {
	u := m.text[i]
	if isHigh(u) && i+1 < len(m.text) && isLow(m.text[i+1]) {
		return utf16.DecodeRune(rune(u), rune(m.text[i+1]))
	}
	return rune(u)
}

// before is the code point that ends at i.
func (m *machine) before(i int) rune {
	m.within(i)
	u := m.text[i-1]
	if isLow(u) && i >= 2 && isHigh(m.text[i-2]) {
		return utf16.DecodeRune(rune(m.text[i-2]), rune(u))
	}
	return rune(u)
}

func isHigh(u uint16) bool { return u >= 0xD800 && u <= 0xDBFF }
func isLow(u uint16) bool  { return u >= 0xDC00 && u <= 0xDFFF }

// remember notes that a loop failed at i, recall says so. They spare the loops that
// Java spares, and it shows: what failed once is not tried again elsewhere.
func (m *machine) remember(memo, i int) {
	if i > len(m.text) {
		return
	}
	if m.memos[memo] == nil {
		size := len(m.text)/64 + 1
		if m.memory += 8 * size; m.memory > maxMemory {
			panic(errTooSlow)
		}
		m.memos[memo] = make([]uint64, size)
	}
	m.memos[memo][i/64] |= 1 << (i % 64)
}

func (m *machine) recall(memo, i int) bool {
	return i <= len(m.text) && m.memos[memo] != nil && m.memos[memo][i/64]&(1<<(i%64)) != 0
}
