package server

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"namesake/internal/server/web"
)

// sameOrigin refuses changing requests that come from other sites.
func (s *Server) sameOrigin() echo.MiddlewareFunc {
	protection := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := protection.Check(c.Request()); err != nil {
				return fmt.Errorf("%w: %w", web.ErrCrossOrigin, err)
			}
			if !web.IsRead(c) && s.plainOrigin(c.Request()) {
				return fmt.Errorf("%w: an http page of an https site", web.ErrCrossOrigin)
			}
			return next(c)
		}
	}
}

// plainOrigin reports whether a request to an https site comes from a page that was not
// encrypted, which anyone on the way can have written. [http.CrossOriginProtection] compares
// the hosts only where a browser sends no Sec-Fetch-Site.
func (s *Server) plainOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if !s.secure() || origin == "" || r.Header.Get("Sec-Fetch-Site") != "" {
		return false
	}
	u, err := url.Parse(origin)
	return err != nil || u.Scheme != "https"
}

// fromHere lets only requests through that a page of ours made, or that a person typed or
// has as a bookmark: for what is handed over as a file, and recorded.
func fromHere(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		switch site := c.Request().Header.Get("Sec-Fetch-Site"); site {
		case "", "same-origin", "none":
			return next(c)
		default:
			return fmt.Errorf("%w: %q", web.ErrCrossOrigin, site)
		}
	}
}

// sentBySelf reports whether a browser says that a page of ours sent a request.
func (s *Server) sentBySelf(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin"
	}
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && u.Host != "" && u.Host == r.Host && !s.plainOrigin(r)
}
