package web

import (
	"time"

	"namesake/internal/audit"
	"namesake/web/templates"
	"namesake/web/words"
)

// AuditRow is a record as a row of a list.
func AuditRow(r audit.Record, now time.Time) templates.AuditRow {
	return templates.AuditRow{Record: r, Ago: words.Ago(max(0, now.Sub(r.Time)))}
}
