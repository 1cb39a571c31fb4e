// Package dismissals hides findings that people have dismissed, each with a reason and until
// a time or for good. A dismissal ends by itself when the finding says another thing or when
// one of its entries changes.
package dismissals

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"namesake/internal/audit"
	"namesake/internal/findings"
	"namesake/internal/input"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// MaxReason is how many characters a reason can have.
const MaxReason = 1000

// Dismissal hides a finding.
type Dismissal struct {
	Finding     string // the finding's ID
	Fingerprint string // of the finding and its entries when it was dismissed
	Reason      string
	Until       time.Time // zero if it has no end
	At          time.Time
	By          rbac.Actor
}

// Current reports whether the dismissal has not ended at now.
func (d Dismissal) Current(now time.Time) bool { return d.Until.IsZero() || now.Before(d.Until) }

// Store stores dismissals.
type Store interface {
	// Dismissals returns the dismissals of an account.
	Dismissals(ctx context.Context, account registry.AccountID) ([]Dismissal, error)
	// Dismiss stores a dismissal instead of an earlier one of the same finding, and its record.
	Dismiss(ctx context.Context, account registry.AccountID, d Dismissal, record audit.Record) error
	// Restore removes the dismissal of a finding, and stores the record. It returns false,
	// and stores nothing, if there is none.
	Restore(ctx context.Context, account registry.AccountID, finding string, record audit.Record) (bool, error)
}

// Why a finding was not dismissed or restored.
var (
	ErrNoReason     = errors.New("a dismissal needs a reason")
	ErrReasonLong   = errors.New("the reason is too long")
	ErrFar          = errors.New("the end of a dismissal is too far in the future")
	ErrPast         = errors.New("the end of a dismissal must be in the future")
	ErrNotDismissed = errors.New("the finding is not dismissed")
)

// BadReasonError reports a reason with a character that is not text.
type BadReasonError struct{ Character input.Character }

func (e *BadReasonError) Error() string { return "the reason has " + e.Character.String() }

// lastYear is the last year in which a dismissal can end: later ones can't be written in JSON.
const lastYear = 9998

// Options are the parts of a Service. All are required.
type Options struct {
	Audit   *audit.Log
	Store   Store
	Account registry.AccountID
	Now     func() time.Time
}

// Service dismisses findings and restores them. It calls nothing but the database, which
// stores each change together with its record.
type Service struct {
	o Options

	mu   sync.Mutex
	kept *Current // nil if they have to be read
	read time.Time
	turn int // increases with each change
}

// Current are the dismissals that have not ended, by the ID of the finding. It never changes.
type Current struct {
	ByFinding map[string]Dismissal

	all []Dismissal
	end time.Time // when the first of them ends, zero for never
}

// maxAge is how long dismissals are kept in memory. Changes by this program end that at once, and
// those by other copies of it as soon as it hears of them.
const maxAge = 5 * time.Second

// NewService returns a Service, or an error when a part is missing.
func NewService(o Options) (*Service, error) {
	if o.Audit == nil || o.Store == nil || o.Account == "" || o.Now == nil {
		return nil, errors.New("dismissals: all options are required")
	}
	return &Service{o: o}, nil
}

// Current returns the dismissals that have not ended. One holds only if its fingerprint is that of
// the finding. While nothing changes, it is the same pointer.
func (s *Service) Current(ctx context.Context) (*Current, error) {
	s.mu.Lock()
	kept, turn, now := s.kept, s.turn, s.o.Now()
	fresh := kept != nil && time.Since(s.read) < maxAge
	s.mu.Unlock()
	if fresh && kept.holds(now) {
		return kept, nil
	}
	read := time.Now()
	all, err := s.o.Store.Dismissals(ctx, s.o.Account)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", registry.ErrDatabase, err)
	}
	slices.SortFunc(all, func(a, b Dismissal) int { return strings.Compare(a.Finding, b.Finding) })
	if kept == nil || !kept.holds(now) || !slices.EqualFunc(kept.all, all, same) {
		kept = currentOf(all, now)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turn == turn { // otherwise what was read may be older than the change
		s.kept, s.read = kept, read
	}
	return kept, nil
}

// same reports whether two dismissals are the same: each has the time at which it was made.
func same(a, b Dismissal) bool {
	return a.Finding == b.Finding && a.Fingerprint == b.Fingerprint && a.Reason == b.Reason && a.Until.Equal(b.Until) && a.At.Equal(b.At)
}

func currentOf(all []Dismissal, now time.Time) *Current {
	c := &Current{ByFinding: make(map[string]Dismissal, len(all)), all: all}
	for _, d := range all {
		if !d.Current(now) {
			continue
		}
		c.ByFinding[d.Finding] = d
		if !d.Until.IsZero() && (c.end.IsZero() || d.Until.Before(c.end)) {
			c.end = d.Until
		}
	}
	return c
}

// holds reports whether none of the dismissals has ended at now.
func (c *Current) holds(now time.Time) bool { return c.end.IsZero() || now.Before(c.end) }

// Forget has the dismissals read again: another copy of the program may have changed them.
func (s *Service) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = nil
	s.turn++
}

// Dismiss hides f until a time, for good if that is zero. fingerprint is that of f. Errors:
// *rbac.ForbiddenError, ErrNoReason, *BadReasonError, ErrReasonLong, ErrPast, ErrFar,
// *audit.UnrecordedError.
func (s *Service) Dismiss(ctx context.Context, who rbac.Caller, f findings.Finding, fingerprint, reason string, until time.Time) error {
	if err := s.o.Audit.Authorize(ctx, who, rbac.DismissFinding); err != nil {
		return err
	}
	reason = strings.TrimSpace(reason)
	now := s.o.Now()
	bad, isBad := input.Bad(reason, input.InText)
	switch {
	case isBad:
		return &BadReasonError{bad}
	case !input.Shows(reason):
		return ErrNoReason
	case utf8.RuneCountInString(reason) > MaxReason:
		return ErrReasonLong
	case !until.IsZero() && !until.After(now):
		return ErrPast
	case until.UTC().Year() > lastYear:
		return ErrFar
	}
	what := values(f.ID(), f)
	what["reason"] = reason
	if !until.IsZero() {
		what["until"] = until.UTC().Format(time.RFC3339)
	}
	d := Dismissal{Finding: f.ID(), Fingerprint: fingerprint, Reason: reason, Until: until, At: now, By: who.Recorded()}
	record := s.o.Audit.Of(who, audit.Record{Action: rbac.DismissFinding, Outcome: audit.OutcomeDone, After: what})
	defer s.Forget()
	if err := s.o.Store.Dismiss(ctx, s.o.Account, d, record); err != nil {
		return &audit.UnrecordedError{Err: fmt.Errorf("record %s: %w", rbac.DismissFinding, err)}
	}
	return nil
}

// Restore shows f again. Errors: *rbac.ForbiddenError, ErrNotDismissed,
// *audit.UnrecordedError.
func (s *Service) Restore(ctx context.Context, who rbac.Caller, f findings.Finding) error {
	if err := s.o.Audit.Authorize(ctx, who, rbac.RestoreFinding); err != nil {
		return err
	}
	record := s.o.Audit.Of(who, audit.Record{Action: rbac.RestoreFinding, Outcome: audit.OutcomeDone, After: values(f.ID(), f)})
	defer s.Forget()
	restored, err := s.o.Store.Restore(ctx, s.o.Account, f.ID(), record)
	switch {
	case err != nil:
		return &audit.UnrecordedError{Err: fmt.Errorf("record %s: %w", rbac.RestoreFinding, err)}
	case !restored:
		return ErrNotDismissed
	}
	return nil
}

// values are what a record says about a finding. Searches of the audit trail find it by name
// and address.
func values(id string, f findings.Finding) registry.Values {
	ids := make([]string, len(f.Entries))
	for i, e := range f.Entries {
		ids[i] = string(e)
	}
	return registry.Values{
		"finding": id, registry.FieldName: f.Name, registry.FieldEmail: f.Witness, "entry_ids": strings.Join(ids, " "),
	}
}
