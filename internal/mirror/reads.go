package mirror

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// MovedError reports a former numeric id for which the API has no entry.
type MovedError struct {
	ID   registry.ID     // the requested id
	Now  registry.ID     // the entry's id today, "" if it was not found
	Last registry.Values // the entry's last known values by the audit trail, nil if unknown
	Err  error           // of reading ID; ErrNotFound is in its chain
}

func (e *MovedError) Error() string {
	return fmt.Sprintf("entry %s was looked for under its former id: %v", e.ID, e.Err)
}

func (e *MovedError) Unwrap() error { return e.Err }

// findMoved finds the entry that had a numeric id before ids became UUIDs, by
// the address that the audit trail knows. missing is the error of reading id; findMoved
// returns it unchanged for other ids.
func (s *Service) findMoved(ctx context.Context, id registry.ID, missing error) error {
	if !id.Numeric() || !errors.Is(missing, registry.ErrNotFound) {
		return missing
	}
	moved := &MovedError{ID: id, Err: missing}
	records, err := s.trail.Records(ctx, audit.Query{Entry: id, Outcome: audit.OutcomeDone, Limit: 1})
	if err != nil {
		s.log.WarnContext(ctx, "an entry with a former id could not be looked up in the audit trail", "entry", id, "error", err)
	}
	if len(records) == 0 {
		return moved
	}
	if moved.Last = records[0].After; moved.Last == nil {
		moved.Last = records[0].Before
	}
	email, _ := moved.Last[registry.FieldEmail].(string)
	if email == "" {
		return moved
	}
	known, err := s.known(ctx)
	if err != nil { // the id is gone in any case
		s.log.WarnContext(ctx, "an entry with a former id could not be looked for", "entry", id, "error", err)
		return moved
	}
	for e := range known.View.Select(registry.Query{Search: email}) {
		if now, err := registry.ParseID(string(e.ID)); err == nil && e.FormerID() == id {
			moved.Now = now
		}
	}
	return moved
}

// Known returns the registry as Namesake knows it, for a person. It never makes that person
// wait for the API, except if the registry was never read completely: then it reads it. It
// returns a *ForbiddenError, or an *APIError if nothing is known.
func (s *Service) Known(ctx context.Context, who rbac.Caller) (*Snapshot, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ListEntries); err != nil {
		return nil, err
	}
	return s.known(registry.AskedBy(ctx, who.Key()))
}

func (s *Service) known(ctx context.Context) (*Snapshot, error) {
	now := s.Snapshot()
	due := s.now().Sub(now.State.TriedAt) >= s.copy.refresh
	if !now.State.ReadAt.IsZero() || now.View.Len() > 0 && !due {
		if due {
			s.copy.wake()
		}
		return now, nil
	}
	err := s.refreshSoon(ctx)
	if now = s.Snapshot(); err == nil || now.View.Len() > 0 || !now.State.ReadAt.IsZero() {
		return now, nil
	}
	var failed *registry.APIError
	switch {
	case errors.As(err, &failed), errors.Is(err, registry.ErrDatabase):
		return nil, err
	case errors.Is(err, errUnsteady):
		return nil, &registry.APIError{Op: "list entries", Kind: registry.Unreadable, Err: err}
	case errors.Is(err, ErrStillReading):
		return nil, &registry.APIError{Op: "list entries", Kind: registry.TimedOut, Err: err}
	}
	return nil, err
}

// ErrStillReading reports a pass that takes longer than people wait. It goes on. If it waits
// for the API, the *APIError that says why is in the chain, too.
var ErrStillReading = errors.New("the registry is still being read")

func stillReading(why *registry.APIError) error {
	if why == nil {
		return ErrStillReading
	}
	return fmt.Errorf("%w: %w", ErrStillReading, why)
}

// RefreshFor is Refresh for a person, who waits for a limited time. It returns a
// *ForbiddenError, ErrStillReading, or an error of Refresh.
func (s *Service) RefreshFor(ctx context.Context, who rbac.Caller) error {
	if err := s.audit.Authorize(ctx, who, rbac.RefreshRegistry); err != nil {
		return err
	}
	if s.around.api != nil { // the person does not wait for these
		s.around.soon.Store(true)
		defer s.copy.wake()
	}
	return s.refreshSoon(registry.AskedBy(ctx, who.Key()))
}

func (s *Service) refreshSoon(ctx context.Context) error {
	now := s.join(ctx)
	s.copy.mu.Lock()
	long := now.long
	s.copy.mu.Unlock()
	patience := time.NewTimer(s.copy.patience)
	defer patience.Stop()
	select {
	case <-now.done:
		return now.err
	case <-long.began: // no reason to wait
		return stillReading(long.why)
	case <-patience.C:
		s.copy.mu.Lock()
		defer s.copy.mu.Unlock()
		return stillReading(now.waits)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Namesakes returns the entries of a name and of names that look like it. Its errors are
// those of Known.
func (s *Service) Namesakes(ctx context.Context, who rbac.Caller, name string) (registry.Namesakes, error) {
	known, err := s.Known(ctx, who)
	if err != nil {
		return registry.Namesakes{}, err
	}
	found := known.View.Namesakes(name)
	found.Partial = !known.Complete()
	return found, nil
}

// Listed returns the entries that have an address, or a pattern, literally. Its errors are
// those of Known.
func (s *Service) Listed(ctx context.Context, who rbac.Caller, email string, isRegex bool) ([]registry.Entry, error) {
	known, err := s.Known(ctx, who)
	if err != nil {
		return nil, err
	}
	return known.View.Listed(email, isRegex), nil
}

// Matching returns every entry whose name an address may use, and the registry that it was
// looked for in. Its errors are those of Known.
func (s *Service) Matching(ctx context.Context, who rbac.Caller, address string) ([]registry.AddressMatch, *Snapshot, error) {
	known, err := s.Known(ctx, who)
	if err != nil {
		return nil, nil, err
	}
	return known.View.Matching(s.patterns.In(ctx, who.Key()), strings.TrimSpace(address)), known, nil
}

// Entry returns one entry as the API shows it now, and the receipt of the call. When the
// API does not answer, it returns the entry as Namesake knows it, and the failure: see
// Receipt.AsOf. It returns an error with ErrNotFound in its chain, a *ForbiddenError or an
// *APIError.
func (s *Service) Entry(ctx context.Context, who rbac.Caller, id registry.ID) (registry.Entry, registry.Receipt, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewEntry); err != nil {
		return registry.Entry{}, registry.Receipt{}, err
	}
	entry, receipt, err := s.api.Entry(registry.AskedBy(ctx, who.Key()), id)
	if err == nil {
		return entry, receipt, nil
	}
	var failed *registry.APIError
	if errors.As(err, &failed) && failed.Kind.Passing() {
		now := s.Snapshot()
		if known, ok := now.View.Entry(id); ok {
			receipt = failed.Receipt
			receipt.AsOf = now.State.ReadAt
			return known, receipt, nil
		}
	}
	return registry.Entry{}, receipt, fmt.Errorf("entry %s: %w", id, s.findMoved(ctx, id, err))
}

// EntryToChange returns one entry as it is now, for a person who is about to do what. Its
// errors are those of Entry.
func (s *Service) EntryToChange(ctx context.Context, who rbac.Caller, id registry.ID, what rbac.Action) (registry.Entry, error) {
	if err := s.audit.Authorize(ctx, who, what); err != nil {
		return registry.Entry{}, err
	}
	entry, _, err := s.api.Entry(registry.ForChange(registry.AskedBy(ctx, who.Key())), id)
	if err != nil {
		return registry.Entry{}, fmt.Errorf("entry %s: %w", id, s.findMoved(ctx, id, err))
	}
	return entry, nil
}
