package change

import (
	"context"
	"time"

	"namesake/internal/registry"
)

// creditCreate settles the unsettled create of an entry before the entry is changed: a
// later look could not recognize the entry. A failure to do so does not stop the change.
func (s *Service) creditCreate(ctx context.Context, e registry.Entry, receipt registry.Receipt) {
	open, err := s.submissions.OpenCreates(ctx, identityOf(e.Values().Draft()))
	for _, seq := range open {
		var settled bool
		if settled, err = s.creditTo(ctx, seq, e, receipt); settled || err != nil {
			break
		}
	}
	if err != nil {
		s.log.WarnContext(ctx, "it is unknown which create made an entry", "entry", e.ID, "error", err)
	}
}

// creditTo settles the create of an intent as the one that made e, if possible.
func (s *Service) creditTo(ctx context.Context, seq int64, e registry.Entry, receipt registry.Receipt) (settled bool, err error) {
	sub, sent, err := s.submissions.SubmissionOf(ctx, seq)
	if err != nil || !sent || s.inProgress.has(seq) {
		return false, err
	}
	d, err := s.doubtOf(ctx, seq, sub.SentAt)
	if err != nil || d.unanswered(s.now()) {
		return false, err
	}
	ahead := time.Duration(0)
	if !receipt.ServedAt.IsZero() {
		ahead = receipt.ServedAt.Sub(s.now())
	}
	if from, until := d.window(ahead); !sub.matches(e) || e.CreatedAt.Before(from) || e.CreatedAt.After(until) {
		return false, nil
	}
	if another, err := s.anotherInProgress(ctx, sub); err != nil || another {
		return false, err
	}
	if another, err := s.createdByAnother(ctx, e.ID, seq); err != nil || another {
		return false, err
	}
	intent, err := s.trail.Record(ctx, seq)
	if err != nil {
		return false, err
	}
	settled = s.conclude(ctx, intent, s.outcomeOf(Created{Entry: e, Result: FoundLater, Receipt: receipt}, nil, s.now()))
	if settled {
		s.followUp(ctx, intent)
	}
	return settled, nil
}
