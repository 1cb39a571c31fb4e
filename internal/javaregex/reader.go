package javaregex

import (
	"fmt"
	"math"
)

type flags uint16

const (
	caseInsensitive flags = 1 << iota // i
	multiline                         // m
	dotAll                            // s
	unixLines                         // d
	unicodeCase                       // u
	comments                          // x
	unicodeClasses                    // U
	canonical                         // c, undocumented
)

// parser reads a pattern once from left to right. Its small steps are those of
// Java's, since the index of an error is one less than where the reading stood.
type parser struct {
	source
	pattern string
	cursor  int
	flags   flags
	open    marks

	groups        int // capturing groups so far, the whole match counted as one
	names         map[string]int
	referred      bool
	supplementary bool    // see Pattern.anywhere
	loops         []*node // see node.memo
	depth         int
	locals        int
	ranges        []classRange
}

func newParser(pattern string) *parser {
	p := &parser{pattern: pattern, source: newSource(pattern), groups: 1, names: map[string]int{}}
	p.supplementary = p.lastWide >= 0
	return p
}

func (p *parser) has(f flags) bool { return p.flags&f != 0 }

// fail ends the parsing; Compile recovers.
func (p *parser) fail(format string, args ...any) {
	panic(&SyntaxError{Description: fmt.Sprintf(format, args...), Index: p.cursor - 1})
}

func (p *parser) unsupported(from, to int, what string) {
	panic(&UnsupportedError{Start: p.at[from], End: p.at[min(to, p.size)], What: what})
}

// char is the code point at i, 0 just behind the end. Farther behind a JVM reads
// past its array, which makes it throw something else than a syntax error.
func (p *parser) char(i int) rune {
	if i >= len(p.text) {
		panic(&SyntaxError{Description: fmt.Sprintf("ArrayIndexOutOfBoundsException: Index %d out of bounds for length %d", i, len(p.text)), Index: -1})
	}
	return p.text[i]
}

// peek is the next character, behind spaces and comments with (?x).
func (p *parser) peek() rune {
	if p.has(comments) {
		p.passSpace()
	}
	return p.char(p.cursor)
}

// read returns the next character and goes behind it.
func (p *parser) read() rune {
	r := p.peek()
	p.cursor++
	return r
}

// next goes one on and peeks.
func (p *parser) next() rune {
	p.cursor++
	return p.peek()
}

// skip goes two on and returns the second of them, be it a space.
func (p *parser) skip() rune {
	p.cursor += 2
	return p.char(p.cursor - 1)
}

// nextRaw goes one on and returns what is there, be it a space.
func (p *parser) nextRaw() rune {
	p.cursor++
	return p.char(p.cursor)
}

func (p *parser) passSpace() {
	for {
		r := p.char(p.cursor)
		switch {
		case isSpace(r):
			p.cursor++
		case r == '#':
			for r := p.nextRaw(); r != 0 && !p.endsLine(r); {
				r = p.nextRaw()
			}
			p.cursor = min(p.cursor, p.size)
		default:
			return
		}
	}
}

func (p *parser) endsLine(r rune) bool {
	if p.has(unixLines) {
		return r == '\n'
	}
	return r == '\n' || r == '\r' || r|1 == 0x2029 || r == 0x85
}

func (p *parser) expect(r rune, description string) {
	if p.read() != r {
		p.fail("%s", description)
	}
}

// enter and leave limit the nesting to a depth for which Go's stack and a JVM's suffice.
func (p *parser) enter(weight int) {
	p.depth += weight
	if p.depth > maxNesting*classNesting {
		p.unsupported(p.cursor, p.cursor+1, "nested too deeply")
	}
}

func (p *parser) leave(weight int) { p.depth -= weight }

// count reads the rest of a number whose first digit is r, and what follows it.
func (p *parser) count(r rune) (n int32, after rune) {
	for ; isDigit(r); r = p.read() {
		next := int64(n)*10 + int64(r-'0')
		if next > math.MaxInt32 {
			p.fail("Illegal repetition range")
		}
		n = int32(next)
	}
	return n, r
}
