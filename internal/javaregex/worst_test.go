//go:build worst

package javaregex

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"
)

var worst = flag.Duration("worst", time.Minute, "how long TestWorst searches for patterns that take long")

// costly are parts of which one step may cost much, each repeated up to a size.
var costly = []struct {
	name string
	make func(size int) string
}{
	{"class of ranges", func(n int) string { return "[^" + strings.Repeat("a-b", n/3) + "]*x" }},
	{"class of ranges, (?iu)", func(n int) string { return "(?iu)[^" + strings.Repeat("a-b", n/3) + "]*x" }},
	{"class of other ranges, (?iu)", func(n int) string {
		var b strings.Builder
		for r := rune(0x4000); b.Len() < n; r += 3 {
			fmt.Fprintf(&b, "%c-%c", r, r+1)
		}
		return "(?iu)[^" + b.String() + "]*x"
	}},
	{"class of letters, (?iu)", func(n int) string { return "(?iu)[^" + strings.Repeat("жЖ", n/4) + "]*x" }},
	{"class of properties", func(n int) string { return "[^" + strings.Repeat(`\p{Lu}\d`, n/8) + "]*x" }},
	{"class of classes", func(n int) string { return "[^" + strings.Repeat(`[ab]`, n/4) + "]*x" }},
	{"class of intersections", func(n int) string { return "[" + strings.Repeat(`[^b]&&`, n/6) + "[^b]]*x" }},
	{"class, one at a time", func(n int) string { return "(?:[^" + strings.Repeat(`\p{Lu}`, n/6) + "]|y)*?x" }},
	{"long text", func(n int) string { return strings.Repeat("a", n) }},
	{"long text, (?iu)", func(n int) string { return "(?iu)" + strings.Repeat("a", n) }},
	{"long text behind a set", func(n int) string { return ".?" + strings.Repeat("a", n) + "b" }},
	{"long text behind .*, (?iu)", func(n int) string { return "(?iu).*" + strings.Repeat("a", n) + "b" }},
	{"reference, (?iu)", func(int) string { return `(?iu)(.+)\1x` }},
	{"reference", func(int) string { return `(.+)\1x` }},
	{"many arms", func(n int) string { return "(?:" + strings.Repeat("b|", n/2) + "c)*x" }},
	{"many arms at the beginning", func(n int) string { return "(?:" + strings.Repeat("^|", n/2) + "c)x" }},
	{"many ends", func(n int) string { return "(?m)" + strings.Repeat("$", n) + "x" }},
	{"many beginnings", func(n int) string { return "(?m)" + strings.Repeat("^", n) + "x" }},
	{"many groups", func(n int) string { return strings.Repeat("()", n/2) + "x" }},
	{"many boundaries", func(n int) string { return strings.Repeat(`\b`, n/2) + "x" }},
	{"look-behind", func(n int) string { return `(?<!a{1,30000})` + strings.Repeat("(?<=a?)", n/7) + "x" }},
	{"look-behind of pairs", func(n int) string { return `(?<=😀{0,100000})x` }},
	{"clusters", func(int) string { return `(?:\X|a)*x` }},
	{"canonical", func(int) string { return `(?c)[^b]*x` }},
	{"cluster boundaries", func(int) string { return `(?:.\b{g})*x` }},
	{"names", func(n int) string { return strings.Repeat(`\N{DIGIT ONE}`, n/13) }},
	{"counts", func(n int) string { return strings.Repeat("a{0,9}", n/6) + "x" }},
	{"sets", func(n int) string { return strings.Repeat("a?", n/2) + "x" }},
	{"references", func(n int) string { return "(a*)" + strings.Repeat(`\1`, n/2) + "x" }},
	{"loops", func(n int) string { return strings.Repeat("(?:a|b)*", n/8) + "x" }},
}

// costlyInputs are texts for them.
var costlyInputs = []string{
	strings.Repeat("a", 200), strings.Repeat("a", 100_000), strings.Repeat("Ж", 100_000), strings.Repeat("\n", 1<<20), strings.Repeat("e\u0301", 50_000), "e" + strings.Repeat("\u0301", 400_000),
	strings.Repeat("😀", 100_000), strings.Repeat("©\u200d", 50_000), strings.Repeat("中", 300_000), strings.Repeat("a", 1<<20),
}

// took is the least processor time of a few tries: the machine may be busy with others.
func took(tries int, do func()) time.Duration {
	least := time.Hour
	for range tries {
		began := processorTime()
		do()
		least = min(least, processorTime()-began)
	}
	return least
}

func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// TestWorst measures compiling, matching and looking for findings with what may be costly,
// and then searches for worse.
func TestWorst(t *testing.T) {
	type record struct {
		took time.Duration
		what string
	}
	var compile, match, find record
	note := func(r *record, took time.Duration, what string) {
		if took > r.took {
			*r = record{took, what}
		}
	}
	try := func(name, pattern string, inputs []string) {
		var p *Pattern
		note(&compile, took(3, func() { p, _ = Compile(pattern) }), name)
		if p == nil {
			return
		}
		for _, input := range inputs {
			note(&match, took(2, func() { p.Match(input) }), fmt.Sprintf("%s on %.10q, %d characters", name, input, len([]rune(input))))
		}
		note(&find, took(1, func() { p.Findings(t.Context()) }), name)
	}
	for _, c := range costly {
		compile, match, find = record{}, record{}, record{}
		for _, size := range []int{1000, 4000, 60_000} {
			try(fmt.Sprintf("%s, %d", c.name, size), c.make(size), costlyInputs)
		}
		t.Logf("%-30s compile %v, match %v (%s), findings %v (%s)", c.name, compile.took.Round(time.Millisecond), match.took.Round(time.Millisecond), match.what, find.took.Round(time.Millisecond), find.what)
	}
	r := rand.New(rand.NewPCG(1, 1))
	compile, match, find = record{}, record{}, record{}
	for end := time.Now().Add(*worst); time.Now().Before(end); {
		var b strings.Builder
		for range 1 + r.IntN(4) {
			c := costly[r.IntN(len(costly))].make(1 << (4 + r.IntN(8)))
			b.WriteString(strings.TrimSuffix(c, "x"))
		}
		pattern := b.String()
		if r.IntN(2) == 0 {
			pattern = "(?:" + pattern + ")" + []string{"*", "+?", "{2,}"}[r.IntN(3)] + "x"
		}
		try(fmt.Sprintf("%.200q", pattern), pattern, []string{costlyInputs[r.IntN(len(costlyInputs))], costlyInputs[0]})
	}
	t.Logf("found: compile %v (%s)\nmatch %v (%s)\nfindings %v (%s)", compile.took, compile.what, match.took, match.what, find.took, find.what)
}
