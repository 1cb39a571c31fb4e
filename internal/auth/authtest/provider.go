// Package authtest has identity providers that run within the test process: Provider is an
// OpenID provider, Team is Cloudflare Access. They sign real tokens, check requests as
// strictly as the real ones, and answer wrongly where a test says so.
package authtest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Provider is the OpenID provider, for one client. Its URL is the issuer.
type Provider struct {
	*httptest.Server
	ClientID, ClientSecret string

	mu      sync.Mutex
	answers Answers
	clients []string // the client's addresses
	key     key
	codes   map[string]grant
	access  map[string]Claims // by access token, what userinfo says
	secrets []string
	signed  []string // the ID tokens
	graphed int      // calls that the graph answered
}

// Claims are the members of a token, or of another of the provider's answers.
type Claims = map[string]any

// Answers are the provider's answers, and a test's changes to them.
type Answers struct {
	Now func() time.Time
	// Person holds the ID token's claims of the next person to sign in, UserInfo those of
	// the userinfo endpoint. Each needs a sub.
	Person, UserInfo Claims

	// These change an answer before it is given, or signed.
	Discovery, IDToken, Token func(Claims)
	Back                      func(url.Values) // what /authorize sends the browser back with

	// Overage leaves the groups out of the ID token, as Entra ID does when there are too
	// many. GraphPath then answers with MemberOf, GraphPage per page where that is not 0.
	Overage   bool
	MemberOf  []string
	GraphPage int

	NeedsHint bool // signing out takes an id_token_hint, as at Okta

	Algorithm string // of the ID token: RS256, or another, none and HS256 included
	Forged    bool   // the ID token is signed with another key, under the right key's id

	// Instead holds handlers, by path, that replace the provider's own.
	Instead map[string]http.HandlerFunc
}

// grant is what an authorization code stands for.
type grant struct {
	redirect, challenge, nonce string
	person, userInfo           Claims
}

// New returns a provider that runs until the test ends. addresses are the client's redirect
// URLs; Register adds more.
func New(t testing.TB, addresses ...string) *Provider {
	t.Helper()
	p := &Provider{
		ClientID: "namesake", ClientSecret: "the-clients-secret/" + rand.Text(),
		clients: addresses, key: pool()[0], codes: map[string]grant{}, access: map[string]Claims{},
		answers: Answers{
			Now:       time.Now,
			Algorithm: "RS256",
			Person:    Claims{"sub": "248289761001", "name": "Jane Doe", "email": "jane.doe@haldenvoss.example", "groups": []string{"namesake-editors"}},
			UserInfo:  Claims{"sub": "248289761001"},
			Instead:   map[string]http.HandlerFunc{},
		},
	}
	own := map[string]func(Answers, http.ResponseWriter, *http.Request){
		"/.well-known/openid-configuration": p.discovery,
		"/authorize":                        p.authorize,
		"/token":                            p.token,
		"/keys":                             p.publicKeys,
		"/userinfo":                         p.userInfo,
		"/logout":                           p.logout,
		GraphPath:                           p.graph,
	}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		defer p.mu.Unlock()
		if instead, ok := p.answers.Instead[r.URL.Path]; ok {
			p.mu.Unlock() // the handler may block
			defer p.mu.Lock()
			instead(w, r)
			return
		}
		handle, ok := own[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		handle(p.answers, w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// Bend changes the answers from now on.
func (p *Provider) Bend(change func(*Answers)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.answers)
}

// Register adds redirect URLs of the client.
func (p *Provider) Register(addresses ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clients = append(p.clients, addresses...)
}

// Rotate makes the provider sign with a new key, under a new id, and no longer publish the
// previous one.
func (p *Provider) Rotate() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.key = pool()[1]
}

// Secrets returns what the provider has issued or received that must not appear in a log
// or message: codes, tokens, states, nonces, verifiers and the client's secret.
func (p *Provider) Secrets() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append(slices.Clone(p.secrets), p.ClientSecret)
}

// Gone is an answer for Answers.Instead: the connection breaks.
func Gone(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// Say returns an answer for Answers.Instead.
func Say(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func (p *Provider) keep(secrets ...string) {
	for _, secret := range secrets {
		if secret != "" {
			p.secrets = append(p.secrets, secret)
		}
	}
}

func (p *Provider) discovery(a Answers, w http.ResponseWriter, _ *http.Request) {
	document := Claims{
		"issuer":                                p.URL,
		"authorization_endpoint":                p.URL + "/authorize",
		"token_endpoint":                        p.URL + "/token",
		"jwks_uri":                              p.URL + "/keys",
		"userinfo_endpoint":                     p.URL + "/userinfo",
		"end_session_endpoint":                  p.URL + "/logout",
		"response_types_supported":              []string{"code"},
		"subject_types_supported":               []string{"public"},
		"id_token_signing_alg_values_supported": []string{"RS256"},
	}
	if a.Discovery != nil {
		a.Discovery(document)
	}
	answer(w, http.StatusOK, document)
}

func (p *Provider) authorize(a Answers, w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	p.keep(asked.Get("state"), asked.Get("nonce"))
	for _, fault := range []struct {
		is   bool
		what string
	}{
		{asked.Get("client_id") != p.ClientID, "client_id is another one"},
		{!slices.Contains(p.clients, asked.Get("redirect_uri")), "redirect_uri is not registered"},
		{asked.Get("response_type") != "code", "response_type is not code"},
		{!slices.Contains(strings.Fields(asked.Get("scope")), "openid"), "scope lacks openid"},
		{asked.Get("code_challenge_method") != "S256" || len(asked.Get("code_challenge")) != 43, "there is no S256 challenge"},
		{asked.Get("state") == "" || asked.Get("nonce") == "", "there is no state or no nonce"},
	} {
		if fault.is {
			http.Error(w, fault.what, http.StatusBadRequest)
			return
		}
	}
	code := rand.Text()
	p.keep(code)
	p.codes[code] = grant{
		redirect: asked.Get("redirect_uri"), challenge: asked.Get("code_challenge"), nonce: asked.Get("nonce"),
		person: a.Person, userInfo: a.UserInfo,
	}
	back := url.Values{"code": {code}, "state": {asked.Get("state")}}
	if a.Back != nil {
		a.Back(back)
	}
	sendTo(w, r, asked.Get("redirect_uri"), back)
}

func (p *Provider) token(a Answers, w http.ResponseWriter, r *http.Request) {
	p.keep(r.PostFormValue("code_verifier"), r.PostFormValue("code"))
	id, secret, basic := r.BasicAuth()
	if basic { // https://datatracker.ietf.org/doc/html/rfc6749#section-2.3.1
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if r.Method != http.MethodPost || id != p.ClientID || secret != p.ClientSecret {
		answer(w, http.StatusUnauthorized, Claims{"error": "invalid_client"})
		return
	}
	given, ok := p.codes[r.PostFormValue("code")]
	delete(p.codes, r.PostFormValue("code"))
	challenge := sha256.Sum256([]byte(r.PostFormValue("code_verifier")))
	if !ok || r.PostFormValue("grant_type") != "authorization_code" || r.PostFormValue("redirect_uri") != given.redirect ||
		base64.RawURLEncoding.EncodeToString(challenge[:]) != given.challenge {
		answer(w, http.StatusBadRequest, Claims{"error": "invalid_grant"})
		return
	}

	access := rand.Text()
	hash := sha256.Sum256([]byte(access))
	claims := Claims{
		"iss": p.URL, "aud": p.ClientID, "nonce": given.nonce,
		"iat": a.Now().Unix(), "exp": a.Now().Add(5 * time.Minute).Unix(),
		"at_hash": base64.RawURLEncoding.EncodeToString(hash[:16]),
	}
	maps.Copy(claims, given.person)
	if a.Overage {
		delete(claims, "groups")
		claims["_claim_names"] = Claims{"groups": "src1"}
		claims["_claim_sources"] = Claims{"src1": Claims{"endpoint": p.URL + "/retired/users/1/getMemberObjects"}}
	}
	if a.IDToken != nil {
		a.IDToken(claims)
	}
	tokens := Claims{"access_token": access, "token_type": "Bearer", "expires_in": 300}
	signed, err := p.sign(a, claims)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	tokens["id_token"] = signed
	p.keep(access, signed)
	p.signed = append(p.signed, signed)
	p.access[access] = given.userInfo
	if a.Token != nil {
		a.Token(tokens)
	}
	answer(w, http.StatusOK, tokens)
}

func (p *Provider) userInfo(_ Answers, w http.ResponseWriter, r *http.Request) {
	claims, ok := p.access[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	if !ok {
		w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	answer(w, http.StatusOK, claims)
}

func (p *Provider) logout(a Answers, w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query()
	if hint := asked.Get("id_token_hint"); a.NeedsHint && hint == "" || hint != "" && !slices.Contains(p.signed, hint) {
		http.Error(w, "there is no id_token_hint, or one that was not signed here", http.StatusBadRequest)
		return
	}
	if asked.Get("client_id") != p.ClientID || !slices.Contains(p.clients, asked.Get("post_logout_redirect_uri")) {
		http.Error(w, "the client or its address is not registered", http.StatusBadRequest)
		return
	}
	p.keep(asked.Get("state"))
	sendTo(w, r, asked.Get("post_logout_redirect_uri"), url.Values{"state": asked["state"]})
}

func sendTo(w http.ResponseWriter, r *http.Request, address string, query url.Values) {
	u, err := url.Parse(address)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	all := u.Query()
	maps.Copy(all, query)
	u.RawQuery = all.Encode()
	http.Redirect(w, r, u.String(), http.StatusFound)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
