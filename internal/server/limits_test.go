package server

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"namesake/internal/server/web"
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
		if got := web.CutTo(tt.text, tt.limit); got != tt.want {
			t.Errorf("cutTo(%q, %d) = %q, want %q", tt.text, tt.limit, got, tt.want)
		}
	}
}

func TestDrawingIsBounded(t *testing.T) {
	d := web.NewDrawing(2, time.Nanosecond)
	for range 2 {
		if err := d.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Begin(t.Context()); !errors.Is(err, web.ErrDrawing) {
		t.Errorf("a third at once: %v", err)
	}
	d.Wait = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Begin(ctx); !errors.Is(err, web.ErrDrawing) {
		t.Errorf("when no one waits: %v", err)
	}
	d.Waiting.Store(web.MaxDrawWaits)
	if err := d.Begin(t.Context()); !errors.Is(err, web.ErrDrawing) {
		t.Errorf("when too many wait: %v", err)
	}
	d.Waiting.Store(0)
	drawn := make(chan error)
	go func() { drawn <- d.Begin(t.Context()) }()
	d.End()
	if err := <-drawn; err != nil {
		t.Errorf("after one has ended: %v", err)
	}
	if len(d.Slots) != 2 {
		t.Errorf("%d slots taken", len(d.Slots))
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
	}{{0, []int{0}}, {web.FirstWrite, []int{web.FirstWrite}}, {100_000, []int{web.FirstWrite, 100_000 - web.FirstWrite}}} {
		var r recorder
		w := &web.Split{To: &r}
		n, err := w.Write([]byte(strings.Repeat("x", tt.size)))
		if n != tt.size || err != nil || len(r.sizes) != len(tt.want) || r.sizes[0] != tt.want[0] || r.sizes[len(r.sizes)-1] != tt.want[len(tt.want)-1] {
			t.Errorf("%d bytes: wrote %d, %v in %v, want %v", tt.size, n, err, r.sizes, tt.want)
		}
	}
}
