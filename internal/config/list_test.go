package config

import (
	"reflect"
	"strings"
	"testing"
)

// TestGroupLists holds that a comma inside a name never makes a group of a piece of it.
func TestGroupLists(t *testing.T) {
	const dn = "CN=Sec Ops,OU=Groups,DC=example,DC=com"
	const piece = ", which looks like a piece of a distinguished name that was cut at its commas; "
	const backslash = ", and a backslash does not protect a comma; "
	const mark = ", which starts with a quotation mark that does not protect commas; "
	const fix = `put the whole name into double quotes, such as "CN=Sec Ops,OU=Groups,DC=example,DC=com",helpdesk, or one group on each line of a file`
	const quotes = `has a double quote out of place; put the whole item into double quotes, and double each one inside it, such as "Sec, Ops",helpdesk`
	for _, test := range []struct {
		value string
		want  []string
		fault string
	}{
		{value: "a", want: []string{"a"}},
		{value: " a , b b ,,a, c", want: []string{"a", "b b", "c"}},
		{value: `"` + dn + `"`, want: []string{dn}},
		{value: `"` + dn + `",other`, want: []string{dn, "other"}},
		{value: `other , "` + dn + `" , "x"`, want: []string{"other", dn, "x"}},
		{value: `"say ""hello"", all"`, want: []string{`say "hello", all`}},
		{value: `""""`, want: []string{`"`}},
		{value: `"a",a`, want: []string{"a"}},
		{value: `" a "`, want: []string{" a "}},
		{value: `"",b`, want: []string{"b"}},
		{value: `"CN=alone"`, want: []string{"CN=alone"}},
		{value: "/realm/editors", want: []string{"/realm/editors"}},
		{value: "team=red,Ops (EMEA),o'brien's,a=b=c", want: []string{"team=red", "Ops (EMEA)", "o'brien's", "a=b=c"}},

		{value: dn, fault: `holds "CN=Sec Ops"` + piece + fix},
		{value: "helpdesk," + dn, fault: `holds "CN=Sec Ops"` + piece + fix},
		{value: "helpdesk,DC=com", fault: `holds "DC=com"` + piece + fix},
		{value: "dc = com", fault: `holds "dc = com"` + piece + fix},
		{value: "ou=Groups", fault: `holds "ou=Groups"` + piece + fix},
		{value: "uid=jane,ou=people", fault: `holds "uid=jane"` + piece + fix},
		{value: "2.5.4.3=Sec", fault: `holds "2.5.4.3=Sec"` + piece + fix},
		{value: "OID.2.5.4.3=Sec", fault: `holds "OID.2.5.4.3=Sec"` + piece + fix},
		{value: "'" + dn + "'", fault: `holds "'CN=Sec Ops"` + piece + fix},
		{value: `Sales\, EMEA`, fault: `holds "Sales\\"` + backslash + fix},
		{value: `'Sales, EMEA'`, fault: `holds "'Sales"` + mark + fix},
		{value: `“Sales, EMEA”`, fault: `holds "“Sales"` + mark + fix},
		{value: "a\nb", fault: `holds "a\nb", with a line break or another control character in it; separate groups by commas, or put one on each line of a file`},
		{value: `"` + dn, fault: quotes},
		{value: `"a" b,c`, fault: quotes},
		{value: `a "b", c`, fault: quotes},
		{value: `CN="Sec, Ops",OU=Groups`, fault: quotes},
		{value: `"`, fault: quotes},
		{value: `""`, fault: "does not name a group; write them separated by commas"},
	} {
		for _, role := range []string{"ADMIN", "EDITOR", "VIEWER"} {
			name := "NAMESAKE_" + role + "_GROUPS"
			c, err := Load([]string{name + "=" + test.value}, files{}.read)
			got := map[string][]string{"ADMIN": c.Groups.Admin, "EDITOR": c.Groups.Editor, "VIEWER": c.Groups.Viewer}[role]
			fault := ""
			if err != nil {
				fault = strings.TrimPrefix(err.Error(), name+": ")
			}
			if !reflect.DeepEqual(got, test.want) || fault != test.fault {
				t.Errorf("%s=%s: got %q, %q\nwant %q, %q", name, test.value, got, fault, test.want, test.fault)
			}
		}
	}
}

func TestListsInFiles(t *testing.T) {
	const path = "/run/groups"
	for _, test := range []struct {
		name, content string
		want          []string
		fault         string // with its variable
	}{
		{name: "one", content: "security", want: []string{"security"}},
		{
			name: "as editors write them", content: "\ufeffCN=Sec Ops,OU=Groups,DC=example,DC=com\r\n\r\n  Ops, EMEA \nsay \"hi\"\nSales\\, West\n",
			want: []string{"CN=Sec Ops,OU=Groups,DC=example,DC=com", "Ops, EMEA", `say "hi"`, `Sales\, West`},
		},
		{name: "twice", content: "a\na\n", want: []string{"a"}},
		{name: "nothing", content: "\n \r\n", fault: `NAMESAKE_EDITOR_GROUPS_FILE: "/run/groups" is empty; put one item on each line`},
		{name: "quoted", content: "a\n\"b, c\"\n", fault: `NAMESAKE_EDITOR_GROUPS_FILE: "/run/groups" has line 2 in quotation marks; write an item on a line as it is, without them`},
	} {
		t.Run(test.name, func(t *testing.T) {
			c, err := Load([]string{"NAMESAKE_EDITOR_GROUPS_FILE=" + path}, files{path: test.content}.read)
			fault := ""
			if err != nil {
				fault = err.Error()
			}
			if !reflect.DeepEqual(c.Groups.Editor, test.want) || fault != test.fault {
				t.Errorf("got %q, %q\nwant %q, %q", c.Groups.Editor, fault, test.want, test.fault)
			}
		})
	}
	c, err := Load([]string{
		"NAMESAKE_AUTH=access", "NAMESAKE_ACCESS_TEAM_DOMAIN=team.cloudflareaccess.com", "NAMESAKE_ACCESS_AUD=aud",
		"NAMESAKE_ACCESS_SERVICE_TOKENS_FILE=/tokens", "NAMESAKE_TRUSTED_PROXIES_FILE=/proxies", "NAMESAKE_VIEWER_GROUPS_FILE=/viewers",
	}, files{"/tokens": "one.access\ntwo.access\n", "/proxies": "10.0.0.0/8\n", "/viewers": "all\n"}.read)
	if err != nil || !reflect.DeepEqual(c.Access.ServiceTokens, []string{"one.access", "two.access"}) ||
		len(c.TrustedProxies) != 1 || !reflect.DeepEqual(c.Groups.Viewer, []string{"all"}) {
		t.Errorf("got %+v, %v", c, err)
	}
	_, err = Load([]string{"NAMESAKE_ADMIN_GROUPS=a", "NAMESAKE_ADMIN_GROUPS_FILE=/f", "NAMESAKE_VIEWER_GROUPS_FILE=/gone"}, files{"/f": "b"}.read)
	const want = "NAMESAKE_ADMIN_GROUPS: is set, and so is NAMESAKE_ADMIN_GROUPS_FILE; keep one of the two\n" +
		`NAMESAKE_VIEWER_GROUPS_FILE: cannot read "/gone": file does not exist; fix the path or the file's permissions`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// FuzzLists writes any items as a list and reads them again.
func FuzzLists(f *testing.F) {
	f.Add("CN=Sec Ops,OU=Groups\nother\n\"")
	f.Add(" a\"b\r\nc")
	f.Fuzz(func(t *testing.T, content string) {
		if _, err := splitList(content); err != nil && err != errQuotes { //nolint:errorlint // it is returned as it is
			t.Fatal(err)
		}
		value, err := listOfLines(content)
		if err != nil {
			return
		}
		list, err := splitList(value)
		if err != nil {
			t.Fatalf("%q became %q: %v", content, value, err)
		}
		for _, item := range list {
			if !item.quoted || !strings.Contains(content, item.text) {
				t.Errorf("%q became %q", content, item.text)
			}
		}
	})
}
