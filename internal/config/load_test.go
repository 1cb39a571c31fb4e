package config

import (
	"errors"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"namesake/internal/registry"
)

func TestLoad(t *testing.T) {
	for _, test := range []struct {
		name        string
		env         string // one NAME=value a line
		files       files
		want        Config
		wantSandbox bool
		wantDemo    bool
		wantFaults  []string
	}{
		{
			name: "nothing set",
			want: defaults(nil), wantSandbox: true, wantDemo: true,
		},
		{
			name: "empty and white space are not set",
			env:  "NAMESAKE_ADDR=\nNAMESAKE_AUTH= \t \nCLOUDFLARE_API_TOKEN=  \nCLOUDFLARE_API_TOKEN_FILE=",
			want: defaults(nil), wantSandbox: true, wantDemo: true,
		},
		{
			name: "other programs' variables, and lines that are none",
			env:  "PATH=/bin\nCLOUDFLARE_ZONE_ID=x\n=C:=x\nNOVALUE\n",
			want: defaults(nil), wantSandbox: true, wantDemo: true,
		},
		{
			name: "the first of two counts",
			env:  "NAMESAKE_ADDR=[::1]:1\nNAMESAKE_ADDR=:2",
			want: defaults(func(c *Config) { c.Addr = "[::1]:1" }), wantSandbox: true, wantDemo: true,
		},
		{
			name: "everything that does not need sign-on",
			env: loopback + `
NAMESAKE_ADDR=[::]:0
NAMESAKE_DEMO_LET_ANYBODY_ON_THE_NETWORK_IN=true
NAMESAKE_PUBLIC_URL=HTTPS://Namesake.Example.com:443/
NAMESAKE_DATABASE_URL=postgresql://u:p@db/namesake?sslmode=require
NAMESAKE_OIDC_ISSUER=http://localhost:9000/realms/a/
NAMESAKE_OIDC_CLIENT_ID=client
NAMESAKE_OIDC_CLIENT_SECRET=hush
NAMESAKE_OIDC_SCOPES=openid  groups
NAMESAKE_OIDC_GROUPS_CLAIM=https://example.com/groups
NAMESAKE_ACCESS_TEAM_DOMAIN=Team.cloudflareaccess.com
NAMESAKE_ACCESS_AUD=0123abcd
NAMESAKE_ACCESS_GROUPS_CLAIM=roles
NAMESAKE_ACCESS_SERVICE_TOKENS=one.access, two.access
NAMESAKE_SESSION_IDLE_LIMIT=1h30m
NAMESAKE_SESSION_ABSOLUTE_LIMIT=1h30m
NAMESAKE_ADMIN_GROUPS=security, security ,,it admins
NAMESAKE_EDITOR_GROUPS=helpdesk
NAMESAKE_VIEWER_GROUPS=everyone
NAMESAKE_TRUSTED_PROXIES=10.1.2.3/8, 192.0.2.1,::ffff:192.0.2.2,2001:db8::/32,::1
NAMESAKE_UNTOUCHED_LIMIT=90d
NAMESAKE_SHARED_SENDERS=@Share.example.com  Example  Share
NAMESAKE_METRICS_ADDR=localhost:09090`,
			want: onLoopbackConfig(func(c *Config) {
				c.Addr = "[::]:0"
				c.PublicURL = "https://namesake.example.com"
				c.Database = Database{Engine: Postgres, URL: NewSecret("postgresql://u:p@db/namesake?sslmode=require")}
				c.OIDC = OIDC{
					Issuer: "http://localhost:9000/realms/a/", ClientID: "client", ClientSecret: NewSecret("hush"),
					Scopes: []string{"openid", "groups"}, GroupsClaim: "https://example.com/groups",
				}
				c.Access = Access{
					TeamURL: "https://team.cloudflareaccess.com", AUD: "0123abcd",
					GroupsClaim: "roles", ServiceTokens: []string{"one.access", "two.access"},
				}
				c.DemoOnNetwork = true
				c.Session = Session{Idle: 90 * time.Minute, Absolute: 90 * time.Minute}
				c.Groups = Groups{Admin: []string{"security", "it admins"}, Editor: []string{"helpdesk"}, Viewer: []string{"everyone"}}
				c.TrustedProxies = []netip.Prefix{
					netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32"), netip.MustParsePrefix("192.0.2.2/32"),
					netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("::1/128"),
				}
				c.MetricsAddr = "localhost:9090"
				c.UntouchedLimit = 90 * 24 * time.Hour
				c.SharedSenders = []SharedSender{{Address: "@share.example.com", Service: "Example Share"}}
			}), wantDemo: true,
		},
		{
			name: "e-mail and key; a base URL by name; a file for the database",
			env:  "CLOUDFLARE_EMAIL=a@example.com\nCLOUDFLARE_API_KEY=key\nCLOUDFLARE_ACCOUNT_ID=acc\nCLOUDFLARE_BASE_URL=https://LOCALHOST/\nNAMESAKE_AUTH=demo\nNAMESAKE_DATABASE_URL=sqlite:/data/./n.db",
			want: defaults(func(c *Config) {
				c.Cloudflare = Cloudflare{Email: "a@example.com", Key: NewSecret("key"), AccountID: "acc", BaseURL: "https://localhost"}
				c.Database.Path = "/data/n.db"
			}), wantDemo: true,
		},
		{
			name: "demo mode keeps a database that is asked for; an account id may stand alone",
			env:  "NAMESAKE_DATABASE_URL=sqlite:n.db\nCLOUDFLARE_ACCOUNT_ID=acc\nNAMESAKE_AUTH=demo",
			want: defaults(func(c *Config) {
				c.Database.Path = "n.db"
				c.Cloudflare.AccountID = "acc"
			}), wantSandbox: true, wantDemo: true,
		},
		{
			name:  "secrets in files lose one line break",
			env:   strings.Replace(loopback, "TOKEN=token", "TOKEN_FILE=/run/secrets/token", 1) + "NAMESAKE_DATABASE_URL_FILE=/run/secrets/db\nNAMESAKE_OIDC_CLIENT_SECRET_FILE=./oidc",
			files: files{"/run/secrets/token": "token\n", "/run/secrets/db": "postgres://u:p@db/n\r\n", "./oidc": "hush"},
			want: onLoopbackConfig(func(c *Config) {
				c.Database = Database{Engine: Postgres, URL: NewSecret("postgres://u:p@db/n")}
				c.OIDC.ClientSecret = NewSecret("hush")
			}), wantDemo: true,
		},
		{
			name: "a team domain on this machine",
			env:  "NAMESAKE_ACCESS_TEAM_DOMAIN=http://[::1]:80/",
			want: defaults(func(c *Config) { c.Access.TeamURL = "http://[::1]" }), wantSandbox: true, wantDemo: true,
		},
		{
			name:  "files that are no good",
			env:   "CLOUDFLARE_ACCOUNT_ID=acc\nCLOUDFLARE_API_TOKEN_FILE=/gone\nCLOUDFLARE_BASE_URL=http://127.9.9.9\nNAMESAKE_AUTH=demo\nNAMESAKE_OIDC_CLIENT_SECRET_FILE=/blank\nNAMESAKE_DATABASE_URL=sqlite:a\nNAMESAKE_DATABASE_URL_FILE=/db",
			files: files{"/blank": " \n", "/db": "sqlite:b"},
			wantFaults: []string{
				`CLOUDFLARE_API_TOKEN_FILE: cannot read "/gone": file does not exist; fix the path or the file's permissions`,
				`NAMESAKE_DATABASE_URL: is set, and so is NAMESAKE_DATABASE_URL_FILE; keep one of the two`,
				`NAMESAKE_OIDC_CLIENT_SECRET_FILE: "/blank" is empty; put the secret into it`,
			},
		},
		{
			name:  "a file with more than the secret",
			env:   strings.Replace(loopback, "TOKEN=token", "TOKEN_FILE=/run/token", 1),
			files: files{"/run/token": "token\nmore\n"},
			wantFaults: []string{
				`CLOUDFLARE_API_TOKEN: has a space, a line break or a character outside ASCII in it; copy it again`,
			},
		},
		{
			name: "credentials and no sign-in",
			env:  "CLOUDFLARE_API_TOKEN=token\nCLOUDFLARE_ACCOUNT_ID=acc",
			wantFaults: []string{
				"NAMESAKE_AUTH: is missing: with Cloudflare credentials people have to sign in; set it to oidc or access",
			},
		},
		{
			name: "credentials on this machine and no sign-in",
			env:  strings.Replace(loopback, "NAMESAKE_AUTH=demo", "", 1),
			wantFaults: []string{
				"NAMESAKE_AUTH: is missing: with credentials people have to sign in; set it to oidc or access, or to demo, as CLOUDFLARE_BASE_URL is on this machine",
			},
		},
		{
			name: "demo sign-in with Cloudflare itself",
			env:  "CLOUDFLARE_API_TOKEN=token\nCLOUDFLARE_ACCOUNT_ID=acc\nNAMESAKE_AUTH=demo",
			wantFaults: []string{
				"NAMESAKE_AUTH: is demo, which lets anyone in as admin and so works only with the built-in sandbox or a CLOUDFLARE_BASE_URL on this machine; set it to oidc or access, or unset the credentials",
			},
		},
		{
			name: "demo sign-in with a name that only looks like this machine",
			env:  "CLOUDFLARE_API_TOKEN=token\nCLOUDFLARE_ACCOUNT_ID=acc\nNAMESAKE_AUTH=demo\nCLOUDFLARE_BASE_URL=https://127.0.0.1.example.com",
			wantFaults: []string{
				"NAMESAKE_AUTH: is demo, which lets anyone in as admin and so works only with the built-in sandbox or a CLOUDFLARE_BASE_URL on this machine; set it to oidc or access, or unset the credentials",
			},
		},
		{
			name: "a base URL on this machine and no credentials",
			env:  "CLOUDFLARE_BASE_URL=http://localhost:8787/client/v4",
			wantFaults: []string{
				"CLOUDFLARE_BASE_URL: is set without credentials; set CLOUDFLARE_API_TOKEN (for `namesake sandbox`: sandbox) and CLOUDFLARE_ACCOUNT_ID too, or unset it to use the built-in sandbox",
			},
		},
		{
			name: "another base URL and no credentials",
			env:  "CLOUDFLARE_BASE_URL=https://api.example.com",
			wantFaults: []string{
				"CLOUDFLARE_BASE_URL: is set without credentials; set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID too, or unset it to use the built-in sandbox",
			},
		},
		{
			name: "half of the older pair: the e-mail address",
			env:  "CLOUDFLARE_EMAIL=a@example.com\nNAMESAKE_AUTH=access\nNAMESAKE_ACCESS_TEAM_DOMAIN=team.cloudflareaccess.com\nNAMESAKE_ACCESS_AUD=aud\nNAMESAKE_VIEWER_GROUPS=all",
			wantFaults: []string{
				"CLOUDFLARE_API_KEY: is missing beside CLOUDFLARE_EMAIL; set it, or use CLOUDFLARE_API_TOKEN instead of both",
				"CLOUDFLARE_ACCOUNT_ID: is missing beside the credentials; the dashboard's address shows it after dash.cloudflare.com/",
			},
		},
		{
			name: "half of the older pair: the key",
			env:  "CLOUDFLARE_API_KEY=key\nCLOUDFLARE_ACCOUNT_ID=acc\nCLOUDFLARE_BASE_URL=https://[::1]\nNAMESAKE_AUTH=demo",
			wantFaults: []string{
				"CLOUDFLARE_EMAIL: is missing beside CLOUDFLARE_API_KEY; set it, or use CLOUDFLARE_API_TOKEN instead of both",
			},
		},
		{
			name: "a token and the older pair",
			env:  loopback + "CLOUDFLARE_EMAIL=a@example.com",
			wantFaults: []string{
				"CLOUDFLARE_API_TOKEN: is set together with CLOUDFLARE_EMAIL or CLOUDFLARE_API_KEY; keep the token and unset those",
			},
		},
		{
			name: "OpenID Connect without its settings",
			env:  "NAMESAKE_AUTH=oidc",
			wantFaults: []string{
				"NAMESAKE_OIDC_ISSUER: is missing; NAMESAKE_AUTH=oidc needs it",
				"NAMESAKE_OIDC_CLIENT_ID: is missing; NAMESAKE_AUTH=oidc needs it",
				"NAMESAKE_OIDC_CLIENT_SECRET: is missing; NAMESAKE_AUTH=oidc needs it",
				"NAMESAKE_ADMIN_GROUPS: is missing, and so are NAMESAKE_EDITOR_GROUPS and NAMESAKE_VIEWER_GROUPS: no one would have a role; set at least one",
			},
		},
		{
			name: "Access without its settings",
			env:  "NAMESAKE_AUTH=access\nNAMESAKE_VIEWER_GROUPS=all",
			wantFaults: []string{
				"NAMESAKE_ACCESS_TEAM_DOMAIN: is missing; NAMESAKE_AUTH=access needs it",
				"NAMESAKE_ACCESS_AUD: is missing; NAMESAKE_AUTH=access needs it",
			},
		},
		{
			name: "OpenID Connect with all that it needs",
			env: "CLOUDFLARE_API_TOKEN=token\nCLOUDFLARE_ACCOUNT_ID=acc\nNAMESAKE_AUTH=oidc\nNAMESAKE_ADDR=:8080\nNAMESAKE_PUBLIC_URL=https://namesake.example.com\n" +
				"NAMESAKE_OIDC_ISSUER=https://sso.example.com\nNAMESAKE_OIDC_CLIENT_ID=namesake\nNAMESAKE_OIDC_CLIENT_SECRET=hush\nNAMESAKE_VIEWER_GROUPS=all",
			want: defaults(func(c *Config) {
				c.Addr, c.PublicURL, c.Auth = ":8080", "https://namesake.example.com", AuthOIDC
				c.Cloudflare = Cloudflare{Token: NewSecret("token"), AccountID: "acc"}
				c.Database.Path = "namesake.db"
				c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.ClientSecret = "https://sso.example.com", "namesake", NewSecret("hush")
				c.Groups.Viewer = []string{"all"}
			}),
		},
		{
			name: "Microsoft Graph for the tokens of another provider",
			env: "NAMESAKE_AUTH=oidc\nNAMESAKE_OIDC_GROUPS_OVERAGE=graph\nNAMESAKE_OIDC_ISSUER=https://login.microsoftonline.com.evil.example/v2.0\n" +
				"NAMESAKE_OIDC_CLIENT_ID=namesake\nNAMESAKE_OIDC_CLIENT_SECRET=hush\nNAMESAKE_VIEWER_GROUPS=all",
			wantFaults: []string{
				"NAMESAKE_OIDC_GROUPS_OVERAGE: is graph, which works only with Entra ID (NAMESAKE_OIDC_ISSUER=https://login.microsoftonline.com/TENANT/v2.0): the tokens of another provider must not go to Microsoft; unset it",
			},
		},
		{
			name: "Microsoft Graph for those of Entra ID",
			env: "CLOUDFLARE_API_TOKEN=token\nCLOUDFLARE_ACCOUNT_ID=acc\nNAMESAKE_AUTH=oidc\nNAMESAKE_OIDC_GROUPS_OVERAGE=graph\nNAMESAKE_OIDC_ISSUER=https://login.microsoftonline.com/t/v2.0\n" +
				"NAMESAKE_OIDC_CLIENT_ID=namesake\nNAMESAKE_OIDC_CLIENT_SECRET=hush\nNAMESAKE_VIEWER_GROUPS=all",
			want: defaults(func(c *Config) {
				c.Auth, c.Database.Path = AuthOIDC, "namesake.db"
				c.Cloudflare = Cloudflare{Token: NewSecret("token"), AccountID: "acc"}
				c.OIDC.Issuer, c.OIDC.ClientID, c.OIDC.ClientSecret = "https://login.microsoftonline.com/t/v2.0", "namesake", NewSecret("hush")
				c.OIDC.GroupsFromGraph = true
				c.Groups.Viewer = []string{"all"}
			}),
		},
		{
			name: "sign-on that is open to the network, without the URL that people come by",
			env:  "NAMESAKE_AUTH=access\nNAMESAKE_ADDR=0.0.0.0:80\nNAMESAKE_ACCESS_TEAM_DOMAIN=team.cloudflareaccess.com\nNAMESAKE_ACCESS_AUD=aud\nNAMESAKE_VIEWER_GROUPS=all",
			wantFaults: []string{
				"NAMESAKE_PUBLIC_URL: is missing; people need it with NAMESAKE_AUTH=access and NAMESAKE_ADDR open to the network",
			},
		},
		{
			name: "the demo, open to the network",
			env:  "NAMESAKE_ADDR=:8080\nNAMESAKE_DEMO_LET_ANYBODY_ON_THE_NETWORK_IN=false",
			wantFaults: []string{
				"NAMESAKE_ADDR: lets the network in, and NAMESAKE_AUTH=demo lets anyone in as admin; listen on 127.0.0.1, or set NAMESAKE_DEMO_LET_ANYBODY_ON_THE_NETWORK_IN=true if that is what you want",
			},
		},
		{
			name: "an idle limit beyond the absolute one",
			env:  "NAMESAKE_SESSION_IDLE_LIMIT=13h",
			wantFaults: []string{
				"NAMESAKE_SESSION_IDLE_LIMIT: is longer than NAMESAKE_SESSION_ABSOLUTE_LIMIT (12h0m0s); shorten it",
			},
		},
		{
			name: "one port for two listeners",
			env:  "NAMESAKE_METRICS_ADDR=127.0.0.1:8080",
			wantFaults: []string{
				"NAMESAKE_METRICS_ADDR: is the same as NAMESAKE_ADDR; give it another port",
			},
		},
		{
			name: "any free port for two listeners",
			env:  "NAMESAKE_ADDR=localhost:0\nNAMESAKE_METRICS_ADDR=localhost:0",
			want: defaults(func(c *Config) { c.Addr, c.MetricsAddr = "localhost:0", "localhost:0" }), wantSandbox: true, wantDemo: true,
		},
		{
			name: "names that are not settings, with what was meant",
			env:  "NAMESAKE_ADDRR=x\nNAMESAKE_API_TOKEN=x\nNAMESAKE_PORT_8080_TCP=x\nNAMESAKE_ZZZZZZZZZZZZZZ=\nNAMESAKE_ADDR_FILE=/x\nNAMESAKE_TOKEN_FILE=/x\nNAMESAKE_a b\x1b=x\nNAMESAKE_=x",
			wantFaults: []string{
				"\"NAMESAKE_a b\\x1b\": is not a setting; the README lists all settings",
				"NAMESAKE_: is not a setting; the README lists all settings",
				"NAMESAKE_ADDRR: is not a setting; did you mean NAMESAKE_ADDR?",
				"NAMESAKE_ADDR_FILE: is not a setting, as only a secret or a list can stand in a file; use NAMESAKE_ADDR",
				"NAMESAKE_API_TOKEN: is not a setting; did you mean CLOUDFLARE_API_TOKEN?",
				"NAMESAKE_PORT_8080_TCP: is not a setting; Kubernetes sets it for a service called namesake: put enableServiceLinks: false into the pod's spec",
				"NAMESAKE_TOKEN_FILE: is not a setting; did you mean CLOUDFLARE_API_TOKEN_FILE?",
				"NAMESAKE_ZZZZZZZZZZZZZZ: is not a setting; the README lists all settings",
			},
		},
		{
			name: "all faults at once",
			env: `CLOUDFLARE_API_TOKEN=a b
CLOUDFLARE_EMAIL=unknown
CLOUDFLARE_API_KEY_FILE=nosuchfile
CLOUDFLARE_ACCOUNT_ID=../x
CLOUDFLARE_BASE_URL=http://api.example.com
NAMESAKE_ADDR=8080
NAMESAKE_PUBLIC_URL=https://example.com/namesake
NAMESAKE_DATABASE_URL=mysql://u:p@db
NAMESAKE_AUTH=password
NAMESAKE_OIDC_ISSUER=issuer
NAMESAKE_OIDC_CLIENT_ID=a b
NAMESAKE_OIDC_CLIENT_SECRET=a b
NAMESAKE_OIDC_SCOPES=email
NAMESAKE_OIDC_GROUPS_CLAIM=a b
NAMESAKE_ACCESS_TEAM_DOMAIN=https://team.cloudflareaccess.com
NAMESAKE_ACCESS_AUD=é
NAMESAKE_ACCESS_GROUPS_CLAIM=a b
NAMESAKE_ACCESS_SERVICE_TOKENS=,
NAMESAKE_DEMO_LET_ANYBODY_ON_THE_NETWORK_IN=perhaps
NAMESAKE_SESSION_IDLE_LIMIT=30
NAMESAKE_SESSION_ABSOLUTE_LIMIT=1000h
NAMESAKE_ADMIN_GROUPS=,
NAMESAKE_EDITOR_GROUPS=, ,
NAMESAKE_VIEWER_GROUPS=,,
NAMESAKE_TRUSTED_PROXIES=10.0.0.0/33, 10.0.0.1, proxy, ::ffff:10.0.0.0/104, fe80::1%eth0
NAMESAKE_METRICS_ADDR=:http
NAMESAKE_AUHT=demo`,
			wantFaults: []string{
				`CLOUDFLARE_API_TOKEN: has a space, a line break or a character outside ASCII in it; copy it again`,
				`CLOUDFLARE_API_TOKEN: is set together with CLOUDFLARE_EMAIL or CLOUDFLARE_API_KEY; keep the token and unset those`,
				`CLOUDFLARE_EMAIL: is not an e-mail address`,
				`CLOUDFLARE_API_KEY_FILE: cannot read its file (whose name is not shown, as it may be the secret itself): file does not exist; fix the path or the file's permissions`,
				`CLOUDFLARE_ACCOUNT_ID: is not valid: ` + registry.ErrBadAccountID.Error(),
				`CLOUDFLARE_BASE_URL: must start with https:// (http:// is only for this machine: localhost, 127.0.0.0/8, ::1)`,
				`NAMESAKE_ADDR: is "8080", not host:port; write it like 127.0.0.1:8080`,
				`NAMESAKE_PUBLIC_URL: has a path; end it after the host and port`,
				`NAMESAKE_DATABASE_URL: is neither sqlite:PATH nor postgres://…`,
				`NAMESAKE_AUTH: is "password"; set it to demo, oidc or access`,
				`NAMESAKE_DEMO_LET_ANYBODY_ON_THE_NETWORK_IN: is "perhaps"; set it to true or false`,
				`NAMESAKE_OIDC_ISSUER: is not a URL such as https://example.com`,
				`NAMESAKE_OIDC_CLIENT_ID: has a space, a line break or a character outside ASCII in it; copy it again`,
				`NAMESAKE_OIDC_CLIENT_SECRET: has a space, a line break or a character outside ASCII in it; copy it again`,
				`NAMESAKE_OIDC_SCOPES: lacks openid, which the provider needs to say who signed in; add it`,
				`NAMESAKE_OIDC_GROUPS_CLAIM: has a space, a line break or a character outside ASCII in it; copy it again`,
				`NAMESAKE_ACCESS_TEAM_DOMAIN: is a URL, which is allowed only for a host on this machine; write the host name alone, such as team.cloudflareaccess.com`,
				`NAMESAKE_ACCESS_AUD: has a space, a line break or a character outside ASCII in it; copy it again`,
				`NAMESAKE_ACCESS_GROUPS_CLAIM: has a space, a line break or a character outside ASCII in it; copy it again`,
				`NAMESAKE_ACCESS_SERVICE_TOKENS: does not name a service token; write their client ids separated by commas`,
				`NAMESAKE_ADMIN_GROUPS: does not name a group; write them separated by commas`,
				`NAMESAKE_EDITOR_GROUPS: does not name a group; write them separated by commas`,
				`NAMESAKE_VIEWER_GROUPS: does not name a group; write them separated by commas`,
				`NAMESAKE_SESSION_IDLE_LIMIT: is not a time from 1m to 720h, such as 30m or 12h`,
				`NAMESAKE_SESSION_ABSOLUTE_LIMIT: is not a time from 1m to 720h, such as 30m or 12h`,
				`NAMESAKE_TRUSTED_PROXIES: holds "10.0.0.0/33" and "proxy" and "::ffff:10.0.0.0/104" and "fe80::1%eth0"; write CIDRs or addresses separated by commas, such as 10.0.0.0/8, 192.0.2.1`,
				`NAMESAKE_METRICS_ADDR: has the port "http"; write a number from 0 to 65535`,
				`NAMESAKE_AUHT: is not a setting; did you mean NAMESAKE_AUTH?`,
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Load(strings.Split(test.env, "\n"), test.files.read)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
			if err == nil && (got.Sandbox() != test.wantSandbox || got.Demo() != test.wantDemo) {
				t.Errorf("Sandbox, Demo = %v, %v, want %v, %v", got.Sandbox(), got.Demo(), test.wantSandbox, test.wantDemo)
			}
			var text string
			if err != nil {
				text = err.Error()
				if faults := Faults(nil); !errors.As(err, &faults) || len(faults) != strings.Count(text, "\n")+1 {
					t.Errorf("the error is not a Faults with a line each: %T", err)
				}
			}
			if want := strings.Join(test.wantFaults, "\n"); text != want {
				t.Errorf("got the faults\n%s\nwant\n%s", text, want)
			}
		})
	}
}
