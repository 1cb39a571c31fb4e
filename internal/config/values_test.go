package config

import (
	"reflect"
	"strings"
	"testing"
)

// TestValues goes through the forms of one value; the rest of the environment is
// empty, or what the variable needs beside it.
func TestValues(t *testing.T) {
	const needsToken = "\nCLOUDFLARE_API_TOKEN=t\nCLOUDFLARE_ACCOUNT_ID=a\nNAMESAKE_AUTH=demo"
	for _, test := range []struct {
		name, value, beside string
		wantFault           string // how the first line begins, after the name; "" when all is fine
	}{
		{"CLOUDFLARE_BASE_URL", "http://127.255.0.1:1", needsToken, ""},
		{"CLOUDFLARE_BASE_URL", "http://[::ffff:127.0.0.1]", needsToken, ""},
		{"CLOUDFLARE_BASE_URL", "http://127.1", needsToken, "is not a URL"},
		{"CLOUDFLARE_BASE_URL", "http://10.0.0.1", needsToken, "must start with https"},
		{"CLOUDFLARE_BASE_URL", "ftp://localhost", needsToken, "must start with https"},
		{"CLOUDFLARE_BASE_URL", "https://user:pass@localhost", needsToken, "has a user name or password"},
		{"CLOUDFLARE_BASE_URL", "https://localhost?", needsToken, "has a query or fragment"},
		{"CLOUDFLARE_BASE_URL", "https://localhost/#", needsToken, "has a query or fragment"},
		{"CLOUDFLARE_BASE_URL", "https://localhost:", needsToken, "is not a URL"},
		{"CLOUDFLARE_BASE_URL", "https://localhost:0", needsToken, "has a port that"},
		{"CLOUDFLARE_BASE_URL", "https://localhost:65536", needsToken, "has a port that"},
		{"CLOUDFLARE_BASE_URL", "https://", needsToken, "is not a URL"},
		{"CLOUDFLARE_BASE_URL", "//localhost", needsToken, "is not a URL"},
		{"CLOUDFLARE_BASE_URL", "localhost:8787", needsToken, "is not a URL"},
		{"CLOUDFLARE_BASE_URL", "https://\x7f", needsToken, "is not a URL"},
		{"CLOUDFLARE_ACCOUNT_ID", strings.Repeat("a", 32), "", ""},
		{"CLOUDFLARE_ACCOUNT_ID", strings.Repeat("a", 33), "", "is not valid"},
		{"NAMESAKE_ADDR", "localhost:65535", "", ""},
		{"NAMESAKE_ADDR", "localhost:65536", "", "has the port"},
		{"NAMESAKE_ADDR", "localhost:-1", "", "has the port"},
		{"NAMESAKE_ADDR", "localhost:", "", "has the port"},
		{"NAMESAKE_ADDR", "1.2.3.400:80", "", "has the host"},
		{"NAMESAKE_ADDR", "a b:80", "", "has the host"},
		{"NAMESAKE_ADDR", "::1:80", "", `is "::1:80", not host:port`},
		{"NAMESAKE_ADDR", "http://localhost:80", "", `is "http://localhost:80", not host:port`},
		{"NAMESAKE_PUBLIC_URL", "http://localhost:8080", "", ""},
		{"NAMESAKE_PUBLIC_URL", "http://namesake.example.com", "", "must start with https"},
		{"NAMESAKE_PUBLIC_URL", "https://bücher.example", "", "is not a URL"},
		{"NAMESAKE_DATABASE_URL", "sqlite:", "", "does not name a file"},
		{"NAMESAKE_DATABASE_URL", "sqlite://n.db", "", "has slashes"},
		{"NAMESAKE_DATABASE_URL", "sqlite::memory:", "", "is not the plain path"},
		{"NAMESAKE_DATABASE_URL", "sqlite:n.db?mode=memory", "", "is not the plain path"},
		{"NAMESAKE_DATABASE_URL", "postgres:///n?host=/run/postgresql", "", ""},
		{"NAMESAKE_DATABASE_URL", "postgres://u:50%@db", "", "is not a valid URL"},
		{"NAMESAKE_AUTH", "Demo", "", `is "Demo"`},
		{"NAMESAKE_OIDC_ISSUER", "http://issuer.example.com", "", "must start with https"},
		{"NAMESAKE_OIDC_GROUPS_OVERAGE", "refuse", "", ""},
		{"NAMESAKE_OIDC_GROUPS_OVERAGE", "Graph", "", `is "Graph"; set it to refuse or graph`},
		{"NAMESAKE_ACCESS_TEAM_DOMAIN", "http://team.example.com", "", "must start with https"},
		{"NAMESAKE_ACCESS_TEAM_DOMAIN", "team.cloudflareaccess.com/x", "", `is "team.cloudflareaccess.com/x", which`},
		{"NAMESAKE_ACCESS_TEAM_DOMAIN", "192.0.2.1", "", `is "192.0.2.1", which`},
		{"NAMESAKE_ACCESS_TEAM_DOMAIN", "-a.example", "", `is "-a.example", which`},
		{"NAMESAKE_ACCESS_TEAM_DOMAIN", strings.Repeat("a.", 130) + "a", "", `is "a.a.`},
		{"NAMESAKE_TRUSTED_PROXIES", ",", "", "does not name a network"},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "10%", "", ""},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "1%", "", ""},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "100%", "", ""},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "", "", ""},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "  ", "", ""},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", " 25% ", "", ""},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "10", "", `is "10", not a percentage from 1% to 100%, such as 10%`},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "0%", "", `is "0%", not a percentage from 1% to 100%, such as 10%`},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "-5%", "", `is "-5%", not a percentage from 1% to 100%, such as 10%`},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "101%", "", `is "101%", not a percentage from 1% to 100%, such as 10%`},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "ten", "", `is "ten", not a percentage from 1% to 100%, such as 10%`},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "%", "", `is "%", not a percentage from 1% to 100%, such as 10%`},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "10 %", "", `is "10 %", not a percentage from 1% to 100%, such as 10%`},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "10.5%", "", `is "10.5%", not a percentage from 1% to 100%, such as 10%`},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "10%%", "", `is "10%%", not a percentage from 1% to 100%, such as 10%`},
		{"NAMESAKE_IMPORT_DELETE_LIMIT", "99999999999999999999%", "", `is "99999999999999999999%", not a percentage from 1% to 100%, such as 10%`},
		{"NAMESAKE_UNTOUCHED_LIMIT", "180d", "", ""},
		{"NAMESAKE_UNTOUCHED_LIMIT", "1y", "", "is not a number of days"},
		{"NAMESAKE_SHARED_SENDERS", "@share.example.com Example Share, no-reply@files.example.com Files", "", ""},
		{"NAMESAKE_SHARED_SENDERS", "@share.example.com Share, files.example.com Files", "", "has an item, number 2, that does not start with an address"},
		{"NAMESAKE_SHARED_SENDERS", "a@share Share", "", "has an item, number 1, that does not start with an address"},
		{"NAMESAKE_SHARED_SENDERS", "@share.example.com", "", "has an item, number 1, without the name"},
		{"NAMESAKE_SHARED_SENDERS", ",", "", "does not name a service"},
	} {
		t.Run(test.name+"="+test.value, func(t *testing.T) {
			_, err := Load(strings.Split(test.name+"="+test.value+test.beside, "\n"), files{}.read)
			var got string
			if err != nil {
				got = err.Error()
			}
			first, _, _ := strings.Cut(got, "\n")
			want := ""
			if test.wantFault != "" {
				want = test.name + ": " + test.wantFault
			}
			if !strings.HasPrefix(first, want) || want == "" && got != "" {
				t.Errorf("got %q, want it to begin with %q", got, want)
			}
		})
	}
}

// TestNoFaultTellsASecret puts a secret where each variable, and each variable's
// file, is expected, so that whatever is wrong is reported without it.
func TestNoFaultTellsASecret(t *testing.T) {
	for _, shape := range []string{"%s", "%s space", "mysql://u:%s@db", "postgres://u:%s%%@db", "sqlite:%s?", "https://u:%s@example.com"} {
		value := strings.Replace(shape, "%s", "s3cretValue", 1)
		for _, v := range Variables() {
			if !v.Secret && !strings.Contains(shape, "@") && v.Name != "CLOUDFLARE_EMAIL" && v.Name != "CLOUDFLARE_ACCOUNT_ID" {
				continue // not where a secret is put by mistake
			}
			for _, environ := range [][]string{
				{v.Name + "=" + value},
				{v.Name + "_FILE=" + value},
				{v.Name + "_FILE=/file"},
				{v.Name + "=" + value, v.Name + "_FILE=/file"},
				{v.Name + "=" + value, "NAMESAKE_NOSUCH=" + value},
			} {
				_, err := Load(environ, files{"/file": value + "\n\n"}.read)
				if err != nil && strings.Contains(err.Error(), "s3cretValue") {
					t.Errorf("%q: %v", environ, err)
				}
			}
		}
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("", "")
	f.Add(loopback, "secret")
	f.Add("CLOUDFLARE_API_TOKEN_FILE=/t\nNAMESAKE_TRUSTED_PROXIES=::/0,1.2.3.4\nNAMESAKE_X=", "a\n")
	f.Add("NAMESAKE_PUBLIC_URL=https://[::1%25a]:1\nNAMESAKE_ADDR=[]:0\nNAMESAKE_DATABASE_URL=sqlite:..", "")
	f.Fuzz(func(t *testing.T, environ, content string) {
		c, err := Load(strings.Split(environ, "\n"), func(string) ([]byte, error) { return []byte(content), nil })
		if err != nil {
			if !reflect.DeepEqual(c, Config{}) || err.Error() == "" {
				t.Errorf("got %+v beside the error %q", c, err)
			}
			return
		}
		if c.Demo() && !c.Sandbox() && !onLoopback(c.Cloudflare.BaseURL) {
			t.Errorf("demo sign-in with %q", c.Cloudflare.BaseURL)
		}
		if !c.Sandbox() && c.Cloudflare.AccountID == "" || c.Addr == "" || c.Auth == "" || c.Database.Engine == "" {
			t.Errorf("incomplete: %+v", c)
		}
	})
}

func TestLocalAPI(t *testing.T) {
	token := NewSecret("token")
	for _, tt := range []struct {
		name string
		api  Cloudflare
		want bool
	}{
		{"built-in sandbox", Cloudflare{}, true},
		{"loopback", Cloudflare{Token: token, BaseURL: "http://127.0.0.1:8787/client/v4"}, true},
		{"localhost, with a key", Cloudflare{Email: "a@example.com", Key: token, BaseURL: "https://localhost"}, true},
		{"Cloudflare", Cloudflare{Token: token}, false},
		{"another address", Cloudflare{Token: token, BaseURL: "https://api.example"}, false},
	} {
		if got := (Config{Cloudflare: tt.api}).LocalAPI(); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
