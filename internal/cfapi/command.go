package cfapi

import (
	"net/url"
	"strings"

	"namesake/internal/quote"
	"namesake/internal/registry"
)

// CreateCommand returns the shell command that creates d by the API at baseURL
// (Cloudflare's own when empty). It holds no credentials: the token stays in the
// shell's environment.
func CreateCommand(baseURL string, account registry.AccountID, d registry.Draft) (string, error) {
	if baseURL == "" {
		baseURL = defaultBaseURL
	}
	body, err := quote.JSON(body(d))
	if err != nil {
		return "", err
	}
	path := "/accounts/" + url.PathEscape(string(account)) + "/email-security/settings/impersonation_registry"
	return strings.Join([]string{
		"curl -X POST " + quote.Shell(strings.TrimSuffix(baseURL, "/")+path),
		`-H "Authorization: Bearer $CLOUDFLARE_API_TOKEN"`,
		"-H 'Content-Type: application/json'",
		"--data " + quote.Shell(body),
	}, " \\\n  "), nil
}

// body is what newParams makes of a draft, in the order of the form.
func body(d registry.Draft) (body quote.Object) {
	values := d.Values()
	for _, name := range registry.FieldNames() {
		if value, ok := values[name]; ok {
			body = append(body, quote.Member{Name: name, Value: value})
		}
	}
	return body
}
