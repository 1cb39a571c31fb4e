package web

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestCutTo(t *testing.T) {
	for _, tt := range []struct {
		text  string
		limit int
		want  string
	}{
		{"", 3, ""},
		{"abc", 3, "abc"},
		{"abcd", 3, "abc… (1 more characters)"},
		{"ééé", 3, "ééé"},
		{"éééé!", 3, "ééé… (2 more characters)"},
		{"a\xff\xfe\xfdb", 2, "a\xff… (3 more characters)"},
	} {
		if got := CutTo(tt.text, tt.limit); got != tt.want {
			t.Errorf("cutTo(%q, %d) = %q, want %q", tt.text, tt.limit, got, tt.want)
		}
	}
}

func TestDrawingIsBounded(t *testing.T) {
	d := newDrawing(2, time.Nanosecond)
	for range 2 {
		if err := d.begin(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.begin(t.Context()); !errors.Is(err, errDrawing) {
		t.Errorf("a third at once: %v", err)
	}
	d.wait = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.begin(ctx); !errors.Is(err, errDrawing) {
		t.Errorf("when no one waits: %v", err)
	}
	d.waiting.Store(maxDrawWaits)
	if err := d.begin(t.Context()); !errors.Is(err, errDrawing) {
		t.Errorf("when too many wait: %v", err)
	}
	d.waiting.Store(0)
	drawn := make(chan error)
	go func() { drawn <- d.begin(t.Context()) }()
	d.end()
	if err := <-drawn; err != nil {
		t.Errorf("after one has ended: %v", err)
	}
	if len(d.slots) != 2 {
		t.Errorf("%d slots taken", len(d.slots))
	}
}

// recorder notes the sizes of what is written.
type recorder struct{ sizes []int }

func (r *recorder) Write(b []byte) (int, error) {
	r.sizes = append(r.sizes, len(b))
	return len(b), nil
}

func TestSplitWritesASmallPartFirst(t *testing.T) {
	for _, tt := range []struct {
		size int
		want []int
	}{{0, []int{0}}, {firstWrite, []int{firstWrite}}, {100_000, []int{firstWrite, 100_000 - firstWrite}}} {
		var r recorder
		w := &split{to: &r}
		n, err := w.Write([]byte(strings.Repeat("x", tt.size)))
		if n != tt.size || err != nil || len(r.sizes) != len(tt.want) || r.sizes[0] != tt.want[0] || r.sizes[len(r.sizes)-1] != tt.want[len(tt.want)-1] {
			t.Errorf("%d bytes: wrote %d, %v in %v, want %v", tt.size, n, err, r.sizes, tt.want)
		}
	}
}
