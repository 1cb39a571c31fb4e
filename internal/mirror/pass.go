package mirror

import (
	"context"
	"errors"
	"fmt"
	"time"

	"namesake/internal/registry"
)

const (
	// maxReadings is how often a pass reads the list until nothing may have been missed.
	maxReadings = 4
	// maxSecondLooks is the number of missing entries that a pass looks at one by one. Of
	// more, another pass decides which are gone, at least missingPause later.
	maxSecondLooks = 25
	missingPause   = 10 * time.Second
)

// pass is one reading pass: what the API shows that differs from the view.
type pass struct {
	view    *View
	started time.Time
	ended   time.Time
	recent  func(registry.ID) bool // whether a row changed a short time before the pass started
	early   bool                   // the program started a short time before the pass
	met     []uint64               // a bit for each row of the view whose entry the API has shown
	left    int                    // entries of the view that it has not shown
	news    map[registry.ID]registry.Entry
	gone    map[registry.ID]bool // the entries of the view that were certainly deleted
	tooLong int
	calls   int
}

// readAll reads the registry and compares it with view. On errUnsteady the pass may have
// missed entries; what it has found is certain nevertheless.
func (s *Service) readAll(ctx context.Context, view *View) (*pass, error) {
	p := &pass{
		view: view, started: s.now(),
		met: make([]uint64, (view.rows+63)/64), left: view.Len(), news: make(map[registry.ID]registry.Entry), gone: make(map[registry.ID]bool),
	}
	moment := s.copy.elapsed()
	p.early = moment-s.copy.start <= readLag
	p.recent = func(id registry.ID) bool { return s.copy.recent.has(id, moment) }
	list := func(ctx context.Context, q registry.Query) (list registry.Page, err error) {
		p.calls++
		err = s.retryInTime(ctx, 2, func() error {
			list, err = s.api.ListEntries(ctx, q)
			return err
		})
		return list, err
	}
	var err error
	for range maxReadings {
		r := reading{meet: p.meet}
		if err = r.read(ctx, list); err != nil && !errors.Is(err, errUnsteady) {
			return nil, err
		}
		p.tooLong = r.covered - r.readable
		if err != nil {
			continue
		}
		absent := p.absent()
		if len(absent) > maxSecondLooks {
			if left := s.copy.missing.confirm(absent, moment, p.gone); left > 0 {
				err = fmt.Errorf("%w: %d known entries are missing; another reading decides whether they are gone", errUnsteady, left)
			}
			break
		}
		s.copy.missing.forget()
		skipped := 0
		for id := range absent {
			found, err := s.secondLook(ctx, p, id)
			if err != nil {
				return nil, err
			}
			if found {
				skipped++
			}
		}
		if skipped == 0 {
			break
		}
		err = fmt.Errorf("%w: %d entries were left out", errUnsteady, skipped)
	}
	p.ended = s.now()
	return p, err
}

// secondLook looks whether an entry that a reading does not have exists.
func (s *Service) secondLook(ctx context.Context, p *pass, id registry.ID) (exists bool, err error) {
	var e registry.Entry
	p.calls++
	err = s.retryInTime(ctx, 2, func() error {
		e, _, err = s.api.Entry(ctx, id)
		return err
	})
	switch {
	case errors.Is(err, registry.ErrNotFound):
		p.gone[id] = true
		return false, nil
	case err != nil:
		return false, err
	}
	p.meet(e)
	return true, nil
}

// meet notes an entry that the API shows.
func (p *pass) meet(e registry.Entry) {
	n, known := p.view.number(e.ID)
	if !known || p.view.row(n).Gone {
		p.news[e.ID] = e
		return
	}
	if bit := uint64(1) << (n % 64); p.met[n/64]&bit == 0 {
		p.met[n/64] |= bit
		p.left--
	}
	delete(p.gone, e.ID)
	if sameEntry(p.view.row(n).Entry, e) {
		delete(p.news, e.ID) // an earlier reading may have shown an older state
		return
	}
	p.news[e.ID] = e
}

// absent returns the entries of the view that the API has not shown and that are not known
// to be gone.
func (p *pass) absent() map[registry.ID]bool {
	if p.left == len(p.gone) {
		return nil
	}
	absent := make(map[registry.ID]bool)
	for _, n := range p.view.lists[byCreated] {
		if id := p.view.row(n).Entry.ID; p.met[n/64]>>(n%64)&1 == 0 && !p.gone[id] {
			absent[id] = true
		}
	}
	return absent
}

// sameEntry reports whether an entry is as it was. A list cuts very long texts.
func sameEntry(was, now registry.Entry) bool {
	return was.CreatedAt.Equal(now.CreatedAt) && was.ModifiedAt.Equal(now.ModifiedAt) && sameFields(was, now)
}

func sameFields(was, now registry.Entry) bool {
	if was.Shortened || now.Shortened {
		return was.Values().SameShort(now.Values())
	}
	return was.SameFields(now)
}
