package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/rbac"
	"namesake/web/static"
)

// outermost wraps the routes in what holds for every request. From the outside in:
// request id, log, recover, headers, body limit, own address, cross-origin, Access,
// compression; then, for each route, the action's check, the account's check.
func (s *Server) outermost(e *echo.Echo) http.Handler {
	e.Pre(s.requestID, s.logRequest, s.recover, s.headers, limitBody, limitURL, s.boundDrawing, s.ownAddress, s.sameOrigin(), s.behindAccess,
		middleware.GzipWithConfig(middleware.GzipConfig{Level: 1, MinLength: 1024, Skipper: isAsset}))
	return e
}

// What the middleware leaves in the echo context.
const (
	actorKey     = "actor"
	refusedKey   = "refused" // why nobody is signed in
	requestIDKey = "request id"
	causeKey     = "cause"
	bodyKey      = "body" // as it comes, without a limit
	drawingKey   = "drawing"
	nextKey      = "next" // where somebody who signs in wants to go
)

// requestID gives each request an id of our own, which the log, the response and
// the error page carry. An id that comes from outside is not believed.
func (s *Server) requestID(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		id := rand.Text()
		c.Set(requestIDKey, id)
		c.Response().Header().Set(echo.HeaderXRequestID, id)
		return next(c)
	}
}

func requestID(c echo.Context) string {
	id, _ := c.Get(requestIDKey).(string)
	return id
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
			slog.String("request_id", requestID(c)),
			slog.String("method", r.Method),
			slog.String("path", r.URL.Path),
			slog.Int("status", res.Status),
			slog.Int64("bytes", res.Size),
			slog.Duration("took", took),
			slog.String("address", c.RealIP()),
		}
		if who := actor(c); who.Subject != "" {
			attrs = append(attrs, slog.String("subject", who.Subject))
		}
		level := slog.LevelInfo
		if cause, ok := c.Get(causeKey).(error); ok {
			attrs = append(attrs, slog.String("error", cause.Error()))
			if res.Status >= http.StatusInternalServerError {
				level = slog.LevelError
			}
		}
		s.log.LogAttrs(r.Context(), level, "request", attrs...)
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
// the redirects after a form to form-action, too: see signedOutPath for how one gets elsewhere.
func (s *Server) headers(next echo.HandlerFunc) echo.HandlerFunc {
	const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
		"base-uri 'none'; frame-ancestors 'none'; report-uri " + reportsPath + "; report-to csp; form-action 'self'"
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", csp)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Reporting-Endpoints", `csp="`+reportsPath+`"`)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
		if !isAsset(c) {
			h.Set("Cache-Control", "no-store")
		}
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		return next(c)
	}
}

// identified finds out who is there, for actor to tell, once for a request. Its error
// says why nobody is signed in.
func (s *Server) identified(c echo.Context) error {
	if c.Get(actorKey) != nil {
		err, _ := c.Get(refusedKey).(error)
		return err
	}
	who, err := s.gate.Identify(c.Request(), caller(c))
	if err != nil {
		err = s.notIdentified(c, err)
	}
	c.Set(actorKey, who)
	c.Set(refusedKey, err)
	return err
}

// notIdentified sorts the ways in which somebody may not be known.
func (s *Server) notIdentified(c echo.Context, err error) error {
	var (
		refused     *auth.RefusedError
		unavailable *auth.UnavailableError
		noRole      *auth.NoRoleError
		unrecorded  *audit.UnrecordedError
	)
	switch {
	case errors.As(err, &refused):
		if refused.Absent {
			return err
		}
		return errors.Join(s.recordRefused(c, rbac.Actor{}, refused.Reason), err)
	case errors.Is(err, auth.ErrNoSession), errors.As(err, &unavailable), errors.As(err, &noRole), errors.As(err, &unrecorded):
		return err
	}
	return fmt.Errorf("identify: %w", err)
}

// behindAccess lets nothing through that did not come through Cloudflare Access, where
// that stands in front. Probes come from elsewhere, and assets tell nothing.
func (s *Server) behindAccess(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		path := c.Request().URL.Path
		if s.gate.Access == nil || isAsset(c) || path == healthPath || path == readyPath {
			return next(c)
		}
		err := s.identified(c)
		var refused *auth.RefusedError
		var unavailable *auth.UnavailableError
		if errors.As(err, &refused) || errors.As(err, &unavailable) {
			return err
		}
		return next(c)
	}
}

// actor returns who is asking: the zero Actor when nobody is signed in.
func actor(c echo.Context) rbac.Actor {
	who, _ := c.Get(actorKey).(rbac.Actor)
	return who
}

// caller returns who is asking, with what is known of the request.
func caller(c echo.Context) rbac.Caller {
	return rbac.Caller{Actor: actor(c), RequestID: requestID(c), Address: c.RealIP()}
}

// require lets only those through who may do a.
func (s *Server) require(a rbac.Action) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := s.identified(c); err != nil {
				return err
			}
			if err := s.audit.Authorize(requestContext(c), caller(c), a); err != nil {
				return err
			}
			r := c.Request()
			c.SetRequest(r.WithContext(s.changes.PatternWork(r.Context(), caller(c))))
			return next(c)
		}
	}
}

// errOtherAccount reports a path that names an account which is not looked after here.
var errOtherAccount = errors.New("another account")

func (s *Server) onlyAccount(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		for _, name := range c.ParamNames() {
			if name == "account" && c.Param(name) != string(s.account) {
				return errOtherAccount
			}
		}
		return next(c)
	}
}

func isAsset(c echo.Context) bool {
	return strings.HasPrefix(c.Request().URL.Path, static.Prefix)
}

// requestContext is the context that calls below run in.
func requestContext(c echo.Context) context.Context { return c.Request().Context() }
