// Package config turns the environment into a Config, once, at start. It defines every
// variable's name, default and check, and reports all faults together. Of this module it
// imports registry only, for the form of an account id.
package config

import (
	"net/netip"
	"time"

	"namesake/internal/registry"
)

// Config holds the checked settings from the environment. It is safe to log, because its
// secrets are never printed.
type Config struct {
	Addr        string // where to listen, host:port; port 0 lets the system choose
	PublicURL   string // the origin people use, without a final slash; "" when not given
	MetricsAddr string // a second listener for /metrics; "" for none

	Cloudflare Cloudflare
	Database   Database
	// AuditRetention is how long audit records are kept, 0 for ever.
	AuditRetention time.Duration
	// Refresh is how often the registry is read while people work.
	Refresh time.Duration
	// ImportDeletePercent is the part of the registry that an import deletes without a
	// confirmation of its own.
	ImportDeletePercent int
	// UntouchedLimit is how long an entry may stay unchanged without being a finding.
	UntouchedLimit time.Duration
	// SharedSenders are services whose mail shows any name, beside the known ones.
	SharedSenders []SharedSender

	Auth Auth
	// DemoOnNetwork lets the demo listen on an address that other machines can reach.
	DemoOnNetwork bool

	OIDC   OIDC
	Access Access
	Groups Groups

	Session Session

	TrustedProxies []netip.Prefix // whose X-Forwarded-* headers are trusted
}

// Cloudflare says how to reach the API. Either Token is set, or Email and Key, or none of
// the three, which selects the built-in sandbox.
type Cloudflare struct {
	Token     Secret
	Email     string
	Key       Secret
	AccountID registry.AccountID // always set together with credentials
	BaseURL   string             // without a final slash; "" for Cloudflare's own
}

// SharedSender is a service whose mail shows a name that its user has chosen.
type SharedSender struct {
	Address string // or @ and a domain
	Service string
}

// Engine is a kind of database.
type Engine string

// The engines.
const (
	SQLite   Engine = "sqlite"
	Postgres Engine = "postgres"
)

// Database says where Namesake stores its own data.
type Database struct {
	Engine Engine
	Path   string // SQLite's file; "" for a database in memory that ends with the process
	URL    Secret // PostgreSQL's, with its password
}

// Auth is a way to sign in.
type Auth string

// The ways to sign in.
const (
	AuthDemo   Auth = "demo"   // pick a role; for the sandbox only
	AuthOIDC   Auth = "oidc"   // OpenID Connect
	AuthAccess Auth = "access" // Cloudflare Access in front
)

// OIDC is the OpenID Connect client; complete when Auth is AuthOIDC.
type OIDC struct {
	Issuer       string // exactly as given: issuers are compared letter by letter
	ClientID     string
	ClientSecret Secret
	Scopes       []string
	GroupsClaim  string
	// GroupsFromGraph makes Namesake ask Microsoft Graph for the groups that Entra ID leaves
	// out.
	GroupsFromGraph bool
}

// Access is the Cloudflare Access application in front of Namesake; complete
// when Auth is AuthAccess.
type Access struct {
	TeamURL       string // the team domain as an origin, such as https://team.cloudflareaccess.com
	AUD           string
	GroupsClaim   string
	ServiceTokens []string // the client ids of the allowed service tokens
}

// Session says how long a session lasts.
type Session struct {
	Idle     time.Duration // without a request
	Absolute time.Duration // since sign-in
}

// Groups lists, by role, the groups whose members have that role.
type Groups struct {
	Admin, Editor, Viewer []string
}

// Sandbox reports whether the built-in sandbox replaces Cloudflare, which is so without
// credentials.
func (c Config) Sandbox() bool {
	return !c.Cloudflare.Token.IsSet() && !c.Cloudflare.Key.IsSet()
}

// LocalAPI reports whether the API runs on this machine: the built-in sandbox, or the
// address in CLOUDFLARE_BASE_URL.
func (c Config) LocalAPI() bool { return c.Sandbox() || onLoopback(c.Cloudflare.BaseURL) }

// Demo reports whether people sign in by picking a role. Load makes sure that
// this is never so with Cloudflare itself.
func (c Config) Demo() bool { return c.Auth == AuthDemo }
