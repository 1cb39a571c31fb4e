package auth

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestDescribe(t *testing.T) {
	for _, test := range []struct {
		name, claims, path string
		want               string // sentences, a line each
	}{
		{
			name: "Keycloak's roles", claims: `{"iss":"i","email":"e@x","realm_access":{"roles":["a","b"]},"n":7,"ok":true}`, path: "groups",
			want: "Claims that Namesake received about you: email (text), n (a number), ok (true or false), realm_access (an object with roles).\n" +
				"If the groups are in “realm_access.roles”, set C=realm_access.roles.",
		},
		{
			name: "an object with the groups as names", claims: `{"groups":{"admins":{"1":"x"},"editors":true}}`, path: "groups",
			want: "Claims that Namesake received about you: groups (an object with admins, editors).\nIf the names inside “groups” are the groups, set C=groups.*.",
		},
		{
			name: "one text with commas", claims: `{"groups":"a, b"}`, path: "groups",
			want: "Claims that Namesake received about you: groups (text).\n“groups” is one text with commas, and counts as one group. Configure the sign-in service to send a list, or put the whole text into double quotes in Namesake's settings.",
		},
		{name: "a list", claims: `{"groups":["secret-value"],"roles":["x"]}`, path: "groups", want: "Claims that Namesake received about you: groups (a list of one text), roles (a list of one text)."},
		{
			name: "an empty list", claims: `{"groups":[],"https://x.example/roles":["x","y"]}`, path: "groups",
			want: "Claims that Namesake received about you: groups (a list of 0 texts), https://x.example/roles (a list of 2 texts).\n" +
				"If the groups are in “https://x.example/roles”, set C=https://x.example/roles.",
		},
		{name: "a mixed list", claims: `{"groups":["a",7]}`, path: "groups", want: "Claims that Namesake received about you: groups (a list of 2, not all texts)."},
		{name: "nothing but the protocol's", claims: `{"iss":"i","nonce":"n"}`, path: "groups"},
		{name: "a name that hides something", claims: `{"a\u202eb\n":null}`, path: "groups", want: "Claims that Namesake received about you: ab (null)."},
	} {
		t.Run(test.name, func(t *testing.T) {
			var claims map[string]json.RawMessage
			if err := json.Unmarshal([]byte(test.claims), &claims); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(describe(claims, "C", test.path), "\n"); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// FuzzDescribe holds that no claims make the page long, or tell a value.
func FuzzDescribe(f *testing.F) {
	f.Add(`{"groups":{"a":{"roles":["x"]}},"b":"secret"}`, "groups.*")
	f.Add(`{"a":{"a":{"a.a":[]}}}`, "a.a.a.a")
	f.Fuzz(func(t *testing.T, text, path string) {
		var claims map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &claims) != nil || strings.Count(path, ".") > 12 {
			return
		}
		length := len(path)
		for _, hint := range describe(claims, "C", path) {
			length += len(hint)
		}
		if length > 80_000 {
			t.Errorf("%d bytes", length)
		}
	})
}

func TestExplain(t *testing.T) {
	roles := Roles{Admin: []string{"admins"}, Editor: []string{"/sec/editors"}, Viewer: []string{"Help Desk"}}
	const end = ": names are compared letter by letter, slashes and spaces included. The people who run Namesake can name it in the settings exactly as it is sent."
	for _, test := range []struct {
		name   string
		groups []string
		want   string
	}{
		{"none", nil, ""},
		{"others", []string{"a", "b", "c", "d", "e", "f", "g"}, "Your groups: a, b, c, d, e, and 2 more."},
		{"a slash at the front", []string{"/admins"}, "Your groups: /admins.\nYour group “/admins” is not “admins”" + end},
		{"a path", []string{"/company/admins"}, "Your groups: /company/admins.\nYour group “/company/admins” is not “admins”" + end},
		{"without the path", []string{"editors"}, "Your groups: editors.\nYour group “editors” is not “/sec/editors”" + end},
		{"case and spaces", []string{"help desk "}, "Your groups: help desk.\nYour group “help desk” is not “Help Desk”" + end},
	} {
		if got := strings.Join(roles.explain(test.groups), "\n"); got != test.want {
			t.Errorf("%s: got  %s\nwant %s", test.name, got, test.want)
		}
	}
}
