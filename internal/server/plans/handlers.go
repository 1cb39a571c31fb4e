// Package plans has the pages of plans, and the deletion of several entries, which makes one.
package plans

import (
	"time"

	"namesake/internal/server/web"
)

// Handlers answers the routes of this package.
type Handlers struct {
	*web.Base
	Background CallRate // of plans; no limit when zero
}

// CallRate is so many calls of the API in so long.
type CallRate struct {
	Calls int
	In    time.Duration
}
