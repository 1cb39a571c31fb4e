package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
)

// Credentials that a sandbox with default options accepts.
const (
	DefaultToken     = "sandbox"
	DefaultReadToken = "sandbox-read"
	DefaultEmail     = "admin@namesake.example"
	DefaultKey       = "sandbox-key"
)

// Token is an API token that the sandbox accepts.
type Token struct {
	Value    string
	ReadOnly bool   // 'Cloud Email Security: Read' instead of Write
	Status   string // "active", which is also the meaning of "", "disabled" or "expired"
	// Denied are the lists of settings around the registry that the token may not read, by the
	// last part of their path.
	Denied []string
}

func (t Token) status() string {
	if t.Status == "" {
		return "active"
	}
	return t.Status
}

func forbidden() *answer {
	a := refuse(http.StatusForbidden, Problem{Code: codeAuthentication, Message: "Authentication error"})
	return &a
}

func badHeaders(code int, header string) *answer {
	a := refuse(http.StatusBadRequest, Problem{
		Code: codeBadHeaders, Message: "Invalid request headers",
		ErrorChain: []Problem{{Code: code, Message: "Invalid format for " + header + " header"}},
	})
	return &a
}

func badToken() *answer {
	a := refuse(http.StatusUnauthorized, Problem{Code: codeBadToken, Message: "Invalid API Token"})
	return &a
}

// caller returns the bucket in which a request is counted: one for each known credential,
// and one for all others, so that unknown credentials take no memory.
func (s *Sandbox) caller(r *http.Request) string {
	if t, refusal := s.token(r); refusal == nil {
		return t.Value
	}
	if s.keyPair(r) {
		return "key"
	}
	return ""
}

func (s *Sandbox) keyPair(r *http.Request) bool {
	return s.opts.Key != "" && r.Header.Get("X-Auth-Email") == s.opts.Email && r.Header.Get("X-Auth-Key") == s.opts.Key
}

// token finds the token that the request carries.
func (s *Sandbox) token(r *http.Request) (Token, *answer) {
	value, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || !isIdentifier(value, 256) {
		return Token{}, badHeaders(codeBadAuthorization, "Authorization")
	}
	for _, t := range s.opts.Tokens {
		if t.Value == value {
			return t, nil
		}
	}
	return Token{}, badToken()
}

// authorize returns nil when the request's credentials allow the call.
func (s *Sandbox) authorize(r *http.Request, account string, write bool) *answer {
	h := r.Header
	if h.Get("Authorization") == "" && (h.Get("X-Auth-Email") != "" || h.Get("X-Auth-Key") != "") {
		switch {
		case !strings.Contains(h.Get("X-Auth-Email"), "@"):
			return badHeaders(codeBadAuthEmail, "X-Auth-Email")
		case !isIdentifier(h.Get("X-Auth-Key"), 256):
			return badHeaders(codeBadAuthKey, "X-Auth-Key")
		case !s.keyPair(r):
			a := refuse(http.StatusForbidden, Problem{Code: codeUnknownKey, Message: "Unknown X-Auth-Key or X-Auth-Email"})
			return &a
		}
	} else {
		t, refusal := s.token(r)
		if refusal != nil {
			return refusal
		}
		if t.status() != "active" || write && t.ReadOnly {
			return forbidden()
		}
	}
	if s.opts.Account != "" && account != s.opts.Account {
		return forbidden()
	}
	return nil
}

// verifyToken answers both token checks. As at Cloudflare, valid account-owned tokens fail
// at the user's check.
func (s *Sandbox) verifyToken(r *http.Request, account string) answer {
	t, refusal := s.token(r)
	switch {
	case refusal != nil:
		return *refusal
	case account == "" && strings.HasPrefix(t.Value, "cfat_"):
		return *badToken()
	case account != "" && s.opts.Account != "" && account != s.opts.Account:
		return *forbidden()
	}
	sum := sha256.Sum256([]byte(t.Value))
	ans := succeed(http.StatusOK, struct {
		ID     string `json:"id"`
		Status string `json:"status"`
	}{hex.EncodeToString(sum[:16]), t.status()})
	ans.body.Messages = []Problem{{
		Code: codeAuthentication, Message: "This API Token is valid and " + t.status(), Type: json.RawMessage("null"),
	}}
	return ans
}

// isIdentifier reports whether s is 1 to limit of the characters [A-Za-z0-9_-].
func isIdentifier(s string, limit int) bool {
	if s == "" || len(s) > limit {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
