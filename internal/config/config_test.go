package config

import (
	"io/fs"
	"time"
)

// files is what the machine's files hold. A missing one gives the error that
// os.ReadFile gives.
type files map[string]string

func (f files) read(path string) ([]byte, error) {
	if content, ok := f[path]; ok {
		return []byte(content), nil
	}
	return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}

// defaults is the Config of an empty environment, changed.
func defaults(change func(*Config)) Config {
	c := Config{
		Addr:     "127.0.0.1:8080",
		Auth:     AuthDemo,
		Database: Database{Engine: SQLite},
		OIDC:     OIDC{Scopes: []string{"openid", "email", "profile"}, GroupsClaim: "groups"},
		Refresh:  time.Minute,

		UntouchedLimit:      365 * 24 * time.Hour,
		ImportDeletePercent: 10,
		Access:              Access{GroupsClaim: "groups"},
		Session:             Session{Idle: 30 * time.Minute, Absolute: 12 * time.Hour},
	}
	if change != nil {
		change(&c)
	}
	return c
}

// loopback is the least environment that has credentials and starts.
const loopback = "CLOUDFLARE_API_TOKEN=token\nCLOUDFLARE_ACCOUNT_ID=acc\nCLOUDFLARE_BASE_URL=http://127.0.0.1:8787/client/v4\nNAMESAKE_AUTH=demo\n"

func onLoopbackConfig(change func(*Config)) Config {
	return defaults(func(c *Config) {
		c.Cloudflare = Cloudflare{Token: NewSecret("token"), AccountID: "acc", BaseURL: "http://127.0.0.1:8787/client/v4"}
		c.Database.Path = "namesake.db"
		if change != nil {
			change(c)
		}
	})
}
