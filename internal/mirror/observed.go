package mirror

import (
	"context"
	"sync/atomic"

	"namesake/internal/registry"
)

// observedAPI is an API whose reads are watched for entries that were taken for not
// created.
type observedAPI struct {
	registry.API
	seen atomic.Pointer[func([]registry.Entry)]
}

// Observe has every entry that the API shows passed to seen.
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
