package registry

import "context"

type askerKey struct{}

// AskedBy returns a context for work that a person waits for. Its calls of the API count
// as theirs: one person can't take the turns and the budget of all. person is Actor.Key.
func AskedBy(ctx context.Context, person string) context.Context {
	return context.WithValue(ctx, askerKey{}, person)
}

// Asker returns a key of the person that AskedBy has named, "" for the program itself.
func Asker(ctx context.Context) string {
	key, _ := ctx.Value(askerKey{}).(string)
	return key
}

type changeKey struct{}

// ForChange returns a context for the calls of a change: those that look before it and
// after it, too. A part of the API's budget of calls is for them alone.
func ForChange(ctx context.Context) context.Context {
	return context.WithValue(ctx, changeKey{}, true)
}

// IsForChange reports whether ctx comes of ForChange.
func IsForChange(ctx context.Context) bool {
	is, _ := ctx.Value(changeKey{}).(bool)
	return is
}
