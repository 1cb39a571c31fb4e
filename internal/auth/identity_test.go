package auth

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"namesake/internal/registry"
)

func TestGroupsThatASessionKeeps(t *testing.T) {
	many := func(n, length int) (groups []string) {
		for i := range n {
			groups = append(groups, fmt.Sprintf("%0*d", length, i))
		}
		return groups
	}
	roles := Roles{Admin: []string{"admins"}, Viewer: []string{"everybody"}}
	for _, test := range []struct {
		name     string
		groups   []string
		want     int
		wantRole registry.Role
	}{
		{"none", nil, 0, registry.RoleNone},
		{"a few", []string{"a", "b", "everybody"}, 3, registry.Viewer},
		{"300 of a UUID's length", many(300, 36), 300, registry.RoleNone},
		{"as many as are kept", append(many(999, 8), "admins"), 1000, registry.Admin},
		{"the last of 5,000", append(many(4999, 4), "admins"), 1000, registry.Admin},
		{"the last of 1,000 long ones", append(many(999, 1000), "admins"), 33, registry.Admin},
		{"one that is too long", []string{strings.Repeat("x", maxGroupBytes+1), "admins"}, 1, registry.Admin},
	} {
		kept := roles.keep(test.groups)
		bytes := len(strings.Join(kept, ""))
		if len(kept) != test.want || roles.Of(kept) != test.wantRole || bytes > maxGroupBytes {
			t.Errorf("%s: %d groups with %d bytes and the role %s are kept, want %d with %s", test.name, len(kept), bytes, roles.Of(kept), test.want, test.wantRole)
		}
		for _, group := range kept {
			if !slices.Contains(test.groups, group) {
				t.Errorf("%s: %q is nobody's", test.name, group)
			}
		}
	}
}

func TestRoleOf(t *testing.T) {
	demo, access := &Gate{Roles: Roles{Admin: []string{"viewer"}}}, &Gate{Access: &Access{}, Roles: Roles{Editor: []string{"a"}}}
	for _, test := range []struct {
		name string
		gate *Gate
		n    registry.Session
		want registry.Role
	}{
		{"the demo's", demo, registry.Session{Actor: registry.Actor{Subject: "viewer", Auth: "demo", Role: registry.Admin}, Groups: []string{"viewer"}}, registry.Viewer},
		{"nobody of the demo's", demo, registry.Session{Actor: registry.Actor{Subject: "root", Auth: "demo", Role: registry.Admin}}, registry.RoleNone},
		{"the demo's, once it is off", access, registry.Session{Actor: registry.Actor{Subject: "admin", Auth: "demo", Role: registry.Admin}, Groups: []string{"a"}}, registry.RoleNone},
		{"by groups", access, registry.Session{Actor: registry.Actor{Auth: "access", Role: registry.Admin}, Groups: []string{"b", "a"}}, registry.Editor},
		{"unknown groups", access, registry.Session{Actor: registry.Actor{Auth: "access", Role: registry.Admin}}, registry.RoleNone},
	} {
		if got := test.gate.RoleOf(test.n); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
