package words

import (
	"testing"
	"time"
)

func TestBetween(t *testing.T) {
	at := func(day, hour, minute, second int) time.Time {
		return time.Date(2026, 11, day, hour, minute, second, 0, time.UTC)
	}
	for _, tt := range []struct {
		after, before time.Time
		want          string
	}{
		{time.Time{}, at(20, 10, 3, 0), "before 20 Nov 2026, 10:03 UTC"},
		{at(20, 10, 3, 1), at(20, 10, 3, 59), "20 Nov 2026, 10:03 UTC"},
		{at(20, 10, 2, 59), at(20, 10, 3, 1), "20 Nov 2026, between 10:02 and 10:03 UTC"},
		{at(19, 10, 3, 0), at(20, 10, 3, 0), "between 19 Nov 2026, 10:03 and 20 Nov 2026, 10:03 UTC"},
	} {
		if got := Between(tt.after, tt.before); got != tt.want {
			t.Errorf("%v to %v: %q, want %q", tt.after, tt.before, got, tt.want)
		}
	}
	for when, want := range map[time.Time]string{at(20, 10, 3, 0): "20 Nov 2026, 10:03 UTC", at(20, 10, 3, 7): "20 Nov 2026, 10:03:07 UTC"} {
		if got := Second(when); got != want {
			t.Errorf("%v: %q, want %q", when, got, want)
		}
	}
}
