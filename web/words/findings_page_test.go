package words_test

import (
	"testing"
	"time"

	"namesake/web/words"
)

func TestDismissedUntil(t *testing.T) {
	midnight := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		until time.Time
		want  string
	}{
		{time.Time{}, "for good"},
		{midnight, "until the end of 31 Jan 2026"},
		{midnight.Add(-9 * time.Hour), "until 31 Jan 2026, 15:00 UTC"},
	} {
		if got := words.DismissedUntil(tt.until); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.until, got, tt.want)
		}
	}
}
