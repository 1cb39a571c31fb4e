// Package entries has the pages of entries: the list, one entry, its form, its deletion, and whose name an
// address may use.
package entries

import (
	"namesake/internal/registry"
	"namesake/internal/server/web"
)

// Handlers answers the routes of this package.
type Handlers struct {
	*web.Base
	// CreateCommand writes the call of the API that creates an entry as a command for people.
	CreateCommand func(registry.Draft) (string, error)
}
