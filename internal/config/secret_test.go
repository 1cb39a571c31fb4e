package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

func TestSecretHides(t *testing.T) {
	secret := NewSecret("s3cretValue")
	config := Config{
		Cloudflare: Cloudflare{Token: secret, Key: secret},
		Database:   Database{Engine: Postgres, URL: secret},
		OIDC:       OIDC{ClientSecret: secret},
	}
	inside := struct{ unexported Config }{config} // where fmt cannot call methods
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		fmt.Fprintf(&out, verb+"\n"+verb+"\n"+verb+"\n"+verb+"\n", secret, &secret, config, inside)
	}
	for _, logger := range []*slog.Logger{slog.New(slog.NewTextHandler(&out, nil)), slog.New(slog.NewJSONHandler(&out, nil))} {
		logger.Info("start", "config", config, "secret", secret, "map", map[string]Secret{"a": secret})
	}
	asJSON, err := json.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	out.Write(asJSON)
	text, err := secret.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	out.Write(text)
	fmt.Fprint(&out, fmt.Errorf("wrapped: %v", secret))

	for _, leak := range []string{"s3cretValue", fmt.Sprintf("%x", "s3cretValue"), fmt.Sprintf("%X", "s3cretValue")} {
		if i := strings.Index(out.String(), leak); i >= 0 {
			t.Errorf("leaks: …%s…", out.String()[max(0, i-80):i+20])
		}
	}
	if !strings.Contains(out.String(), hidden) {
		t.Errorf("does not say that something is hidden: %s", out.String())
	}
}

func TestSecretReveals(t *testing.T) {
	for _, test := range []struct {
		name       string
		secret     Secret
		wantSet    bool
		wantReveal string
		wantString string
		wantGo     string
		wantJSON   string
	}{
		{"set", NewSecret("a"), true, "a", "[hidden]", `"[hidden]"`, `"[hidden]"`},
		{"empty", NewSecret(""), false, "", "", `""`, `""`},
		{"zero", Secret{}, false, "", "", `""`, `""`},
	} {
		t.Run(test.name, func(t *testing.T) {
			asJSON, err := json.Marshal(test.secret)
			if err != nil {
				t.Fatal(err)
			}
			s := test.secret
			got := []any{s.IsSet(), s.Reveal(), s.String(), s.GoString(), string(asJSON)}
			want := []any{test.wantSet, test.wantReveal, test.wantString, test.wantGo, test.wantJSON}
			if fmt.Sprint(got...) != fmt.Sprint(want...) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}
