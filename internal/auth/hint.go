package auth

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"namesake/internal/registry"
)

const (
	// hintLimit is the longest ID token, in bytes, that is sent back at sign-out. It goes
	// into a URL, sealed and a third longer, and many servers limit request lines to 8 KB.
	hintLimit = 4 << 10
	// hintLifetime is the time within which the browser must go from the end of the
	// session here to the provider.
	hintLifetime = 5 * time.Minute
)

// Hint is the ID token of a session. Its only use is as id_token_hint, with which the
// provider finds the session to end. Printing it doesn't show it.
// https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout
type Hint struct{ token string }

// newHint returns idToken as a hint, an empty one when it is too long.
func newHint(idToken string) Hint {
	if len(idToken) > hintLimit {
		return Hint{}
	}
	return Hint{idToken}
}

// Empty reports whether there is no ID token.
func (h Hint) Empty() bool { return h.token == "" }

// Format writes the hint without its content, whatever the verb.
func (h Hint) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[id token]") }

// hintOf is the name under which the hint of a session is sealed, so that one row's hint
// can't be put into another row.
func hintOf(hash string) string { return "hint of session " + hash }

// Hint returns the hint of the session of r, an empty one when it has none.
func (s *Sessions) Hint(r *http.Request) (Hint, error) {
	_, row, err := s.current(r)
	if err != nil {
		return Hint{}, err
	}
	sealed, err := s.rows.SessionHint(r.Context(), row.Hash)
	if err != nil {
		return Hint{}, fmt.Errorf("%w: read session hint: %w", registry.ErrDatabase, err)
	}
	token, _, err := s.ring.openText(r.Context(), hintOf(row.Hash), sealed)
	return Hint{string(token)}, err
}

const handedOn = "hint on its way to the provider"

// SealHint returns a hint for a URL of ours that leads to the provider. OpenHint takes it
// for five minutes.
func (s *Sessions) SealHint(ctx context.Context, h Hint) (string, error) {
	if h.Empty() {
		return "", errors.New("seal hint: there is none")
	}
	made := binary.BigEndian.AppendUint64(nil, uint64(s.now().Unix())) //nolint:gosec // after 1970
	return s.ring.sealText(ctx, handedOn, append(made, h.token...))
}

// OpenHint returns the hint that SealHint sealed. The hint is empty when it is older than
// hintLifetime or when sealed is anything else.
func (s *Sessions) OpenHint(ctx context.Context, sealed string) (Hint, error) {
	if len(sealed) > 2*hintLimit {
		return Hint{}, nil
	}
	content, ok, err := s.ring.openText(ctx, handedOn, sealed)
	if err != nil || !ok || len(content) < 8 {
		return Hint{}, err
	}
	age := s.now().Sub(time.Unix(int64(binary.BigEndian.Uint64(content)), 0)) //nolint:gosec // as SealHint wrote it
	if age < -clockSkew || age > hintLifetime {
		return Hint{}, nil
	}
	return Hint{string(content[8:])}, nil
}
