//go:build jvm

package javaregex

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// takesLong reports whether a JVM takes long to match the input, and to find a match.
func (j *jvm) takesLong(pattern, input string) (match, find bool, err error) {
	if _, err := fmt.Fprintf(j.in, "reads\t%s\t%s\n", hexUnits(pattern), hexUnits(input)); err != nil {
		return false, false, err
	}
	line, err := j.out.ReadString('\n')
	if err != nil {
		return false, false, err
	}
	_, err = fmt.Sscanf(strings.ReplaceAll(line, "\t", " "), "reads %t %t", &match, &find)
	return match, find, err
}

// check asks the JVM about claims and returns those that do not hold.
func (j *jvm) check(claims []claim) (wrong []claim, err error) {
	var cases []jvmCase
	for _, c := range claims {
		cases = append(cases, jvmCase{Pattern: c.Pattern, Inputs: []string{c.Input}}, jvmCase{Pattern: cmp.Or(c.Other, c.Pattern), Inputs: []string{c.Input}})
	}
	if err := j.answer(cases); err != nil {
		return nil, err
	}
	for i, c := range claims {
		got, other := cases[2*i].result(), cases[2*i+1].result()
		var match, find bool
		if c.Says == saysSlow || c.Says == saysSlowSomehow {
			if match, find, err = j.takesLong(c.Pattern, c.Input); err != nil {
				return nil, err
			}
		} else if got.TooSlow && cases[2*i].OK || other.TooSlow && cases[2*i+1].OK {
			continue // it has no answer
		}
		if !c.holds(got, other, match, match || find) {
			wrong = append(wrong, c)
		}
	}
	return wrong, nil
}

// result is what the JVM said of the only input.
func (c jvmCase) result() Result {
	if !c.OK || c.Results[0].Error != "" {
		return Result{TooSlow: true}
	}
	r := Result{Matches: c.Results[0].Matches}
	if find := c.Results[0].Find; find != nil {
		r.Found, r.Start, r.End = true, find[0], find[1]
	}
	return r
}

// TestFindingsAgainstJVM asks a JVM about all that the findings on the recorded patterns
// say, and then on random ones.
func TestFindingsAgainstJVM(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	java := startJVM(t)
	g := &generator{Rand: rand.New(rand.NewPCG(*seed, 18))}
	patterns, claimed, wrong := 0, 0, 0
	ask := func(cases []jvmCase) {
		var claims []claim
		for _, c := range cases {
			p, err := Compile(c.Pattern)
			if err != nil {
				continue
			}
			patterns++
			claims = append(claims, p.claims(p.Findings(t.Context()), c.addresses())...)
		}
		claimed += len(claims)
		bad, err := java.check(claims)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range bad {
			wrong++
			t.Errorf("not so: %+q", c)
		}
	}
	recorded := readCorpus(t, "testdata/corpus.jsonl")
	if *corpus != "" {
		recorded = append(recorded, readCorpus(t, *corpus)...)
	}
	for len(recorded) > 0 {
		n := min(100, len(recorded))
		ask(recorded[:n])
		recorded = recorded[n:]
	}
	for end := time.Now().Add(*live / 3); time.Now().Before(end) && wrong < 20; {
		cases := make([]jvmCase, 50)
		for i := range cases {
			cases[i] = g.next()
			if g.often(70) {
				cases[i].Pattern = g.addressPattern()
			}
		}
		ask(cases)
	}
	t.Logf("seed %d: %d patterns, %d claims, %d of them wrong", *seed, patterns, claimed, wrong)
}

// addressPattern is a pattern as people write them for addresses, with mistakes.
func (g *generator) addressPattern() string {
	part := func() string {
		s := g.pick("jane", "j", "smith", "ap", "JANE", "josé", "[a-z]", "[A-z]", "[A-Z]", `\w`, ".", `[\w.+-]`, "[^@]", `[ -~]`, `[+--]`, `\d`, `(ane)`, "(?:jane|JANE|j)", "(a|ab|a)", `(?:\w|k|a)`, `\Qa.b\E`, `(?:\Qab\E|ab|b)`, `\\.`, `\\d`, ` `, "’", "(?>a|ab)", "(?=j)", "(?!j)", "(?<=e)", `\b`, "é", "^", "$")
		if g.often(35) {
			s += g.quantifier()
		}
		return s
	}
	var b strings.Builder
	b.WriteString(g.pick("", "^", "^", "(?i)^", "(?iu)^", "(?i)", "(?x)^"))
	arms := 1 + g.IntN(2)*g.IntN(3)
	for i := range arms {
		if i > 0 {
			b.WriteString("|")
		}
		for range 1 + g.IntN(3) {
			b.WriteString(part())
		}
		b.WriteString(g.pick("@", "@", "@", "@", "", "@@", "@?"))
		b.WriteString(g.pick(`example\.com`, `example.com`, `example\\.com`, `gmail\.com`, `(?:a|b|a)\.org`, `.*\.de`, `[a-z.]+`, `(?:\w+\.)?x\.co\.uk`, `example\.com.*`, ``, `x\.com$x`, `x\.com@y\.com`))
	}
	b.WriteString(g.pick("", "$", "$", "$", `\z`, "$ ", "$\n"))
	return b.String()
}
