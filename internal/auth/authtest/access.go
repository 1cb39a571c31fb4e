package authtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Team is a Cloudflare Access team, with the endpoints that a program behind Access
// asks and the keys that sign its assertions.
type Team struct {
	URL string // also the issuer

	t                  testing.TB
	mu                 sync.Mutex
	signers            []jose.JSONWebKey         // the private keys of the set, RSA first
	identities         map[string]map[string]any // by sub
	issued             map[string]string         // sub, by assertion
	certs              http.HandlerFunc
	down               bool
	fetches, questions int
}

// NewTeam starts a team, which ends with the test.
func NewTeam(t testing.TB) *Team {
	t.Helper()
	team := &Team{t: t, identities: map[string]map[string]any{}, issued: map[string]string{}}
	team.Rotate()
	mux := http.NewServeMux()
	mux.HandleFunc("GET /cdn-cgi/access/certs", team.answerCerts)
	mux.HandleFunc("GET /cdn-cgi/access/get-identity", team.answerIdentity)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	team.URL = server.URL
	return team
}

// Person returns the claims of an assertion for a person, issued now and valid for
// an hour. A test changes them as it likes before it has them signed.
func (team *Team) Person(sub, aud string, now time.Time) map[string]any {
	return map[string]any{
		"iss": team.URL, "aud": []string{aud}, "type": "app", "sub": sub, "email": sub + "@haldenvoss.example",
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(time.Hour).Unix(), "identity_nonce": rand.Text(), "country": "CH",
	}
}

// ServiceToken returns the claims of an assertion for a service token.
func (team *Team) ServiceToken(commonName, aud string, now time.Time) map[string]any {
	claims := team.Person("", aud, now)
	delete(claims, "email")
	claims["common_name"] = commonName
	return claims
}

// Sign returns the assertion with those claims, signed with RS256 as Access does.
func (team *Team) Sign(claims map[string]any) string { return team.sign(0, claims) }

// SignES returns the assertion with those claims, signed with ES256.
func (team *Team) SignES(claims map[string]any) string { return team.sign(1, claims) }

func (team *Team) sign(which int, claims map[string]any) string {
	team.t.Helper()
	team.mu.Lock()
	defer team.mu.Unlock()
	token := SignWith(team.t, team.signers[which], claims)
	sub, _ := claims["sub"].(string)
	team.issued[token] = sub
	return token
}

// SignWith returns the token with those claims, signed with any key, whose Algorithm
// and KeyID become the token's.
func SignWith(t testing.TB, key jose.JSONWebKey, claims map[string]any) string {
	t.Helper()
	signer, err := jose.NewSigner(
		jose.SigningKey{Algorithm: jose.SignatureAlgorithm(key.Algorithm), Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := signer.Sign(payload)
	if err != nil {
		t.Fatal(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// NewRSAKey returns a new private key for RS256, named by its thumbprint.
func NewRSAKey(t testing.TB) jose.JSONWebKey {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return newKey(t, private, jose.RS256)
}

func newKey(t testing.TB, private any, alg jose.SignatureAlgorithm) jose.JSONWebKey {
	t.Helper()
	key := jose.JSONWebKey{Key: private, Algorithm: string(alg), Use: "sig"}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	key.KeyID = base64.RawURLEncoding.EncodeToString(thumbprint)
	return key
}

// Rotate gives the team new keys and removes the old ones from the set.
func (team *Team) Rotate() {
	team.t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		team.t.Fatal(err)
	}
	signers := []jose.JSONWebKey{NewRSAKey(team.t), newKey(team.t, private, jose.ES256)}
	team.mu.Lock()
	defer team.mu.Unlock()
	team.signers = signers
}

// PublicKeys returns the key set, RSA first.
func (team *Team) PublicKeys() []jose.JSONWebKey {
	team.mu.Lock()
	defer team.mu.Unlock()
	var keys []jose.JSONWebKey
	for _, signer := range team.signers {
		keys = append(keys, signer.Public())
	}
	return keys
}

// SetDown makes every endpoint answer 503, or correctly again.
func (team *Team) SetDown(down bool) {
	team.mu.Lock()
	defer team.mu.Unlock()
	team.down = down
}

// SetCerts makes answer answer for the keys' endpoint; nil restores the correct answer.
func (team *Team) SetCerts(answer http.HandlerFunc) {
	team.mu.Lock()
	defer team.mu.Unlock()
	team.certs = answer
}

// Garbage answers with something that is not JSON. It quotes the cookies that were sent.
func Garbage(w http.ResponseWriter, r *http.Request) {
	_, _ = w.Write([]byte("<!doctype html>" + r.Header.Get("Cookie")))
}

// SetIdentity sets the identity endpoint's answer for the person sub, in addition to
// user_uuid and email. It answers Garbage for a nil identity.
func (team *Team) SetIdentity(sub string, identity map[string]any) {
	team.mu.Lock()
	defer team.mu.Unlock()
	team.identities[sub] = identity
}

// Forget ends the sign-ins so far, as revoking them does: the identity endpoint no longer
// knows them. Their assertions stay validly signed.
func (team *Team) Forget() {
	team.mu.Lock()
	defer team.mu.Unlock()
	for token := range team.issued {
		team.issued[token] = ""
	}
}

// Fetches returns how often the keys were asked for.
func (team *Team) Fetches() int {
	team.mu.Lock()
	defer team.mu.Unlock()
	return team.fetches
}

// Questions returns how often the identity endpoint was asked.
func (team *Team) Questions() int {
	team.mu.Lock()
	defer team.mu.Unlock()
	return team.questions
}

// Secrets lists the assertions that the team has signed.
func (team *Team) Secrets() []string {
	team.mu.Lock()
	defer team.mu.Unlock()
	return slices.Sorted(maps.Keys(team.issued))
}

func (team *Team) answerCerts(w http.ResponseWriter, r *http.Request) {
	keys := team.PublicKeys()
	team.mu.Lock()
	team.fetches++
	down, certs := team.down, team.certs
	team.mu.Unlock()
	switch {
	case down:
		w.WriteHeader(http.StatusServiceUnavailable)
	case certs != nil:
		certs(w, r)
	default:
		// The real ones are certificates of the same keys.
		cert := map[string]string{"kid": keys[0].KeyID, "cert": "-----BEGIN CERTIFICATE-----\n"}
		answerJSON(w, http.StatusOK, map[string]any{"keys": keys, "public_cert": cert, "public_certs": []any{cert}})
	}
}

func (team *Team) answerIdentity(w http.ResponseWriter, r *http.Request) {
	team.mu.Lock()
	defer team.mu.Unlock()
	team.questions++
	if team.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	cookie, err := r.Cookie("CF_Authorization")
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]any{"err": "no app token set"})
		return
	}
	sub := team.issued[cookie.Value]
	identity, set := team.identities[sub]
	switch {
	case sub == "":
		answerJSON(w, http.StatusUnauthorized, map[string]any{"err": "unable to find the identity of " + cookie.Value})
	case set && identity == nil:
		Garbage(w, r)
	default:
		answer := map[string]any{"user_uuid": sub, "email": sub + "@haldenvoss.example", "amr": []string{"pwd"}, "idp": map[string]any{"type": "oidc"}}
		maps.Copy(answer, identity)
		answerJSON(w, http.StatusOK, answer)
	}
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
