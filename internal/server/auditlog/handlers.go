// Package auditlog has the pages of the audit trail and its export.
package auditlog

import (
	"namesake/internal/server/web"
)

// Handlers answers the routes of this package.
type Handlers struct{ *web.Base }
