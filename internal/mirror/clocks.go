package mirror

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"namesake/internal/registry"
)

// datedAPI measures from the API's answers how far its clock is ahead of ours.
type datedAPI struct {
	*observedAPI
	now   func() time.Time
	ahead atomic.Pointer[time.Duration] // nil until an answer has a date
}

func (d *datedAPI) note(r registry.Receipt, err error) {
	var failed *registry.APIError
	if errors.As(err, &failed) {
		r = failed.Receipt
	}
	if !r.ServedAt.IsZero() {
		ahead := r.ServedAt.Sub(d.now())
		d.ahead.Store(&ahead)
	}
}

func (d *datedAPI) ListEntries(ctx context.Context, q registry.Query) (registry.Page, error) {
	list, err := d.observedAPI.ListEntries(ctx, q)
	d.note(list.Receipt, err)
	return list, err
}

func (d *datedAPI) Entry(ctx context.Context, id registry.ID) (registry.Entry, registry.Receipt, error) {
	entry, receipt, err := d.observedAPI.Entry(ctx, id)
	d.note(receipt, err)
	return entry, receipt, err
}

// errUndated reports an answer of the API without a date.
var errUndated = errors.New("the API's answer has no date")

// APITime asks the API for its time.
func (s *Service) APITime(ctx context.Context) (time.Time, error) {
	list, err := s.api.ListEntries(registry.Background(ctx), registry.Query{Page: 1, PerPage: 1})
	switch {
	case err != nil:
		return time.Time{}, err
	case list.Receipt.ServedAt.IsZero():
		return time.Time{}, errUndated
	}
	return list.Receipt.ServedAt, nil
}

// APIClockSkew returns how far the API's clock was ahead of ours at its last answer,
// rounded to a second, or 0 if that is unknown.
func (s *Service) APIClockSkew() time.Duration {
	if ahead := s.api.ahead.Load(); ahead != nil {
		return ahead.Round(time.Second)
	}
	return 0
}
