package store

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"namesake/internal/audit"
)

// TestClock moves a source by steps, and checks the clock that follows it.
func TestClock(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	type step struct {
		passes time.Duration // elapsed time
		source time.Duration // additional step of the source
		busy   bool          // whether a change is in doubt
		ahead  time.Duration // of the clock, compared with the elapsed time, after the comparison
	}
	tests := []struct {
		name  string
		steps []step
	}{
		{"even", []step{{time.Minute, 0, false, 0}, {time.Hour, 0, true, 0}}},
		{"drift is put right at once", []step{{time.Minute, 900 * time.Millisecond, true, 900 * time.Millisecond}}},
		{"a step waits for a second look", []step{{time.Minute, time.Hour, false, 0}, {time.Minute, 0, false, time.Hour}}},
		{"a step back", []step{{time.Minute, -time.Hour, false, 0}, {time.Minute, 0, false, -time.Hour}}},
		{"a step that is taken back", []step{{time.Minute, time.Hour, false, 0}, {time.Minute, -time.Hour, false, 0}, {time.Minute, 0, false, 0}}},
		{"a step waits for changes in doubt", []step{
			{time.Minute, 401 * 24 * time.Hour, true, 0}, {30 * time.Minute, 0, true, 0}, {time.Minute, 0, false, 401 * 24 * time.Hour},
		}},
		{"but not for ever", []step{{time.Minute, time.Hour, true, 0}, {61 * time.Minute, 0, true, time.Hour}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var passed, moved time.Duration
			c, err := newClock(t.Context(), func(context.Context) (time.Time, error) { return began.Add(passed + moved), nil },
				func() time.Duration { return passed }, slog.New(slog.DiscardHandler))
			if err != nil {
				t.Fatal(err)
			}
			for i, step := range tt.steps {
				passed, moved = passed+step.passes, moved+step.source
				if err := c.compare(t.Context(), func(context.Context) bool { return !step.busy }); err != nil {
					t.Fatal(err)
				}
				if ahead := c.now().Sub(began.Add(passed)); ahead != step.ahead {
					t.Errorf("after step %d the clock is ahead by %s, want %s", i, ahead, step.ahead)
				}
			}
		})
	}
}

// Two copies of the program on machines with different times agree on one time.
func TestTheDatabasesTime(t *testing.T) {
	t.Parallel()
	onShared(t, func(t *testing.T, o Options) {
		for _, wrong := range []time.Duration{-2 * time.Minute, 2 * time.Minute} {
			o.Wall = func() time.Time { return time.Now().Add(wrong) }
			s := open(t, o)
			want, skew := time.Now(), -wrong
			if o.Engine == SQLite { // SQLite uses the machine's time
				want, skew = want.Add(wrong), 0
			}
			at := add(t, s, audit.Record{}).Time
			if off := at.Sub(want); off.Abs() > 20*time.Second {
				t.Errorf("a record is off by %s", off)
			}
			if off := s.ClockSkew() - skew; off.Abs() > 20*time.Second {
				t.Errorf("the skew is told as %s, want %s", s.ClockSkew(), skew)
			}
		}
	})
}

// TestPruneDay prunes with wrong clocks.
func TestPruneDay(t *testing.T) {
	t.Parallel()
	const day, retention = 24 * time.Hour, 400 * 24 * time.Hour
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name     string
		oldest   time.Duration // age of the oldest record; there is one for each day
		newest   time.Duration
		now, api time.Duration // error of each clock
		want     int64
	}{
		{"nothing is old", 399 * day, 0, 0, 0, 0},
		{"a day's portion", 401*day + time.Hour, 0, 0, 0, 1},
		{"no more than a day's portion", 500*day + time.Hour, 0, 0, 0, 1},
		{"our clock 401 days ahead", 300 * day, 0, 401 * day, 0, 0},
		{"our clock and the API's 401 days ahead", 300 * day, 0, 401 * day, 401 * day, 0},
		{"the API's clock behind", 401*day + time.Hour, 0, 0, -30 * day, 0},
		{"our clock behind", 401*day + time.Hour, 0, -30 * day, 0, 0},
		{"the newest record is from long ago", 420*day + time.Hour, 100 * day, 0, 0, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := engines[1].options(t)
			first := open(t, o)
			for age := tt.oldest; age >= tt.newest; age -= 10 * day {
				add(t, first, audit.Record{Time: now.Add(-age)})
			}
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			add(t, open(t, o), audit.Record{Time: now.Add(-tt.newest)})
			o.Now = func() time.Time { return now.Add(tt.now) }
			s := open(t, o)
			add(t, s, audit.Record{}) // has the wrong time, and proves nothing
			for i, want := range []int64{tt.want, 0} {
				n, err := s.PruneDay(t.Context(), retention, now.Add(tt.api), audit.Record{})
				if err != nil || n != want {
					t.Errorf("time %d removed %d, %v, want %d", i, n, err, want)
				}
			}
		})
	}
}
