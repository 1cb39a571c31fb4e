//go:build jvm

package javaregex

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestAimedAgainstJVM is TestAgainstJVM for the kinds of patterns on which we disagreed
// with a JVM once; each kind has a quarter of its time.
func TestAimedAgainstJVM(t *testing.T) {
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	java := startJVM(t)
	g := &generator{Rand: rand.New(rand.NewPCG(*seed, 19))}
	for _, kind := range []struct {
		name  string
		next  func() jvmCase
		batch int
	}{{"clusters", g.clusterCase, 200}, {"surrogates", g.surrogateCase, 200}, {"names", g.nameCase, 200}, {"overflow", g.overflowCase, 5}} {
		t.Run(kind.name, func(t *testing.T) {
			var o outcome
			patterns, wrong := 0, 0
			for end := time.Now().Add(*live / 12); time.Now().Before(end) && wrong < 20; {
				cases := make([]jvmCase, kind.batch)
				for i := range cases {
					cases[i] = kind.next()
				}
				if err := java.answer(cases); err != nil {
					t.Fatal(err)
				}
				for _, c := range cases {
					patterns++
					if text := c.disagreement(&o); text != "" {
						wrong++
						t.Errorf("%+q: %s", c.Pattern, text)
					}
				}
			}
			t.Logf("seed %d: %d patterns, %d disagree; %d inputs, %d without an answer, %d thrown", *seed, patterns, wrong, o.inputs, o.slow, o.thrown)
		})
	}
}
