package registry

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// The changes that a plan makes. They take the path of a click, and differ from it in what
// a repetition finds: the same operation of a plan may be tried again after a restart, and
// must then report what its first try did.

// deleteKeeps is how long before a plan was made its owner may have deleted an entry so that
// it counts as deleted by the plan.
const deleteKeeps = UndoWithin

// DeletePlanned deletes an entry for a plan that was made at planned and saw the values seen
// (nil for none): the entry must still protect that name and address. An entry that who has
// deleted since, or shortly before, is no error: Changed says Again. Errors are those of
// Delete. While nothing is sent, it ends with ctx.
func (s *Service) DeletePlanned(ctx context.Context, who Caller, id ID, seen Values, planned time.Time) (Changed, error) {
	return s.deleteSeen(ctx, who, id, seen, planned.Add(-deleteKeeps))
}

// EditPlanned makes the entry id what d says, for a plan that was made at planned and saw
// the values seen. The errors are those of Update, a *ConflictError among them when any
// value has changed since. Changed says Again when nothing had to be sent; its Record is
// then that of the edit that who has made since planned, 0 when there is none.
func (s *Service) EditPlanned(ctx context.Context, who Caller, id ID, seen Values, d Draft, planned time.Time) (changed Changed, err error) {
	if err := s.Authorize(ctx, who, EditEntry); err != nil {
		return Changed{}, err
	}
	ctx = ForChange(AskedBy(s.PatternWork(ctx, who), who))
	err = s.alone(ctx, id, func(newest int64) (err error) {
		changed, err = s.editPlanned(ctx, who, id, newest, seen, d, planned)
		return err
	})
	return changed, err
}

// editPlanned is EditPlanned while nobody else changes the entry.
func (s *Service) editPlanned(ctx context.Context, who Caller, id ID, newest int64, seen Values, d Draft, planned time.Time) (Changed, error) {
	if err := s.changesInDoubt(ctx, who, EditEntry, id, &d); err != nil {
		return Changed{}, err
	}
	now, err := s.changeable(ctx, id)
	if err != nil {
		return Changed{}, err
	}
	values := now.Values()
	d = d.keepLong(values)
	change := values.change(d)
	if moved := !values.sameShort(seen); moved || len(change) == 0 {
		made, err := s.editedBy(ctx, who, id, d, planned)
		switch {
		case err != nil:
			return Changed{}, err
		case made.Seq != 0 || len(change) == 0:
			if made.Seq != 0 {
				return Changed{Entry: now.withValues(made.After), Before: made.Before, How: Again, Record: made.Seq}, nil
			}
			return Changed{Entry: now, Before: values, How: Again}, nil
		}
		return Changed{}, &ConflictError{Action: EditEntry, Now: now}
	}
	if err := d.validateChange(ctx, change); err != nil {
		return Changed{}, err
	}
	if err := ctx.Err(); err != nil {
		return Changed{}, err
	}
	ctx = context.WithoutCancel(ctx) // see Create
	changed, err := s.change(ctx, who, pendingEdit(id, values, change, newest), func(ctx context.Context) (Entry, Receipt, error) {
		return s.api.UpdateEntry(ctx, id, change)
	})
	changed.Before = values
	return changed, err
}

func pendingEdit(id ID, before, change Values, newest int64) sent {
	return sent{action: EditEntry, id: id, before: before, change: change, newest: newest}
}

// sameShort reports whether v and other are the same, but for texts that are longer than
// Namesake sends: a list may have cut those.
func (v Values) sameShort(other Values) bool {
	short := func(v Values) Values {
		out := v.with(nil)
		for _, f := range fields {
			if v.tooLong(f.Name) || other.tooLong(f.Name) {
				delete(out, f.Name)
			}
		}
		return out
	}
	return short(v).equal(short(other))
}

// editedBy returns the record of the last edit by who since then that made the entry what d
// says; the zero Record when there is none.
func (s *Service) editedBy(ctx context.Context, who Caller, id ID, d Draft, since time.Time) (Record, error) {
	done, err := s.trail.Records(ctx, AuditQuery{Entry: id, Action: EditEntry, Outcome: OutcomeDone, Since: since, Limit: recentChanges})
	if err != nil {
		return Record{}, unreadable(err)
	}
	for _, r := range done {
		if r.Actor.Same(who.Actor) && len(r.After.change(d.keepLong(r.After))) == 0 {
			return r, nil
		}
	}
	return Record{}, nil
}

// CreatePlanned creates d once for a key of who's, as Create does, unless the registry has
// the name with this address already: then it returns a *TwinError, and nothing was sent.
func (s *Service) CreatePlanned(ctx context.Context, who Caller, key string, d Draft) (created Created, record int64, err error) {
	err = s.oneOfAKind(ctx, d, func() (err error) {
		created, err = s.createChecked(ctx, who, key, d, nil, func(ctx context.Context) ([]Confirmation, error) {
			twins, err := s.findTwins(ctx, d, "")
			var api *APIError
			switch {
			case errors.As(err, &api) && api.Kind == RateLimited:
				return nil, err // it can look again
			case twins != nil && twins.Exact:
				return nil, twins
			}
			return nil, nil // as a form does: what can't be looked up is for the API to refuse
		})
		return err
	})
	if err != nil {
		return Created{}, 0, err
	}
	return created, s.recordOfCreate(ctx, created.Entry.ID), nil
}

// Restore creates an entry with the values that the deleted entry id had, once for a key of
// who's: whatever rules of ours they break, but for those that Cloudflare derived. Errors
// are those of Create.
func (s *Service) Restore(ctx context.Context, who Caller, key string, id ID, before Values) (created Created, record int64, err error) {
	if err := s.Authorize(ctx, who, CreateEntry); err != nil {
		return Created{}, 0, err
	}
	own, err := s.Restorable(ctx, id, before)
	if err != nil {
		return Created{}, 0, err
	}
	err = s.oneOfAKind(ctx, own.Draft(), func() (err error) {
		created, err = s.create(ctx, who, key, own.Draft(), nil, nil)
		return err
	})
	if err != nil {
		return Created{}, 0, err
	}
	return created, s.recordOfCreate(ctx, created.Entry.ID), nil
}

// Restorable returns what an entry that was deleted is created with again: its values
// before, without those that Cloudflare derived. A list may have cut texts that are longer
// than Namesake sends; the record of the deletion has them whole.
func (s *Service) Restorable(ctx context.Context, id ID, before Values) (Values, error) {
	if before.Long() {
		deleted, err := s.trail.Records(ctx, AuditQuery{Entry: id, Action: DeleteEntry, Outcome: OutcomeDone, Limit: 1})
		if err != nil {
			return nil, unreadable(err)
		}
		if len(deleted) > 0 && deleted[0].Before != nil {
			before = deleted[0].Before
		}
	}
	return s.ownValues(ctx, id, before)
}

// oneOfAKind runs create while no other planned create of the same name and address is
// under way in this program: of two at once, each is in the other's doubt.
func (s *Service) oneOfAKind(ctx context.Context, d Draft, create func() error) error {
	unlock, err := s.inFlight.Lock(ctx, "planned\x00"+identityOf(d))
	if err != nil {
		return err
	}
	defer unlock()
	return create()
}

// recordOfCreate returns the seq of the record that says that an entry was created, 0 when
// it can't be read.
func (s *Service) recordOfCreate(ctx context.Context, id ID) int64 {
	made, err := s.trail.Records(context.WithoutCancel(ctx), AuditQuery{Entry: id, Action: CreateEntry, Outcome: OutcomeDone, Limit: 1})
	if err != nil || len(made) == 0 {
		return 0
	}
	return made[0].Seq
}

// Diff returns the values of v that d changes, by the API's names; nil clears one.
func (v Values) Diff(d Draft) Values { return v.change(d.keepLong(v)) }

// How a plan waits for the API.
const (
	// rateLimitPause is the shortest pause before a call is made again.
	rateLimitPause = 5 * time.Second
	// rateLimitWait bounds how long a call waits on the API's limit of calls.
	rateLimitWait = 10 * time.Minute
)

// RetryRateLimited makes a call, and again when the API's limit of calls was in its way or,
// denials times at most, when credentials were refused with which such a call succeeded a
// moment before.
func (s *Service) RetryRateLimited(ctx context.Context, denials int, call func() error) error {
	for started := s.now(); ; {
		err := call()
		var api *APIError
		if !errors.As(err, &api) || api.Effect != NoEffect {
			return err
		}
		var wait time.Duration
		switch {
		case api.Kind == RateLimited && s.now().Sub(started) <= rateLimitWait:
			wait = max(api.RetryAfter, rateLimitPause)
		case api.Kind == Denied && api.Sporadic && denials > 0:
			wait = rateLimitPause
			denials--
		default:
			return err
		}
		if err := s.pause(ctx, wait); err != nil {
			return err
		}
	}
}

// LongEntriesError reports entries that are too long to be read.
type LongEntriesError struct{ Entries int }

func (e *LongEntriesError) Error() string {
	return fmt.Sprintf("%d entries are too long to be read", e.Entries)
}

// maxStalePages is how many pages of a list may hold nothing new. An API that gives the same
// page for ever must not keep us for ever.
const maxStalePages = 5

// EachPage hands the entries that match q to visit, page by page and each once, the oldest
// first: what is created while it reads comes last. It returns visit's error, an *APIError,
// or a *LongEntriesError once all the others were visited.
func (s *Service) EachPage(ctx context.Context, who Caller, q Query, visit func(page int, entries []Entry) error) error {
	if err := s.Authorize(ctx, who, ListEntries); err != nil {
		return err
	}
	q.Order, q.Direction, q.Page, q.PerPage, q.Grouped = ByCreated, Ascending, 1, MaxPerPage, false
	met, tooLong := map[ID]bool{}, 0
	last, stale := 0, 0 // entries on the page before, and pages one after the other without a new one
	for ; ; q.Page++ {
		var list Page
		err := s.RetryRateLimited(ctx, 2, func() (err error) {
			list, err = s.api.ListEntries(ctx, q)
			return err
		})
		if err != nil {
			return err
		}
		tooLong += list.TooLong
		fresh := make([]Entry, 0, len(list.Entries))
		for _, e := range list.Entries {
			if e.ID != "" && !met[e.ID] { // pages shift when entries are created or deleted
				met[e.ID] = true
				fresh = append(fresh, e)
			}
		}
		if n := list.Count(); n > 0 {
			if last > 0 {
				s.paging.observe(q.PerPage, q.Page-1, last, s.now())
			}
			if last, stale = n, stale+1; len(fresh) > 0 {
				stale = 0
			}
		}
		if stale >= maxStalePages {
			return &APIError{Op: "list entries", Kind: Unreadable, Effect: NoEffect, Receipt: list.Receipt}
		}
		if err := visit(q.Page, fresh); err != nil {
			return err
		}
		switch {
		case list.Count() == 0 && tooLong > 0:
			return &LongEntriesError{tooLong}
		case list.Count() == 0:
			return nil
		}
	}
}

// Now is the clock that all programs on the database share.
func (s *Service) Now() time.Time { return s.now() }

// Pause waits for d, or until ctx ends.
func (s *Service) Pause(ctx context.Context, d time.Duration) error { return s.pause(ctx, d) }

// ValidateChange checks the fields that change. The errors are those of Validate.
func (d Draft) ValidateChange(ctx context.Context, change Values) error {
	return d.validateChange(ctx, change)
}
