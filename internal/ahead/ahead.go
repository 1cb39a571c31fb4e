// Package ahead lets one processor make a sequence while another one uses it. It imports no other
// package of this module.
package ahead

import "iter"

// Of yields what a sequence yields, which runs in a goroutine of its own, up to n steps ahead. The
// goroutine has ended when the loop over Of has.
func Of[V any](n int, sequence iter.Seq2[V, error]) iter.Seq2[V, error] {
	return func(yield func(V, error) bool) {
		steps, stopped := make(chan step[V], n), make(chan struct{})
		go run(sequence, steps, stopped)
		defer func() {
			close(stopped)
			for range steps { // until it is closed
			}
		}()
		for s := range steps {
			if s.panicked != nil {
				panic(s.panicked)
			}
			if !yield(s.value, s.err) {
				return
			}
		}
	}
}

// step is what a sequence has yielded, or why it panicked.
type step[V any] struct {
	value    V
	err      error
	panicked any
}

func run[V any](sequence iter.Seq2[V, error], steps chan<- step[V], stopped <-chan struct{}) {
	defer close(steps)
	defer func() {
		if cause := recover(); cause != nil {
			steps <- step[V]{panicked: cause}
		}
	}()
	for value, err := range sequence {
		select {
		case steps <- step[V]{value: value, err: err}:
		case <-stopped:
			return
		}
	}
}
