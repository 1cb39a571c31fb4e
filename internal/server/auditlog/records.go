package auditlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/labstack/echo/v4"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/web/templates"
)

const (
	auditPerPage = 50
)

// List answers GET /audit: the actions that a filter selects, or all their records.
func (s *Handlers) List(c echo.Context) error {
	filter, notes := parseAuditFilter(c.QueryParams())
	// An action is listed once, unless its intents are asked for.
	filter.query.Newest = !filter.all && !web.WantsJSON(c) && filter.query.Outcome != audit.OutcomeIntent
	records, err := s.auditRecords(web.RequestContext(c), web.Caller(c), filter)
	if err != nil {
		return err
	}
	pages := pageAudit(filter, records)
	if web.WantsJSON(c) {
		answer, err := auditEnvelope(pages)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, answer)
	}
	seq, hash, err := s.Audit.Head(web.RequestContext(c), web.Caller(c))
	if err != nil {
		return err
	}
	v := auditView(filter, notes, pages, templates.AuditHead{Seq: seq, Hash: hash}, web.Actor(c).May(rbac.ExportAudit), s.Now())
	return web.Render(c, http.StatusOK, templates.Audit(s.Page(c, "Audit trail"), v))
}

// auditRecords returns the records of a page, newest first, and one more when there
// are more.
func (s *Handlers) auditRecords(ctx context.Context, who rbac.Caller, f auditFilter) ([]audit.Record, error) {
	q := f.query
	q.Limit = auditPerPage + 1
	return s.Audit.Records(ctx, who, q)
}

// Show answers GET /audit/SEQ: one record.
func (s *Handlers) Show(c echo.Context) error {
	seq, err := strconv.ParseInt(c.Param("seq"), 10, 64)
	if err != nil || seq < 1 {
		return fmt.Errorf("%w: %q", web.ErrNoRecord, c.Param("seq"))
	}
	r, err := s.Audit.Record(web.RequestContext(c), web.Caller(c), seq)
	if errors.Is(err, registry.ErrNotFound) {
		return fmt.Errorf("%w: %w", web.ErrNoRecord, err)
	}
	if err != nil {
		return err
	}
	line, whole, err := auditLine(r)
	if err != nil {
		return err
	}
	if web.WantsJSON(c) {
		return c.JSON(http.StatusOK, web.Succeeded(json.RawMessage(line)))
	}
	outcomes, head, err := s.neighbours(web.RequestContext(c), web.Caller(c), r)
	if err != nil {
		return err
	}
	p := s.Page(c, "Record "+strconv.FormatInt(seq, 10)+" of the audit trail")
	p.Active = templates.AuditURL
	v := auditRecordView(r, line, whole, outcomes, head)
	if v.Back, err = s.restoreLink(web.RequestContext(c), web.Caller(c), r); err != nil {
		return err
	}
	return web.Render(c, http.StatusOK, templates.AuditRecord(p, v))
}

// restoreLink links the record of a deletion or an edit to a form that holds the values from
// before, and the record of changes made elsewhere to these changes. It is nil for other
// records.
func (s *Handlers) restoreLink(ctx context.Context, who rbac.Caller, r audit.Record) (*templates.Link, error) {
	if r.Outcome != audit.OutcomeDone || r.Account != s.Account {
		return nil, nil
	}
	values := url.Values{}
	switch {
	case r.Action == rbac.ChangedElsewhere && who.May(rbac.ViewChanges):
		return &templates.Link{Label: "Show these changes", URL: s.ChangesURL() + "?record=" + strconv.FormatInt(r.Seq, 10)}, nil
	case r.Action == rbac.DeleteEntry && who.May(rbac.CreateEntry):
		own, err := s.Mirror.OwnValues(ctx, who, r.Entry, r.Before)
		if err != nil {
			return nil, err
		}
		for name, value := range own {
			values.Set(name, web.Shown(value))
		}
		return &templates.Link{Label: "Restore this entry", URL: s.EntriesURL() + "/new?" + values.Encode()}, nil
	case r.Action == rbac.EditEntry && who.May(rbac.EditEntry):
		for _, name := range registry.FieldNames() {
			if r.Before[name] != r.After[name] {
				values.Set(name, web.Shown(r.Before[name]))
			}
		}
		return &templates.Link{Label: "Put back what was before", URL: s.EntryURL(r.Entry) + "/edit?" + values.Encode()}, nil
	}
	return nil, nil
}

// neighbours returns the outcomes of r and the seq of the newest record.
func (s *Handlers) neighbours(ctx context.Context, who rbac.Caller, r audit.Record) (outcomes []audit.Record, head int64, err error) {
	if outcomes, err = s.outcomesOf(ctx, who, r); err != nil {
		return nil, 0, err
	}
	head, _, err = s.Audit.Head(ctx, who)
	return outcomes, head, err
}

// outcomesOf returns the outcomes of r, oldest first, if r is an intent.
func (s *Handlers) outcomesOf(ctx context.Context, who rbac.Caller, r audit.Record) ([]audit.Record, error) {
	if r.Outcome != audit.OutcomeIntent {
		return nil, nil
	}
	records, err := s.Audit.Records(ctx, who, audit.Query{Intent: r.Seq})
	slices.Reverse(records)
	return records, err
}
