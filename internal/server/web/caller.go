package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/rbac"
	"namesake/web/static"
)

// IsRead reports whether a request only reads.
func IsRead(c echo.Context) bool {
	return c.Request().Method == http.MethodGet || c.Request().Method == http.MethodHead
}

// Keys of the echo context under which the middleware stores values.
const (
	ActorKey     = "actor"
	RefusedKey   = "refused" // why there is no session
	RequestIDKey = "request id"
	CauseKey     = "cause"
	bodyKey      = "body" // as it comes, without a limit
	drawingKey   = "drawing"
	writerKey    = "writer" // of the answer, before it is compressed
	NextKey      = "next"   // where a person who signs in wants to go
)

// RequestID returns the id of a request, which the log, the answer and error pages carry.
func RequestID(c echo.Context) string {
	id, _ := c.Get(RequestIDKey).(string)
	return id
}

// Identified finds out who sends a request, once per request, and stores it for Actor. Its
// error says why there is no session.
func (s *Base) Identified(c echo.Context) error {
	if c.Get(ActorKey) != nil {
		err, _ := c.Get(RefusedKey).(error)
		return err
	}
	who, err := s.Gate.Identify(c.Request(), Caller(c))
	if err != nil {
		err = s.notIdentified(c, err)
	}
	c.Set(ActorKey, who)
	c.Set(RefusedKey, err)
	return err
}

// notIdentified returns the error for a request without a session, and records a refused
// sign-in.
func (s *Base) notIdentified(c echo.Context, err error) error {
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
		return errors.Join(s.RecordRefused(c, rbac.Actor{}, refused.Reason), err)
	case errors.Is(err, auth.ErrNoSession), errors.As(err, &unavailable), errors.As(err, &noRole), errors.As(err, &unrecorded):
		return err
	}
	return fmt.Errorf("identify: %w", err)
}

// Actor returns the person who sends the request: the zero Actor without a session.
func Actor(c echo.Context) rbac.Actor {
	who, _ := c.Get(ActorKey).(rbac.Actor)
	return who
}

// Caller returns the person who sends the request, with its id and address.
func Caller(c echo.Context) rbac.Caller {
	return rbac.Caller{Actor: Actor(c), RequestID: RequestID(c), Address: c.RealIP()}
}

// ErrOtherAccount reports a path that names an account that is not managed here.
var ErrOtherAccount = errors.New("another account")

// IsAsset reports whether a request asks for a script, a style sheet or an image.
func IsAsset(c echo.Context) bool {
	return strings.HasPrefix(c.Request().URL.Path, static.Prefix)
}

// RequestContext is the context that calls below run in.
func RequestContext(c echo.Context) context.Context { return c.Request().Context() }

// RecordRefused records a sign-in that was refused.
func (s *Base) RecordRefused(c echo.Context, who rbac.Actor, why string) error {
	asking := Caller(c)
	asking.Actor = who
	return s.SignIns.RecordSignInRefused(RequestContext(c), asking, why)
}
