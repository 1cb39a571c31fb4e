// Package audit is the audit trail: the content of records, the hash chain that links them,
// and how they are written and read. An action is recorded either as refused, or as an
// intent before the call and with its outcome after it.
//
// The package imports rbac and registry. Store implements Journal and Trail.
package audit
