package registry

import (
	"context"
)

// API is Cloudflare's impersonation registry for one account. Its errors are
// *APIError values; ErrNotFound is in the chain when there is no such entry.
type API interface {
	ListEntries(ctx context.Context, q Query) (Page, error)
	Entry(ctx context.Context, id ID) (Entry, Receipt, error)
	// CreateEntry sends d at most once. An APIError says in Effect whether the
	// entry may exist all the same.
	CreateEntry(ctx context.Context, d Draft) (Entry, Receipt, error)
	// UpdateEntry sends the fields of change, and no others, at most once; nil clears a
	// field. An APIError says in Effect whether the entry may have been changed all the
	// same.
	UpdateEntry(ctx context.Context, id ID, change Values) (Entry, Receipt, error)
	// DeleteEntry sends the deletion at most once. An APIError says in Effect whether the
	// entry may be gone all the same.
	DeleteEntry(ctx context.Context, id ID) (Receipt, error)
}
