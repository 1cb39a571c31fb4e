// Package audit is the audit trail: what a record says, how records are chained by
// their hashes, and how they are written and read. An action is recorded as refused, or
// as an intent before anything is sent and with its outcome afterwards.
//
// It imports rbac and registry. Records are kept in a Journal and read from a Trail,
// which the store implements.
package audit
