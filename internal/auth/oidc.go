package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// flowLimit is the longest time from Begin to Finish.
const flowLimit = 10 * time.Minute

// OIDCOptions are the parts of an OIDC. Printing or logging them doesn't show the
// secret.
type OIDCOptions struct {
	Issuer, ClientID, ClientSecret string
	Scopes                         []string
	GroupsClaim                    string
	RedirectURL                    string // where the provider sends people back: PUBLIC_URL/auth/callback
	// GroupsFromGraph makes OIDC ask Microsoft Graph for the groups that Entra ID leaves
	// out of a token because there are too many.
	GroupsFromGraph bool
	GraphURL        string // Microsoft's own when "", or an address on this machine

	Transport http.RoundTripper // one like http.DefaultTransport when nil
	Now       func() time.Time  // time.Now when nil
	Log       *slog.Logger      // none when nil
}

// Format writes the options without the secret, whatever the verb.
func (o OIDCOptions) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "{"+o.Issuer+" client "+o.ClientID+" secret [secret]}")
}

// LogValue is what a log shows: everything but the secret.
func (o OIDCOptions) LogValue() slog.Value {
	return slog.GroupValue(slog.String("issuer", o.Issuer), slog.String("client_id", o.ClientID))
}

func (o OIDCOptions) check() error {
	var missing []string
	for _, part := range []struct {
		name string
		set  bool
	}{
		{"Issuer", o.Issuer != ""},
		{"ClientID", o.ClientID != ""},
		{"ClientSecret", o.ClientSecret != ""},
		{"Scopes with openid", slices.Contains(o.Scopes, oidc.ScopeOpenID)},
		{"GroupsClaim", o.GroupsClaim != ""},
		{"RedirectURL", o.RedirectURL != ""},
	} {
		if !part.set {
			missing = append(missing, part.name)
		}
	}
	if missing != nil {
		return errors.New("openid connect: missing: " + strings.Join(missing, ", "))
	}
	if !safeEndpoint(o.Issuer) {
		return errors.New("openid connect: the issuer must be an https URL, or http on a loopback address")
	}
	if o.GraphURL != "" && o.GraphURL != microsoftGraph && !onLoopback(o.GraphURL) {
		return errors.New("openid connect: Microsoft Graph is at " + microsoftGraph + " or on a loopback address")
	}
	return nil
}

// OIDC signs people in with an OpenID Connect provider, by the authorization code
// flow with PKCE. It reads the ID token once, at sign-in, and returns it as a Hint; it
// keeps no token.
type OIDC struct {
	options OIDCOptions
	client  *http.Client

	mu       sync.Mutex
	provider *provider // nil until it has been discovered
	failure  error     // of the latest discovery
	failed   time.Time
	asking   chan struct{} // closed when the discovery in progress ends; nil when there is none
}

// NewOIDC returns an OIDC. It makes no call: the first use discovers the provider.
func NewOIDC(o OIDCOptions) (*OIDC, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.GraphURL == "" {
		o.GraphURL = microsoftGraph
	}
	return &OIDC{options: o, client: newOIDCClient(o.Transport)}, nil
}

// Flow is what a browser keeps, sealed, between Begin and Finish.
type Flow struct {
	State          string    `json:"s"` // short names: cookies have little room
	Nonce          string    `json:"n"`
	Verifier       string    `json:"v"`
	Next           string    `json:"w,omitempty"` // where the person wanted to go
	Started        time.Time `json:"t"`
	Reauthenticate bool      `json:"a,omitempty"` // whether the provider was to ask for a password
}

// Begin returns where to send a browser to sign in, and what to keep for Finish.
// reauthenticate makes the provider ask for a password even if the person is signed in
// there.
func (o *OIDC) Begin(ctx context.Context, next string, reauthenticate bool) (to string, f Flow, err error) {
	return o.begin(ctx, rand.Text(), next, reauthenticate)
}

func (o *OIDC) begin(ctx context.Context, state, next string, reauthenticate bool) (to string, f Flow, err error) {
	p, err := o.discovered(ctx, false)
	if err != nil {
		return "", Flow{}, err
	}
	f = Flow{State: state, Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Next: next, Started: o.options.Now(), Reauthenticate: reauthenticate}
	with := []oauth2.AuthCodeOption{oidc.Nonce(f.Nonce), oauth2.S256ChallengeOption(f.Verifier)}
	if reauthenticate {
		with = append(with, oauth2.SetAuthURLParam("prompt", "login"))
	}
	return p.oauth.AuthCodeURL(f.State, with...), f, nil
}

// Finish returns who signed in, from the query with which the provider sent the browser
// back, and the hint to sign them out with. Otherwise it returns a RefusedError or an
// UnavailableError.
func (o *OIDC) Finish(ctx context.Context, f Flow, answer url.Values) (Identity, Hint, error) {
	token, said, p, err := o.exchange(ctx, f, answer)
	if err != nil {
		return Identity{}, Hint{}, err
	}
	who, err := o.identify(ctx, p, said, token)
	if err != nil {
		return Identity{}, Hint{}, err
	}
	return who, newHint(rawIDToken(token)), nil
}

// exchange exchanges the code in answer for tokens, and verifies the ID token.
func (o *OIDC) exchange(ctx context.Context, f Flow, answer url.Values) (*oauth2.Token, claims, *provider, error) {
	if !same(answer.Get("state"), f.State) {
		return nil, nil, nil, &RefusedError{Reason: "This sign-in was not started in this browser, or a newer one was started since. Sign in again."}
	}
	if o.options.Now().Sub(f.Started) > flowLimit {
		return nil, nil, nil, &RefusedError{Reason: "This sign-in took longer than 10 minutes. Sign in again."}
	}
	p, err := o.discovered(ctx, false)
	if err != nil {
		return nil, nil, nil, err
	}
	code, err := o.code(p, answer)
	if err != nil {
		return nil, nil, nil, err
	}
	token, err := p.oauth.Exchange(oidc.ClientContext(ctx, o.client), code, oauth2.VerifierOption(f.Verifier))
	if err != nil {
		return nil, nil, nil, o.noToken(err)
	}
	said, err := o.verify(ctx, p, f, token)
	return token, said, p, err
}

// code checks answer and returns its authorization code.
func (o *OIDC) code(p *provider, answer url.Values) (string, error) {
	for _, name := range []string{"state", "code", "iss", "error"} {
		if len(answer[name]) > 1 { // https://datatracker.ietf.org/doc/html/rfc6749#section-3.1
			return "", &RefusedError{Reason: "The sign-in service's answer has “" + name + "” in it more than once. Sign in again."}
		}
	}
	// https://datatracker.ietf.org/doc/html/rfc9207#section-2.4: the issuer is checked
	// before anything else in the answer.
	if iss := answer.Get("iss"); iss != o.options.Issuer && (answer.Has("iss") || p.SendsIssuer) {
		return "", &RefusedError{
			Reason: "The answer comes from another sign-in service than the one you were sent to. Sign in again; if that does not help, tell the people who run Namesake.",
			Err:    fmt.Errorf("iss is %q, want %q", clip(iss), o.options.Issuer),
		}
	}
	if answer.Has("error") {
		return "", refusal(answer)
	}
	code := answer.Get("code")
	if code == "" {
		return "", &RefusedError{Reason: "The sign-in service's answer has no code in it. Sign in again."}
	}
	return code, nil
}

// refusals are the errors that a provider may send a browser back with, see
// https://datatracker.ietf.org/doc/html/rfc6749#section-4.1.2.1 and
// https://openid.net/specs/openid-connect-core-1_0.html#AuthError.
var refusals = map[string]string{
	"access_denied":              "The sign-in service did not let you in, or you cancelled there.",
	"login_required":             "The sign-in service wants you to sign in there first.",
	"interaction_required":       "The sign-in service needs another step from you. Sign in again.",
	"account_selection_required": "The sign-in service wants you to choose an account first. Sign in again.",
	"consent_required":           "The sign-in service wants your consent first. Sign in again.",
	"server_error":               "The sign-in service reported an error (server_error). Try again in a moment.",
	"temporarily_unavailable":    "The sign-in service is overloaded or under maintenance. Try again in a moment.",
	"invalid_scope":              "The sign-in service does not offer what Namesake asks for. The people who run Namesake should check NAMESAKE_OIDC_SCOPES.",
	"invalid_request":            notRegistered,
	"unauthorized_client":        notRegistered,
	"unsupported_response_type":  notRegistered,
}

const notRegistered = "The sign-in service does not accept what Namesake asks for. The people who run Namesake should check how it is registered there."

// refusal returns a sentence for the provider's error code. The provider's own description
// is external text.
func refusal(answer url.Values) *RefusedError {
	reason, known := refusals[answer.Get("error")]
	if !known {
		reason = "The sign-in service refused with the error “" + clip(answer.Get("error")) + "”."
	}
	if says := clip(answer.Get("error_description")); says != "" {
		reason += " It says: “" + says + "”"
	}
	return &RefusedError{Reason: reason, ByService: answer.Get("error")}
}

// noToken returns the error of a failed exchange. It does not wrap err, which quotes the
// answer, and with it perhaps tokens.
func (o *OIDC) noToken(err error) error {
	var answered *oauth2.RetrieveError
	var network *url.Error
	switch {
	case errors.As(err, &network):
		return o.unavailable("a token", &fetchError{err: networkCause(network)})
	case !errors.As(err, &answered):
		return o.unavailable("a token", &fetchError{what: "answers with something else", err: errors.New("the answer holds no access token")})
	}
	status, code := answered.Response.StatusCode, answered.ErrorCode
	if !slices.Contains(tokenErrors, code) {
		code = "" // an unknown code could be any text
	}
	cause := fmt.Errorf("the token endpoint answered with status %d, error %q", status, code)
	switch {
	case code == "invalid_grant":
		return &RefusedError{Reason: "The code was used already or is too old: sign in again.", Err: cause}
	case code == "invalid_client", code == "" && status == http.StatusUnauthorized:
		return &UnavailableError{Reason: "The sign-in service does not accept Namesake's client ID and secret. The people who run Namesake should check NAMESAKE_OIDC_CLIENT_ID and NAMESAKE_OIDC_CLIENT_SECRET.", Err: cause}
	case code != "":
		return &UnavailableError{Reason: notRegistered, Err: cause}
	}
	return o.unavailable("a token", &fetchError{what: fmt.Sprintf("answers with status %d", status), err: cause})
}

// tokenErrors are those of https://datatracker.ietf.org/doc/html/rfc6749#section-5.2.
var tokenErrors = []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope"}

// SignOutURL returns the provider's URL for signing out, from which the browser returns to
// returnTo with state. hint names the session to end; some providers refuse without one.
// The URL is "" when the provider has none, or is not discovered yet.
func (o *OIDC) SignOutURL(hint Hint, returnTo, state string) string {
	p := o.current()
	if p == nil || p.EndSession == "" {
		return ""
	}
	u, err := url.Parse(p.EndSession)
	if err != nil {
		return ""
	}
	query := u.Query()
	query.Set("client_id", o.options.ClientID)
	for name, value := range map[string]string{"id_token_hint": hint.token, "post_logout_redirect_uri": returnTo, "state": state} {
		if value != "" {
			query.Set(name, value)
		}
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// Host names the provider for people.
func (o *OIDC) Host() string {
	u, err := url.Parse(o.options.Issuer)
	if err != nil {
		return o.options.Issuer
	}
	return u.Host
}

// same reports whether two secrets are equal and not empty.
func same(a, b string) bool {
	return a != "" && subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
