// Package mirror reads the registry: its pages, one entry, the entries of a name, and the
// entries that match an address. It caches the last good answers for times when the API
// can't be asked, and returns their age with them.
//
// It does not trust the API's page numbers and totals: see paging.go.
package mirror
