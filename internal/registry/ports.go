package registry

import (
	"context"
)

// API is Cloudflare's impersonation registry for one account. Its errors are *APIError
// values; their chain has ErrNotFound when the entry does not exist.
type API interface {
	ListEntries(ctx context.Context, q Query) (Page, error)
	Entry(ctx context.Context, id ID) (Entry, Receipt, error)
	// CreateEntry sends d at most once. On failure APIError.Effect says whether the entry
	// may exist.
	CreateEntry(ctx context.Context, d Draft) (Entry, Receipt, error)
	// UpdateEntry sends only the fields of change, at most once; nil clears a field. On
	// failure APIError.Effect says whether the entry may have changed.
	UpdateEntry(ctx context.Context, id ID, change Values) (Entry, Receipt, error)
	// DeleteEntry sends the deletion at most once. On failure APIError.Effect says whether
	// the entry may be deleted.
	DeleteEntry(ctx context.Context, id ID) (Receipt, error)
}
