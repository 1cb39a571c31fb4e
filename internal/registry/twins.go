package registry

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// TwinError reports that the registry has the address, or the pattern, of a draft
// already. Nothing was sent.
type TwinError struct {
	Twins []Entry // those of the same name first
	Exact bool    // at least one of them has the same name too
}

func (e *TwinError) Error() string {
	if e.Exact {
		return fmt.Sprintf("the same entry is there already, %d times", len(e.Twins))
	}
	return fmt.Sprintf("the same address is there already under another name, %d times", len(e.Twins))
}

// lookFor is how long the look for twins may take.
const lookFor = 5 * time.Second

// twins looks, with one call, for entries that have the address of d already; nil when
// there are none. self is the entry that is edited, which is no twin of its own.
//
// The same address stops a change once, the same name with another address never does:
// an entry for each address of a person is what the registry is for, and stopping for it
// would teach people not to read. The form, the entry and the list show those of a name.
//
// The look is a courtesy. When it fails the change goes on: a twin does no harm and can
// be deleted, and what keeps the list from being read most likely lets the change fail
// as well, with a reason that is then told. Nor is it a lock: two people who create the
// same entry in the same second both succeed, as far as Namesake is concerned.
func (s *Service) twins(ctx context.Context, d Draft, self ID) *TwinError {
	twins, err := s.findTwins(ctx, d, self)
	if err != nil {
		s.log.WarnContext(ctx, "not known whether the same entry is there already", "error", err)
	}
	return twins
}

// findTwins is twins, and returns an error when the list could not be read: there may be
// more then.
func (s *Service) findTwins(ctx context.Context, d Draft, self ID) (*TwinError, error) {
	ctx, cancel := context.WithTimeout(ctx, lookFor)
	defer cancel()
	entries, _, err := s.search(ctx, Query{Search: d.Email, Order: ByEmail, Direction: Ascending, PerPage: MaxPerPage})
	name := FoldName(d.Name)
	twin := &TwinError{}
	var others []Entry
	for _, e := range entries {
		if e.IsEmailRegex != d.IsEmailRegex || !SameAddress(e.Email, d.Email, d.IsEmailRegex) || (self != "" && e.ID == self) {
			continue
		}
		if FoldName(e.Name) == name {
			twin.Twins = append(twin.Twins, e)
		} else {
			others = append(others, e)
		}
	}
	twin.Twins = append(twin.Twins, s.createdLately(ctx, d, self, twin.Twins)...)
	twin.Exact = len(twin.Twins) > 0
	twin.Twins = append(twin.Twins, others...)
	if len(twin.Twins) == 0 {
		return nil, err
	}
	return twin, err
}

// createdLately returns the entries of d's name and address that were created here a short
// while ago and are not among known: a list that lags does not show them yet.
func (s *Service) createdLately(ctx context.Context, d Draft, self ID, known []Entry) (lately []Entry) {
	ids, err := s.submissions.CreatedSince(ctx, identityOf(d), s.now().Add(-landsWithin-2*lagsWithin))
	if err != nil {
		s.log.WarnContext(ctx, "not known whether the same entry was created a moment ago", "error", err)
		return nil
	}
	name := FoldName(d.Name)
	for _, id := range ids {
		if id == self || slices.ContainsFunc(known, func(e Entry) bool { return e.ID == id }) {
			continue
		}
		deleted, err := s.trail.Records(ctx, AuditQuery{Entry: id, Action: DeleteEntry, Outcome: OutcomeDone, Limit: 1})
		if err != nil || len(deleted) > 0 {
			continue
		}
		e, _, err := s.api.Entry(ctx, id)
		switch {
		case err != nil: // a read may lag too
			lately = append(lately, Entry{ID: id, Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex})
		case FoldName(e.Name) == name && SameAddress(e.Email, d.Email, d.IsEmailRegex) && e.IsEmailRegex == d.IsEmailRegex:
			lately = append(lately, e)
		}
	}
	return lately
}
