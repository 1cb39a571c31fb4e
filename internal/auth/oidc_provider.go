package auth

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Limits of calls to the provider.
const (
	callTimeout = 10 * time.Second
	maxAnswer   = 4 << 20
	// failureRetryDelay is how long a failed discovery is reused, so that many sign-ins at
	// once cause one call to a provider that already has problems.
	failureRetryDelay = 5 * time.Second
	// idleTimeout exceeds the time between the calls of one sign-in and is shorter than
	// servers' idle timeouts, the shortest known of which is 5 seconds. A code that is sent on
	// a connection just as the provider closes it is lost, because it must not be sent twice.
	idleTimeout = 2 * time.Second
)

// provider is what an OpenID provider says of itself, and its keys.
type provider struct {
	description
	keys  oidc.KeySet
	oauth oauth2.Config
}

// description is https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata.
type description struct {
	Issuer        string   `json:"issuer"`
	Authorization string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	Keys          string   `json:"jwks_uri"`
	UserInfo      string   `json:"userinfo_endpoint"`
	EndSession    string   `json:"end_session_endpoint"`
	TokenAuth     []string `json:"token_endpoint_auth_methods_supported"`
	SendsIssuer   bool     `json:"authorization_response_iss_parameter_supported"`
}

// Discover asks the provider for its description, unless it is known already. It
// returns an UnavailableError when that fails.
func (o *OIDC) Discover(ctx context.Context) error {
	_, err := o.discovered(ctx, false)
	return err
}

// KeepTrying tries to discover the provider until it succeeds or ctx ends.
func (o *OIDC) KeepTrying(ctx context.Context) {
	log := o.options.Log.With("issuer", o.options.Issuer)
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		_, err := o.discovered(ctx, true)
		if err == nil {
			log.InfoContext(ctx, "discovered the sign-in service: people can sign in")
			return
		}
		if ctx.Err() != nil {
			return
		}
		log.WarnContext(ctx, "people can't sign in: the sign-in service could not be discovered yet; if this message repeats, check NAMESAKE_OIDC_ISSUER and that this machine reaches it",
			"error", err, "next_try_in", wait)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// current returns the provider when it is known, and nil otherwise.
func (o *OIDC) current() *provider {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.provider
}

// discovered returns the provider, and discovers it first if necessary. Callers at the
// same time share one call. A call within failureRetryDelay of a failure gets that failure,
// unless insist is set.
func (o *OIDC) discovered(ctx context.Context, insist bool) (*provider, error) {
	o.mu.Lock()
	justFailed := o.failure != nil && o.options.Now().Sub(o.failed) < failureRetryDelay
	if o.provider != nil || justFailed && o.asking == nil && !insist {
		defer o.mu.Unlock()
		return o.provider, o.failure
	}
	if o.asking == nil {
		o.asking = make(chan struct{})
		// The call must not end with this request, because others may wait for it too.
		go o.ask(context.WithoutCancel(ctx), o.asking)
	}
	asking := o.asking
	o.mu.Unlock()

	select {
	case <-asking:
	case <-ctx.Done():
		return nil, o.unavailable("its description", &fetchError{err: ctx.Err()})
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.provider, o.failure
}

func (o *OIDC) ask(ctx context.Context, asking chan struct{}) {
	p, err := o.discover(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	o.provider, o.failure, o.failed, o.asking = p, err, o.options.Now(), nil
	close(asking)
}

const (
	tryAgain   = "Try again in a moment."
	triesAgain = "Namesake tries again by itself; try again in a moment. If that does not help, the people who run Namesake should check NAMESAKE_OIDC_ISSUER."
)

func (o *OIDC) discover(ctx context.Context) (*provider, error) {
	issuer := o.options.Issuer
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration", http.NoBody)
	if err != nil {
		return nil, o.unfit("has an address that can't be asked", err)
	}
	body, err := o.fetch(r)
	if err != nil {
		failure := o.unavailable("its description", err)
		failure.Reason = strings.TrimSuffix(failure.Reason, tryAgain) + triesAgain
		return nil, failure
	}
	p := &provider{}
	if err := json.Unmarshal(body, &p.description); err != nil {
		return nil, o.unfit("gives a description that is not an OpenID provider's", errors.New("the discovery document is not of the right form"))
	}
	if p.Issuer != issuer {
		named := clip(p.Issuer)
		return nil, o.unfit(fmt.Sprintf("calls itself “%s”; the two addresses must be identical", named), fmt.Errorf("issuer is %q, want %q", named, issuer))
	}
	for _, endpoint := range []struct {
		name, address string
		optional      bool
	}{
		{name: "authorization_endpoint", address: p.Authorization},
		{name: "token_endpoint", address: p.Token},
		{name: "jwks_uri", address: p.Keys},
		{name: "userinfo_endpoint", address: p.UserInfo, optional: true},
		{name: "end_session_endpoint", address: p.EndSession, optional: true},
	} {
		if !safeEndpoint(endpoint.address) && (endpoint.address != "" || !endpoint.optional) {
			return nil, o.unfit("gives no https address as its "+endpoint.name, fmt.Errorf("%s is %q", endpoint.name, clip(endpoint.address)))
		}
	}
	// The style is set here, because oauth2 would otherwise try both ways and send the code,
	// which is valid once, twice.
	// https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata: basic by default.
	style := oauth2.AuthStyleInHeader
	if slices.Contains(p.TokenAuth, "client_secret_post") && !slices.Contains(p.TokenAuth, "client_secret_basic") {
		style = oauth2.AuthStyleInParams
	}
	p.oauth = oauth2.Config{
		ClientID: o.options.ClientID, ClientSecret: o.options.ClientSecret, RedirectURL: o.options.RedirectURL, Scopes: o.options.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: p.Authorization, TokenURL: p.Token, AuthStyle: style},
	}
	p.keys = oidc.NewRemoteKeySet(oidc.ClientContext(ctx, &http.Client{Transport: fetching{o}}), p.Keys)
	return p, nil
}

// unfit is the error for a description that a person has to fix, here or at the provider.
func (o *OIDC) unfit(what string, err error) *UnavailableError {
	return &UnavailableError{Reason: "The sign-in service at " + o.options.Issuer + " " + what + ". The people who run Namesake should check NAMESAKE_OIDC_ISSUER.", Err: err}
}

// safeEndpoint reports whether an address is https, or on this machine, and its host has no
// character that would end a directive of a Content-Security-Policy.
func safeEndpoint(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return false
	}
	for _, r := range u.Host {
		if (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune(".-_:[]", r) {
			return false
		}
	}
	return u.Scheme == "https" || u.Scheme == "http" && onLoopback(address)
}

// onLoopback reports whether an address is on this machine.
func onLoopback(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || err == nil && addr.Unmap().IsLoopback()
}

// fetchError reports why fetching an answer of the provider failed.
type fetchError struct {
	what string // as in "the service answers with status 500"; "" when it can't be reached
	err  error
}

func (e *fetchError) Error() string { return e.err.Error() }

func (e *fetchError) Unwrap() error { return e.err }

// unavailable returns the error of a failed call for asked.
func (o *OIDC) unavailable(asked string, err error) *UnavailableError {
	reason := "can't be reached. " + tryAgain
	var failed *fetchError
	if errors.As(err, &failed) && failed.what != "" {
		reason = failed.what + " when asked for " + asked + ". " + tryAgain
	}
	return &UnavailableError{Reason: "The sign-in service at " + o.options.Issuer + " " + reason, Err: fmt.Errorf("ask for %s: %w", asked, err)}
}

// fetch returns the JSON that answers r, or a fetchError, which quotes nothing of the
// answer.
func (o *OIDC) fetch(r *http.Request) ([]byte, error) {
	resp, err := o.client.Do(r)
	if err != nil {
		return nil, &fetchError{err: networkCause(err)}
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return nil, &fetchError{what: fmt.Sprintf("answers with status %d", resp.StatusCode), err: fmt.Errorf("status %d", resp.StatusCode)}
	}
	body, err := io.ReadAll(resp.Body)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return nil, &fetchError{what: fmt.Sprintf("answers with more than %d MiB", maxAnswer>>20), err: errors.New("the answer is too long")}
	case err != nil:
		return nil, &fetchError{err: networkCause(err)}
	case !json.Valid(body):
		return nil, &fetchError{what: "answers with something that is not JSON", err: errors.New("the answer is not JSON")}
	}
	return body, nil
}

// networkCause returns the network's part of err. net/http's own errors may quote the
// answer, and with it tokens.
func networkCause(err error) error {
	var operation *net.OpError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate):
		return certificate
	case errors.As(err, &operation):
		return operation
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.Is(err, context.Canceled):
		return context.Canceled
	}
	return errors.New("the connection broke off")
}

// fetching is the transport of the key set. It marks a failure to fetch the keys, so that
// the failure differs from a token that none of them signed.
type fetching struct{ *OIDC }

func (f fetching) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := f.fetch(r.Clone(r.Context()))
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(string(body))), Request: r,
	}, nil
}

func newOIDCClient(transport http.RoundTripper) *http.Client {
	if transport == nil {
		// As http.DefaultTransport, but not shared with other clients.
		transport = &http.Transport{
			Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
			TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout: callTimeout, IdleConnTimeout: idleTimeout, MaxResponseHeaderBytes: 64 << 10,
		}
	}
	return &http.Client{Transport: bounded{transport}, Timeout: callTimeout}
}

// bounded limits the length of answers and stops redirects: a followed redirect would
// carry a token or the secret to another host.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	resp.Header.Del("Location")
	resp.Body = http.MaxBytesReader(nil, resp.Body, maxAnswer)
	return resp, nil
}
