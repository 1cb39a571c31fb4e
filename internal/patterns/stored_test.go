package patterns

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// slowPattern takes longer on slowInput than a match may.
var (
	slowPattern = `(a|a)*(a|a)*(a|a)*\1\2\3b`
	slowInput   = strings.Repeat("a", 60)
)

func TestStoredPatternsAreCompiledOnce(t *testing.T) {
	turns := 0
	p := NewPool(Options{Started: func(string, int) { turns++ }})
	ctx := p.In(t.Context(), "ada")
	gone, cancel := context.WithCancel(ctx)
	cancel()
	tests := []struct {
		name, pattern, input string
		want                 string // matches, too slow, error
		turns                int    // of two matches
		slow                 bool
	}{
		{"matches", `a+@x`, "aa@x", "true false <nil>", 2, false},
		{"does not match", `a+@x`, "b@x", "false false <nil>", 2, false},
		{"refused", `a(`, "b@x", "false false the group opened at character 2 is never closed", 2, false},
		{"too slow", slowPattern, slowInput, "false true <nil>", 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := NewStored(tt.pattern)
			turns = 0
			if _, err := s.Match(gone, tt.input); !errors.Is(err, context.Canceled) {
				t.Errorf("after the person left: %v", err)
			}
			for range 2 {
				r, err := s.Match(ctx, tt.input)
				if got := fmt.Sprint(r.Matches, r.TooSlow, err); got != tt.want || s.Slow() != tt.slow {
					t.Errorf("%s, slow: %v, want %s, %v", got, s.Slow(), tt.want, tt.slow)
				}
			}
			if before := s.compiled; turns != tt.turns || before == nil && s.refused == nil {
				t.Errorf("%d turns, want %d; compiled: %v, refused: %v", turns, tt.turns, before, s.refused)
			} else if _, _ = s.Match(ctx, "x"); s.compiled != before {
				t.Error("compiled again")
			}
		})
	}
}
