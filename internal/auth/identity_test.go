package auth

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"namesake/internal/rbac"
	"namesake/internal/signin"
)

func TestGroupsThatASessionKeeps(t *testing.T) {
	many := func(n, length int) (groups []string) {
		for i := range n {
			groups = append(groups, fmt.Sprintf("%0*d", length, i))
		}
		return groups
	}
	roles := Roles{Admin: []string{"admins"}, Viewer: []string{"staff"}}
	for _, test := range []struct {
		name     string
		groups   []string
		want     int
		wantRole rbac.Role
	}{
		{"none", nil, 0, rbac.RoleNone},
		{"a few", []string{"a", "b", "staff"}, 3, rbac.Viewer},
		{"300 of a UUID's length", many(300, 36), 300, rbac.RoleNone},
		{"as many as are kept", append(many(999, 8), "admins"), 1000, rbac.Admin},
		{"the last of 5,000", append(many(4999, 4), "admins"), 1000, rbac.Admin},
		{"the last of 1,000 long ones", append(many(999, 1000), "admins"), 33, rbac.Admin},
		{"one that is too long", []string{strings.Repeat("x", maxGroupBytes+1), "admins"}, 1, rbac.Admin},
	} {
		kept := roles.keep(test.groups)
		bytes := len(strings.Join(kept, ""))
		if len(kept) != test.want || roles.Of(kept) != test.wantRole || bytes > maxGroupBytes {
			t.Errorf("%s: %d groups with %d bytes and the role %s are kept, want %d with %s", test.name, len(kept), bytes, roles.Of(kept), test.want, test.wantRole)
		}
		for _, group := range kept {
			if !slices.Contains(test.groups, group) {
				t.Errorf("%s: %q gives no role", test.name, group)
			}
		}
	}
}

func TestRoleOf(t *testing.T) {
	demo, access := &Gate{Roles: Roles{Admin: []string{"viewer"}}}, &Gate{Access: &Access{}, Roles: Roles{Editor: []string{"a"}}}
	for _, test := range []struct {
		name string
		gate *Gate
		n    signin.Session
		want rbac.Role
	}{
		{"the demo's", demo, signin.Session{Actor: rbac.Actor{Subject: "viewer", Auth: "demo", Role: rbac.Admin}, Groups: []string{"viewer"}}, rbac.Viewer},
		{"a person unknown to the demo", demo, signin.Session{Actor: rbac.Actor{Subject: "root", Auth: "demo", Role: rbac.Admin}}, rbac.RoleNone},
		{"the demo's, once it is off", access, signin.Session{Actor: rbac.Actor{Subject: "admin", Auth: "demo", Role: rbac.Admin}, Groups: []string{"a"}}, rbac.RoleNone},
		{"by groups", access, signin.Session{Actor: rbac.Actor{Auth: "access", Role: rbac.Admin}, Groups: []string{"b", "a"}}, rbac.Editor},
		{"unknown groups", access, signin.Session{Actor: rbac.Actor{Auth: "access", Role: rbac.Admin}}, rbac.RoleNone},
	} {
		if got := test.gate.RoleOf(test.n); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
