package e2e

import (
	"bufio"
	"encoding/json"
	"os"
	"regexp"
	"testing"

	"github.com/dlclark/regexp2/v2"

	"namesake/internal/javaregex"
)

// regexCase is a pattern that all three engines take, and what it is tried on.
type regexCase struct {
	Pattern string   `json:"pattern"`
	Inputs  []string `json:"inputs"`
	OK      bool     `json:"ok"`
}

// sharedCases are the recorded patterns that a JVM, Go's regexp and regexp2 take.
func sharedCases(b *testing.B) []regexCase {
	b.Helper()
	file, err := os.Open("../internal/javaregex/testdata/corpus.jsonl")
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	var cases []regexCase
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c regexCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			b.Fatal(err)
		}
		_, errGo := regexp.Compile(c.Pattern)
		_, err2 := regexp2.Compile(c.Pattern)
		_, errJava := javaregex.Compile(c.Pattern)
		if c.OK && errGo == nil && err2 == nil && errJava == nil {
			cases = append(cases, c)
		}
	}
	if err := lines.Err(); err != nil {
		b.Fatal(err)
	}
	b.Logf("%d patterns", len(cases))
	return cases
}

// BenchmarkRegex compiles every shared pattern, and finds it in all of its inputs, with
// each of the engines.
func BenchmarkRegex(b *testing.B) {
	cases := sharedCases(b)
	engines := map[string]func(pattern string) (find func(input string)){
		"javaregex": func(pattern string) func(string) {
			p, err := javaregex.Compile(pattern)
			if err != nil {
				b.Fatal(err)
			}
			return func(input string) { p.Match(input) } // both of the whole and of a part
		},
		"regexp": func(pattern string) func(string) {
			re := regexp.MustCompile(pattern)
			return func(input string) { re.FindStringIndex(input) }
		},
		"regexp2": func(pattern string) func(string) {
			re := regexp2.MustCompile(pattern)
			return func(input string) {
				if _, err := re.FindStringMatch(input); err != nil {
					b.Fatal(err)
				}
			}
		},
	}
	for _, name := range []string{"javaregex", "regexp", "regexp2"} {
		b.Run("compile/"+name, func(b *testing.B) {
			for b.Loop() {
				for _, c := range cases {
					engines[name](c.Pattern)
				}
			}
		})
		b.Run("match/"+name, func(b *testing.B) {
			finds := make([]func(string), len(cases))
			for i, c := range cases {
				finds[i] = engines[name](c.Pattern)
			}
			for b.Loop() {
				for i, c := range cases {
					for _, input := range c.Inputs {
						finds[i](input)
					}
				}
			}
		})
	}
}
