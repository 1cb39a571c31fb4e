package change

import (
	"context"
	"fmt"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Followed is what the program now knows about a change that was in doubt.
type Followed struct {
	Intent  audit.Record
	Outcome audit.Record // the newest outcome of the intent; zero if there is none
	Mine    bool         // the person who asks made the change
	// Doubt says that the change is not done or unknown; nil if it is done.
	Doubt *UnsettledError
}

// Follow returns the state of a change, and looks for its effect if the last look is some
// time ago. It only reads from Cloudflare. Errors: *ForbiddenError, ErrNotFound if there is
// no such intent, ErrDatabase in the chain.
func (s *Service) Follow(ctx context.Context, who rbac.Caller, intent int64) (Followed, error) {
	r, err := s.trail.Record(ctx, intent)
	if err != nil {
		return Followed{}, audit.Unreadable(err)
	}
	if r.Outcome != audit.OutcomeIntent || r.Account != s.account {
		return Followed{}, fmt.Errorf("intent %d: %w", intent, registry.ErrNotFound)
	}
	if err := s.audit.Authorize(ctx, who, r.Action); err != nil {
		return Followed{}, err
	}
	d, err := s.doubtOf(ctx, intent, r.Time)
	if err != nil {
		return Followed{}, audit.Unreadable(err)
	}
	f := Followed{Intent: r, Mine: r.Actor.Same(who.Actor)}
	if f.Outcome, err = s.outcome(ctx, intent); err != nil {
		return Followed{}, err
	}
	if !f.Outcome.Final() && s.mayLook(ctx, r, d) && s.looks.due(intent, d, s.now()) {
		if err := s.settleOne(context.WithoutCancel(ctx), r, true, 1); err != nil {
			return Followed{}, audit.Unreadable(err)
		}
		if f.Outcome, err = s.outcome(ctx, intent); err != nil {
			return Followed{}, err
		}
	}
	if f.Outcome.Outcome != audit.OutcomeDone {
		f.Doubt = &UnsettledError{
			Action: r.Action, Intent: intent, SentAt: d.sent, LookedAt: s.now(), Happened: d.happened, SafeAt: d.shownSafe(r.Action), NotDone: f.Outcome.Final(),
		}
	}
	return f, nil
}

// outcome returns the newest, valid record of an intent's outcome, or a zero record.
func (s *Service) outcome(ctx context.Context, intent int64) (audit.Record, error) {
	records, err := s.trail.Records(ctx, audit.Query{Intent: intent, Limit: 1})
	if err != nil || len(records) == 0 {
		return audit.Record{}, audit.Unreadable(err)
	}
	return records[0], nil
}
