// Package mirror keeps a copy of the whole registry: a View in memory, and its rows in the
// database. Lists, searches and look-ups use the copy, and only the page of one entry asks
// the API. Reading passes keep the copy up to date, and find the changes that were made
// elsewhere.
//
// The package does not trust the API's page numbers and totals: see reading.go.
package mirror
