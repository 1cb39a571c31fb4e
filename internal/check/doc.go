// Package check says whether Cloudflare would flag mail: by the names that the registry
// protects, and by the settings around it.
//
//	verdict := check.Mail{Name: "Jane Doe", Address: "boss@gmail.com"}.Judge(ctx, view, index)
//	verdict.Flagged   // Yes, No, or Depends
//	verdict.Because   // why, if the reason is the same in every reading
//	verdict.Cases     // for Depends: what it depends on
//
// Cloudflare does not document whether a pattern must match the whole address, how it
// compares names, and some other points (see Point). The verdict holds whichever way they
// are, or it is Depends and says on which of them.
package check
