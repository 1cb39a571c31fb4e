package config

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
)

const hidden = "[hidden]"

// Secret is a text that fmt, JSON, text encoding and slog never print. Only Reveal returns
// it. The zero value means "not set".
type Secret struct {
	// A pointer, because fmt can't call Format on an unexported field of another struct and
	// would print a string in it.
	text *string
}

// NewSecret hides text. Empty text is a secret that is not set.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// IsSet reports whether there is a secret at all.
func (s Secret) IsSet() bool { return s.text != nil }

// Reveal returns the secret itself, for the one call that needs it.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// String returns "[secret]" when the secret is set, "" otherwise.
func (s Secret) String() string {
	if s.text == nil {
		return ""
	}
	return hidden
}

// GoString is String, quoted.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format writes String for every verb.
func (s Secret) Format(f fmt.State, verb rune) {
	if verb == 'v' && f.Flag('#') {
		_, _ = io.WriteString(f, s.GoString())
		return
	}
	_, _ = io.WriteString(f, s.String())
}

// LogValue is String.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalJSON is String as JSON.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }

// MarshalText is String.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
