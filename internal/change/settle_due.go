package change

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// How often to look for the effects of changes in doubt.
const (
	// minLookInterval and maxLookInterval limit the pause between two looks. In between the
	// pause is a quarter of the time since the answer: 7 looks in the first 10 seconds.
	minLookInterval = 2 * time.Second
	maxLookInterval = 10 * time.Minute
	// maxLooksInPass limits the changes to look for in one pass. All creates of a pass
	// share the pages that were read.
	maxLooksInPass = 20
	// SettleInterval is the longest pause between two readings of the open intents,
	// including those of other copies.
	SettleInterval = 30 * time.Second
	// wakeDelay is the pause before a look for new intents: the change itself looks first.
	wakeDelay = time.Second
)

// lookTimes schedules the next look for each open intent.
type lookTimes struct {
	mu   sync.Mutex
	next map[int64]time.Time
	// opened is true once this process has looked for all intents that were open when it
	// started.
	opened bool
}

// due reports whether it is time to look for an intent, and then schedules the next look.
func (l *lookTimes) due(seq int64, d doubt, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Before(l.next[seq]) {
		return false
	}
	if l.next == nil {
		l.next = make(map[int64]time.Time)
	}
	since := d.answered
	if since.IsZero() {
		since = d.sent
	}
	next := now.Add(min(max(now.Sub(since)/4, minLookInterval), maxLookInterval))
	if safe := d.safeAt(); safe.After(now) && safe.Before(next) {
		next = safe // a later look is conclusive
	}
	l.next[seq] = next
	return true
}

// keepOnly removes all but the given intents, and returns the time until the next look.
func (l *lookTimes) keepOnly(open []audit.Record, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	wait := SettleInterval
	for seq, at := range l.next {
		if !slices.ContainsFunc(open, func(r audit.Record) bool { return r.Seq == seq }) {
			delete(l.next, seq)
			continue
		}
		wait = min(wait, at.Sub(now))
	}
	return max(wait, time.Second)
}

// wakeSoon schedules a look for new intents.
func (s *Service) wakeSoon() { s.wakeSettle(wakeDelay) }

// SettleDue settles the open intents that are due, and schedules its next run. It also
// looks again for changes that were recorded as not done.
func (s *Service) SettleDue(ctx context.Context) error {
	ctx = registry.Background(ctx)
	var failed error
	if s.looks.open() {
		if err := s.SettleOpen(ctx, true); err != nil {
			failed = fmt.Errorf("settle the intents open at the start: %w", err)
		}
	}
	wait, err := s.settleDue(ctx)
	switch {
	case err != nil:
		failed = errors.Join(failed, fmt.Errorf("settle open intents: %w", err))
	case wait < SettleInterval:
		s.wakeSettle(wait)
	}
	if err := s.LookAgain(ctx); err != nil {
		failed = errors.Join(failed, fmt.Errorf("look again for changes recorded as not done: %w", err))
	}
	return failed
}

// open reports whether this is its first call.
func (l *lookTimes) open() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	first := !l.opened
	l.opened = true
	return first
}

// settleDue settles the open intents that are due, and returns the time until the next one.
func (s *Service) settleDue(ctx context.Context) (time.Duration, error) {
	open, err := s.journal.Unsettled(ctx)
	if err != nil {
		return 0, err
	}
	ctx = withPages(ctx)
	looked := 0
	for _, intent := range slices.Backward(open) {
		if looked == maxLooksInPass || ctx.Err() != nil {
			break
		}
		d, err := s.doubtOf(ctx, intent.Seq, intent.Time)
		if err != nil {
			return 0, err
		}
		if !s.mayLook(ctx, intent, d) || !s.looks.due(intent.Seq, d, s.now()) {
			continue
		}
		looked++
		if err := s.settleOne(ctx, intent, true, 1); err != nil {
			return 0, err
		}
	}
	s.firstSeen.keepOnly(open, s.now())
	return s.looks.keepOnly(open, s.now()), nil
}

// mayLook reports whether this program may settle an open intent now: only if the change is
// not in progress, here or in another copy.
func (s *Service) mayLook(ctx context.Context, intent audit.Record, d doubt) bool {
	if !s.leftBehind(intent) && (d.answered.IsZero() || s.inProgress.has(intent.Seq)) {
		return false
	}
	if !slices.Contains([]rbac.Action{rbac.CreateEntry, rbac.EditEntry, rbac.DeleteEntry}, intent.Action) || intent.Account != s.account {
		s.log.WarnContext(ctx, "an open intent can't be settled by this program", "intent", intent.Seq, "action", intent.Action, "account", intent.Account)
		return false
	}
	return true
}

type pagesKey struct{}

// withPages returns a context in which listPage reads each page once, for a pass that looks
// for several changes.
func withPages(ctx context.Context) context.Context {
	return context.WithValue(ctx, pagesKey{}, make(map[registry.Query]registry.Page))
}

// listPage is ListEntries of the API, without repeating pages that the pass has already
// read.
func (s *Service) listPage(ctx context.Context, q registry.Query) (registry.Page, error) {
	pages, shared := ctx.Value(pagesKey{}).(map[registry.Query]registry.Page)
	if page, ok := pages[q]; ok {
		return page, nil
	}
	page, err := s.api.ListEntries(ctx, q)
	if err == nil && shared {
		pages[q] = page
	}
	return page, err
}
