package importer_test

import (
	"bytes"
	"slices"
	"testing"

	"namesake/internal/importer"
	"namesake/internal/registry"
)

// TestPeople checks which addresses of a row become candidates, and which are left out.
func TestPeople(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{
			"Exchange's prefixes", "#TYPE x\nDisplayName,proxyAddresses\nAnn,SMTP:a@example.com;smtp:b@example.com;SIP:a@example.com;X500:/o=x\n",
			[]string{
				`3:10 "Ann" a@example.com`, `3:29 "Ann" b@example.com -secondary_address`,
				`3:43 "Ann" SIP:a@example.com -not_an_address`, `3:61 "Ann" X500:/o=x -not_an_address`,
			},
		},
		{
			"Microsoft 365's plus signs", "Display name,Proxy addresses\nAnn,SMTP:a@example.com+smtp:b+c@example.com\n",
			[]string{`2:10 "Ann" a@example.com`, `2:29 "Ann" b+c@example.com -secondary_address`},
		},
		{"a prefix in small letters alone", "name,email\nAnn,smtp:a@example.com\nBob,mailto:b@example.com?subject=x\n", []string{`2:10 "Ann" a@example.com`, `3:12 "Bob" b@example.com`}},
		{
			"the same address twice", "DisplayName,mail,proxyAddresses\nAnn,a@example.com,SMTP:A@example.com;smtp:b@example.com\n",
			[]string{`2:5 "Ann" a@example.com`, `2:43 "Ann" b@example.com -secondary_address`},
		},
		{"X400 has semicolons", "name,proxyAddresses\nAnn,X400:C=US;A= ;P=Org;S=Lee;SMTP:a@example.com\n", []string{`2:5 "Ann" X400:C=US;A= ;P=Org;S=Lee -not_an_address`, `2:36 "Ann" a@example.com`}},
		{
			"several addresses in a cell", "name,email\nAnn,\"a@x.example, b@x.example;c@x.example\nd@x.example e@x.example\"\n",
			[]string{`2:6 "Ann" a@x.example`, `2:19 "Ann" b@x.example`, `2:31 "Ann" c@x.example`, `3:1 "Ann" d@x.example`, `3:13 "Ann" e@x.example`},
		},
		{"a name with the address", "name,email\n,Ann Lee <a@x.example>\nBob,Robert <b@x.example>\n", []string{`2:11 "Ann Lee" a@x.example`, `3:13 "Bob" b@x.example`}},
		{"what is no address stays whole", "name,email\nAnn,\"a@x.example, ask Bob\"\nBob,*@x.example\n", []string{`2:6 "Ann" a@x.example, ask Bob`, `3:5 "Bob" *@x.example`}},
		{
			"disabled", "Display name,User principal name,Block credential\nA,a@x.example,TRUE\nB,b@x.example,False\nC,c@x.example,\n",
			[]string{`2:3 "A" a@x.example -disabled`, `3:3 "B" b@x.example`, `4:3 "C" c@x.example`},
		},
		{
			"not enabled", "displayName,mail,accountEnabled\nA,a@x.example,FALSE\nB,b@x.example,true\nC,c@x.example,\n",
			[]string{`2:3 "A" a@x.example -disabled`, `3:3 "B" b@x.example`, `4:3 "C" c@x.example`},
		},
		{
			"status", "First Name,Last Name,Email Address,Status\nA,B,a@x.example,Suspended\nC,D,c@x.example,Active\nE,F,e@x.example,Archived\n",
			[]string{`2:5 "A B" a@x.example -disabled`, `3:5 "C D" c@x.example`, `4:5 "E F" e@x.example -disabled`},
		},
		{
			"another status", "First Name,Last Name,Email Id,User Status\nA,B,a@x.example,Closed\nC,D,c@x.example,Staged\n",
			[]string{`2:5 "A B" a@x.example -disabled`, `3:5 "C D" c@x.example`},
		},
		{
			"Active Directory's flags of accounts", "DN,displayName,mail,userAccountControl\n\"CN=A,DC=x\",A,a@x.example,512\n\"CN=B,DC=x\",B,b@x.example,514\n\"CN=C,DC=x\",C,c@x.example,66050\n\"CN=D,DC=x\",D,d@x.example,66048\n",
			[]string{`2:15 "A" a@x.example`, `3:15 "B" b@x.example -disabled`, `4:15 "C" c@x.example -disabled`, `5:15 "D" d@x.example`},
		},
		{
			"Microsoft 365's deleted users", "Block credential,Display name,Soft deletion time stamp,User principal name\nFalse,A,,a@x.example\nFalse,B,2026-08-20T12:00:00Z,b@x.example\nTrue,C,,c@x.example\nFalse,D,8/20/2026 1:25:31 PM,d@x.example\n",
			[]string{`2:10 "A" a@x.example`, `3:30 "B" b@x.example -disabled`, `4:9 "C" c@x.example -disabled`, `5:30 "D" d@x.example -disabled`},
		},
		{
			"lists that PowerShell does not write", "DisplayName,PrimarySmtpAddress,EmailAddresses\nA,a@x.example,Microsoft.Exchange.Data.ProxyAddressCollection\nB,b@x.example,System.String[]\n",
			[]string{`2:3 "A" a@x.example`, `3:3 "B" b@x.example`},
		},
		{
			"Exchange's own addresses", "Name,E-mail Address\nA,/o=ExchangeLabs/ou=x/cn=Recipients/cn=a\nB,/O=CORP/OU=X/CN=B\n",
			[]string{`2:3 "A" /o=ExchangeLabs/ou=x/cn=Recipients/cn=a -not_an_address`, `3:3 "B" /O=CORP/OU=X/CN=B -not_an_address`},
		},
		{
			"guests", "userPrincipalName,displayName,mail,userType\njane_x.example#EXT#@corp.example,Jane,,Guest\nj_o_e_x.example#ext#@corp.example,Joe,,\nk@corp.example,Kim,kim@y.example,Guest\n",
			[]string{`2:1 "Jane" jane@x.example -guest`, `3:1 "Joe" j_o_e@x.example -guest`, `4:20 "Kim" kim@y.example -guest`},
		},
		{
			"services", "userPrincipalName,displayName,mail,givenName,surname\nsvc-backup@x.example,Backup,svc-backup@x.example,,\nfloor3@x.example,Floor 3,,,\nann@x.example,Ann Lee,,Ann,Lee\npress@x.example,Press,press@x.example,,\n",
			[]string{`2:29 "Backup" svc-backup@x.example -service_account`, `3:1 "Floor 3" floor3@x.example -service_account`, `4:1 "Ann Lee" ann@x.example`, `5:23 "Press" press@x.example`},
		},
		{"a plain list has no services", "name,email\nNo reply,noreply@x.example\n", []string{`2:10 "No reply" noreply@x.example`}},
		{
			"several reasons", "userPrincipalName,displayName,mail,userType,accountEnabled,alternateEmailAddress\nk@x.example,Kim,kim@y.example,Guest,False,kim@z.example\n",
			[]string{`2:17 "Kim" kim@y.example -disabled -guest`, `2:43 "Kim" kim@z.example -secondary_address -disabled -guest`},
		},
		{"an id is that of a directory", "id,userPrincipalName,displayName\n8d1f6f3e-0000-4000-8000-000000000001,a@x.example,A\n", []string{`2:38 "A" a@x.example`}},
		{"parts of a name", "First Name,Middle Name,Last Name,E-mail Address\nAnn, ,Lee,a@x.example\n", []string{`2:11 "Ann Lee" a@x.example`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, got := read(t, []byte(tt.text), importer.Options{})
			if f.NeedsMapping {
				t.Error("needs a mapping")
			}
			compare(t, got, tt.want...)
		})
	}
}

// TestHas checks which fields a list has: others are left as they are.
func TestHas(t *testing.T) {
	for _, tt := range []struct {
		text string
		want importer.Fields
	}{
		{"First Name,Email Address,Comments\nA,a@x.example,\n", importer.Fields{registry.FieldName, registry.FieldEmail, registry.FieldComments}},
		{"Ann <a@x.example>", importer.Fields{registry.FieldName, registry.FieldEmail}},
		{"a@x.example", importer.Fields{registry.FieldEmail}},
		{`{"name": "A", "email": "a@x.example", "comments": null}`, importer.Fields{registry.FieldName, registry.FieldEmail, registry.FieldComments}},
	} {
		f, _ := read(t, []byte(tt.text), importer.Options{})
		for c, err := range f.Candidates() {
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(c.Has, tt.want) || !c.Has.Has(registry.FieldEmail) || c.Has.Has("shoe_size") {
				t.Errorf("%s has %v", tt.text, c.Has)
			}
		}
	}
}

func TestReasons(t *testing.T) {
	for _, r := range importer.Reasons() {
		if !r.Optional() {
			t.Errorf("%s is not optional", r)
		}
	}
	if importer.NotAnAddress.Optional() {
		t.Error("a SIP address can be taken")
	}
}

func TestRecipients(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"semicolons and commas", `Ann Lee <a@x.example>, Bob <b@x.example>; c@x.example`, []string{`1:10 "Ann Lee" a@x.example`, `1:29 "Bob" b@x.example`, `1:43 "" c@x.example`}},
		{"names with commas", `Lee, Ann <a@x.example>; c@x.example, Stone, Bob <b@x.example>`, []string{`1:11 "Lee, Ann" a@x.example`, `1:25 "" c@x.example`, `1:50 "Stone, Bob" b@x.example`}},
		{"quotation marks in a name", `"Ann \"A; B\" Lee" <a@x.example>`, []string{`1:21 "Ann \"A; B\" Lee" a@x.example`}},
		{"lines in quotation marks", "\"Lee, Ann <a@x.example>\"\n\"Bob <b@x.example>\"", []string{`1:12 "Lee, Ann" a@x.example`, `2:7 "Bob" b@x.example`}},
		{"a header of a mail", "To: Ann <a@x.example>\r\nCc: b@x.example", []string{`1:10 "Ann" a@x.example`, `2:5 "" b@x.example`}},
		{"lines", "\na@x.example\r\r\nb@x.example\n", []string{`2:1 "" a@x.example`, `4:1 "" b@x.example`}},
		{"spaces", "a@x.example b@x.example", []string{`1:1 "" a@x.example`, `1:13 "" b@x.example`}},
		{"a name without an address", "Ann <a@x.example>; Bob", []string{`1:6 "Ann" a@x.example`, `1:20 "Bob"  !no_address email at 1:20`}},
		{"an address that is none", "Ann <a@x.example>; Bob <b@>", []string{`1:6 "Ann" a@x.example`, `1:25 "Bob" b@`}},
		{"a quotation mark without end", "Ann <a@x.example>; \"Bob <b@x.example>\nc@x.example", []string{`1:6 "Ann" a@x.example`, `1:26 "\"Bob" b@x.example !unclosed_quote  at 1:26`, `2:1 "" c@x.example`}},
		{"a group", "Team: a@x.example, b@x.example; Ann <c@x.example>", []string{`1:7 "" a@x.example`, `1:20 "" b@x.example`, `1:38 "Ann" c@x.example`}},
		{"a name with a colon", "Support: Billing <a@x.example>, b@x.example;", []string{`1:19 "Support: Billing" a@x.example`, `1:33 "" b@x.example`}},
		{"names in parentheses", "a@x.example (Ann Lee), b@x.example (Bob)\nLee (CFO) <c@x.example>", []string{`1:1 "Ann Lee" a@x.example`, `1:24 "Bob" b@x.example`, `2:12 "Lee (CFO)" c@x.example`}},
		{
			"encoded names", "=?utf-8?q?J=C3=B6rg_M=C3=BCller?= <a@x.example>; =?windows-1252?Q?Ren=E9e?= <b@x.example>; \"=?UTF-8?B?UmVuw6k=?=\" <c@x.example>; =?koi8-r?B?8g==?= <d@x.example>",
			[]string{`1:36 "Jörg Müller" a@x.example`, `1:78 "Renée" b@x.example`, `1:116 "René" c@x.example`, `1:149 "=?koi8-r?B?8g==?=" d@x.example`},
		},
		{"another kind", "Ann <a@x.example>; sip:b@x.example", []string{`1:6 "Ann" a@x.example`, `1:20 "" sip:b@x.example -not_an_address`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, got := read(t, []byte(tt.text), importer.Options{})
			if f.Format != importer.Recipients {
				t.Errorf("format %s", f.Format)
			}
			compare(t, got, tt.want...)
		})
	}
}

func TestJSON(t *testing.T) {
	const list = `[
  {"id": "8d1f6f3e-0000-4000-8000-000000000001", "name": " Ann\t", "email": "a@x.example ", "is_email_regex": false, "comments": null, "directory_id": 7, "secret": [1, {"x": 2}]},
  {"id": 12, "name": "'=x", "email": "^b@x$", "is_email_regex": true, "comments": "\tx\r\ny"}
]`
	want := []string{
		`2:3 " Ann\t" a@x.example directory=7 id=8d1f6f3e-0000-4000-8000-000000000001`,
		`3:3 "'=x" ^b@x$ regex "\tx\r\ny" id=12`,
	}
	for _, tt := range []struct {
		name, text string
		want       []string
	}{
		{"a list", list, want},
		{"an envelope", `{"success": true, "errors": [], "result": ` + list + `, "result_info": {"page": 1}}`, want},
		{"pages", `{"result": [{"name": "A", "email": "a"}]}` + "\n" + `{"result": [{"name": "B", "email": "b"}]}`, []string{`1:13 "A" a`, `2:13 "B" b`}},
		{"one entry", `{"name": "A", "email": "a@x.example"}`, []string{`1:1 "A" a@x.example`}},
		{"an answer to one entry", `{"result": {"name": "A", "email": "a@x.example"}, "success": true}`, []string{`1:12 "A" a@x.example`}},
		{
			"wrong types", `[{"name": 1, "email": "a"}, {"name": "B", "email": "b", "is_email_regex": "x"}, {"name": "C", "email": "c", "directory_id": "x"}, {"name": "D", "id": "../x", "email": "d"}]`,
			[]string{`1:2 "" a !not_text name at 1:2`, `1:29 "B" b !not_yes_no is_email_regex at 1:29`, `1:81 "C" c !not_a_number directory_id at 1:81`, `1:131 "D" d !bad_id  at 1:131`},
		},
		{"broken behind the first entry", "[{\"name\": \"A\", \"email\": \"a\"},\n{\"name\": }]", []string{`1:2 "A" a`, `ERROR read list: bad_json at line 2, column 10, byte 39: invalid character '}' looking for beginning of value`}},
		{"a text among entries", `[{"name": "A", "email": "a"}, "b@x.example"]`, []string{`1:2 "A" a`, `ERROR read list: no_entries at line 1, column 31, byte 30`}},
		{"another list behind it", `[{"name": "A", "email": "a"}, {"pattern": "x", "is_recent": true}]`, []string{`1:2 "A" a`, `ERROR read list: trusted_domains at line 1, column 31, byte 30`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, got := read(t, []byte(tt.text), importer.Options{})
			if f.Format != importer.JSON || f.NeedsMapping {
				t.Errorf("format %s, needs mapping %v", f.Format, f.NeedsMapping)
			}
			compare(t, got, tt.want...)
		})
	}
}

// TestTemplate reads the template: its rows are refused, and rows added to it are not.
func TestTemplate(t *testing.T) {
	for name, data := range map[string][]byte{
		"as it is":             importer.Template(),
		"saved by a program":   bytes.ReplaceAll(bytes.ReplaceAll(importer.Template(), []byte(","), []byte(";")), []byte("\r"), nil),
		"with another name":    bytes.ReplaceAll(importer.Template(), []byte("Example Person"), []byte("Ann Lee")),
		"with capital letters": bytes.ReplaceAll(importer.Template(), []byte("delete.this"), []byte("Delete.This")),
	} {
		t.Run(name, func(t *testing.T) {
			delimiter := ","
			if name == "saved by a program" {
				delimiter = ";"
			}
			data := append(data, "Bob"+delimiter+"bob@corp.example\r\n"...)
			f, err := importer.Open(data, "template.csv", importer.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if want := (importer.Mapping{importer.Name, importer.Email, importer.IsEmailRegex, importer.Comments}); !slices.Equal(f.Mapping, want) {
				t.Errorf("mapping %v", f.Mapping)
			}
			var kinds []importer.RowErrorKind
			for c, err := range f.Candidates() {
				if err != nil {
					t.Fatal(err)
				}
				kind := importer.RowErrorKind("")
				if c.Problem != nil {
					kind = c.Problem.Kind
				}
				kinds = append(kinds, kind)
			}
			if !slices.Equal(kinds, []importer.RowErrorKind{importer.ExampleRow, importer.ExampleRow, ""}) {
				t.Errorf("got %q", kinds)
			}
		})
	}
}

// TestExamplesAreValid checks that only being an example is wrong with the template's rows.
func TestExamplesAreValid(t *testing.T) {
	f, _ := read(t, importer.Template(), importer.Options{})
	for c, err := range f.Candidates() {
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Draft.Validate(t.Context()); err != nil {
			t.Errorf("%v: %v", c.Draft, err)
		}
	}
}
