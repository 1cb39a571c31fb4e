package javaregex

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var corpus = flag.String("corpus", "", "another file of recorded answers that TestCorpus checks")

// jvmCase is a line of testdata/corpus.jsonl: a pattern, inputs, and what a JVM said.
type jvmCase struct {
	Pattern string      `json:"pattern"`
	Inputs  []string    `json:"inputs,omitempty"`
	OK      bool        `json:"ok"`
	Error   string      `json:"error,omitempty"`
	Index   int         `json:"index,omitempty"`
	Results []jvmResult `json:"results,omitempty"`
}

type jvmResult struct {
	Matches bool    `json:"matches"`
	Find    *[2]int `json:"find"`
	Error   string  `json:"error,omitempty"` // what it threw
}

// outcome is what one pattern came to, for TestCorpus to count.
type outcome struct{ unsupported, thrown, slow, inputs int }

// disagreement compares everything a JVM said with what we say; "" if it is the same.
func (c *jvmCase) disagreement(o *outcome) string {
	if strings.HasPrefix(c.Error, "ThreadDeath") {
		o.slow++
		return ""
	}
	p, err := Compile(c.Pattern)
	var unsupported *UnsupportedError
	if errors.As(err, &unsupported) {
		o.unsupported++
		return ""
	}
	var syntax *SyntaxError
	if errors.As(err, &syntax) {
		if c.OK {
			return fmt.Sprintf("accepted by the JVM, we say %q at %d", syntax.Description, syntax.Index)
		}
		if syntax.Description != c.Error || syntax.Index != c.Index {
			return fmt.Sprintf("the JVM says %q at %d, we say %q at %d", c.Error, c.Index, syntax.Description, syntax.Index)
		}
		return ""
	}
	if !c.OK {
		return fmt.Sprintf("the JVM says %q at %d, we accept it", c.Error, c.Index)
	}
	for i, input := range c.Inputs {
		o.inputs++
		want, got := c.Results[i], p.Match(input)
		switch {
		case want.Error == "StackOverflowError" || want.Error == "Slow" || want.Error == "ThreadDeath" || got.TooSlow && want.Error == "":
			o.slow++
			continue
		case want.Error != "":
			o.thrown++
			if !got.TooSlow {
				return fmt.Sprintf("%q: the JVM throws %s, we say %+v", input, want.Error, got)
			}
			continue
		}
		wanted := Result{Matches: want.Matches}
		if want.Find != nil {
			wanted.Found, wanted.Start, wanted.End = true, want.Find[0], want.Find[1]
		}
		if got != wanted {
			return fmt.Sprintf("%q: the JVM says %+v, we say %+v", input, wanted, got)
		}
	}
	return ""
}

func readCorpus(t testing.TB, path string) []jvmCase {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var cases []jvmCase
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c jvmCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		cases = append(cases, c)
	}
	return cases
}

// TestCorpus holds us to the recorded answers of a JVM.
func TestCorpus(t *testing.T) {
	files := []string{"testdata/corpus.jsonl"}
	if *corpus != "" {
		files = append(files, *corpus)
	}
	for _, file := range files {
		cases := readCorpus(t, file)
		var o outcome
		wrong := 0
		for _, c := range cases {
			if text := c.disagreement(&o); text != "" {
				wrong++
				t.Errorf("%+q: %s", c.Pattern, text)
			}
		}
		t.Logf("%s: %d patterns, %d disagree, %d unsupported; %d inputs, %d too slow, %d thrown", file, len(cases), wrong, o.unsupported, o.inputs, o.slow, o.thrown)
	}
}
