// Package importer reads lists of people as others keep them: CSV files of spreadsheets and
// directories, XLSX workbooks, the API's JSON, and pasted lists of recipients. It turns bytes
// into candidates, which are drafts of entries, and never changes anything.
//
//	file, err := importer.Open(data, "users.csv", importer.Options{})
//	if file.NeedsMapping { … ask what the columns are, with file.Preview(5), then open again with Options.Mapping }
//	for candidate, err := range file.Candidates() { … }
//
// Columns without a use are dropped while reading: no candidate, note or error has their
// content, because files of directories have passwords in them. Only Preview shows other
// columns, without those that are named like a secret.
//
// The package returns facts; the sentences about them are in package words. Texts are as in
// the file: normal forms and spaces are for the comparison with the registry. It imports
// cellguard, input and registry.
//
// The CSV reader is our own because encoding/csv changes line breaks inside cells, takes a
// file with CR line ends for one line, and loses its place after a wrong quotation mark. A
// fuzz test compares the two.
package importer
