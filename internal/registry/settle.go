package registry

import (
	"context"
	"errors"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// settle finds out by looking whether the create sub took effect, and returns
// the entry or an *UnsettledError. cause is what went wrong with the call.
func (s *Service) settle(ctx context.Context, sub Submission, cause *APIError) (Created, error) {
	ctx, cancel := context.WithTimeout(ctx, settlesWithin)
	defer cancel()
	unsettled := &UnsettledError{Cause: cause, SentAt: sub.SentAt}
	for round := range 2 {
		if round > 0 {
			if err := s.pause(ctx, lookAgainAfter); err != nil {
				unsettled.Look = err
				return Created{}, unsettled
			}
		}
		entry, receipt, err := s.look(ctx, sub)
		unsettled.LookedAt = s.now()
		switch {
		case err == nil:
			return Created{Entry: entry, How: Recovered, Receipt: receipt, Cause: cause}, nil
		case !errors.Is(err, errAbsent):
			unsettled.Look = err
			return Created{}, unsettled
		}
	}
	if safe := sub.SentAt.Add(landsWithin); !sub.Ended && unsettled.LookedAt.Before(safe) {
		unsettled.SafeAt = safe
		return Created{}, unsettled
	}
	unsettled.NotCreated = true
	return Created{}, unsettled
}

// errAbsent reports that the registry certainly has no entry of the submission.
var errAbsent = errors.New("not in the registry")

// errInconclusive reports that the list could not show whether it has one.
var errInconclusive = errors.New("the list does not say enough about its entries")

// Bounds of one look: the newest entries, page by page, until older ones than
// the submission are met.
const (
	lookPages   = 5
	lookPerPage = 100
)

// look searches the newest entries for the submission's name and address. It
// does not use the API's search, whose behaviour "may change": an entry that the
// search overlooks would be created twice. It returns errAbsent when the entry is
// certainly not there.
func (s *Service) look(ctx context.Context, sub Submission) (Entry, Receipt, error) {
	since := sub.SentAt.Add(-clockSkew)
	absent := errAbsent
	for page := 1; page <= lookPages; page++ {
		list, err := s.api.ListEntries(ctx, Query{Order: ByCreated, Direction: Descending, Page: page, PerPage: lookPerPage})
		if err != nil {
			return Entry{}, Receipt{}, err
		}
		if served := list.Receipt.ServedAt; served.IsZero() {
			absent = errInconclusive // only the API's clock, which tells created_at, can prove it
		} else if page == 1 {
			since = since.Add(served.Sub(s.now()))
		}
		for _, e := range list.Entries {
			if !sub.matches(e) || (!e.CreatedAt.IsZero() && e.CreatedAt.Before(since)) {
				continue
			}
			if e.CreatedAt.IsZero() || e.ID == "" {
				return Entry{}, Receipt{}, errInconclusive
			}
			return e, list.Receipt, nil
		}
		if !newestFirst(list.Entries) {
			return Entry{}, Receipt{}, errInconclusive
		}
		if n := len(list.Entries); n > 0 && list.Entries[n-1].CreatedAt.Before(since) {
			return Entry{}, Receipt{}, absent
		}
		if list.Last() {
			return Entry{}, Receipt{}, absent
		}
	}
	return Entry{}, Receipt{}, errInconclusive
}

// newestFirst reports whether entries are sorted as the look asks for: only then
// does an older entry prove that no newer one follows.
func newestFirst(entries []Entry) bool {
	return slices.IsSortedFunc(entries, func(a, b Entry) int { return b.CreatedAt.Compare(a.CreatedAt) }) &&
		!slices.ContainsFunc(entries, func(e Entry) bool { return e.CreatedAt.IsZero() })
}

// matches reports whether e is what was sent. The API may have trimmed or folded
// the values, so small differences don't count.
func (s Submission) matches(e Entry) bool {
	return e.IsEmailRegex == s.IsEmailRegex && same(e.Name, s.Name) && same(e.Email, s.Email)
}

func same(a, b string) bool {
	return strings.EqualFold(norm.NFC.String(strings.TrimSpace(a)), norm.NFC.String(strings.TrimSpace(b)))
}
