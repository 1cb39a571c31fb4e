package plans

import (
	"context"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"namesake/internal/cellguard"
	"namesake/internal/plan"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
)

// FailedCSV answers GET plans/ID/failed.csv: the rows that were not done, with the reason, in a
// form that can be corrected and imported again.
func (s *Handlers) FailedCSV(c echo.Context) error {
	columns := []column{{"problem", func(o plan.Operation) string { return s.problem(o) }}}
	return s.download(c, "failed", append(fieldColumns(), columns...), func(o plan.Operation) bool {
		_, failed := operationFailures[o.State]
		return o.After != nil && (failed || o.Reason == plan.Wrong || o.State == plan.OpSkipped && o.Fault != nil && !o.Fault.LeftOut())
	})
}

// OperationsCSV answers GET plans/ID/operations.csv: all operations.
func (s *Handlers) OperationsCSV(c echo.Context) error {
	columns := []column{
		{"line", func(o plan.Operation) string { return positive(o.Line) }},
		{"operation", func(o plan.Operation) string { return string(o.Kind) }},
		{"state", func(o plan.Operation) string { return string(o.State) }},
		{"problem", func(o plan.Operation) string { return s.problem(o) }},
	}
	return s.download(c, "plan", append(columns, fieldColumns()...), func(plan.Operation) bool { return true })
}

// column is a column of a download.
type column struct {
	name string
	of   func(plan.Operation) string
}

// fieldColumns are the columns of an entry, as an import reads them.
func fieldColumns() []column {
	columns := make([]column, 0, len(registry.FieldNames())+1)
	for _, name := range registry.FieldNames() {
		if name == registry.FieldProvenance {
			continue
		}
		columns = append(columns, column{name, func(o plan.Operation) string {
			values := o.After
			if values == nil {
				values = o.Before
			}
			if flag, ok := values[name].(bool); ok {
				return strconv.FormatBool(flag)
			}
			return web.Shown(values[name])
		}})
	}
	return append(columns, column{"id", func(o plan.Operation) string { return string(o.EntryID) }})
}

func positive(n int) string {
	if n <= 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// problem says in one line why an operation is not done.
func (s *Handlers) problem(o plan.Operation) string {
	if o.Fault == nil {
		return ""
	}
	t := s.faultText(o.Fault)
	parts := []string{t.Title}
	parts = append(parts, t.Text...)
	for _, p := range t.Problems {
		parts = append(parts, strings.TrimSpace(p.Code+" "+p.Message+" "+p.Pointer))
	}
	return strings.Join(parts, " ")
}

// download sends the operations that are wanted as CSV, while it reads them.
func (s *Handlers) download(c echo.Context, name string, columns []column, wanted func(plan.Operation) bool) error {
	ctx, id := web.RequestContext(c), c.Param("plan")
	p, err := s.Plans.Plan(ctx, web.Caller(c), id)
	if err != nil {
		return err
	}
	out, err := web.NewDownload(c, "text/csv; charset=utf-8", "namesake-"+name+"-"+web.FileTime(p.Created)+".csv")
	if err != nil {
		return err
	}
	return s.End(c, out, s.writeOperations(ctx, out, web.Caller(c), id, columns, wanted))
}

func (s *Handlers) writeOperations(ctx context.Context, w io.Writer, who rbac.Caller, id string, columns []column, wanted func(plan.Operation) bool) error {
	if _, err := io.WriteString(w, cellguard.Mark); err != nil {
		return err
	}
	out := cellguard.NewWriter(w)
	cells := make([]string, len(columns))
	for i, column := range columns {
		cells[i] = column.name
	}
	err := out.Write(cells)
	for q := (plan.Query{Page: 1, PerPage: maxOperationsPerPage}); err == nil; q.Page++ {
		var operations []plan.Operation
		if _, operations, err = s.Plans.Page(ctx, who, id, q); err != nil {
			break
		}
		for _, o := range operations {
			if !wanted(o) || err != nil {
				continue
			}
			for i, column := range columns {
				cells[i] = column.of(o)
			}
			err = out.Write(cells)
		}
		if len(operations) < q.PerPage {
			break
		}
	}
	return errors.Join(err, out.Flush())
}
