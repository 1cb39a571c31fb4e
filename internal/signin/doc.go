// Package signin keeps the sessions of people who signed in: started, listed, ended and
// swept, each with its record in the audit trail. How people sign in is in package auth.
package signin
