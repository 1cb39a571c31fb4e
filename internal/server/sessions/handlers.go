// Package sessions has the lists of sessions, and what is left of one's own.
package sessions

import (
	"github.com/labstack/echo/v4"

	"namesake/internal/server/web"
)

// Handlers answers the routes of this package.
type Handlers struct {
	*web.Base
	Logout echo.HandlerFunc // ends the session of the person who asks
}
