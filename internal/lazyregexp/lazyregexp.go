// Package lazyregexp compiles regular expressions when they are first used. To compile all that
// recognise what people type and import would be a seventh of the program's start.
package lazyregexp

import (
	"regexp"
	"sync"
)

// New returns a function that compiles expr at its first call, and returns the same at each. It
// panics then if expr can't be compiled, as regexp.MustCompile does.
func New(expr string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expr) })
}
