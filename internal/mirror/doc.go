// Package mirror reads the registry: its pages, one entry, the entries of a name and
// those whose name an address may use. It keeps the last good answers for the times when
// the API can't be asked, and always says how old they are.
//
// The API's own ideas of pages and totals are not trusted: see paging.go.
package mirror
