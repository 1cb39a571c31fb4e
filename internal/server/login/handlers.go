// Package login signs people in and out.
package login

import (
	"namesake/internal/server/web"
)

// Handlers answers the routes of this package.
type Handlers struct {
	*web.Base
	attempts *attempts
}

// New returns Handlers that count the sign-ins of each network address.
func New(b *web.Base) *Handlers { return &Handlers{Base: b, attempts: newAttempts(b.Now)} }
