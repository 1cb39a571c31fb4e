package config

import (
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"namesake/internal/registry"
)

func setToken(c *Config, value string) error {
	c.Cloudflare.Token = NewSecret(value)
	return checkVisible(value)
}

func setKey(c *Config, value string) error {
	c.Cloudflare.Key = NewSecret(value)
	return checkVisible(value)
}

func setEmail(c *Config, value string) error {
	c.Cloudflare.Email = value
	if !strings.Contains(strings.Trim(value, "@"), "@") {
		return errors.New("is not an e-mail address") // not shown, because it may be the key
	}
	return checkVisible(value)
}

func setAccountID(c *Config, value string) (err error) {
	if c.Cloudflare.AccountID, err = registry.ParseAccountID(value); err != nil {
		return fmt.Errorf("is not valid: %w", err)
	}
	return nil
}

func setBaseURL(c *Config, value string) error {
	u, err := parseURL(value)
	if err != nil {
		return err
	}
	c.Cloudflare.BaseURL = strings.TrimRight(u.String(), "/")
	return nil
}

func setAddr(c *Config, value string) (err error) {
	c.Addr, err = parseAddr(value)
	return err
}

func setMetricsAddr(c *Config, value string) (err error) {
	c.MetricsAddr, err = parseAddr(value)
	return err
}

func setPublicURL(c *Config, value string) (err error) {
	c.PublicURL, err = parseOrigin(value)
	return err
}

func setDatabase(c *Config, value string) error {
	if path, ok := strings.CutPrefix(value, "sqlite:"); ok {
		switch {
		case path == "":
			return errors.New("does not name a file; write sqlite:PATH, such as sqlite:namesake.db")
		case strings.HasPrefix(path, "//"):
			return errors.New("has slashes that belong to a URL; write sqlite:PATH, such as sqlite:namesake.db or sqlite:/data/namesake.db")
		case strings.HasPrefix(path, ":"), strings.HasPrefix(path, "file:"), strings.ContainsAny(path, "?#\x00"):
			return errors.New("is not the plain path of a file; write sqlite:PATH, without parameters")
		}
		c.Database = Database{Engine: SQLite, Path: filepath.Clean(path)}
		return nil
	}
	if !strings.HasPrefix(value, "postgres://") && !strings.HasPrefix(value, "postgresql://") {
		return errors.New("is neither sqlite:PATH nor postgres://…")
	}
	if _, err := url.Parse(value); err != nil { // err would print the password
		return errors.New("is not a valid URL; percent-encode special characters in its password")
	}
	c.Database = Database{Engine: Postgres, URL: NewSecret(value)}
	return nil
}

func setAuth(c *Config, value string) error {
	c.Auth = Auth(value)
	switch c.Auth {
	case AuthDemo, AuthOIDC, AuthAccess:
		return nil
	}
	return fmt.Errorf("is %s; set it to demo, oidc or access", show(value))
}

func setIssuer(c *Config, value string) error {
	c.OIDC.Issuer = value
	_, err := parseURL(value)
	return err
}

func setClientID(c *Config, value string) error {
	c.OIDC.ClientID = value
	return checkVisible(value)
}

func setClientSecret(c *Config, value string) error {
	c.OIDC.ClientSecret = NewSecret(value)
	return checkVisible(value)
}

func setScopes(c *Config, value string) error {
	c.OIDC.Scopes = strings.Fields(value)
	if !slices.Contains(c.OIDC.Scopes, "openid") {
		return errors.New("lacks openid, which the provider needs to say who signed in; add it")
	}
	return nil
}

func setGroupsClaim(c *Config, value string) error {
	c.OIDC.GroupsClaim = value
	return checkVisible(value)
}

func setGroupsOverage(c *Config, value string) error {
	c.OIDC.GroupsFromGraph = value == "graph"
	if value != "graph" && value != "refuse" {
		return fmt.Errorf("is %s; set it to refuse or graph", show(value))
	}
	return nil
}

func setTeamDomain(c *Config, value string) error {
	if strings.Contains(value, "://") {
		origin, err := parseOrigin(value)
		if err != nil {
			return err
		}
		if !onLoopback(origin) {
			return errors.New("is a URL, which is allowed only for a host on this machine; write the host name alone, such as team.cloudflareaccess.com")
		}
		c.Access.TeamURL = origin
		return nil
	}
	if !isHostname(value) {
		return fmt.Errorf("is %s, which is not a host name; write it like team.cloudflareaccess.com", show(value))
	}
	c.Access.TeamURL = "https://" + strings.ToLower(value)
	return nil
}

func setAUD(c *Config, value string) error {
	c.Access.AUD = value
	return checkVisible(value)
}

func setGroups(list func(*Config) *[]string) func(*Config, string) error {
	return func(c *Config, value string) error {
		groups, err := groupNames(value)
		if err != nil {
			return err
		}
		if len(groups) == 0 {
			return errors.New("does not name a group; write them separated by commas")
		}
		*list(c) = groups
		return nil
	}
}

func setTrustedProxies(c *Config, value string) error {
	list, err := splitList(value)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errors.New("does not name a network; write CIDRs or addresses separated by commas")
	}
	var bad []string
	for _, item := range list {
		prefix, err := parsePrefix(item.text)
		if err != nil {
			bad = append(bad, show(item.text))
			continue
		}
		c.TrustedProxies = append(c.TrustedProxies, prefix)
	}
	if len(bad) > 0 {
		return fmt.Errorf("holds %s; write CIDRs or addresses separated by commas, such as 10.0.0.0/8, 192.0.2.1", strings.Join(bad, " and "))
	}
	return nil
}

// checkVisible rejects a text that can't be in an HTTP header.
func checkVisible(value string) error {
	for i := range len(value) {
		if value[i] <= ' ' || value[i] > '~' {
			return errors.New("has a space, a line break or a character outside ASCII in it; copy it again")
		}
	}
	return nil
}

// show quotes a value that is not a secret, cut short. It hides a URL with a password,
// which may have been set under the wrong name.
func show(value string) string {
	if strings.Contains(value, "@") {
		return "a value with an @ in it"
	}
	if runes := []rune(value); len(runes) > 40 {
		value = string(runes[:40]) + "…"
	}
	return strconv.Quote(value)
}

func setAuditRetention(c *Config, value string) (err error) {
	c.AuditRetention, err = parseDays(value)
	return err
}

func setUntouchedLimit(c *Config, value string) (err error) {
	c.UntouchedLimit, err = parseDays(value)
	return err
}

func parseDays(value string) (time.Duration, error) {
	days, err := strconv.Atoi(strings.TrimSuffix(value, "d"))
	if err != nil || !strings.HasSuffix(value, "d") || days < 1 || days > 36_500 {
		return 0, errors.New("is not a number of days from 1d to 36500d, such as 400d")
	}
	return time.Duration(days) * 24 * time.Hour, nil
}

func setRefresh(c *Config, value string) (err error) {
	if c.Refresh, err = time.ParseDuration(value); err != nil || c.Refresh < 15*time.Second || c.Refresh > 10*time.Minute {
		return errors.New("is not a duration from 15s to 10m, such as 60s")
	}
	return nil
}

func setImportDeleteLimit(c *Config, value string) (err error) {
	number, percent := strings.CutSuffix(value, "%")
	if c.ImportDeletePercent, err = strconv.Atoi(number); err != nil || !percent || c.ImportDeletePercent < 1 || c.ImportDeletePercent > 100 {
		return fmt.Errorf("is %s, not a percentage from 1%% to 100%%, such as 10%%", show(value))
	}
	return nil
}

func setDemoOnNetwork(c *Config, value string) (err error) {
	if c.DemoOnNetwork, err = strconv.ParseBool(value); err != nil {
		return fmt.Errorf("is %s; set it to true or false", show(value))
	}
	return nil
}

func setAccessGroupsClaim(c *Config, value string) error {
	c.Access.GroupsClaim = value
	return checkVisible(value)
}

func setServiceTokens(c *Config, value string) (err error) {
	if c.Access.ServiceTokens, err = groupNames(value); err != nil {
		return err
	}
	if len(c.Access.ServiceTokens) == 0 {
		return errors.New("does not name a service token; write their client ids separated by commas")
	}
	return nil
}

func setIdleLimit(c *Config, value string) (err error) {
	c.Session.Idle, err = parseLimit(value)
	return err
}

func setAbsoluteLimit(c *Config, value string) (err error) {
	c.Session.Absolute, err = parseLimit(value)
	return err
}

// parseLimit reads the time limit of a session.
func parseLimit(value string) (time.Duration, error) {
	const least, most = time.Minute, 30 * 24 * time.Hour
	d, err := time.ParseDuration(value)
	if err != nil || d < least || d > most {
		return 0, errors.New("is not a time from 1m to 720h, such as 30m or 12h")
	}
	return d, nil
}
