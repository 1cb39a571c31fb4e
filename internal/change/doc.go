// Package change makes one change of one entry. It checks the permission, the values, and
// that the entry is still as the person saw it; it records the intent, makes the call once,
// and records the outcome. If the answer was lost, it settles the outcome by looking.
package change
