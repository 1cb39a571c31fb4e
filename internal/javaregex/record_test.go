//go:build jvm && record

package javaregex

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// TestRecord records the answers of a JVM again; `make javaregex-record` runs it.
func TestRecord(t *testing.T) {
	java := startJVM(t)
	g := &generator{Rand: rand.New(rand.NewPCG(2, 17))}
	var cases []jvmCase
	for _, pattern := range append(handWritten, overflowing...) {
		c := jvmCase{Pattern: pattern}
		for range 8 {
			c.Inputs = append(c.Inputs, g.input(pattern))
		}
		c.Inputs = append(c.Inputs, "jane.doe@example.com", "ab", "😀", "a\r\n")
		if strings.Contains(pattern, `\X`) || strings.Contains(pattern, `\b{g}`) {
			c.Inputs = append(c.Inputs, "©\u0903\u200D©", "\u0600©\u200D©", "©\u200D©\u200D©", "©\u0301\u200D©x", "a\u200D©", "🇦🇧🇦🇧🇦", "🇦a🇦🇧")
		}
		if strings.Contains(pattern, `\uD`) || strings.Contains(pattern, "abc") {
			c.Inputs = append(c.Inputs, "😀abc", "abc😀", "xabcdx", "a😀abcd", "aa😀bcabc")
		}
		cases = append(cases, c)
	}
	for range 2500 {
		cases = append(cases, g.next())
	}
	for range 60 {
		cases = append(cases, g.clusterCase(), g.surrogateCase(), g.nameCase())
	}
	if err := java.answer(cases); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	for _, c := range cases {
		if !c.OK {
			c.Inputs = nil
		}
		line, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	if err := os.WriteFile("testdata/corpus.jsonl", b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	recordClaims(t, java, g, cases)
}

// recordClaims writes what findings say of some patterns, and a JVM confirms.
func recordClaims(t *testing.T, java *jvm, g *generator, cases []jvmCase) {
	var some []jvmCase
	for i := range cases {
		if i%20 == 0 {
			some = append(some, cases[i])
		}
	}
	for range 200 {
		some = append(some, jvmCase{Pattern: g.addressPattern()})
	}
	var b bytes.Buffer
	for _, c := range some {
		p, err := Compile(c.Pattern)
		if err != nil {
			continue
		}
		recorded := recordedClaims{Pattern: c.Pattern, Claims: p.claims(p.Findings(t.Context()), anyAddress[:2])}
		wrong, err := java.check(recorded.Claims)
		if err != nil {
			t.Fatal(err)
		}
		for _, claim := range wrong {
			t.Errorf("not so: %+q", claim)
		}
		line, err := json.Marshal(recorded)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	if err := os.WriteFile("testdata/claims.jsonl", b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
