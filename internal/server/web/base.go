// Package web is what the pages of all resources share: the page around the content,
// drawing it, forms as they are sent, JSON, notices, and what an error says to a person.
//
// Each resource has a package of its own beside it (entries, plans, …) with a type Handlers
// around a Base. This package imports none of them: a family of errors that belongs to one
// resource is handed to the Base as a function.
package web

import (
	"log/slog"
	"net/url"
	"time"

	"namesake/internal/audit"
	"namesake/internal/auth"
	"namesake/internal/change"
	"namesake/internal/dismissals"
	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/signin"
)

// Base is what every handler has at hand. All fields are required.
type Base struct {
	Audit      *audit.Log
	Mirror     *mirror.Service
	Changes    *change.Service
	Plans      *plan.Service
	Dismissals *dismissals.Service
	Tests      *mailtests.Service
	SignIns    *signin.Service
	Gate       *auth.Gate
	Sessions   *auth.Sessions // the gate's
	Limits     signin.Limits  // of a session
	Account    registry.AccountID
	Public     *url.URL // where people reach the program
	Sandbox    bool     // whether the API is a stand-in
	Log        *slog.Logger
	Now        func() time.Time
	// Untouched is how long an entry may stay unchanged without being a finding; 0 for ever.
	Untouched time.Duration
	// Families are asked about errors that this package does not know.
	Families []Family

	drawing *drawing
	kept    *keptPages
	reports *reports
	open    *openFindings
}

// Family says what an error means to a person, if it is one that it knows.
type Family func(err error) (f Failure, known bool)

// NewBase returns b, ready to draw pages.
func NewBase(b Base) *Base {
	b.drawing, b.kept, b.reports = usualDrawing(), newKeptPages(), newReports(b.Plans.Judge())
	b.open = &openFindings{}
	return &b
}
