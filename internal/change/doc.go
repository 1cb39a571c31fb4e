// Package change makes one change of one entry: may the person do it, is it valid, is the
// entry still what they saw, the intent is recorded, the call is made once, and its
// outcome is recorded or, when the answer was lost, found out by looking (settled).
package change
