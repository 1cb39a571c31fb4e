package mirror

import (
	"context"
	"sync"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Life is how long an entry existed that was deleted.
type Life struct {
	Seq     int64 // of the change that ended it
	Entry   registry.ID
	Created time.Time // zero if that is not known
	Deleted time.Time // when Namesake noticed
}

// lives has the deleted entries that are known, so that a page reads only the later ones.
type lives struct {
	mu      sync.Mutex
	since   time.Time // from when on the changes are stored
	version int64     // of the view up to which they were read
	last    int64     // the highest Seq
	known   map[registry.ID]Life
	gone    []Life // of known, those that did not exist in that view
}

// Lives returns the deleted entries of which changes are stored, in any order, without those
// that exist in view again. Callers must not change the result. Errors: *rbac.ForbiddenError,
// registry.ErrDatabase in the chain.
func (s *Service) Lives(ctx context.Context, who rbac.Caller, view *View) ([]Life, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewChanges); err != nil {
		return nil, err
	}
	s.lives.mu.Lock()
	defer s.lives.mu.Unlock()
	if since := s.Snapshot().State.Since; !since.Equal(s.lives.since) { // changes were removed
		s.lives.since, s.lives.last, s.lives.known = since, 0, nil
	}
	if s.lives.known == nil || s.lives.version < view.Version() {
		later, err := s.copy.store.Lives(ctx, s.copy.account, s.lives.last)
		if err != nil {
			return nil, audit.Unreadable(err)
		}
		if s.lives.known == nil {
			s.lives.known = make(map[registry.ID]Life, len(later))
		}
		for _, life := range later {
			s.lives.known[life.Entry], s.lives.last = life, life.Seq
		}
		s.lives.gone = make([]Life, 0, len(s.lives.known))
		for id, life := range s.lives.known {
			if _, exists := view.Entry(id); !exists {
				s.lives.gone = append(s.lives.gone, life)
			}
		}
		s.lives.version = view.Version()
	}
	return s.lives.gone, nil
}
