package store

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// clockInterval is how often the clock is compared with the database's.
	clockInterval = 30 * time.Second
	// maxClockDrift is the largest difference that is corrected at once: two clocks never
	// run at the same pace.
	maxClockDrift = time.Second
	// maxStepDelay is how long the correction of a larger difference waits for changes in
	// doubt.
	maxStepDelay = time.Hour
)

// clock tells the time that all programs on one database share: PostgreSQL's, or this
// machine's with SQLite. Between two comparisons it advances by elapsed time, so that a
// step of this machine's clock does not change the measured time since a change.
type clock struct {
	source  func(context.Context) (time.Time, error)
	elapsed func() time.Duration // since a fixed moment, at an even pace
	log     *slog.Logger

	mu        sync.Mutex
	base      time.Time     // what the source said
	at        time.Duration // when it said that
	steppedAt time.Duration // since when the source differs, 0 if it does not
}

func newClock(ctx context.Context, source func(context.Context) (time.Time, error), elapsed func() time.Duration, log *slog.Logger) (*clock, error) {
	c := &clock{source: source, elapsed: elapsed, log: log}
	var err error
	c.base, c.at, err = c.read(ctx)
	return c, err
}

// read asks the source. Its answer counts for the middle of the time that the call took.
func (c *clock) read(ctx context.Context) (time.Time, time.Duration, error) {
	asked := c.elapsed()
	t, err := c.source(ctx)
	return t, asked + (c.elapsed()-asked)/2, err
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base.Add(c.elapsed() - c.at).UTC()
}

// compare adjusts the clock to its source. A step of the source would make changes look
// older or younger than they are, so the clock follows it only when idle says that no
// change is in doubt, or after maxStepDelay.
func (c *clock) compare(ctx context.Context, idle func(context.Context) bool) error {
	t, at, err := c.read(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	step := t.Sub(c.base.Add(at - c.at))
	switch {
	case step.Abs() <= maxClockDrift:
	case c.steppedAt == 0:
		c.log.WarnContext(ctx, "the clock of the database has made a step", "step", step.String())
		c.steppedAt = max(at, 1)
		return nil
	case at-c.steppedAt < maxStepDelay && !idle(ctx):
		return nil
	default:
		c.log.WarnContext(ctx, "the step of the database's clock is followed", "step", step.String())
	}
	c.base, c.at, c.steppedAt = t, at, 0
	return nil
}

// Now returns the time that all programs on the database share. All stored times are of
// this clock.
func (s *Store) Now() time.Time { return s.now() }

// Restarted returns the newest record from before Now's clock was started if the clock may
// have made a step then, as this machine's may while no program observes it. 0 means no.
func (s *Store) Restarted() int64 {
	if s.engine == Postgres {
		return 0
	}
	return s.latestSeq
}

// KeepClock compares the clock with the database's at intervals, until ctx ends.
func (s *Store) KeepClock(ctx context.Context) {
	ticks := time.NewTicker(clockInterval)
	defer ticks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		if err := s.CompareClock(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "the database's clock could not be read", "error", err)
		}
	}
}

// CompareClock compares the clock with the database's once.
func (s *Store) CompareClock(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	now := s.now() // lists may lag behind the latest creates, so these must not look older than they are
	return s.clock.compare(ctx, func(ctx context.Context) bool {
		var open bool
		err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM open_intents) OR EXISTS (SELECT 1 FROM submissions WHERE sent_at > $1 AND sent_at <= $2)`,
			micros(now.Add(-time.Minute)), micros(now)).Scan(&open)
		return err == nil && !open
	})
}

// ClockSkew returns how far the database's clock is ahead of this machine's.
func (s *Store) ClockSkew() time.Duration { return s.now().Sub(s.wall()).Round(time.Millisecond) }

// startClock starts Now's clock.
func (s *Store) startClock(ctx context.Context, elapsed func() time.Duration) (err error) {
	source := func(context.Context) (time.Time, error) { return s.wall(), nil }
	if s.engine == Postgres {
		source = func(ctx context.Context) (time.Time, error) {
			var micros int64
			err := s.read.QueryRowContext(ctx, `SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)`).Scan(&micros)
			return fromMicros(micros), err
		}
	}
	if elapsed == nil {
		began := time.Now()
		elapsed = func() time.Duration { return time.Since(began) }
	}
	s.clock, err = newClock(ctx, source, elapsed, s.log)
	if err == nil && s.now == nil {
		s.now = s.clock.now
	}
	return err
}
