package mirror

import (
	"context"
	"sync/atomic"

	"namesake/internal/registry"
)

// observedAPI passes all entries that it reads to a function, which looks among them for
// creates that were recorded as not done.
type observedAPI struct {
	registry.API
	seen atomic.Pointer[func([]registry.Entry)]
}

// Observe makes the mirror call seen with every entry that the API shows.
func (s *Service) Observe(seen func([]registry.Entry)) { s.api.seen.Store(&seen) }

func (a *observedAPI) show(entries []registry.Entry) {
	if seen := a.seen.Load(); seen != nil {
		(*seen)(entries)
	}
}

func (a *observedAPI) ListEntries(ctx context.Context, q registry.Query) (registry.Page, error) {
	page, err := a.API.ListEntries(ctx, q)
	if err == nil {
		a.show(page.Entries)
	}
	return page, err
}

func (a *observedAPI) Entry(ctx context.Context, id registry.ID) (registry.Entry, registry.Receipt, error) {
	e, receipt, err := a.API.Entry(ctx, id)
	if err == nil {
		a.show([]registry.Entry{e})
	}
	return e, receipt, err
}
