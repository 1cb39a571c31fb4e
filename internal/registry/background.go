package registry

import "context"

type backgroundKey struct{}

// Background returns a context for work that nobody is waiting for, such as the
// deletion of many entries: its calls of the API stand back behind those of people,
// and wait for their turn as long as the context allows.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, backgroundKey{}, true)
}

// InBackground reports whether ctx comes of Background.
func InBackground(ctx context.Context) bool {
	is, _ := ctx.Value(backgroundKey{}).(bool)
	return is
}

type shortWaitKey struct{}

// ShortWait returns a context whose calls are held back (see APIError.HeldBack) when
// they don't get their turn soon, for work that keeps others waiting meanwhile. They are
// to be made again later.
func ShortWait(ctx context.Context) context.Context {
	return context.WithValue(ctx, shortWaitKey{}, true)
}

// WaitsShortly reports whether ctx comes of ShortWait.
func WaitsShortly(ctx context.Context) bool {
	is, _ := ctx.Value(shortWaitKey{}).(bool)
	return is
}
