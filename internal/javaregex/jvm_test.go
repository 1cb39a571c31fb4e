//go:build jvm

package javaregex

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

var (
	live = flag.Duration("jvm", time.Minute, "how long a JVM 17 is asked in all, a third for each of the three tests")
	seed = flag.Uint64("seed", 0, "where TestAgainstJVM starts, by default anywhere")
)

// jvm answers for java.util.regex, see testdata/Oracle.java.
type jvm struct {
	in  io.Writer
	out *bufio.Reader
}

func startJVM(t *testing.T) *jvm {
	t.Helper()
	version, err := exec.CommandContext(t.Context(), "java", "-version").CombinedOutput()
	if err != nil {
		t.Fatalf("a JVM is needed to compare with: %v", err)
	}
	if !strings.Contains(string(version), `version "17.`) {
		t.Fatalf("JDK 17 is needed, this is %s", version)
	}
	cmd := exec.CommandContext(t.Context(), "java", "-Xshare:auto", "-XX:TieredStopAtLevel=1", "testdata/Oracle.java")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil && t.Context().Err() == nil {
			t.Log(err)
		}
	})
	return &jvm{in, bufio.NewReaderSize(out, 1<<20)}
}

// answer fills in what the JVM says of the cases.
func (j *jvm) answer(cases []jvmCase) error {
	var b strings.Builder
	for _, c := range cases {
		b.WriteString(hexUnits(c.Pattern))
		for _, input := range c.Inputs {
			b.WriteString("\t" + hexUnits(input))
		}
		b.WriteString("\n")
	}
	sent := make(chan error, 1)
	go func() {
		_, err := io.WriteString(j.in, b.String())
		sent <- err
	}()
	for i := range cases {
		line, err := j.out.ReadString('\n')
		if err != nil {
			return fmt.Errorf("after %+q: %w", cases[i].Pattern, err)
		}
		if err := cases[i].fill(strings.Split(strings.TrimSuffix(line, "\n"), "\t")); err != nil {
			return err
		}
	}
	return <-sent
}

func (c *jvmCase) fill(fields []string) (err error) {
	c.OK, c.Error, c.Index, c.Results = fields[0] == "ok", "", 0, nil
	if !c.OK {
		if c.Index, err = strconv.Atoi(fields[1]); err != nil {
			return err
		}
		c.Error, err = unescape(fields[2])
		return err
	}
	for _, f := range fields[1:] {
		if name, thrown := strings.CutPrefix(f, "!"); thrown {
			c.Results = append(c.Results, jvmResult{Error: name})
			continue
		}
		var r jvmResult
		var find [2]int
		if _, err := fmt.Sscanf(f, "%t,%d,%d", &r.Matches, &find[0], &find[1]); err != nil {
			return fmt.Errorf("%q: %w", f, err)
		}
		if find[0] >= 0 {
			r.Find = &find
		}
		c.Results = append(c.Results, r)
	}
	return nil
}

func hexUnits(s string) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04x", u)
	}
	return b.String()
}

// unescape reads the escapes that Oracle.java writes, which are JSON's.
func unescape(s string) (text string, err error) {
	err = json.Unmarshal([]byte(`"`+strings.ReplaceAll(s, `"`, `\"`)+`"`), &text)
	return text, err
}

// minimal is the shortest case found that still disagrees, by leaving out inputs and
// characters.
func (j *jvm) minimal(c jvmCase) (jvmCase, string) {
	text := c.disagreement(&outcome{})
	try := func(smaller jvmCase) bool {
		one := []jvmCase{smaller}
		if j.answer(one) != nil {
			return false
		}
		if t := one[0].disagreement(&outcome{}); t != "" {
			c, text = one[0], t
			return true
		}
		return false
	}
	for _, input := range c.Inputs {
		if try(jvmCase{Pattern: c.Pattern, Inputs: []string{input}}) {
			break
		}
	}
	for size := len([]rune(c.Pattern)); size > 0; size /= 2 {
		for i := 0; i+size <= len([]rune(c.Pattern)); {
			runes := []rune(c.Pattern)
			if !try(jvmCase{Pattern: string(slices.Delete(runes, i, i+size)), Inputs: c.Inputs}) {
				i++
			}
		}
	}
	if len(c.Inputs) == 1 {
		for i := 0; i < len([]rune(c.Inputs[0])); {
			runes := []rune(c.Inputs[0])
			if !try(jvmCase{Pattern: c.Pattern, Inputs: []string{string(slices.Delete(runes, i, i+1))}}) {
				i++
			}
		}
	}
	return c, text
}

// TestAgainstJVM compares us with a JVM for a third of what the flag -jvm says; `make
// javaregex` runs it, with the tag jvm. What a JVM said before is in TestCorpus.
func TestAgainstJVM(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	java := startJVM(t)
	g := &generator{Rand: rand.New(rand.NewPCG(*seed, 17))}
	var o outcome
	patterns, refused, wrong := 0, 0, 0
	for end := time.Now().Add(*live / 3); time.Now().Before(end) && wrong < 20; {
		cases := make([]jvmCase, 200)
		for i := range cases {
			cases[i] = g.next()
		}
		if err := java.answer(cases); err != nil {
			t.Error(err)
			break
		}
		for _, c := range cases {
			patterns++
			if !c.OK {
				refused++
			}
			if c.disagreement(&o) != "" {
				wrong++
				small, text := java.minimal(c)
				t.Errorf("%+q: %s", small.Pattern, text)
			}
		}
	}
	t.Logf("seed %d: %d patterns, %d of them refused by the JVM, %d disagree, %d unsupported; %d inputs, %d without an answer, %d thrown",
		*seed, patterns, refused, wrong, o.unsupported, o.inputs, o.slow, o.thrown)
}
