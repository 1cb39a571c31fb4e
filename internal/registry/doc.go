// Package registry defines an entry of Cloudflare Email Security's impersonation registry:
// its fields, when it is valid, which name it protects, which addresses may use that name,
// which warnings it deserves, and the interface of the API that stores entries.
//
// The package is pure: it has no HTTP, SQL or HTML, and starts no work. Package mirror
// reads entries, package change changes them.
package registry
