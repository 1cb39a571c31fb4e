package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A record that a later look contradicts is corrected by one more record of the same
// intent, which says so in a message. The newest record of an intent is the one that
// holds.

// codeCorrects is the code of the message of a correcting record.
const codeCorrects = "namesake.corrects"

const correctsText = "corrects record "

// Corrects returns the seq of the record that r corrects, 0 when it corrects none.
func (r Record) Corrects() int64 {
	for _, m := range r.Messages {
		if m.Code == codeCorrects {
			number, _, _ := strings.Cut(strings.TrimPrefix(m.Message, correctsText), ":")
			seq, _ := strconv.ParseInt(number, 10, 64) // 0 when it is none
			return seq
		}
	}
	return 0
}

// correct appends outcome, which says that a change was done, if the intent is closed as
// not done. It reports whether outcome holds now.
func (s *Service) correct(ctx context.Context, intent, outcome Record) bool {
	holds, err := s.outcome(ctx, intent.Seq)
	switch {
	case err != nil:
		s.log.ErrorContext(ctx, "a record could not be corrected; it will be tried later", "intent", intent.Seq, "error", err)
		return false
	case holds.Outcome == outcome.Outcome:
		return true
	case outcome.Outcome != OutcomeDone, holds.Outcome != OutcomeFailed && holds.Outcome != OutcomeRefused:
		return false
	}
	outcome.Messages = append([]Problem{{
		Code: codeCorrects, Message: correctsText + strconv.FormatInt(holds.Seq, 10) + ": it says that nothing was done, but a later look found that it was",
	}}, outcome.Messages...)
	written, err := s.journal.Append(ctx, outcome)
	if err != nil {
		if !errors.Is(err, ErrSettled) && !errors.Is(err, ErrCreatedBefore) {
			s.log.ErrorContext(ctx, "a record could not be corrected; it will be tried later", "intent", intent.Seq, "error", err)
		}
		return false
	}
	s.log.WarnContext(ctx, "a record was corrected: what was taken for not done was done", "intent", intent.Seq, "record", holds.Seq, "by", written.Seq)
	return true
}

// foreign returns messages of the API without any that could be taken for ours.
func foreign(messages []Problem) []Problem {
	return slices.DeleteFunc(slices.Clone(messages), func(m Problem) bool { return strings.HasPrefix(m.Code, "namesake.") })
}

// Times of looking again for what was taken for not done.
const (
	// lookAgainFor is how long after it was recorded.
	lookAgainFor = 24 * time.Hour
	// lookAgainSoonest is the pause before the first such look. Each is as long as all
	// before together: about ten in a day.
	lookAgainSoonest = 2 * time.Minute
	// suspectsKept bounds those that are looked for.
	suspectsKept = 1000
)

// suspect is a change that was taken for not done, and may have been done all the same.
type suspect struct {
	intent, closed Record
	next           time.Time
}

// suspects are the changes of the last day that were taken for not done.
type suspects struct {
	mu   sync.Mutex
	list map[int64]*suspect
	read time.Time // when the trail was read for them
}

// sightings reports whether one of entries looks like the create of a suspect, which is
// then looked for at once.
func (p *suspects) sightings(entries []Entry, now time.Time) (any bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, suspect := range p.list {
		if suspect.intent.Action != CreateEntry {
			continue
		}
		d := suspect.intent.After.Draft()
		sub := Submission{Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex}
		from := suspect.intent.Time.Add(-clockSkew)
		until := doubt{sent: suspect.intent.Time}.safeAt().Add(clockSkew)
		for _, e := range entries {
			if sub.matches(e) && e.CreatedAt.After(from) && e.CreatedAt.Before(until) {
				suspect.next, any = now, true
			}
		}
	}
	return any
}

// watchedAPI is an API whose reads are watched for entries that were taken for not
// created.
type watchedAPI struct {
	API
	seen func([]Entry)
}

func (a watchedAPI) ListEntries(ctx context.Context, q Query) (Page, error) {
	page, err := a.API.ListEntries(ctx, q)
	if err == nil {
		a.seen(page.Entries)
	}
	return page, err
}

func (a watchedAPI) Entry(ctx context.Context, id ID) (Entry, Receipt, error) {
	e, receipt, err := a.API.Entry(ctx, id)
	if err == nil {
		a.seen([]Entry{e})
	}
	return e, receipt, err
}

// LookAgain looks, now and then for a day, for changes that are recorded as not done, and
// corrects the records of those that were. It takes few calls: most of them are none.
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

// due returns the suspects that are to be looked for now, and plans the looks after.
func (p *suspects) due(now time.Time) []suspect {
	p.mu.Lock()
	defer p.mu.Unlock()
	var due []suspect
	for seq, suspect := range p.list {
		age := now.Sub(suspect.closed.Time)
		if age > lookAgainFor {
			delete(p.list, seq)
			continue
		}
		if now.Before(suspect.next) || len(due) == looksInARow {
			continue
		}
		suspect.next = now.Add(max(age, lookAgainSoonest))
		due = append(due, *suspect)
	}
	return due
}

// findSuspects reads from the trail what was taken for not done, of whatever copy and
// version of the program.
func (s *Service) findSuspects(ctx context.Context) error {
	s.suspects.mu.Lock()
	defer s.suspects.mu.Unlock()
	now := s.now()
	if now.Sub(s.suspects.read) < SettleEvery {
		return nil
	}
	since := now.Add(-lookAgainFor)
	if !s.suspects.read.IsZero() {
		since = s.suspects.read.Add(-time.Minute)
	}
	for _, action := range []Action{CreateEntry, EditEntry, DeleteEntry} {
		for _, outcome := range []Outcome{OutcomeFailed, OutcomeRefused} {
			closed, err := s.trail.Records(ctx, AuditQuery{Action: action, Outcome: outcome, Since: since, Limit: suspectsKept})
			if err != nil {
				return fmt.Errorf("find what was not done: %w", err)
			}
			for _, r := range closed {
				if _, known := s.suspects.list[r.Intent]; known || r.Intent == 0 || !r.doubtful() || len(s.suspects.list) >= suspectsKept {
					continue
				}
				intent, err := s.trail.Record(ctx, r.Intent)
				if errors.Is(err, ErrNotFound) || err == nil && intent.Account != s.account {
					continue
				}
				if err != nil {
					return fmt.Errorf("find what was not done: %w", err)
				}
				if s.suspects.list == nil {
					s.suspects.list = make(map[int64]*suspect)
				}
				s.suspects.list[r.Intent] = &suspect{intent: intent, closed: r, next: r.Time.Add(lookAgainSoonest)}
			}
		}
	}
	s.suspects.read = now
	return nil
}

// doubtful reports whether the change that r says was not done may have been done all the
// same: it was sent, and the API itself did not refuse it.
func (r Record) doubtful() bool {
	for _, p := range r.Errors {
		switch p.Code {
		case codeNotSent, codeRole:
			return false
		case codeCallFailed:
			return p.Message != Unreachable.String()
		case codeSettled:
			return !strings.HasPrefix(p.Message, "of no effect")
		}
	}
	return r.Outcome == OutcomeFailed
}

// lookAgain looks once for a change that was taken for not done. ok is true when it was
// done, as far as can be told: an entry that was created, or modified, in the time in
// which the change could land.
func (s *Service) lookAgain(ctx context.Context, p suspect) (outcome Record, ok bool, err error) {
	if holds, err := s.outcome(ctx, p.intent.Seq); err != nil || holds.Outcome == OutcomeDone {
		return Record{}, false, err
	}
	d := doubt{intent: p.intent.Seq, sent: p.intent.Time}
	if p.intent.Action == CreateEntry {
		draft := p.intent.After.Draft()
		sub := submissionOf(draft)
		sub.SentAt, sub.Intent = p.intent.Time, p.intent.Seq
		found, err := s.settle(ctx, sub, d, nil, 1)
		if err != nil {
			return Record{}, false, nil //nolint:nilerr // it is not found: that is what is on record
		}
		return s.outcomeOf(found, nil, s.now()), true, nil
	}
	if p.intent.Action == DeleteEntry && p.closed.Time.After(d.safeAt()) {
		return Record{}, false, nil // it was there when it could not land any more: somebody else has deleted it
	}
	c := sent{action: p.intent.Action, id: p.intent.Entry, before: p.intent.Before, at: p.intent.Time}
	if c.action == EditEntry {
		c.change = difference(p.intent.Before, p.intent.After)
	}
	if known, by, err := s.knownOf(ctx, c, p.intent.Seq); err != nil || known && by != p.intent.Seq {
		return Record{}, false, err
	}
	changed, err := s.settleChange(ctx, c, d, nil, 1)
	if err != nil {
		return Record{}, false, nil //nolint:nilerr // as above
	}
	if c.action == EditEntry {
		skew := changed.Receipt.ServedAt.Sub(s.now())
		modified := changed.Entry.ModifiedAt.Add(-skew)
		if changed.Receipt.ServedAt.IsZero() || modified.Before(c.at.Add(-clockSkew)) || modified.After(d.safeAt().Add(clockSkew)) {
			return Record{}, false, nil // modified at another time, by somebody else
		}
	}
	return s.changeOutcome(c, changed, nil), true, nil
}

// followUp has what rests on an intent follow its outcome: the operations of plans.
func (s *Service) followUp(ctx context.Context, intent Record) {
	r, err := s.outcome(ctx, intent.Seq)
	if err == nil && r.final() {
		err = s.outcomes.FollowOutcome(ctx, r)
	}
	if err != nil {
		s.log.ErrorContext(ctx, "the operations of plans could not follow an outcome", "intent", intent.Seq, "error", err)
	}
}
