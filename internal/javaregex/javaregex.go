// Package javaregex reports what Java does with a regular expression: whether the
// java.util.regex.Pattern of JDK 17 accepts it, if not with which error and where, and
// what it matches. Cloudflare's registry uses such an engine, from which Go's regexp and
// other engines differ.
//
// It follows the documentation of [Pattern] and, where that lacks something, what a JVM
// does; testdata/corpus.jsonl records that, and `make javaregex` compares with a JVM again.
// It needs no JVM itself. The flags of Pattern.compile are 0, flags inside the
// pattern all hold, (?c) included, which is not documented: it is for classes only.
//
// Known differences: groups nested deeper than 500, and patterns over 64 KB, are not
// checked; a JVM gives up at other depths. Java matches by recursion, one or more calls for
// each part of a pattern and each round of a loop over a group. A long pattern needs no
// groups for that: some thousand parts in a row, such as a.a.a. and so on, or a loop such as
// (?:a|b)* over a text of some thousand characters, end in a StackOverflowError instead of
// an answer. Where that happens depends on the stack of the thread, by default 512 KB to 1 MB,
// and on how the JVM compiled the code; here such a match goes on to a depth of its own, and
// is TooSlow behind it. Pattern.compile also recurses, for each alternative and group. Of an unknown property's name in capitals, the
// description of the error may end in another sigma beside scripts other than Latin and
// Greek.
//
// Characters are those of Unicode 13, as in JDK 17, not of Go's newer tables:
// unicode.txt has them, written by testdata/Tables.java.
//
// [Pattern]: https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html
package javaregex

import (
	"fmt"
	"strconv"
)

const (
	// maxPattern is the longest pattern that is looked at, in bytes.
	maxPattern = 1 << 16
	// maxNesting is how deep groups may nest, and classes classNesting times as
	// deep. A JVM with its usual stack gives up at some 900 and 4,000.
	maxNesting   = 500
	classNesting = 3
)

// Pattern is a regular expression that Java accepts. It may be used by several
// goroutines at once.
type Pattern struct {
	source  string
	root    *node
	program prog
	// anywhere says that find() tries each UTF-16 unit, even the second half of a
	// surrogate pair. Java does so unless the pattern can tell them from others.
	anywhere bool
	// onlyAtBegin says that find() tries the beginning only, for the pattern begins with ^.
	onlyAtBegin bool
	minLength   int32
	slots       int // for groups, two each
	locals      int
	memos       int
	names       map[string]int
	referred    bool // there is a back-reference
	chars       source
	ranges      []classRange
	units       []uint16 // the pattern
}

// SyntaxError is the reason why Java refuses a pattern.
type SyntaxError struct {
	Description string // as PatternSyntaxException.getDescription()
	// Index is that of PatternSyntaxException.getIndex(), -1 if there is none. It
	// is Java's own: after a character outside the BMP or a \Q...\E it is not the
	// offset one would count.
	Index      int
	Message    string // Description in plain words
	Start, End int    // the position of the mistake, in UTF-16 units of the pattern
}

func (e *SyntaxError) Error() string { return e.Message }

// InJava is the first line of PatternSyntaxException.getMessage(): "Unclosed group near
// index 4".
func (e *SyntaxError) InJava() string {
	if e.Index < 0 {
		return e.Description
	}
	return e.Description + " near index " + strconv.Itoa(e.Index)
}

// UnsupportedError reports a pattern that was not checked. It may be valid or not.
type UnsupportedError struct {
	Start, End int // in UTF-16 units
	What       string
}

func (e *UnsupportedError) Error() string {
	return fmt.Sprintf("not checked: %s", e.What)
}

// Compile accepts and rejects what Pattern.compile(pattern) of JDK 17 does. The
// error is a *SyntaxError, or an *UnsupportedError for what it cannot tell.
//
// https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html#compile(java.lang.String)
func Compile(pattern string) (p *Pattern, err error) {
	if len(pattern) > maxPattern {
		return nil, &UnsupportedError{End: utf16Length(pattern), What: fmt.Sprintf("the pattern is longer than %d bytes", maxPattern)}
	}
	parser := newParser(pattern)
	// The parser stops by panicking with one of the two errors.
	defer func() {
		switch e := recover().(type) {
		case nil:
		case *SyntaxError:
			parser.explainError(e)
			p, err = nil, e
		case *UnsupportedError:
			p, err = nil, e
		default:
			panic(e)
		}
	}()
	return parser.parse(), nil
}

// String is the pattern as it was given to Compile.
func (p *Pattern) String() string { return p.source }
