package registry

import "context"

type backgroundKey struct{}

// Background returns a context for work that runs without a person waiting for it, such as
// the deletion of many entries. Its API calls let those of people go first, and wait for
// their turn as long as the context allows.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// InBackground reports whether ctx was made by Background.
func InBackground(ctx context.Context) bool {
	is, _ := ctx.Value(backgroundKey{}).(bool)
	return is
}

type shortWaitKey struct{}

// ShortWait returns a context whose API calls wait only briefly for their turn. They then
// fail with an APIError whose HeldBack is true, and the caller tries again later. It is for
// work that others wait for.
func ShortWait(ctx context.Context) context.Context {
	return context.WithValue(ctx, shortWaitKey{}, true)
}

// WaitsShortly reports whether ctx was made by ShortWait.
func WaitsShortly(ctx context.Context) bool {
	is, _ := ctx.Value(shortWaitKey{}).(bool)
	return is
}
