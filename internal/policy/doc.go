// Package policy says what surrounds the registry in Cloudflare Email Security: the policies
// that allow senders, the trusted domains, the blocked senders, and the domains whose mail is
// checked. Namesake reads them and never changes them.
//
// An allow policy matters to the registry because it can cancel it: mail that a policy lets
// through may show a protected name, whatever the registry says.
//
//	settings.AllowPolicies                      // as last read, even if that was long ago
//	settings.State(policy.AllowPolicies)        // when that was, and why a later try failed
//	settings.Known(policy.Domains)              // whether it was ever read
//
// The package has no sentences and makes no calls.
package policy
