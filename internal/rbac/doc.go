// Package rbac says who may do what: the roles, the actions with the least role that
// each one needs, and the people who ask. It imports nothing of ours.
package rbac
