package server

import (
	"fmt"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"
)

// tooLargeError reports a request that holds more than the route takes. It is an
// errTooLarge.
type tooLargeError struct{ limit int64 }

func (e *tooLargeError) Error() string { return fmt.Sprintf("more than %d bytes", e.limit) }

// Is makes a tooLargeError an errTooLarge.
func (e *tooLargeError) Is(target error) bool { return target == errTooLarge }

// limitBody bounds the body of a request before it is known which route it is for. It is
// counted while it is read, so a wrong Content-Length changes nothing.
func limitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set(bodyKey, c.Request().Body)
		setBodyLimit(c, maxBody)
		return next(c)
	}
}

// limitBodyTo gives the body the limit of its route, unless that is 0.
func limitBodyTo(limit int64) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if limit > 0 {
				setBodyLimit(c, limit)
			}
			return next(c)
		}
	}
}

// setBodyLimit puts a limit in the place of an earlier one. Nothing has been read yet.
func setBodyLimit(c echo.Context, limit int64) {
	if body, ok := c.Get(bodyKey).(io.ReadCloser); ok {
		c.Request().Body = http.MaxBytesReader(c.Response(), body, limit)
	}
}
