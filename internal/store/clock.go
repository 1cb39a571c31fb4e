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
	// maxClockDrift is a difference that is put right at once: two clocks never run alike.
	maxClockDrift = time.Second
	// maxStepDelay is how long a greater one waits for the last change in doubt.
	maxStepDelay = time.Hour
)

// clock tells the time that all programs on one database share: PostgreSQL's, and this
// machine's with SQLite. Between two comparisons it goes by elapsed time, so that a step
// of this machine's clock does not move what has passed since a change was sent.
type clock struct {
	source  func(context.Context) (time.Time, error)
	elapsed func() time.Duration // since some moment, at an even pace
	log     *slog.Logger

	mu        sync.Mutex
	base      time.Time     // what the source said
	at        time.Duration // when it did
	steppedAt time.Duration // since when it says something else, 0 for not
}

func newClock(ctx context.Context, source func(context.Context) (time.Time, error), elapsed func() time.Duration, log *slog.Logger) (*clock, error) {
	c := &clock{source: source, elapsed: elapsed, log: log}
	var err error
	c.base, c.at, err = c.read(ctx)
	return c, err
}

// read asks the source. What it said is taken to hold half-way through the question.
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

// compare puts the clock right by its source. A step of the source would make changes
// look older or younger than they are, so it is followed only once idle says that none is
// in doubt, or when that has taken too long.
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

// Now is the time that all programs on the database share. What is stored, and compared
// with what is stored, goes by it.
func (s *Store) Now() time.Time { return s.now() }

// Restarted returns the newest record from before the clock that Now tells was started, if
// it may have made a step then: this machine's may, while no program looks. 0 means no.
func (s *Store) Restarted() int64 {
	if s.engine == Postgres {
		return 0
	}
	return s.latestSeq
}

// KeepClock compares the clock with the database's now and then, until ctx ends.
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
	now := s.now() // lists may not show yet what was just created: it must not look older than it is
	return s.clock.compare(ctx, func(ctx context.Context) bool {
		var open bool
		err := s.read.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM open_intents) OR EXISTS (SELECT 1 FROM submissions WHERE sent_at > $1 AND sent_at <= $2)`,
			micros(now.Add(-time.Minute)), micros(now)).Scan(&open)
		return err == nil && !open
	})
}

// ClockSkew is how far the database's clock is ahead of this machine's.
func (s *Store) ClockSkew() time.Duration { return s.now().Sub(s.wall()).Round(time.Millisecond) }

// startClock starts the clock that Now tells.
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
