// Package cfapi calls Cloudflare's impersonation registry. It contains everything specific
// to that API: its wire types, its envelope, what its statuses and codes mean, and what a
// failed call may have changed.
//
// It imports registry and two packages of Cloudflare's SDK, email_security and
// option; the SDK's root package costs minutes of compile time.
package cfapi

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/cloudflare/cloudflare-go/v7/email_security"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"namesake/internal/registry"
)

// Client is Cloudflare's impersonation registry for one account. It is safe for
// concurrent use.
type Client struct {
	account  registry.AccountID
	service  *email_security.SettingImpersonationRegistryService
	settings settingsServices
	timeout  time.Duration
	maxBody  int64
	now      func() time.Time
	pause    func(context.Context, time.Duration) error
	observe  func(Call)
	pace     *pacer
	worked   *lastSuccess
	lengths  *sync.Map // known lengths of the API's pages, by the length that was requested
}

var _ registry.API = (*Client)(nil)

// New returns a Client with options o, or an error that names every fault of o. It makes
// no call.
func New(o Options) (*Client, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	opts := []option.RequestOption{
		option.WithBaseURL(o.BaseURL),
		option.WithHTTPClient(httpClient(o.Transport)),
		option.WithHeader("User-Agent", o.UserAgent),
		// By default the SDK sends each call up to three times: on 408, 409, 429, any
		// 5xx and on connection faults.
		option.WithMaxRetries(0),
	}
	if o.Token != "" {
		opts = append(opts, option.WithAPIToken(o.Token))
	} else {
		opts = append(opts, option.WithAPIEmail(o.Email), option.WithAPIKey(o.Key))
	}
	return &Client{
		account:  o.Account,
		service:  email_security.NewSettingImpersonationRegistryService(opts...),
		settings: newSettingsServices(opts),
		timeout:  o.Timeout,
		maxBody:  o.MaxBody,
		now:      o.Now,
		pause:    o.Pause,
		observe:  o.Observe,
		pace:     newPacer(o),
		worked:   &lastSuccess{},
		lengths:  &sync.Map{},
	}, nil
}

// Entry returns one entry. registry.ErrNotFound is in the error's chain when the API
// itself says that there is no such entry. A 404 that may also mean a wrong account or base
// URL (code 7003, or no envelope) is Missing without ErrNotFound.
func (c *Client) Entry(ctx context.Context, id registry.ID) (registry.Entry, registry.Receipt, error) {
	if err := checkID(readEntry, id); err != nil {
		return registry.Entry{}, registry.Receipt{}, err
	}
	var p email_security.SettingImpersonationRegistryGetParams
	p.AccountID.Value, p.AccountID.Present = string(c.account), true
	got, err := do[wireEntry](ctx, c, readEntry, func(ctx context.Context, opts ...option.RequestOption) error {
		_, err := c.service.Get(ctx, string(id), p, opts...)
		return err
	})
	if err != nil {
		return registry.Entry{}, got.receipt, err
	}
	entry := got.result.entry()
	if entry.ID == "" {
		entry.ID = id
	}
	return entry, got.receipt, nil
}

// CreateEntry creates d. The request is sent at most once. An answer without a
// usable id is an Unreadable error: the entry has to be looked up.
func (c *Client) CreateEntry(ctx context.Context, d registry.Draft) (registry.Entry, registry.Receipt, error) {
	p := newParams(d)
	p.AccountID.Value, p.AccountID.Present = string(c.account), true
	got, err := do[wireEntry](ctx, c, createEntry, func(ctx context.Context, opts ...option.RequestOption) error {
		_, err := c.service.New(ctx, p, opts...)
		return err
	})
	if err != nil {
		return registry.Entry{}, got.receipt, err
	}
	return got.result.entry(), got.receipt, nil
}

// Ping returns nil when the API can be reached and allows reading the registry.
func (c *Client) Ping(ctx context.Context) error {
	_, err := c.ListEntries(ctx, registry.Query{PerPage: 1})
	return err
}

// operation is one call of the API.
type operation struct {
	name    string
	changes bool // changes something, so it is never sent twice, and its answer needs the right id
	one     bool // concerns one entry, which may be missing
	list    bool
	aside   bool // is about the settings around the registry, which need other permissions
	part    bool // asks for a part of the list, which can be empty when the list is not

	id registry.ID // of the entry that the call changes, "" for a new one
}

func (op operation) of(id registry.ID) operation {
	op.id = id
	return op
}

var (
	listEntries = operation{name: "list entries", list: true}
	readEntry   = operation{name: "read entry", one: true}
	createEntry = operation{name: "create entry", changes: true}
)

// reply holds the result of a call, only when there was no error, and the receipt in any
// case.
type reply[T result] struct {
	result  T
	info    wireInfo
	receipt registry.Receipt
}

// do makes one call, judges its answer, and repeats a failed read that a second try may
// fix. The time limit bounds all of it, including the wait in the queue; in the background
// it bounds each try.
func do[T result](ctx context.Context, c *Client, op operation, send sendFunc) (reply[T], error) {
	if !registry.InBackground(ctx) {
		limited, cancel := context.WithTimeout(ctx, c.timeout)
		defer cancel()
		ctx = limited
	}
	got, a, failed := try[T](ctx, c, op, send)
	if failed == nil {
		return got, nil
	}
	if op.changes || a == nil || !worthAnotherTry(a, failed) || !c.pauseWithin(ctx) {
		return got, failed
	}
	again, a, failedAgain := try[T](ctx, c, op, send)
	switch {
	case failedAgain == nil:
		return again, nil
	case a == nil: // the second try was not made; the first one's error says more
		return got, failed
	}
	return again, failedAgain
}

// try makes one request and judges its answer. The answer is nil when the request could not
// be made in time.
func try[T result](ctx context.Context, c *Client, op operation, send sendFunc) (reply[T], *answer, *registry.APIError) {
	leave, refused := c.pace.enter(ctx, op)
	if refused != nil {
		return reply[T]{}, nil, refused
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	began := time.Now()
	a := c.send(ctx, send)
	took := time.Since(began)
	got, failed := judge[T](op, a, c.now())
	if !op.aside {
		c.worked.judge(op, failed, c.now())
	}
	c.pace.learn(userOf(ctx), a, failed)
	c.pace.measure(op, took)
	c.report(op, a, failed, took)
	return got, a, failed
}

// report tells the observer about a request that was made or that got no connection.
func (c *Client) report(op operation, a *answer, failed *registry.APIError, took time.Duration) {
	if c.observe == nil || !a.tried {
		return
	}
	call := Call{Operation: op.name, Outcome: "ok", Took: took, Budgets: budgets(a.header)}
	if failed != nil {
		call.Outcome = failed.Kind.String()
	}
	c.observe(call)
}

// pauseWithin waits a moment, and returns false when that would leave no time.
func (c *Client) pauseWithin(ctx context.Context) bool {
	pause := 50*time.Millisecond + rand.N(100*time.Millisecond)
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < 2*pause {
		return false
	}
	return c.pause(ctx, pause) == nil
}
