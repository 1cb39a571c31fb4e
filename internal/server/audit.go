package server

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
	"namesake/web/templates"
)

const (
	auditPerPage   = 50
	historyRecords = 20
)

// errNoRecord reports a record of the audit trail that does not exist.
var errNoRecord = errors.New("no such record")

func (s *Server) listAudit(c echo.Context) error {
	filter, notes := parseAuditFilter(c.QueryParams())
	records, err := s.auditRecords(requestContext(c), caller(c), filter)
	if err != nil {
		return err
	}
	pages := pageAudit(filter, records)
	if wantsJSON(c) {
		answer, err := auditEnvelope(pages)
		if err != nil {
			return err
		}
		return c.JSON(http.StatusOK, answer)
	}
	seq, hash, err := s.audit.Head(requestContext(c), caller(c))
	if err != nil {
		return err
	}
	v := auditView(filter, notes, pages, templates.AuditHead{Seq: seq, Hash: hash}, actor(c).May(rbac.ExportAudit))
	return render(c, http.StatusOK, templates.Audit(s.page(c, "Audit trail"), v))
}

// auditRecords returns the records of a page, newest first, and one more when there
// are more.
func (s *Server) auditRecords(ctx context.Context, who rbac.Caller, f auditFilter) ([]audit.Record, error) {
	q := f.query
	q.Limit = auditPerPage + 1
	return s.audit.Records(ctx, who, q)
}

func (s *Server) showAudit(c echo.Context) error {
	seq, err := strconv.ParseInt(c.Param("seq"), 10, 64)
	if err != nil || seq < 1 {
		return fmt.Errorf("%w: %q", errNoRecord, c.Param("seq"))
	}
	r, err := s.audit.Record(requestContext(c), caller(c), seq)
	if errors.Is(err, registry.ErrNotFound) {
		return fmt.Errorf("%w: %w", errNoRecord, err)
	}
	if err != nil {
		return err
	}
	line, whole, err := auditLine(r)
	if err != nil {
		return err
	}
	if wantsJSON(c) {
		return c.JSON(http.StatusOK, succeeded(json.RawMessage(line)))
	}
	outcomes, head, err := s.around(requestContext(c), caller(c), r)
	if err != nil {
		return err
	}
	p := s.page(c, "Record "+strconv.FormatInt(seq, 10)+" of the audit trail")
	p.Active = templates.AuditURL
	v := auditRecordView(r, line, whole, outcomes, head)
	if v.Back, err = s.wayBack(requestContext(c), caller(c), r); err != nil {
		return err
	}
	return render(c, http.StatusOK, templates.AuditRecord(p, v))
}

// wayBack leads from the record of a deletion, or of an edit, to the form that makes
// things what they were before, filled in. It is nil where there is none.
func (s *Server) wayBack(ctx context.Context, who rbac.Caller, r audit.Record) (*templates.Link, error) {
	if r.Outcome != audit.OutcomeDone || r.Account != s.account {
		return nil, nil
	}
	values := url.Values{}
	switch {
	case r.Action == rbac.DeleteEntry && who.May(rbac.CreateEntry):
		own, err := s.mirror.OwnValues(ctx, who, r.Entry, r.Before)
		if err != nil {
			return nil, err
		}
		for name, value := range own {
			values.Set(name, shown(value))
		}
		return &templates.Link{Label: "Restore this entry", URL: s.entriesURL() + "/new?" + values.Encode()}, nil
	case r.Action == rbac.EditEntry && who.May(rbac.EditEntry):
		for _, name := range registry.FieldNames() {
			if r.Before[name] != r.After[name] {
				values.Set(name, shown(r.Before[name]))
			}
		}
		return &templates.Link{Label: "Put back what was before", URL: s.entryURL(r.Entry) + "/edit?" + values.Encode()}, nil
	}
	return nil, nil
}

// around returns what the page of r tells of other records: its outcomes, and the
// seq of the newest.
func (s *Server) around(ctx context.Context, who rbac.Caller, r audit.Record) (outcomes []audit.Record, head int64, err error) {
	if outcomes, err = s.outcomesOf(ctx, who, r); err != nil {
		return nil, 0, err
	}
	head, _, err = s.audit.Head(ctx, who)
	return outcomes, head, err
}

// outcomesOf returns what came of r, oldest first, when r is an intent.
func (s *Server) outcomesOf(ctx context.Context, who rbac.Caller, r audit.Record) ([]audit.Record, error) {
	if r.Outcome != audit.OutcomeIntent {
		return nil, nil
	}
	records, err := s.audit.Records(ctx, who, audit.Query{Intent: r.Seq})
	slices.Reverse(records)
	return records, err
}

// history returns what the page of an entry shows of the audit trail, nil for
// people who may not see it.
func (s *Server) history(ctx context.Context, who rbac.Caller, e registry.Entry) (*templates.EntryHistory, error) {
	if !who.May(rbac.ViewAudit) {
		return nil, nil
	}
	records, err := s.mirror.EntryRecords(ctx, who, e, historyRecords+1)
	if err != nil {
		return nil, fmt.Errorf("history of entry %s: %w", e.ID, err)
	}
	more := len(records) > historyRecords
	h := &templates.EntryHistory{
		Records: records[:min(len(records), historyRecords)], More: more, All: templates.EntryAuditURL(e.ID),
	}
	if former := e.FormerID(); former != "" {
		h.Former, h.FormerAll = former, templates.EntryAuditURL(former)
	}
	return h, nil
}
