package web

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"namesake/internal/patterns"
	"namesake/web/templates"
	"namesake/web/words"
)

// Is makes a tooLargeError an errTooLarge.
func (e *tooLargeError) Is(target error) bool { return target == errTooLarge }

// maxURL is what an address may hold, in bytes: a form that a link fills in, percent-encoded.
const maxURL = 24 << 10

// errLongURL reports an address that is longer than maxURL.
var errLongURL = errors.New("address too long")

// LimitURL refuses requests whose address is too long.
func LimitURL(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if len(c.Request().URL.RequestURI()) > maxURL {
			return errLongURL
		}
		return next(c)
	}
}

// The longest part of a value that texts about it quote, so that an answer can't be many
// times as long as the request. The form itself holds the whole value.
const (
	MaxQuoted   = 300  // characters
	MaxCompared = 2000 // of a field whose versions stand side by side
)

// CutTo shortens text to some characters, and says so.
func CutTo(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	n := 0
	for at := range text {
		if n == limit {
			return text[:at] + "… (" + strconv.Itoa(utf8.RuneCountInString(text[at:])) + " more characters)"
		}
		n++
	}
	return text
}

// LimitBody bounds the body of a request before it is known which route it is for. It is
// counted while it is read, so a wrong Content-Length changes nothing.
func LimitBody(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		c.Set(bodyKey, c.Request().Body)
		setBodyLimit(c, maxBody)
		return next(c)
	}
}

// LimitBodyTo gives the body the limit of its route, unless that is 0.
func LimitBodyTo(limit int64) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if limit > 0 {
				setBodyLimit(c, limit)
			}
			return next(c)
		}
	}
}

// setBodyLimit replaces the limit of a body that has not been read yet.
func setBodyLimit(c echo.Context, limit int64) {
	if body, ok := c.Get(bodyKey).(io.ReadCloser); ok {
		c.Request().Body = http.MaxBytesReader(c.Response(), body, limit)
	}
}

// noTurnRetry is after how long a pattern may be checked again that had no turn.
const noTurnRetry = 5 * time.Second

// FailNoTurn says that a pattern was not checked, because it got no turn.
func FailNoTurn(e *patterns.BusyError) Failure {
	f := Failure{
		Status: http.StatusServiceUnavailable, Tone: templates.Warn, Wait: noTurnRetry, Title: "Not checked: too many patterns are being checked",
		Text: []string{"Other patterns are being checked. Nothing was sent to Cloudflare. " + words.TryAgain(noTurnRetry)},
	}
	if e.Own {
		f.Status = http.StatusTooManyRequests
		f.Text[0] = "Namesake checks one pattern of a person at a time, and others of yours are waiting. Nothing was sent to Cloudflare. " + words.TryAgain(noTurnRetry)
	}
	return f
}
