package javaregex

type op uint8

const (
	opSequence op = iota
	opChoice
	opGroup     // (…), (?<n>…), (?:…), (?i:…)
	opLook      // (?=…), (?!…), (?<=…), (?<!…)
	opAtomic    // (?>…)
	opRepeat    // ?, *, +, {…}
	opSet       // one character of a set: ., [a-z], \d, or a single one
	opRunes     // none or several literal characters
	opFlags     // (?i)
	opBegin     // ^ without (?m), \A
	opEnd       // \z
	opDollar    // $, \Z
	opCaret     // ^ with (?m)
	opBound     // \b, \B
	opLast      // \G
	opNewline   // \R
	opCluster   // \X
	opCanonical // [a-z] or \p{L} with (?c)
	opClusterBound
	opBackref
)

type mode uint8

const (
	greedy mode = iota
	reluctant
	possessive
)

// way is how Java matches a repetition. The ways have different results: only some of them
// try the repeated part in another way when the rest fails.
type way uint8

const (
	wayOptional  way = iota // X? of something simple: all or nothing
	wayChoice               // (X)?: as (X|)
	wayChars                // one character, greedily
	waySimple               // each time the first way to match, once all
	wayGroup                // the same for a group
	wayLoop                 // a group with all ways to match
	wayUndecided            // see parser.decide
)

type fold uint8

const (
	foldNone fold = iota
	foldASCII
	foldUnicode
)

// node is a part of a pattern.
type node struct {
	op       op
	from, to int // in the source's text
	subs     []*node

	set    set    // opSet
	runes  []rune // opRunes, and opSet for a single one
	fold   fold   // opRunes, opBackref
	flags  flags  // those in force at its start
	group  int    // opGroup: its number or 0; opBackref
	name   string // opGroup
	behind bool   // opLook
	negate bool   // opLook, opBound

	mode     mode // opRepeat
	way      way
	min, max int32
	memo     int // which set of failed positions a loop has, -1 for none
	local    int // where a group remembers its beginning, and a loop its count

	reach       lengths // opLook behind: what to look back by
	codePoints  bool    // opLook behind: reach counts these, not units
	innerKnown  bool
	innerResult lengths

	straightKnown, straightResult bool // see node.straight
}
