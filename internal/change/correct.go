package change

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// A later look may contradict a record. Then one more record of the same intent corrects
// it, and says so in a message. The newest record of an intent is the valid one.

// correct appends outcome, which says that a change was done, if the intent is closed as
// not done. It reports whether outcome is now the recorded result.
func (s *Service) correct(ctx context.Context, intent, outcome audit.Record) bool {
	holds, err := s.outcome(ctx, intent.Seq)
	switch {
	case err != nil:
		s.log.ErrorContext(ctx, "a record could not be corrected; it will be tried later", "intent", intent.Seq, "error", err)
		return false
	case holds.Outcome == outcome.Outcome:
		return true
	case outcome.Outcome != audit.OutcomeDone, holds.Outcome != audit.OutcomeFailed && holds.Outcome != audit.OutcomeRefused:
		return false
	}
	outcome.Messages = append([]registry.Problem{{
		Code: audit.CodeCorrects, Message: audit.CorrectsText + strconv.FormatInt(holds.Seq, 10) + ": it says that nothing was done, but a later look found that it was",
	}}, outcome.Messages...)
	written, err := s.journal.Append(ctx, outcome)
	if err != nil {
		if !errors.Is(err, audit.ErrSettled) && !errors.Is(err, audit.ErrCreatedBefore) {
			s.log.ErrorContext(ctx, "a record could not be corrected; it will be tried later", "intent", intent.Seq, "error", err)
		}
		return false
	}
	s.showInMirror(ctx, written)
	s.log.WarnContext(ctx, "a record was corrected: a change recorded as not done was done", "intent", intent.Seq, "record", holds.Seq, "by", written.Seq)
	return true
}

// Limits of looking again for changes that were recorded as not done.
const (
	// lookAgainPeriod is how long looks continue after that record.
	lookAgainPeriod = 24 * time.Hour
	// firstLookAgainDelay is the pause before the first look. Each later pause is as long
	// as the time since the record, which makes about ten looks in a day.
	firstLookAgainDelay = 2 * time.Minute
	// maxSuspects limits the number of such changes.
	maxSuspects = 1000
)

// suspect is a change that was recorded as not done, but may have been done.
type suspect struct {
	intent, closed audit.Record
	next           time.Time
}

// suspects are the suspects of the last day.
type suspects struct {
	mu   sync.Mutex
	list map[int64]*suspect
	read time.Time // when they were read from the trail
}

// noteSightings reports whether one of entries looks like the create of a suspect, and
// makes the look for that suspect due.
func (p *suspects) noteSightings(entries []registry.Entry, now time.Time) (any bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, suspect := range p.list {
		if suspect.intent.Action != rbac.CreateEntry {
			continue
		}
		d := suspect.intent.After.Draft()
		sub := Submission{Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex}
		from := suspect.intent.Time.Add(-maxClockSkew)
		until := doubt{sent: suspect.intent.Time}.safeAt().Add(maxClockSkew)
		for _, e := range entries {
			if sub.matches(e) && e.CreatedAt.After(from) && e.CreatedAt.Before(until) {
				suspect.next, any = now, true
			}
		}
	}
	return any
}

// LookAgain looks for the changes that are recorded as not done, repeatedly for a day, and
// corrects the records of those that were done. Most runs make no API call.
func (s *Service) LookAgain(ctx context.Context) error {
	if err := s.findSuspects(ctx); err != nil {
		return err
	}
	ctx = withPages(ctx)
	for _, p := range s.suspects.due(s.now()) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		outcome, ok, err := s.lookAgain(ctx, p)
		if err != nil {
			return err
		}
		if ok && s.conclude(ctx, p.intent, outcome) {
			s.followUp(ctx, p.intent)
		}
	}
	return nil
}

// due returns the suspects to look for now, and schedules their next looks.
func (p *suspects) due(now time.Time) []suspect {
	p.mu.Lock()
	defer p.mu.Unlock()
	var due []suspect
	for seq, suspect := range p.list {
		age := now.Sub(suspect.closed.Time)
		if age > lookAgainPeriod {
			delete(p.list, seq)
			continue
		}
		if now.Before(suspect.next) || len(due) == maxLooksInPass {
			continue
		}
		suspect.next = now.Add(max(age, firstLookAgainDelay))
		due = append(due, *suspect)
	}
	return due
}

// findSuspects reads the suspects from the trail, including those of other copies and older
// versions of the program.
func (s *Service) findSuspects(ctx context.Context) error {
	s.suspects.mu.Lock()
	defer s.suspects.mu.Unlock()
	now := s.now()
	if now.Sub(s.suspects.read) < SettleInterval {
		return nil
	}
	since := now.Add(-lookAgainPeriod)
	if !s.suspects.read.IsZero() {
		since = s.suspects.read.Add(-time.Minute)
	}
	for _, action := range []rbac.Action{rbac.CreateEntry, rbac.EditEntry, rbac.DeleteEntry} {
		for _, outcome := range []audit.Outcome{audit.OutcomeFailed, audit.OutcomeRefused} {
			closed, err := s.trail.Records(ctx, audit.Query{Action: action, Outcome: outcome, Since: since, Limit: maxSuspects})
			if err != nil {
				return fmt.Errorf("find changes recorded as not done: %w", err)
			}
			for _, r := range closed {
				if _, known := s.suspects.list[r.Intent]; known || r.Intent == 0 || !r.Doubtful() || len(s.suspects.list) >= maxSuspects {
					continue
				}
				intent, err := s.trail.Record(ctx, r.Intent)
				if errors.Is(err, registry.ErrNotFound) || err == nil && intent.Account != s.account {
					continue
				}
				if err != nil {
					return fmt.Errorf("find changes recorded as not done: %w", err)
				}
				if s.suspects.list == nil {
					s.suspects.list = make(map[int64]*suspect)
				}
				s.suspects.list[r.Intent] = &suspect{intent: intent, closed: r, next: r.Time.Add(firstLookAgainDelay)}
			}
		}
	}
	s.suspects.read = now
	return nil
}

// lookAgain looks once for a suspect. ok is true if it was done, as far as the API tells:
// the entry was created, modified or deleted within the time in which the call could take
// effect.
func (s *Service) lookAgain(ctx context.Context, p suspect) (outcome audit.Record, ok bool, err error) {
	if holds, err := s.outcome(ctx, p.intent.Seq); err != nil || holds.Outcome == audit.OutcomeDone {
		return audit.Record{}, false, err
	}
	d := doubt{intent: p.intent.Seq, sent: p.intent.Time}
	if p.intent.Action == rbac.CreateEntry {
		draft := p.intent.After.Draft()
		sub := submissionOf(draft)
		sub.SentAt, sub.Intent = p.intent.Time, p.intent.Seq
		found, err := s.settle(ctx, sub, d, nil, 1)
		if err != nil {
			return audit.Record{}, false, nil //nolint:nilerr // not found, as the record says
		}
		return s.outcomeOf(found, nil, s.now()), true, nil
	}
	if p.intent.Action == rbac.DeleteEntry && p.closed.Time.After(d.safeAt()) {
		return audit.Record{}, false, nil // the entry existed after the call could take effect, so another person has deleted it
	}
	c := pendingChange{action: p.intent.Action, id: p.intent.Entry, before: p.intent.Before, at: p.intent.Time}
	if c.action == rbac.EditEntry {
		c.change = registry.Difference(p.intent.Before, p.intent.After)
	}
	if known, by, err := s.effectInTrail(ctx, c, p.intent.Seq); err != nil || known && by != p.intent.Seq {
		return audit.Record{}, false, err
	}
	changed, err := s.settleChange(ctx, c, d, nil, 1)
	if err != nil {
		return audit.Record{}, false, nil //nolint:nilerr // as above
	}
	if c.action == rbac.EditEntry {
		skew := changed.Receipt.ServedAt.Sub(s.now())
		modified := changed.Entry.ModifiedAt.Add(-skew)
		if changed.Receipt.ServedAt.IsZero() || modified.Before(c.at.Add(-maxClockSkew)) || modified.After(d.safeAt().Add(maxClockSkew)) {
			return audit.Record{}, false, nil // modified at another time, by another person
		}
	}
	return s.changeOutcome(c, changed, nil), true, nil
}

// followUp updates the operations of plans to the outcome of their intent.
func (s *Service) followUp(ctx context.Context, intent audit.Record) {
	r, err := s.outcome(ctx, intent.Seq)
	if err == nil && r.Final() {
		err = s.outcomes.FollowOutcome(ctx, r)
	}
	if err != nil {
		s.log.ErrorContext(ctx, "the operations of plans could not follow an outcome", "intent", intent.Seq, "error", err)
	}
}
