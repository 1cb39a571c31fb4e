//go:build jvm && record

package javaregex

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os"
	"testing"
)

// TestRecord writes the recorded answers anew, from a JVM; `make javaregex-record` runs it.
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
		cases = append(cases, c)
	}
	for range 2500 {
		cases = append(cases, g.next())
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
}
