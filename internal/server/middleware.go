package server

import (
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"namesake/internal/auth"
	"namesake/internal/rbac"
	"namesake/internal/server/web"
)

// outermost wraps the routes in the middleware of every request. From the outside in:
// request id, log, recover, headers, body limit, own address, cross-origin, Access,
// compression; then, for each route, the action's check, the account's check.
func (s *Server) outermost(e *echo.Echo) http.Handler {
	e.Pre(s.requestID, s.logRequest, s.recover, s.headers, web.LimitBody, web.LimitURL, s.BoundDrawing, s.ownAddress, s.sameOrigin(), s.behindAccess,
		middleware.GzipWithConfig(middleware.GzipConfig{Level: web.CompressionLevel, MinLength: 1024, Skipper: web.IsAsset}))
	return e
}

// requestID gives each request an id of our own, which the log, the response and
// the error page carry. An id in the request is ignored.
func (s *Server) requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()
		c.Set(web.RequestIDKey, id)
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

// logRequest writes one line a request, with the cause when it failed, and tells the
// observer. The query and the form are left out: they hold what people typed.
func (s *Server) logRequest(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		start := time.Now()
		if err := next(c); err != nil {
			c.Error(err) // answers, so that the status below is the one that was sent
		}
		took := time.Since(start)
		r, res := c.Request(), c.Response()
		s.observe(r.Method, routeOf(c), res.Status, took)
		attrs := []slog.Attr{
			slog.String("request_id", web.RequestID(c)),
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.Int("status", res.Status),
			slog.Int64("bytes", res.Size),
			slog.Duration("took", took),
			slog.String("address", c.RealIP()),
		}
		if who := web.Actor(c); who.Subject != "" {
			attrs = append(attrs, slog.String("subject", who.Subject))
		}
		level := slog.LevelInfo
		if cause, ok := c.Get(web.CauseKey).(error); ok {
			attrs = append(attrs, slog.String("error", cause.Error()))
			if res.Status >= http.StatusInternalServerError {
				level = slog.LevelError
			}
		}
		s.Log.LogAttrs(r.Context(), level, "request", attrs...)
		return nil
	}
}

// routeOf returns the pattern of the route that was found, which is known only once
// the request has been through the router. A request that was refused before has none.
func routeOf(c echo.Context) string {
	if c.Path() == "" {
		return "none"
	}
	return c.Path()
}

// panicked is the error of a handler that panicked.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v\n%s", p.value, p.stack) }

func (s *Server) recover(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			if v := recover(); v != nil {
				if v == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
					panic(v)
				}
				err = &panicked{v, debug.Stack()}
			}
		}()
		return next(c)
	}
}

// headers sets what every answer carries. The policy allows nothing inline and
// nothing from elsewhere; data: is for the small images in the style sheet. Browsers hold
// the redirects after a form to form-action, too: see web.SignedOutPath.
func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'; report-uri " + web.ReportsPath + "; report-to csp; form-action 'self'"
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Reporting-Endpoints", `csp="`+web.ReportsPath+`"`)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if !web.IsAsset(c) {
			h.Set("Cache-Control", "no-store")
		}
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

// behindAccess refuses requests that did not come through Cloudflare Access, if Access is
// configured. Health checks bypass it, and assets hold nothing secret.
func (s *Server) behindAccess(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		path := c.Request().URL.Path
		if s.Gate.Access == nil || web.IsAsset(c) || path == web.HealthPath || path == web.ReadyPath {
			return next(c)
		}
		err := s.Identified(c)
		var refused *auth.RefusedError
		var unavailable *auth.UnavailableError
		if errors.As(err, &refused) || errors.As(err, &unavailable) {
			return err
		}
		return next(c)
	}
}

// require refuses requests of people who may not do a.
func (s *Server) require(a rbac.Action) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := s.Identified(c); err != nil {
				return err
			}
			if err := s.Audit.Authorize(web.RequestContext(c), web.Caller(c), a); err != nil {
				return err
			}
			r := c.Request()
			c.SetRequest(r.WithContext(s.Changes.PatternWork(r.Context(), web.Caller(c))))
			return next(c)
		}
	}
}

func (s *Server) onlyAccount(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		for _, name := range c.ParamNames() {
			if name == "account" && c.Param(name) != string(s.Account) {
				return web.ErrOtherAccount
			}
		}
		return next(c)
	}
}
