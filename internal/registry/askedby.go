package registry

import "context"

type askerKey struct{}

// AskedBy returns a context for work that a person waits for. Its API calls count against
// that person's share, so that one person can't use up the capacity for all. person is
// Actor.Key.
func AskedBy(ctx context.Context, person string) context.Context {
	return context.WithValue(ctx, askerKey{}, person)
}

// Asker returns the key given to AskedBy, "" for work of the program itself.
func Asker(ctx context.Context) string {
	key, _ := ctx.Value(askerKey{}).(string)
	return key
}

type changeKey struct{}

// ForChange returns a context for the API calls of a change, including the reads before and
// after it. Part of the budget of API calls is reserved for changes.
func ForChange(ctx context.Context) context.Context {
	return context.WithValue(ctx, changeKey{}, true)
}

// IsForChange reports whether ctx was made by ForChange.
func IsForChange(ctx context.Context) bool {
	is, _ := ctx.Value(changeKey{}).(bool)
	return is
}
