package server

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"sync/atomic"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"namesake/internal/server/web"
	"namesake/web/words"
)

// How much of the reports is logged: a page can make a browser send as many as it likes.
const (
	reportsPerSec   = 0.2
	reportsAtOnce   = 10
	maxReportsInOne = 5
	maxReportText   = 200 // characters of one value
)

// reports limits what is logged of the reports.
type reports struct {
	limiter *rate.Limiter
	dropped atomic.Int64 // since the last one that was logged
}

func newReports() *reports { return &reports{limiter: rate.NewLimiter(reportsPerSec, reportsAtOnce)} }

// violation is a report in either of the two forms that browsers send. All of it is
// foreign text.
type violation struct {
	Document     string `json:"document-uri"`
	DocumentURL  string `json:"documentURL"`
	Blocked      string `json:"blocked-uri"`
	BlockedURL   string `json:"blockedURL"`
	Directive    string `json:"effective-directive"`
	DirectiveNew string `json:"effectiveDirective"`
	Violated     string `json:"violated-directive"`
	Source       string `json:"source-file"`
	SourceFile   string `json:"sourceFile"`
	Line         int    `json:"line-number"`
	LineNumber   int    `json:"lineNumber"`
}

// takeReport logs a report of a browser. It says nothing of what it makes of it.
func (s *Server) takeReport(c echo.Context) error {
	r := c.Request()
	if !s.sentBySelf(r) {
		return fmt.Errorf("%w: a report", web.ErrCrossOrigin)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return web.ReadFault(err)
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // an unreadable type is an unknown one
	violations, err := parseReports(kind, body)
	if err != nil {
		return fmt.Errorf("%w: %w", web.ErrUnreadableForm, err)
	}
	for _, v := range violations {
		s.logViolation(c, v)
	}
	return c.NoContent(http.StatusNoContent)
}

// parseReports reads the body of a report: one by report-uri, or several by report-to.
func parseReports(kind string, body []byte) ([]violation, error) {
	switch kind {
	case "application/csp-report":
		var one struct {
			Report violation `json:"csp-report"`
		}
		err := json.Unmarshal(body, &one)
		return []violation{one.Report}, err
	case "application/reports+json":
		var many []struct {
			Type string    `json:"type"`
			Body violation `json:"body"`
		}
		if err := json.Unmarshal(body, &many); err != nil {
			return nil, err
		}
		var violations []violation
		for _, one := range many[:min(len(many), maxReportsInOne)] {
			if one.Type == "csp-violation" {
				violations = append(violations, one.Body)
			}
		}
		return violations, nil
	}
	return nil, fmt.Errorf("content type %q", words.Clip(kind))
}

func (s *Server) logViolation(c echo.Context, v violation) {
	if !s.reports.limiter.AllowN(s.Now(), 1) {
		s.reports.dropped.Add(1)
		return
	}
	first := func(values ...string) string {
		for _, value := range values {
			if value != "" {
				return value
			}
		}
		return ""
	}
	s.Log.LogAttrs(web.RequestContext(c), slog.LevelWarn, "a browser reports that the content security policy stopped something",
		slog.String("request_id", web.RequestID(c)),
		slog.String("directive", shortened(first(v.Directive, v.DirectiveNew, v.Violated))),
		slog.String("blocked", withoutQuery(first(v.Blocked, v.BlockedURL))),
		slog.String("page", withoutQuery(first(v.Document, v.DocumentURL))),
		slog.String("source", withoutQuery(first(v.Source, v.SourceFile))),
		slog.Int("line", max(v.Line, v.LineNumber)),
		slog.Int64("not_logged_before", s.reports.dropped.Swap(0)),
	)
}

// withoutQuery is a URL without what people typed and without credentials; of data: and the
// like, only the scheme. A word such as "inline" stays.
func withoutQuery(raw string) string {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "(unreadable)"
	case u.Opaque != "":
		return u.Scheme + ":"
	}
	u.User, u.RawQuery, u.ForceQuery, u.Fragment, u.RawFragment = nil, "", false, "", ""
	return shortened(u.String())
}

func shortened(text string) string {
	if runes := []rune(text); len(runes) > maxReportText {
		return string(runes[:maxReportText]) + "…"
	}
	return text
}
