// Package plans has the pages of plans, and the deletion of several entries, which makes one.
package plans

import (
	"namesake/internal/plan"
	"namesake/internal/server/web"
)

// Handlers answers the routes of this package.
type Handlers struct {
	*web.Base
	Forecast plan.Forecast
}
