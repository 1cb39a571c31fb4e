// Package e2e checks the program from outside: a real browser against the real
// binary, and in its folder schema the API client and the sandbox against Cloudflare's
// published schema. It is a module of its own, so that what it needs is no dependency of
// the program.
package e2e
