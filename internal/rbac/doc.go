// Package rbac defines who may do what: the roles, the least role that each action needs,
// and the people who ask. It imports no other package of this module.
package rbac
