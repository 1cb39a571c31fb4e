package javaregex

import (
	"errors"
	"math"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

func TestMessages(t *testing.T) {
	tests := []struct {
		pattern    string
		want       string
		index      int
		start, end int
	}{
		{`ab(c`, "the group opened at character 3 is never closed", 4, 2, 3},
		{`a(b(c)`, "the group opened at character 2 is never closed", 6, 1, 2},
		{`(?i)(a`, "the group opened at character 5 is never closed", 6, 4, 5},
		{`😀(`, "the group opened at character 2 is never closed", 2, 2, 3},
		{`\Qa.b\E(`, "the group opened at character 8 is never closed", 5, 7, 8},
		{`\Qjane.smith\E@example\.com(`, "the group opened at character 28 is never closed", 25, 27, 28},
		{`[a[b]`, "the class opened with [ at character 1 is never closed; a ] right after the [ does not close it", 4, 0, 1},
		{`a)`, "the ) at character 2 closes nothing; write \\) for the character itself", 0, 1, 2},
		{`a|*`, "the * at character 3 has nothing to repeat; for any text write .*, for the character itself \\*", 2, 2, 3},
		{`*@example.com`, "the * at character 1 has nothing to repeat; for any text write .*, for the character itself \\*", 0, 0, 1},
		{`a{,2}`, "the { at character 2 has to begin a count such as {2} or {1,3}; for one of several texts write (?:a|b), for the character itself \\{", 2, 1, 2},
		{`a{2`, "the count that begins with { at character 2 is not a number, or two, and then }", 3, 1, 2},
		{`ab{3,1}`, "in the count that begins with { at character 3 the second number is less than the first, or one is too large", 6, 2, 3},
		{`[z-a]`, "the range that ends at character 4 runs backward or does not end in a character; write \\- for a hyphen", 3, 3, 4},
		{`[&&]`, "the && around character 2 has no characters before and after it", 2, 1, 2},
		{`a\y`, "a backslash before a letter or digit that gives it no meaning, at character 3", 2, 2, 3},
		{`a\`, "a backslash at the end, at character 3", 2, 2, 2},
		{`(?<=(a)\1)b`, "the text in (?<= or (?<! may have any length, which Java does not allow, at character 9", 8, 8, 9},
		{`\p{Foo}`, `Java knows no characters called “Foo”, at character 7`, 6, 6, 7},
		{`\k<x>`, "there is no group called x before this, at character 5", 4, 4, 5},
		{`(?<a>.)(?<a>.)`, "Named capturing group <a> is already defined, at character 12", 11, 11, 12},
	}
	for _, test := range tests {
		_, err := Compile(test.pattern)
		var syntax *SyntaxError
		if !errors.As(err, &syntax) {
			t.Errorf("%q: %v", test.pattern, err)
			continue
		}
		syntax.Description = ""
		if want := (SyntaxError{Index: test.index, Message: test.want, Start: test.start, End: test.end}); *syntax != want {
			t.Errorf("%q: %+v, want %+v", test.pattern, *syntax, want)
		}
	}
}

func TestUnsupported(t *testing.T) {
	deep := strings.Repeat("(", maxNesting+1) + strings.Repeat(")", maxNesting+1)
	tests := []struct {
		pattern    string
		start, end int
		what       string
	}{
		{deep, 500, 501, "nested too deeply"},
		{strings.Repeat("[", 2000), 1497, 1498, "nested too deeply"},
		{strings.Repeat("a", maxPattern+1), 0, maxPattern + 1, "the pattern is longer than 65536 bytes"},
	}
	for _, test := range tests {
		_, err := Compile(test.pattern)
		var unsupported *UnsupportedError
		if !errors.As(err, &unsupported) || *unsupported != (UnsupportedError{test.start, test.end, test.what}) {
			t.Errorf("%.30q: %+v, want %d to %d, %s", test.pattern, unsupported, test.start, test.end, test.what)
		}
	}
}

func TestUTF16(t *testing.T) {
	p, err := Compile(`b+`)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := p.Match("😀abb"), (Result{Found: true, Start: 3, End: 5}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// demanding are patterns and inputs that try to make Match take long, or much memory.
var demanding = []struct{ pattern, input string }{
	{`^(a+)+\1$`, strings.Repeat("a", 60) + "!"},
	{`(?:a?){30}(?:a?){30}a{30}b`, strings.Repeat("a", 29)},
	{`.*.*.*.*.*.*x`, strings.Repeat("a", 5000)},
	{`(?:a|b)*`, strings.Repeat("ab", 500_000)},
	{`(?:(a)|b)*`, strings.Repeat("ab", 500_000)},
	{`((?:a|b)*?c?)*?d`, strings.Repeat("ab", 500_000)},
	{`(?:(?:(?:a|b)*c?)*d?)*`, strings.Repeat("ab", 500_000)},
	{`(?:){2147483647}(?:){2147483647}`, ""},
	{`(?:(?:){99999}){99999}`, ""},
	{`(?<!.*).*(?<!.*x)`, strings.Repeat("a", 20_000)},
	{`(?<!😀.*).*(?<!.*x)`, strings.Repeat("😀", 20_000)},
	{strings.Repeat(`(?:a|b)*`, 1000), strings.Repeat("ab", 500)},
	{`(.*)*\1`, strings.Repeat("a", 100_000)},
	{`(.+)\1\1\1x`, strings.Repeat("a", 20_000)},
	{`(?i)(.+)\1\1\1x`, strings.Repeat("a", 20_000)},
	{`\X*\X*\X*x`, strings.Repeat("a\u0301", 20_000)},
	{`(?:\b\u0301)*x|\u0301*\bx`, strings.Repeat("\u0301", 20_000)},
	{`a`, strings.Repeat("b", maxInput+1)},
}

// TestLimits has a search give up at its first look at the clock, for how many steps there
// are between two looks is what bounds its time. BenchmarkLimits measures that.
func TestLimits(t *testing.T) {
	for _, test := range demanding {
		p, err := Compile(test.pattern)
		if err != nil {
			t.Fatal(err)
		}
		m := p.machine(units(test.input), time.Time{})
		p.run(m)
		if steps := math.MaxInt - m.steps; steps > 64*ticks {
			t.Errorf("%.40q: %d steps before the first look at the clock", test.pattern, steps)
		}
		stack, heap := memory()
		r := p.Match(test.input)
		stackAfter, heapAfter := memory()
		used := stackAfter - stack + heapAfter - heap
		t.Logf("%.30q: %+v, %d MB", test.pattern, r, used>>20)
		if used > 64<<20 {
			t.Errorf("%.40q takes %d MB", test.pattern, used>>20)
		}
	}
}

// TestBeyondTheEnd has patterns for which Java begins far beyond the end, see
// lookBehind.look: a JVM is busy with them for minutes.
func TestBeyondTheEnd(t *testing.T) {
	for _, looked := range []string{
		`$`, `(?m:$)`, `(?d:$)`, `(?md:$)`, `^`, `\b{g}`, `\X`, `\R`, `\z`, `\Z`, `(?=x)`, `(?!x)`, `(a)?`, `(?:$){2}`, `(?<=b)`, `(?<!b)`, `(?<=b|cd)`, `a?`, `a{0,2}`, `(?>$)`,
	} {
		p, err := Compile(`(?<=` + looked + `|a{2147483647,}a{3,})`)
		if err != nil {
			t.Error(err)
			continue
		}
		if got, want := p.Match("aab\r\n"), (Result{TooSlow: true}); got != want {
			t.Errorf("%s finds %+v, want %+v", p, got, want)
		}
	}
}

// memory is what stacks take and what was allocated so far, in bytes.
func memory() (stacks, heap int64) {
	s := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}, {Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return int64(s[0].Value.Uint64()), int64(s[1].Value.Uint64())
}

// long are patterns of some kinds, about as long as they are asked to be.
var long = []struct {
	kind string
	of   func(size int) string
}{
	{"text", func(n int) string { return strings.Repeat("a", n) }},
	{"groups", func(n int) string { return strings.Repeat("(a)", n/3) }},
	{"intersections", func(n int) string { return strings.Repeat("[a-z&&[^b]]", n/11) }},
	{"counts around groups", func(n int) string { return strings.Repeat("(", n/4) + strings.Repeat("){2}", n/4) }},
	{"counts around parts", func(n int) string { return strings.Repeat("(?:", n/7) + strings.Repeat("){2}", n/7) }},
	{"look-behinds", func(n int) string { return strings.Repeat("(?<=", n/8) + strings.Repeat("){2}", n/8) }},
	{"properties", func(n int) string { return strings.Repeat(`\p{L}`, n/5) }},
	{"arms", func(n int) string { return strings.Repeat("a|", n/2) }},
	{"options in each other", func(n int) string { return strings.Repeat("(?:a|", n/7) + strings.Repeat(")?", n/7) }},
	{"loops in each other", func(n int) string { return strings.Repeat("(?:a|", n/7) + strings.Repeat(")*", n/7) }},
}

// TestCompileGrowsWithThePattern counts allocations: per character there are not more of
// them in a long pattern than in a short one. BenchmarkCompileLong measures the time.
func TestCompileGrowsWithThePattern(t *testing.T) {
	for _, l := range long {
		perCharacter := func(size int) float64 {
			pattern := l.of(size)
			return testing.AllocsPerRun(1, func() { _, _ = Compile(pattern) }) / float64(len(pattern))
		}
		if short, long := perCharacter(256), perCharacter(2048); long > 1.2*short+0.1 || long > 10 {
			t.Errorf("%s: %.1f allocations for each character of a short pattern, %.1f of a long one", l.kind, short, long)
		}
	}
}

func TestExplain(t *testing.T) {
	tests := []struct{ pattern, want string }{
		{`^(j|k)\.d?[a-z]+?@(?i)x$`, `^(j|k)\.d?[a-z]+?@(?i)x$  Matches an address if all of it fits, part by part.
  ^  Only at the beginning.
  (j|k)  Group 1, which remembers what it matches.
    j|k  One of 2 alternatives, tried from left to right.
      j  The character “j”.
      k  The character “k”.
  \.  The character “.”.
  d?  Once or not at all: the character “d”.
  [a-z]+?  Once or more, as few as will do: one character: a to z.
  @  The character “@”.
  (?i)  From here on, to the end of the group if it is in one: capital and small letters are the same.
  x  The character “x”, in capitals or small letters.
  $  Only at the end, or before a line break at the end.
`},
		{`[\w.+-]*(?=a)(?!b)(?<=c)(?<!d)`, `[\w.+-]*(?=a)(?!b)(?<=c)(?<!d)  Matches an address if all of it fits, part by part.
  [\w.+-]*  Any number of times, also none, as many as will do: one character: a letter, a digit or an underscore, “.”, “+” or “-”.
  (?=a)  Only where this follows; it is not part of the match.
    a  The character “a”.
  (?!b)  Only where this does not follow; it is not part of the match.
    b  The character “b”.
  (?<=c)  Only where this stands before; it is not part of the match.
    c  The character “c”.
  (?<!d)  Only where this does not stand before; it is not part of the match.
    d  The character “d”.
`},
		{`(?i:\\é)(?-i)(?x)[a b][^@\s][\t\D][a-z&&[^b]](?:ab){2}+`, `(?i:\\é)(?-i)(?x)[a b][^@\s][\t\D][a-z&&[^b]](?:ab){2}+  Matches an address if all of it fits, part by part.
  (?i:\\é)  A group in which capital and small letters are the same.
    \\é  The text “\é”.
  (?-i)  From here on, to the end of the group if it is in one: capital and small letters differ.
  (?x)  From here on, to the end of the group if it is in one: spaces and comments do not count.
  [a b]  One character of the class [a b].
  [^@\s]  One character other than “@” or a space, a tab or a line break.
  [\t\D]  One character: a tab or no digit.
  [a-z&&[^b]]  One character of the class [a-z&&[^b]].
  (?:ab){2}+  Exactly 2 times.
    (?:ab)  A group that holds parts together.
      ab  The text “ab”.
`},
		{``, "  Matches the empty text only.\n"},
		{strings.Repeat("a", maxFindings+1), strings.Repeat("a", maxFindings+1) + "  This pattern is too long to be explained.\n"},
	}
	for _, test := range tests {
		p, err := Compile(test.pattern)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		var write func(part Part, indent string)
		write = func(part Part, indent string) {
			got.WriteString(indent + p.slice(part.Start, part.End) + "  " + part.Says + "\n")
			for _, sub := range part.Parts {
				write(sub, indent+"  ")
			}
		}
		write(p.Explain(), "")
		if got.String() != test.want {
			t.Errorf("%s explained as\n%s, want\n%s", test.pattern, got.String(), test.want)
		}
	}
}

func FuzzCompileAndMatch(f *testing.F) {
	for _, pattern := range handWritten {
		f.Add(pattern, "jane.doe@example.com")
	}
	f.Fuzz(func(t *testing.T, pattern, input string) {
		if len(pattern) > 2000 || len(input) > 2000 {
			return
		}
		p, err := Compile(pattern)
		if err != nil {
			return
		}
		r := p.Match(input)
		if size := utf16Length(input); r.Start < 0 || r.Start > size || r.End < 0 || r.End > size {
			t.Errorf("%q finds %+v in %q", pattern, r, input)
		}
		p.Explain()
		p.Findings(t.Context())
	})
}
