package cfapi

import (
	"context"
	"errors"

	"github.com/cloudflare/cloudflare-go/v7/email_security"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"namesake/internal/registry"
)

// ListEntries returns one page of the list. An entry whose id is missing or invalid is
// kept, with an empty ID. A page that exceeds the limit of an answer is read in parts; an
// entry that alone exceeds it is left out and counted. A query that the API can't answer is
// refused and not sent.
func (c *Client) ListEntries(ctx context.Context, q registry.Query) (registry.Page, error) {
	if !q.APIKnows() {
		return registry.Page{}, &registry.APIError{Op: listEntries.name, Kind: registry.Refused, Effect: registry.NoEffect, Err: errUnknownToAPI}
	}
	if !registry.InBackground(ctx) {
		limited, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		ctx = limited
	}
	list, err := c.listPage(ctx, q)
	if tooLong := (*tooLongError)(nil); errors.As(err, &tooLong) && tooLong.object {
		parts, failed := c.listParts(ctx, q, tooLong)
		switch {
		case failed == nil:
			return parts, nil
		case errors.Is(failed, errTooManyParts): // the answer's own error says more
			return list, err
		}
		return list, failed
	}
	if err == nil && list.Number == 1 && len(list.Entries) == q.PerPage {
		c.lengths.Store(q.PerPage, q.PerPage)
	}
	return list, err
}

var errUnknownToAPI = errors.New("the API has no such filter or order")

// listPage asks for one page.
func (c *Client) listPage(ctx context.Context, q registry.Query) (registry.Page, error) {
	var p email_security.SettingImpersonationRegistryListParams
	p.AccountID.Value, p.AccountID.Present = string(c.account), true
	if q.Search != "" {
		p.Search.Value, p.Search.Present = q.Search, true
	}
	if q.Provenance != "" {
		p.Provenance.Value, p.Provenance.Present = email_security.SettingImpersonationRegistryListParamsProvenance(q.Provenance), true
	}
	if q.Order != "" {
		p.Order.Value, p.Order.Present = email_security.SettingImpersonationRegistryListParamsOrder(q.Order), true
	}
	if q.Direction != "" {
		p.Direction.Value, p.Direction.Present = email_security.SettingImpersonationRegistryListParamsDirection(q.Direction), true
	}
	if q.Page != 0 {
		p.Page.Value, p.Page.Present = int64(q.Page), true
	}
	if q.PerPage != 0 {
		p.PerPage.Value, p.PerPage.Present = int64(q.PerPage), true
	}
	op := listEntries
	op.part = q.Filtered() || q.Page > 1
	got, err := do[wireList](ctx, c, op, func(ctx context.Context, opts ...option.RequestOption) error {
		_, err := c.service.List(ctx, p, opts...)
		return err
	})
	if err != nil {
		return registry.Page{Receipt: got.receipt}, err
	}
	return page(q, got), nil
}

// Limits of the calls for one page that is read in parts, and of those among them whose
// answers are again too long. One entry that alone is too long takes 30 calls, of which 4 are
// too long.
const (
	maxParts   = 150
	maxTooLong = 40
)

// partSizes are the lengths of the parts. Each divides the previous one, so that a part
// consists of whole smaller ones.
var partSizes = []int{100, 50, 10, 5, 1}

// partSize returns the length to ask for after a page of a length was too long, of which
// seen entries came before the limit.
func partSize(length, seen int) int {
	for _, size := range partSizes {
		if size < length && size <= max(seen*3/4, length/4) {
			return size
		}
	}
	return 1
}

var (
	// errTooManyParts reports a page that takes too many calls to read in parts.
	errTooManyParts = errors.New("the page of the list is too long to be read in parts")
	// errCapped reports that the API returns shorter pages than requested.
	errCapped = errors.New("the API gives shorter pages")
)

// parts is a page that is assembled from parts.
type parts struct {
	*Client
	query    registry.Query
	from, to int // the positions that it holds, from 0
	longest  int // of the parts
	calls    int
	tooLong  int // of the calls
	bytes    int64
	page     registry.Page
	short    int // the entries of a short part that may not be the last one; or 0
	ended    bool
}

// listParts reads in parts the page of q that was too long.
func (c *Client) listParts(ctx context.Context, q registry.Query, tooLong *tooLongError) (registry.Page, error) {
	if q.Page = max(q.Page, 1); q.PerPage <= 0 {
		q.PerPage = registry.DefaultPerPage
	}
	length, err := c.pageLength(ctx, q)
	if err != nil {
		return registry.Page{}, err
	}
	p := &parts{Client: c, query: q, longest: partSizes[0]}
	err = p.read(ctx, length, tooLong.entries)
	if errors.Is(err, errCapped) { // a page is only as long as that part then
		c.lengths.Store(q.PerPage, p.short)
		capped := &parts{Client: c, query: q, longest: registry.DefaultPerPage, calls: p.calls}
		err = capped.read(ctx, p.short, tooLong.entries)
		p = capped
	}
	if err == nil && p.page.Receipt.Status == 0 && length > 1 { // no part could be read
		err = errTooManyParts
	}
	return p.page, err
}

// pageLength returns the number of entries on each page of q except the last. The API may
// return fewer than requested, and the page of q then starts at another position.
func (c *Client) pageLength(ctx context.Context, q registry.Query) (int, error) {
	if q.Page == 1 || q.PerPage <= registry.DefaultPerPage {
		return q.PerPage, nil
	}
	if known, ok := c.lengths.Load(q.PerPage); ok {
		return known.(int), nil //nolint:forcetypeassert // nothing else is stored
	}
	q.Page = 1
	first, err := c.listPage(ctx, q)
	tooLong := (*tooLongError)(nil)
	switch {
	case errors.As(err, &tooLong) && tooLong.object: // it is put together to the length that is asked for
		return q.PerPage, nil
	case err != nil || len(first.Entries) == 0:
		return q.PerPage, err
	}
	c.lengths.Store(q.PerPage, len(first.Entries))
	return len(first.Entries), nil
}

// read reads the page of a length.
func (p *parts) read(ctx context.Context, length, seen int) error {
	p.from = (p.query.Page - 1) * length
	p.to = p.from + length
	p.page = registry.Page{Number: p.query.Page, PerPage: length, Total: -1}
	if length == 1 {
		p.page.TooLong = 1
		return nil
	}
	return p.split(ctx, p.from, p.to, min(partSize(length, seen), p.longest))
}

// split reads the positions from from to to in parts of a size.
func (p *parts) split(ctx context.Context, from, to, size int) error {
	for number := from/size + 1; (number-1)*size < to && !p.ended; number++ {
		if number*size <= p.from {
			continue
		}
		if err := p.part(ctx, size, number); err != nil {
			return err
		}
	}
	return nil
}

// part reads one part, in smaller ones where it is too long.
func (p *parts) part(ctx context.Context, size, number int) error {
	if p.calls++; p.calls > maxParts {
		return errTooManyParts
	}
	q := p.query
	q.PerPage, q.Page = size, number
	list, err := p.listPage(ctx, q)
	tooLong := (*tooLongError)(nil)
	switch at := (number - 1) * size; {
	case err == nil:
		return p.add(list, at, size)
	case !errors.As(err, &tooLong):
		return err
	case p.countTooLong() > maxTooLong:
		return errTooManyParts
	case p.short > 0: // something follows
		return errCapped
	case size == 1:
		p.page.TooLong++
		return nil
	default:
		return p.split(ctx, at, min(at+size, p.to), partSize(size, tooLong.entries))
	}
}

func (p *parts) countTooLong() int {
	p.tooLong++
	return p.tooLong
}

// add adds a part that starts at a position. A part that is shorter than any cap of the API,
// or is followed by an empty one, is the end of the list.
func (p *parts) add(list registry.Page, at, size int) error {
	n := len(list.Entries)
	switch {
	case n > 0 && p.short > 0:
		return errCapped
	case n == 0 || n < size && n < registry.DefaultPerPage:
		p.ended = true
	case n < size:
		p.short = n
	}
	if p.page.Receipt.Status == 0 {
		p.page.Receipt, p.page.Total = list.Receipt, list.Total
	}
	for i, e := range list.Entries {
		if at+i < p.from || at+i >= p.to {
			continue
		}
		shorten(&e)
		if p.bytes += textBytes(e); p.bytes > maxPage {
			return errTooManyParts
		}
		p.page.Entries = append(p.page.Entries, e)
	}
	return nil
}

// maxPage bounds the texts of an assembled page, in bytes.
const maxPage = 2 * defaultMaxBody

// textBytes returns the total length of an entry's texts.
func textBytes(e registry.Entry) int64 {
	n := len(e.Name) + len(e.Email)
	for _, text := range e.LongTexts() {
		if *text != nil {
			n += len(**text)
		}
	}
	return int64(n)
}

// maxListText is the length to which texts of entries on an assembled page are cut, so that
// a full page takes no more memory than the longest answer.
const maxListText = 16 << 10

// shorten cuts the texts of an entry.
func shorten(e *registry.Entry) {
	for _, text := range e.LongTexts() {
		if *text != nil && len(**text) > maxListText {
			*text, e.Shortened = new(cut(**text, maxListText)), true
		}
	}
}
