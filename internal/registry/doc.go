// Package registry is what an entry of Cloudflare Email Security's impersonation registry
// is and means: its fields, what makes one valid, whose name it protects, which addresses
// may use the name, what is worth a warning, and the API that holds the entries.
//
// It is pure: it knows nothing of HTTP, SQL or HTML, and does nothing by itself. Reading
// is in package mirror, changing in package change.
package registry
