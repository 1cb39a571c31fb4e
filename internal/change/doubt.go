package change

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Times that a doubt lasts.
const (
	// answerTimeout is the longest from the intent of a change until its call has been
	// answered or given up, where the program was stopped before it could note that.
	answerTimeout = 15 * time.Second
	// landingWindow is how long a call may still take effect after it was answered, or after
	// nobody waited for its answer any more. Cloudflare's edge gives up on its origin after
	// 100 seconds (error 524):
	// https://developers.cloudflare.com/fundamentals/reference/connection-limits/
	landingWindow = 100 * time.Second
	// listLag is how long a list may show the registry as it was before.
	listLag = 30 * time.Second
)

// doubt is what is known of a change whose effect is not known.
type doubt struct {
	intent   int64
	sent     time.Time
	answered time.Time // when it was answered or given up; zero when that was not noted
	happened bool      // the API said that the change was made
	ended    bool      // it certainly has no effect any more that it has not had by now
	// restarted tells that it was sent before this program started, by a clock that may
	// have made a step since. answered is then when the program started.
	restarted bool
	// seen is when this copy of the program first saw the intent of another copy, whose
	// clock may differ: a step of the database's clock reaches each copy at another time.
	// It is zero for an intent of this program.
	seen time.Time
}

// maxClockSetBack is how long the program is taken to have stood still at most, where the
// clock was certainly set back.
const maxClockSetBack = time.Hour

// safeAt is from when on a look that does not find the effect proves that there is none.
func (d doubt) safeAt() time.Time {
	if d.ended {
		return time.Time{}
	}
	answered := later(d.answered, d.seen)
	if d.answered.IsZero() {
		answered = later(d.sent, d.seen).Add(answerTimeout)
	}
	return answered.Add(landingWindow + listLag)
}

// landsUntil is until when the effect may come, by the times that the API gives to entries.
func (d doubt) landsUntil() time.Time { return d.safeAt().Add(-listLag) }

// window returns between which times an entry that the call made can have been created, by
// the API's clock, which is ahead of ours by that much.
func (d doubt) window(ahead time.Duration) (from, until time.Time) {
	d.ended = false
	sent, first, last := d.sent, ahead, ahead
	if known := later(d.answered, d.seen); d.restarted || !d.seen.IsZero() { // the clock may have been right before, or there, and wrong here
		first, last = min(ahead, 0), max(ahead, 0)
		if sent.After(known) {
			sent = known.Add(-maxClockSetBack)
		}
	}
	return sent.Add(first - maxClockSkew), d.landsUntil().Add(last + maxClockSkew)
}

// underWay reports whether the call may not have been answered yet.
func (d doubt) underWay(now time.Time) bool {
	return d.answered.IsZero() && now.Sub(later(d.sent, d.seen)) < answerTimeout
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// noteAnswer notes that the call of an intent ended as failed says, for whoever looks for
// its effect later. That it can't be noted lets them wait longer.
func (s *Service) noteAnswer(ctx context.Context, intent int64, sent time.Time, failed *registry.APIError) doubt {
	d := doubt{intent: intent, sent: sent, answered: s.now(), happened: failed.Effect == registry.HasEffect}
	if err := s.journal.NoteAnswer(ctx, intent, d.answered, d.happened); err != nil {
		s.log.ErrorContext(ctx, "when a call was answered could not be noted", "intent", intent, "error", err)
	}
	s.wakeSoon()
	return d
}

// doubtOf returns what is known of an open intent that was sent at sent.
func (s *Service) doubtOf(ctx context.Context, intent int64, sent time.Time) (doubt, error) {
	d := doubt{intent: intent, sent: sent}
	if s.settleAfter > 0 { // there may be other copies
		d.seen = s.firstSeen.at(intent, s.now())
	}
	var err error
	if d.answered, d.happened, err = s.journal.Answer(ctx, intent); err != nil {
		return d, fmt.Errorf("what is known of intent %d: %w", intent, err)
	}
	if d.restarted = intent <= s.restarted; d.restarted {
		d.answered = s.started
	}
	return d, nil
}

// InDoubtError reports a change that was not sent, because it is not known yet what
// became of an earlier one: of the same name and address, or of the same entry.
type InDoubtError struct {
	Action   rbac.Action // of the earlier one
	Entry    registry.ID // that it changes, "" for a create
	Intents  []int64     // the earlier ones
	Mine     bool        // the newest of them is by the same person
	Actor    rbac.Actor  // of the newest of them
	SentAt   time.Time
	SafeAt   time.Time // when the next can be sent at the latest; zero when that is not known
	Happened bool      // the API said that it was made; it is not found yet
}

func (e *InDoubtError) Error() string {
	return fmt.Sprintf("not sent: it is not known yet what became of %s, intent %v", e.Action, e.Intents)
}

// add takes in one more earlier change.
func (e *InDoubtError) add(who rbac.Caller, intent audit.Record, d doubt) {
	e.Action, e.Entry, e.Actor, e.Mine = intent.Action, intent.Entry, intent.Actor, intent.Actor.Same(who.Actor)
	e.Intents = append(e.Intents, intent.Seq)
	e.SentAt, e.Happened = d.sent, e.Happened || d.happened
	if safe := d.safeAt(); safe.After(e.SafeAt) {
		e.SafeAt = safe
	}
	if e.Happened && e.Action == rbac.CreateEntry {
		e.SafeAt = time.Time{}
	}
}

// JoinIntents writes the seqs of intents one after the other; ParseIntents reads them.
func JoinIntents(intents []int64) string {
	parts := make([]string, len(intents))
	for i, seq := range intents {
		parts[i] = strconv.FormatInt(seq, 10)
	}
	return strings.Join(parts, ",")
}

// ParseIntents reads what JoinIntents has written, and leaves out what is no seq.
func ParseIntents(text string) (intents []int64) {
	for part := range strings.SplitSeq(text, ",") {
		if seq, err := strconv.ParseInt(part, 10, 64); err == nil && seq > 0 {
			intents = append(intents, seq)
		}
	}
	return intents
}

// othersInDoubt returns an *InDoubtError when it is not known what became of another
// create of the same name and address, by whatever form, person and copy of the program.
// It looks first. Those that next.Beside names are no obstacle; it returns them if they
// are open.
func (s *Service) othersInDoubt(ctx context.Context, who rbac.Caller, next Submission) (beside []int64, err error) {
	open, err := s.submissions.OpenCreates(ctx, next.Identity)
	if err != nil {
		return nil, &audit.UnrecordedError{Err: fmt.Errorf("look up other creates: %w", err)}
	}
	inDoubt := &InDoubtError{}
	for _, seq := range open {
		if slices.Contains(ParseIntents(next.Beside), seq) {
			beside = append(beside, seq)
			continue
		}
		intent, err := s.trail.Record(ctx, seq)
		if err != nil {
			return nil, audit.Unreadable(err)
		}
		settled, d, err := s.settleNow(ctx, intent)
		if err != nil {
			return nil, audit.Unreadable(err)
		}
		if !settled {
			inDoubt.add(who, intent, d)
		}
	}
	if len(inDoubt.Intents) == 0 {
		return beside, nil
	}
	return nil, inDoubt
}

// settleNow settles an open intent if one look can do so.
func (s *Service) settleNow(ctx context.Context, intent audit.Record) (settled bool, d doubt, err error) {
	if d, err = s.doubtOf(ctx, intent.Seq, intent.Time); err != nil {
		return false, d, err
	}
	if s.underWay.has(intent.Seq) || d.underWay(s.now()) {
		return false, d, nil
	}
	write, lockedBy, err := s.outcomeWriter(ctx, intent)
	if err != nil || lockedBy != 0 && lockedBy != intent.Seq {
		return false, d, err
	}
	outcome, err := s.settleIntent(ctx, intent, 1)
	if err != nil || outcome.Outcome == audit.OutcomeUnknown {
		return false, d, err
	}
	if settled = s.concludeWith(ctx, intent, outcome, write); settled {
		s.followUp(ctx, intent)
	}
	return settled, d, nil
}

// changesInDoubt returns an error when it is not known what became of an earlier change
// of the entry: an *UnsettledError when that was the same change by the same person, and
// otherwise an *InDoubtError. It looks first. d is what an edit makes of the entry, and
// nil for a deletion.
func (s *Service) changesInDoubt(ctx context.Context, who rbac.Caller, action rbac.Action, id registry.ID, d *registry.Draft) error {
	open, err := s.journal.OpenChanges(ctx, id)
	if err != nil {
		return &audit.UnrecordedError{Err: fmt.Errorf("look up other changes: %w", err)}
	}
	inDoubt := &InDoubtError{}
	for _, intent := range open {
		settled, known, err := s.settleNow(ctx, intent)
		switch {
		case err != nil:
			return audit.Unreadable(err)
		case settled, known.happened && !s.now().Before(known.safeAt()):
			continue // the second is looked for until it is found, but can't come any more
		case intent.Actor.Same(who.Actor) && intent.Action == action && (d == nil || len(intent.After.Change(d.KeepLong(intent.After))) == 0):
			return &UnsettledError{Action: action, Intent: intent.Seq, SentAt: known.sent, LookedAt: s.now(), SafeAt: known.safeAt(), Happened: known.happened}
		}
		inDoubt.add(who, intent, known)
	}
	if len(inDoubt.Intents) == 0 {
		return nil
	}
	return inDoubt
}

// shownSafe is safeAt, or zero for a create that is looked for until it is found.
func (d doubt) shownSafe(action rbac.Action) time.Time {
	if d.happened && (action == rbac.CreateEntry || action == "") {
		return time.Time{}
	}
	return d.safeAt()
}
