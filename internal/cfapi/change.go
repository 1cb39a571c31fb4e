package cfapi

import (
	"context"
	"fmt"

	"github.com/cloudflare/cloudflare-go/v7/email_security"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"namesake/internal/registry"
)

var (
	updateEntry = operation{name: "update entry", changes: true, one: true}
	deleteEntry = operation{name: "delete entry", changes: true, one: true}
)

// UpdateEntry sends the fields of change. The request is sent at most once.
func (c *Client) UpdateEntry(ctx context.Context, id registry.ID, change registry.Values) (registry.Entry, registry.Receipt, error) {
	if err := checkID(updateEntry, id); err != nil {
		return registry.Entry{}, registry.Receipt{}, err
	}
	p, err := changeParams(change)
	if err != nil {
		return registry.Entry{}, registry.Receipt{}, &registry.APIError{Op: updateEntry.name, Kind: registry.Refused, Err: err}
	}
	p.AccountID.Value, p.AccountID.Present = string(c.account), true
	got, err := do[wireEntry](ctx, c, updateEntry.of(id), func(ctx context.Context, opts ...option.RequestOption) error {
		_, err := c.service.Edit(ctx, string(id), p, opts...)
		return err
	})
	if err != nil {
		return registry.Entry{}, got.receipt, err
	}
	return got.result.entry(), got.receipt, nil
}

// DeleteEntry deletes an entry. The request is sent at most once. ErrNotFound is in
// the error's chain when the API says that there is no such entry.
func (c *Client) DeleteEntry(ctx context.Context, id registry.ID) (registry.Receipt, error) {
	if err := checkID(deleteEntry, id); err != nil {
		return registry.Receipt{}, err
	}
	var p email_security.SettingImpersonationRegistryDeleteParams
	p.AccountID.Value, p.AccountID.Present = string(c.account), true
	got, err := do[wireEntry](ctx, c, deleteEntry.of(id), func(ctx context.Context, opts ...option.RequestOption) error {
		_, err := c.service.Delete(ctx, string(id), p, opts...)
		return err
	})
	return got.receipt, err
}

// checkID rejects a text that can't be an id, because the SDK puts ids into the path
// unescaped.
func checkID(op operation, id registry.ID) error {
	if _, err := registry.ParseID(string(id)); err != nil {
		return &registry.APIError{Op: op.name, Kind: registry.Missing, Err: fmt.Errorf("%w: %w", registry.ErrNotFound, err)}
	}
	return nil
}
