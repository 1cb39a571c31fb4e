package config

import "strings"

// Variable is one name that Namesake reads from the environment.
type Variable struct {
	Name    string
	Meaning string // one line of Markdown, for the README
	Default string // used when the variable is not set
	Secret  bool   // can also be given as a file, in Name_FILE; never printed
	List    bool   // can also be given as a file, in Name_FILE, an item a line

	// set checks the value and puts it into the Config. Its error completes the
	// sentence "NAME …", and for a secret never holds the value.
	set func(c *Config, value string) error
}

// inFile reports whether the value can also stand in a file.
func (v Variable) inFile() bool { return v.Secret || v.List }

const (
	prefix     = "NAMESAKE_"
	fileSuffix = "_FILE"

	demoOnNetwork = "NAMESAKE_DEMO_LET_ANYBODY_ON_THE_NETWORK_IN"
	groupsOverage = "NAMESAKE_OIDC_GROUPS_OVERAGE"
	idleLimit     = "NAMESAKE_SESSION_IDLE_LIMIT"
	absoluteLimit = "NAMESAKE_SESSION_ABSOLUTE_LIMIT"
)

// Variables returns all variables, in the order of the README.
func Variables() []Variable {
	return []Variable{
		{
			Name: "CLOUDFLARE_API_TOKEN", Secret: true, set: setToken,
			Meaning: "API token with the permission Cloud Email Security: Write (Read is enough for viewing); without credentials the built-in sandbox is used",
		},
		{
			Name: "CLOUDFLARE_EMAIL", set: setEmail,
			Meaning: "with `CLOUDFLARE_API_KEY`: the older way to authenticate; refused together with a token",
		},
		{
			Name: "CLOUDFLARE_API_KEY", Secret: true, set: setKey,
			Meaning: "the global API key that belongs to `CLOUDFLARE_EMAIL`",
		},
		{
			Name: "CLOUDFLARE_ACCOUNT_ID", set: setAccountID,
			Meaning: "the account, 32 characters at most; needed with credentials",
		},
		{
			Name: "CLOUDFLARE_BASE_URL", set: setBaseURL,
			Meaning: "the API's address, Cloudflare's own when not set; https, or on this machine (localhost, 127.0.0.0/8, ::1)",
		},
		{
			Name: "NAMESAKE_ADDR", Default: "127.0.0.1:8080", set: setAddr,
			Meaning: "listen address; port 0 takes a free one",
		},
		{
			Name: "NAMESAKE_PUBLIC_URL", set: setPublicURL,
			Meaning: "the URL people use, without a path; https, or on this machine; derived from the listen address when not set",
		},
		{
			Name: "NAMESAKE_DATABASE_URL", Default: "sqlite:namesake.db", Secret: true, set: setDatabase,
			Meaning: "`sqlite:PATH` or `postgres://…`; in memory when not set and in demo mode with the built-in sandbox",
		},
		{
			Name: "NAMESAKE_AUDIT_RETENTION", set: setAuditRetention,
			Meaning: "how long audit records are kept, in days such as `400d`; for ever when not set",
		},
		{
			Name: "NAMESAKE_REFRESH", Default: "60s", set: setRefresh,
			Meaning: "how often the registry is read while people work, at least `15s`; every 10 minutes otherwise",
		},
		{
			Name: "NAMESAKE_IMPORT_DELETE_LIMIT", Default: "10%", set: setImportDeleteLimit,
			Meaning: "the part of the registry that an import may delete without a confirmation of its own, from `1%` to `100%`",
		},
		{
			Name: "NAMESAKE_UNTOUCHED_LIMIT", Default: "365d", set: setUntouchedLimit,
			Meaning: "an entry made by hand that has not changed for so many days is a finding",
		},
		{
			Name: "NAMESAKE_SHARED_SENDERS", List: true, set: setSharedSenders,
			Meaning: "further services whose mail shows any name, separated by commas: an address, or `@` and a domain, and the name of the service, such as `@share.example.com Example Share`",
		},
		{
			Name: "NAMESAKE_AUTH", set: setAuth,
			Meaning: "how people sign in: `demo`, `oidc` or `access`; `demo` when not set and without credentials, and only with the built-in sandbox or a `CLOUDFLARE_BASE_URL` on this machine",
		},
		{
			Name: demoOnNetwork, Default: "false", set: setDemoOnNetwork,
			Meaning: "`true` lets `NAMESAKE_AUTH=demo` run on a `NAMESAKE_ADDR` that other machines can reach",
		},
		{
			Name: "NAMESAKE_OIDC_ISSUER", set: setIssuer,
			Meaning: "the OpenID Connect provider's issuer URL; https, or on this machine",
		},
		{
			Name: "NAMESAKE_OIDC_CLIENT_ID", set: setClientID,
			Meaning: "the client id registered there",
		},
		{
			Name: "NAMESAKE_OIDC_CLIENT_SECRET", Secret: true, set: setClientSecret,
			Meaning: "the client's secret",
		},
		{
			Name: "NAMESAKE_OIDC_SCOPES", Default: "openid email profile", set: setScopes,
			Meaning: "the scopes to request, separated by spaces",
		},
		{
			Name: "NAMESAKE_OIDC_GROUPS_CLAIM", Default: "groups", set: setGroupsClaim,
			Meaning: "the claim that lists a person's groups; inside objects a path, such as `realm_access.roles`, and `.*` at its end for the names in an object",
		},
		{
			Name: groupsOverage, Default: "refuse", set: setGroupsOverage,
			Meaning: "what happens to a person with more groups than Entra ID puts into a token: `refuse` refuses the sign-in and says what to do, `graph` asks Microsoft Graph, which needs the permission User.Read",
		},
		{
			Name: "NAMESAKE_ACCESS_TEAM_DOMAIN", set: setTeamDomain,
			Meaning: "Cloudflare Access's team domain, such as `team.cloudflareaccess.com`; a URL where it is on this machine",
		},
		{
			Name: "NAMESAKE_ACCESS_AUD", set: setAUD,
			Meaning: "the Access application's audience tag",
		},
		{
			Name: "NAMESAKE_ACCESS_GROUPS_CLAIM", Default: "groups", set: setAccessGroupsClaim,
			Meaning: "the custom claim of Access's token that lists a person's groups, or a path to it; where the token has none, Access's identity endpoint is asked",
		},
		{
			Name: "NAMESAKE_ACCESS_SERVICE_TOKENS", List: true, set: setServiceTokens,
			Meaning: "client ids of the allowed Access service tokens, separated by commas; such an id counts as the token's one group",
		},
		{
			Name: "NAMESAKE_ADMIN_GROUPS", List: true, set: setGroups(func(c *Config) *[]string { return &c.Groups.Admin }),
			Meaning: "groups whose members are admins, separated by commas; one with a comma in it in double quotes, such as `\"CN=Sec Ops,OU=Groups,DC=example,DC=com\",helpdesk`",
		},
		{
			Name: "NAMESAKE_EDITOR_GROUPS", List: true, set: setGroups(func(c *Config) *[]string { return &c.Groups.Editor }),
			Meaning: "groups whose members may change entries",
		},
		{
			Name: "NAMESAKE_VIEWER_GROUPS", List: true, set: setGroups(func(c *Config) *[]string { return &c.Groups.Viewer }),
			Meaning: "groups whose members are viewers; people in none of these groups are refused",
		},
		{
			Name: idleLimit, Default: "30m", set: setIdleLimit,
			Meaning: "a session ends this long after the last request in it, such as `30m`",
		},
		{
			Name: absoluteLimit, Default: "12h", set: setAbsoluteLimit,
			Meaning: "a session ends this long after sign-in, such as `12h`",
		},
		{
			Name: "NAMESAKE_TRUSTED_PROXIES", List: true, set: setTrustedProxies,
			Meaning: "CIDRs or addresses, separated by commas, whose X-Forwarded-* headers are trusted; none when not set",
		},
		{
			Name: "NAMESAKE_METRICS_ADDR", set: setMetricsAddr,
			Meaning: "a second listen address, for /metrics; none when not set",
		},
	}
}

// closest returns the known name that is most similar to an unknown one, or "" when none
// is similar. It compares names without their prefixes, so that NAMESAKE_API_TOKEN finds
// CLOUDFLARE_API_TOKEN.
func closest(unknown string) string {
	bare := func(name string) string {
		return strings.TrimPrefix(strings.TrimPrefix(name, prefix), "CLOUDFLARE_")
	}
	word := bare(strings.ToUpper(unknown))
	best, least := "", len(word)*2/3+1
	for _, v := range Variables() {
		names := []string{v.Name}
		if v.inFile() {
			names = append(names, v.Name+fileSuffix)
		}
		for _, name := range names {
			if d := distance(word, bare(name)); d < least {
				best, least = name, d
			}
		}
	}
	return best
}

// distance is the Levenshtein distance of a and b in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
