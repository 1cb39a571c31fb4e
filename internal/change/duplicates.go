package change

import (
	"context"
	"slices"
	"time"

	"namesake/internal/audit"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// lookTimeout limits the look for duplicates.
const lookTimeout = 5 * time.Second

// duplicates looks for entries that already have the address of d; it
// returns nil if there are none. It ignores self, the entry that is edited.
//
// The same address needs a confirmation, the same name with another address does not: one
// entry for each address of a person is what the registry is for, and needless questions
// would teach people not to read them. The form, the entry and the list show the entries of
// a name.
//
// If the look fails, the change proceeds: a duplicate does no harm and can be deleted, and
// a fault that prevents reading the registry probably makes the change fail too, with a
// reason to show. The look is no lock: two people whose forms create the same entry in the
// same second may both succeed. Plans look again when they have the lock: see preCheck.
func (s *Service) duplicates(ctx context.Context, d registry.Draft, self registry.ID) *registry.DuplicateError {
	duplicates, err := s.findDuplicates(ctx, d, self)
	if err != nil {
		s.log.WarnContext(ctx, "it is unknown whether the same entry is there already", "error", err)
	}
	return duplicates
}

// findDuplicates is duplicates, but returns an error when the list could not be read.
func (s *Service) findDuplicates(ctx context.Context, d registry.Draft, self registry.ID) (*registry.DuplicateError, error) {
	ctx, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	known, err := s.known(ctx)
	name := registry.FoldName(d.Name)
	found := &registry.DuplicateError{}
	var others []registry.Entry
	for e := range known.Select(registry.Query{Search: d.Email, Order: registry.ByEmail, Direction: registry.Ascending}) {
		if e.IsEmailRegex != d.IsEmailRegex || !registry.SameAddress(e.Email, d.Email, d.IsEmailRegex) || (self != "" && e.ID == self) {
			continue
		}
		if registry.FoldName(e.Name) == name {
			found.Duplicates = append(found.Duplicates, e)
		} else {
			others = append(others, e)
		}
	}
	found.Duplicates = append(found.Duplicates, s.createdRecently(ctx, d, self, found.Duplicates)...)
	found.Exact = len(found.Duplicates) > 0
	found.Duplicates = append(found.Duplicates, others...)
	if len(found.Duplicates) == 0 {
		return nil, err
	}
	return found, err
}

// known returns the registry with all changes that any copy of the program has recorded.
// On an error it returns what this copy knows.
func (s *Service) known(ctx context.Context) (*mirror.View, error) {
	err := s.mirror.EnsureKnown(ctx)
	return s.mirror.Snapshot().View, err
}

// recentCreatePeriod is how long after its create an entry may be missing from the copy of
// the registry, if the create's outcome could not be recorded. It is far longer than the
// landing window and a list's lag together, because the clock that both times are read from
// may have been set forward in between.
const recentCreatePeriod = 15 * time.Minute

// createdRecently returns the entries of d's name and address that were created here a
// short time ago and are not in known, since the outcome of their create was not recorded.
func (s *Service) createdRecently(ctx context.Context, d registry.Draft, self registry.ID, known []registry.Entry) (lately []registry.Entry) {
	ids, err := s.submissions.CreatedSince(ctx, identityOf(d), s.now().Add(-recentCreatePeriod))
	if err != nil {
		s.log.WarnContext(ctx, "it is unknown whether the same entry was created a moment ago", "error", err)
		return nil
	}
	name := registry.FoldName(d.Name)
	for _, id := range ids {
		if id == self || slices.ContainsFunc(known, func(e registry.Entry) bool { return e.ID == id }) {
			continue
		}
		deleted, err := s.trail.Records(ctx, audit.Query{Entry: id, Action: rbac.DeleteEntry, Outcome: audit.OutcomeDone, Limit: 1})
		if err != nil || len(deleted) > 0 {
			continue
		}
		e, _, err := s.api.Entry(ctx, id)
		switch {
		case err != nil: // a read may lag too
			lately = append(lately, registry.Entry{ID: id, Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex})
		case registry.FoldName(e.Name) == name && registry.SameAddress(e.Email, d.Email, d.IsEmailRegex) && e.IsEmailRegex == d.IsEmailRegex:
			lately = append(lately, e)
		}
	}
	return lately
}
