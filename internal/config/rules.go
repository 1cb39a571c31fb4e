package config

import (
	"net"
	"net/url"
	"strings"
)

// The rules that concern more than one variable.

func (l *loader) credentials() bool {
	return l.has("CLOUDFLARE_API_TOKEN", "CLOUDFLARE_EMAIL", "CLOUDFLARE_API_KEY")
}

func (l *loader) checkCredentials() {
	token, email, key := l.has("CLOUDFLARE_API_TOKEN"), l.has("CLOUDFLARE_EMAIL"), l.has("CLOUDFLARE_API_KEY")
	switch {
	case token && (email || key):
		l.fault("CLOUDFLARE_API_TOKEN", "is set together with CLOUDFLARE_EMAIL or CLOUDFLARE_API_KEY; keep the token and unset those")
	case email && !key:
		l.fault("CLOUDFLARE_API_KEY", "is missing beside CLOUDFLARE_EMAIL; set it, or use CLOUDFLARE_API_TOKEN instead of both")
	case key && !email:
		l.fault("CLOUDFLARE_EMAIL", "is missing beside CLOUDFLARE_API_KEY; set it, or use CLOUDFLARE_API_TOKEN instead of both")
	}
	if l.credentials() && !l.has("CLOUDFLARE_ACCOUNT_ID") {
		l.fault("CLOUDFLARE_ACCOUNT_ID", "is missing beside the credentials; the dashboard's address shows it after dash.cloudflare.com/")
	}
	if base, given := l.given["CLOUDFLARE_BASE_URL"]; given && !l.credentials() {
		if onLoopback(base) {
			l.fault("CLOUDFLARE_BASE_URL", "is set without credentials; set CLOUDFLARE_API_TOKEN (for `namesake sandbox`: sandbox) and CLOUDFLARE_ACCOUNT_ID too, or unset it to use the built-in sandbox")
		} else {
			l.fault("CLOUDFLARE_BASE_URL", "is set without credentials; set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID too, or unset it to use the built-in sandbox")
		}
	}
}

func (l *loader) checkSignIn() {
	atCloudflare := l.credentials() && !onLoopback(l.given["CLOUDFLARE_BASE_URL"])
	switch {
	case l.faulty("NAMESAKE_AUTH"):
	case l.config.Auth == "" && !l.credentials():
		l.config.Auth = AuthDemo
	case l.config.Auth == "" && atCloudflare:
		l.fault("NAMESAKE_AUTH", "is missing: with Cloudflare credentials people have to sign in; set it to oidc or access")
	case l.config.Auth == "":
		l.fault("NAMESAKE_AUTH", "is missing: with credentials people have to sign in; set it to oidc or access, or to demo, as CLOUDFLARE_BASE_URL is on this machine")
	case l.config.Auth == AuthDemo && atCloudflare:
		l.fault("NAMESAKE_AUTH", "is demo, which lets anyone in as admin and so works only with the built-in sandbox or a CLOUDFLARE_BASE_URL on this machine; set it to oidc or access, or unset the credentials")
	case l.config.Auth == AuthOIDC:
		l.require("NAMESAKE_OIDC_ISSUER", "NAMESAKE_OIDC_CLIENT_ID", "NAMESAKE_OIDC_CLIENT_SECRET")
		l.checkOverage()
		l.requireGroups()
	case l.config.Auth == AuthAccess:
		l.require("NAMESAKE_ACCESS_TEAM_DOMAIN", "NAMESAKE_ACCESS_AUD")
		l.requireGroups()
	}
	l.checkReach()
}

// checkReach checks the settings that an address needs which other machines can reach.
func (l *loader) checkReach() {
	host, _, err := net.SplitHostPort(l.config.Addr)
	if err != nil || isLoopback(host) {
		return
	}
	switch l.config.Auth {
	case AuthDemo:
		if !l.config.DemoOnNetwork {
			l.fault("NAMESAKE_ADDR", "lets the network in, and NAMESAKE_AUTH=demo lets anyone in as admin; listen on 127.0.0.1, or set "+demoOnNetwork+"=true if that is what you want")
		}
	case AuthOIDC, AuthAccess:
		if !l.has("NAMESAKE_PUBLIC_URL") {
			l.fault("NAMESAKE_PUBLIC_URL", "is missing; people need it with NAMESAKE_AUTH=%s and NAMESAKE_ADDR open to the network", l.config.Auth)
		}
	}
}

func (l *loader) checkLimits() {
	s := l.config.Session
	if !l.faulty(idleLimit) && !l.faulty(absoluteLimit) && s.Idle > s.Absolute {
		l.fault(idleLimit, "is longer than %s (%s); shorten it", absoluteLimit, s.Absolute)
	}
}

func (l *loader) require(names ...string) {
	for _, name := range names {
		if !l.has(name) {
			l.fault(name, "is missing; NAMESAKE_AUTH=%s needs it", l.config.Auth)
		}
	}
}

// checkOverage prevents that another provider's access tokens are sent to Microsoft.
func (l *loader) checkOverage() {
	issuer := l.config.OIDC.Issuer
	if !l.config.OIDC.GroupsFromGraph || l.faulty("NAMESAKE_OIDC_ISSUER") || issuer == "" || onLoopback(issuer) {
		return
	}
	u, err := url.Parse(issuer)
	if err == nil && (u.Host == "login.microsoftonline.com" || u.Host == "sts.windows.net" || strings.HasSuffix(u.Host, ".ciamlogin.com")) {
		return
	}
	l.fault(groupsOverage, "is graph, which works only with Entra ID (NAMESAKE_OIDC_ISSUER=https://login.microsoftonline.com/TENANT/v2.0): the tokens of another provider must not go to Microsoft; unset it")
}

func (l *loader) requireGroups() {
	if !l.has("NAMESAKE_ADMIN_GROUPS", "NAMESAKE_EDITOR_GROUPS", "NAMESAKE_VIEWER_GROUPS") {
		l.fault("NAMESAKE_ADMIN_GROUPS", "is missing, and so are NAMESAKE_EDITOR_GROUPS and NAMESAKE_VIEWER_GROUPS: no one would have a role; set at least one")
	}
}

func (l *loader) checkListeners() {
	c := l.config
	if c.MetricsAddr != "" && strings.EqualFold(c.MetricsAddr, c.Addr) {
		if _, port, _ := net.SplitHostPort(c.Addr); port != "0" {
			l.fault("NAMESAKE_METRICS_ADDR", "is the same as NAMESAKE_ADDR; give it another port")
		}
	}
}
