// Package changes has the pages of the registry's changes, and of the registry at an earlier
// time.
package changes

import (
	"github.com/labstack/echo/v4"

	"namesake/internal/plan"
	"namesake/internal/server/web"
)

// Handlers answers the routes of this package.
type Handlers struct {
	*web.Base
	// ShowPlan leads to the page of a plan that was just made, or answers with the error.
	ShowPlan func(c echo.Context, p plan.Plan, err error) error
}
