// Package signin manages the sessions of people who signed in: it starts, lists, ends and
// sweeps them, and records each start and end in the audit trail. Signing in itself is in
// package auth.
package signin
