package ahead_test

import (
	"errors"
	"fmt"
	"testing"

	"namesake/internal/ahead"
)

func TestOf(t *testing.T) {
	t.Parallel()
	odd := errors.New("odd")
	for _, tt := range []struct {
		name   string
		steps  int // of the sequence
		panics bool
		stop   int // how many steps the loop takes
		want   string
	}{
		{"nothing", 0, false, 9, "[]"},
		{"all in order", 5, false, 9, "[0 1 odd 2 3 odd 4]"},
		{"more than it is ahead", 5, false, 3, "[0 1 odd 2]"},
		{"the first only", 1000, false, 1, "[0]"},
		{"a panic", 2, true, 9, "[0 1 odd panic at 2]"},
		{"a panic that is too late", 500, true, 2, "[0 1 odd]"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ended := false
			sequence := func(yield func(int, error) bool) {
				defer func() { ended = true }()
				for i := range tt.steps {
					var err error
					if i%2 == 1 {
						err = odd
					}
					if !yield(i, err) {
						return
					}
				}
				if tt.panics {
					panic(fmt.Sprint("panic at ", tt.steps))
				}
			}
			var got []string
			func() {
				defer func() {
					if cause := recover(); cause != nil {
						got = append(got, fmt.Sprint(cause))
					}
				}()
				taken := 0
				for value, err := range ahead.Of(2, sequence) {
					got = append(got, fmt.Sprint(value))
					if err != nil {
						got = append(got, err.Error())
					}
					if taken++; taken == tt.stop {
						break
					}
				}
			}()
			if fmt.Sprint(got) != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
			if !ended {
				t.Error("the sequence has not ended")
			}
		})
	}
}
