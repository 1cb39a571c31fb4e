// Package registry is the product: what an entry of Cloudflare Email Security's
// impersonation registry is, what makes one valid, who may do what, and how a
// change is made exactly once and reported truthfully.
//
// It knows nothing of HTTP, SQL or HTML. What it needs from outside is stated as
// small interfaces in ports.go; the adapters (cfapi, store, auth, server) import
// this package and never the other way round.
package registry
