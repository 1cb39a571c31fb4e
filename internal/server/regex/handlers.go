// Package regex has the pattern tester, and the check of a pattern in the form of an entry.
package regex

import (
	"namesake/internal/server/web"
)

// Handlers answers the routes of this package.
type Handlers struct{ *web.Base }
