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

// Times after which a change in doubt can be settled.
const (
	// answerTimeout is the longest time from the intent of a change until its call is
	// answered or given up. It counts when the program stopped before it could store the
	// time of the answer.
	answerTimeout = 15 * time.Second
	// landingWindow is how long a call may still take effect after its answer, or after the
	// program stopped waiting for the answer. Cloudflare's edge gives up on its origin
	// after 100 seconds (error 524):
	// https://developers.cloudflare.com/fundamentals/reference/connection-limits/
	landingWindow = 100 * time.Second
	// listLag is the longest time for which a list may show outdated entries.
	listLag = 30 * time.Second
)

// doubt is what the program knows about a change with an unknown effect.
type doubt struct {
	intent   int64
	sent     time.Time
	answered time.Time // when the call was answered or given up; zero if that was not stored
	happened bool      // the API said that the change was made
	ended    bool      // the call can't take effect any more
	// restarted is true if the call was made before this program started, and the clock may
	// have made a step since. answered is then the time of the start.
	restarted bool
	// seen is when this copy of the program first saw the intent of another copy. The
	// clocks of copies may differ, since a step of the database's clock reaches each copy
	// at another time. It is zero for an intent of this program.
	seen time.Time
}

// maxClockSetBack is the longest assumed downtime of the program if its clock was set back.
const maxClockSetBack = time.Hour

// safeAt returns when a look that does not find the effect starts to prove that there is
// none.
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

// landsUntil returns until when the call may take effect, by the API's clock for entries.
func (d doubt) landsUntil() time.Time { return d.safeAt().Add(-listLag) }

// window returns the first and the last time at which the call may have created an entry,
// by the API's clock, which is ahead of ours.
func (d doubt) window(ahead time.Duration) (from, until time.Time) {
	d.ended = false
	sent, first, last := d.sent, ahead, ahead
	if known := later(d.answered, d.seen); d.restarted || !d.seen.IsZero() { // the clock may have been right there and be wrong here
		first, last = min(ahead, 0), max(ahead, 0)
		if sent.After(known) {
			sent = known.Add(-maxClockSetBack)
		}
	}
	return sent.Add(first - maxClockSkew), d.landsUntil().Add(last + maxClockSkew)
}

// unanswered reports whether the call may still be waiting for its answer.
func (d doubt) unanswered(now time.Time) bool {
	return d.answered.IsZero() && now.Sub(later(d.sent, d.seen)) < answerTimeout
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// noteAnswer stores that the call of an intent ended with failed, for later looks. If
// storing fails, those looks wait longer.
func (s *Service) noteAnswer(ctx context.Context, intent int64, sent time.Time, failed *registry.APIError) doubt {
	d := doubt{intent: intent, sent: sent, answered: s.now(), happened: failed.Effect == registry.HasEffect}
	if err := s.journal.NoteAnswer(ctx, intent, d.answered, d.happened); err != nil {
		s.log.ErrorContext(ctx, "the time of an answer could not be stored", "intent", intent, "error", err)
	}
	s.wakeSoon()
	return d
}

// doubtOf returns the doubt about an open intent whose call was made at sent.
func (s *Service) doubtOf(ctx context.Context, intent int64, sent time.Time) (doubt, error) {
	d := doubt{intent: intent, sent: sent}
	if s.settleAfter > 0 { // other copies may exist
		d.seen = s.firstSeen.at(intent, s.now())
	}
	var err error
	if d.answered, d.happened, err = s.journal.Answer(ctx, intent); err != nil {
		return d, fmt.Errorf("read the state of intent %d: %w", intent, err)
	}
	if d.restarted = intent <= s.restarted; d.restarted {
		d.answered = s.started
	}
	return d, nil
}

// InDoubtError reports a change that was not sent because the outcome of an earlier change
// of the same entry, or of the same name and address, is unknown.
type InDoubtError struct {
	Action   rbac.Action // of the earlier change
	Entry    registry.ID // the entry that it changes, "" for a create
	Intents  []int64     // the earlier changes
	Mine     bool        // the newest of them is by the same person
	Actor    rbac.Actor  // the person of the newest one
	SentAt   time.Time
	SafeAt   time.Time // when the next change can be sent at the latest; zero if unknown
	Happened bool      // the API said that it made the change, but no look has found it yet
	// InProgress is true when the call of one of them may still wait for its answer.
	InProgress bool
}

func (e *InDoubtError) Error() string {
	return fmt.Sprintf("not sent: it is not known yet what became of %s, intent %v", e.Action, e.Intents)
}

// add adds one more earlier change.
func (e *InDoubtError) add(who rbac.Caller, intent audit.Record, d doubt, now time.Time) {
	e.Action, e.Entry, e.Actor, e.Mine = intent.Action, intent.Entry, intent.Actor, intent.Actor.Same(who.Actor)
	e.Intents = append(e.Intents, intent.Seq)
	e.SentAt, e.Happened, e.InProgress = d.sent, e.Happened || d.happened, e.InProgress || d.unanswered(now)
	if safe := d.safeAt(); safe.After(e.SafeAt) {
		e.SafeAt = safe
	}
	if e.Happened && e.Action == rbac.CreateEntry {
		e.SafeAt = time.Time{}
	}
}

// JoinIntents joins the seqs of intents to a text for ParseIntents.
func JoinIntents(intents []int64) string {
	parts := make([]string, len(intents))
	for i, seq := range intents {
		parts[i] = strconv.FormatInt(seq, 10)
	}
	return strings.Join(parts, ",")
}

// ParseIntents parses the text of JoinIntents, and ignores what is no seq.
func ParseIntents(text string) (intents []int64) {
	for part := range strings.SplitSeq(text, ",") {
		if seq, err := strconv.ParseInt(part, 10, 64); err == nil && seq > 0 {
			intents = append(intents, seq)
		}
	}
	return intents
}

// othersInDoubt returns an *InDoubtError if the outcome of another create of the same name
// and address is unknown, whatever form, person or copy of the program sent it. It looks
// first. Creates in next.Beside do not count; if they are open, it returns them.
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
			inDoubt.add(who, intent, d, s.now())
		}
	}
	if len(inDoubt.Intents) == 0 {
		return beside, nil
	}
	return nil, inDoubt
}

// settleNow settles an open intent if one look is enough.
func (s *Service) settleNow(ctx context.Context, intent audit.Record) (settled bool, d doubt, err error) {
	if d, err = s.doubtOf(ctx, intent.Seq, intent.Time); err != nil {
		return false, d, err
	}
	if s.inProgress.has(intent.Seq) || d.unanswered(s.now()) {
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

// changesInDoubt returns an error if the outcome of an earlier change of the entry is
// unknown: an *UnsettledError if that was the same change by the same person, otherwise an
// *InDoubtError. It looks first. d is the entry after the edit, nil for a deletion.
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
			continue // it can't take effect any more, though looks for it continue
		case intent.Actor.Same(who.Actor) && intent.Action == action && (d == nil || len(intent.After.Diff(*d)) == 0):
			return &UnsettledError{Action: action, Intent: intent.Seq, SentAt: known.sent, LookedAt: s.now(), SafeAt: known.safeAt(), Happened: known.happened}
		}
		inDoubt.add(who, intent, known, s.now())
	}
	if len(inDoubt.Intents) == 0 {
		return nil
	}
	return inDoubt
}

// shownSafe returns safeAt, or zero for a create that the API has confirmed: looks for it
// continue until they find it.
func (d doubt) shownSafe(action rbac.Action) time.Time {
	if d.happened && (action == rbac.CreateEntry || action == "") {
		return time.Time{}
	}
	return d.safeAt()
}
