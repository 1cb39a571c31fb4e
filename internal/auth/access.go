package auth

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejson "github.com/go-jose/go-jose/v4/json" // exact names, and no name twice
	"github.com/go-jose/go-jose/v4/jwt"
)

// AccessOptions say which Cloudflare Access application stands in front of the
// program.
type AccessOptions struct {
	TeamURL       string   // https://team.cloudflareaccess.com, or http on loopback; also the issuer
	AUD           string   // the application's audience tag
	ServiceTokens []string // client ids (common_name) of the service tokens that may come in
	GroupsClaim   string   // the claim that holds a person's groups
	Transport     http.RoundTripper
	Now           func() time.Time
	Log           *slog.Logger
}

// Access identifies the sender of a request that came through Cloudflare Access.
// https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/validating-json/
type Access struct {
	team, aud, claim string
	service          []string
	client           *http.Client
	keys             *accessKeys
	now              func() time.Time
}

// Limits of what Access accepts.
const (
	assertionHeader = "Cf-Access-Jwt-Assertion"
	assertionMax    = 16 << 10
	accessTimeout   = 10 * time.Second
	accessAnswerMax = 1 << 20
)

// assertionAlgs are the accepted signature algorithms. Both need a private key, so that a
// public key can't be used as a shared secret.
var assertionAlgs = []jose.SignatureAlgorithm{jose.RS256, jose.ES256}

// NewAccess returns Access for the application that o describes. It makes no call,
// because the team may be unreachable when the program starts.
func NewAccess(o AccessOptions) (*Access, error) {
	var faults []error
	for name, value := range map[string]string{"TeamURL": o.TeamURL, "AUD": o.AUD, "GroupsClaim": o.GroupsClaim} {
		if value == "" {
			faults = append(faults, fmt.Errorf("%s is missing", name))
		}
	}
	if o.TeamURL != "" && !isTeamURL(o.TeamURL) {
		faults = append(faults, errors.New("TeamURL must be https:// (or http:// on loopback) and a host, with nothing after it"))
	}
	if len(faults) > 0 {
		slices.SortFunc(faults, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
		return nil, fmt.Errorf("access: %w", errors.Join(faults...))
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	client := &http.Client{
		Transport: o.Transport,
		// A followed redirect would carry a person's token elsewhere, or fetch keys from there.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Access{
		team: o.TeamURL, aud: o.AUD, claim: o.GroupsClaim, service: slices.Clone(o.ServiceTokens), client: client, now: o.Now,
		keys: &accessKeys{url: o.TeamURL + "/cdn-cgi/access/certs", client: client, now: o.Now, log: o.Log},
	}, nil
}

func isTeamURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || s != u.Scheme+"://"+u.Host {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	loopback := u.Hostname() == "localhost" || err == nil && addr.IsLoopback()
	return u.Scheme == "https" || u.Scheme == "http" && loopback
}

// SignOutURL is where a person's browser goes to sign out of Cloudflare Access.
func (a *Access) SignOutURL() string { return a.team + "/cdn-cgi/access/logout" }

// Ping reports whether assertions can be verified: the team's keys are there, or
// can be fetched.
func (a *Access) Ping(ctx context.Context) error {
	_, err := a.keys.ready(ctx)
	return err
}

// Assertion is a verified Cf-Access-Jwt-Assertion.
type Assertion struct {
	Identity Identity // Groups are filled when the token itself has them
	Expires  time.Time
	Key      string // the same for the same token, however it is spelled

	token   *string // a pointer, which %+v doesn't follow, so that no log shows it
	settled bool    // whether the token itself says which groups the person is in
	claims  accessMembers
}

// accessClaims are the claims that verification needs. Claims for display are read one
// by one, and may be of any type.
type accessClaims struct {
	Issuer     string           `json:"iss"`
	Audience   jwt.Audience     `json:"aud"`
	Type       string           `json:"type"`
	Expiry     *jwt.NumericDate `json:"exp"`
	NotBefore  *jwt.NumericDate `json:"nbf"`
	IssuedAt   *jwt.NumericDate `json:"iat"`
	Subject    string           `json:"sub"`
	CommonName string           `json:"common_name"`

	all accessMembers
}

// Verify returns the person or service token that the assertion in header is for. It returns a *RefusedError
// when there is none that can be believed, an *UnavailableError when the team's keys
// can't be had.
func (a *Access) Verify(ctx context.Context, header http.Header) (Assertion, error) {
	token, err := assertionOf(header)
	if err != nil {
		return Assertion{}, err
	}
	signed, ok := signedPart(token)
	if !ok {
		return Assertion{}, refusedAccess(reasonMalformed, nil)
	}
	claims, err := a.claimsOf(ctx, token)
	if err != nil {
		return Assertion{}, err
	}
	if err := a.checkOrigin(claims); err != nil {
		return Assertion{}, err
	}
	if err := a.checkTimes(claims); err != nil {
		return Assertion{}, err
	}
	// The key leaves the signature out, because an ECDSA signature has a second valid form.
	sum := sha256.Sum256([]byte(signed))
	as := Assertion{Expires: claims.Expiry.Time(), Key: base64.RawURLEncoding.EncodeToString(sum[:]), token: &token, claims: claims.all}
	as.Identity, as.settled, err = a.identityOf(claims)
	if err != nil {
		return Assertion{}, err
	}
	return as, nil
}

// assertionOf returns the one assertion of a request.
func assertionOf(header http.Header) (string, error) {
	for name := range header {
		plain := strings.ToLower(strings.ReplaceAll(name, "_", "-"))
		if plain == strings.ToLower(assertionHeader) && name != assertionHeader {
			return "", refusedAccess(reasonLookAlike, fmt.Errorf("header %q", name))
		}
	}
	values := header[assertionHeader]
	switch {
	case len(values) == 0 || len(values) == 1 && values[0] == "":
		return "", &RefusedError{Reason: reasonMissing, Absent: true}
	case len(values) > 1:
		return "", refusedAccess(reasonTwice, fmt.Errorf("%d values", len(values)))
	case len(values[0]) > assertionMax:
		return "", refusedAccess(reasonTooLong, fmt.Errorf("%d bytes", len(values[0])))
	case strings.Contains(values[0], ","):
		return "", refusedAccess(reasonJoined, nil)
	}
	return values[0], nil
}

// signedPart returns the header and payload of a token. It accepts the canonical base64
// only: decoders ignore line breaks and unused trailing bits, so that one token could be
// written in many ways.
func signedPart(token string) (string, bool) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return "", false
	}
	for _, part := range parts {
		decoded, err := base64.RawURLEncoding.DecodeString(part)
		if err != nil || part == "" || base64.RawURLEncoding.EncodeToString(decoded) != part {
			return "", false
		}
	}
	return parts[0] + "." + parts[1], true
}

// claimsOf verifies the signature of a token and returns its claims. Its errors don't
// wrap the library's, which could quote the token.
func (a *Access) claimsOf(ctx context.Context, token string) (accessClaims, error) {
	var claims accessClaims
	parsed, err := jose.ParseSignedCompact(token, assertionAlgs)
	var alg *jose.ErrUnexpectedSignatureAlgorithm
	switch {
	case errors.As(err, &alg):
		return claims, refusedAccess(reasonAlg, fmt.Errorf("alg %.20q", string(alg.Got)))
	case err != nil || len(parsed.Signatures) != 1:
		return claims, refusedAccess(reasonMalformed, errors.New("not a signed token"))
	}
	header := parsed.Signatures[0].Protected
	if header.KeyID == "" {
		return claims, refusedAccess(reasonNoKey, nil)
	}
	keys, err := a.keys.find(ctx, header.KeyID)
	if err != nil {
		return claims, err
	}
	if len(keys) == 0 {
		return claims, refusedAccess(reasonUnknownKey, fmt.Errorf("kid %.80q", header.KeyID))
	}
	for _, key := range keys {
		if !key.fits(header.Algorithm) {
			continue
		}
		payload, err := parsed.Verify(key.public)
		if err != nil {
			continue
		}
		if josejson.Unmarshal(payload, &claims) != nil || josejson.Unmarshal(payload, &claims.all) != nil {
			return claims, refusedAccess(reasonUnreadable, nil)
		}
		return claims, nil
	}
	return claims, refusedAccess(reasonSignature, fmt.Errorf("alg %s, kid %.80q", header.Algorithm, header.KeyID))
}

// checkOrigin says whether the token is the team's, for this application.
func (a *Access) checkOrigin(c accessClaims) error {
	switch {
	case c.Issuer != a.team:
		return refusedAccess(reasonIssuer, fmt.Errorf("iss %.100q, not %q", c.Issuer, a.team))
	case len(c.Audience) == 0:
		return refusedAccess(reasonNoAudience, nil)
	case !c.Audience.Contains(a.aud):
		return refusedAccess(reasonAudience, fmt.Errorf("aud %.300q, not %q", []string(c.Audience), a.aud))
	case c.Type == "":
		return refusedAccess(reasonNoType, nil)
	case c.Type != "app":
		return refusedAccess(reasonType, fmt.Errorf("type %.60q", c.Type))
	}
	return nil
}

// checkTimes says whether the token is valid now.
func (a *Access) checkTimes(c accessClaims) error {
	now := a.now()
	soon := now.Add(clockSkew)
	switch {
	case c.Expiry == nil:
		return refusedAccess(reasonNoExpiry, nil)
	case !now.Before(c.Expiry.Time()):
		return refusedAccess(reasonExpired, fmt.Errorf("exp %s", timeText(c.Expiry)))
	case c.NotBefore != nil && c.NotBefore.Time().After(soon):
		return refusedAccess(reasonNotYet, fmt.Errorf("nbf %s, now %s", timeText(c.NotBefore), now.UTC().Format(time.RFC3339)))
	case c.IssuedAt != nil && c.IssuedAt.Time().After(soon):
		return refusedAccess(reasonFuture, fmt.Errorf("iat %s, now %s", timeText(c.IssuedAt), now.UTC().Format(time.RFC3339)))
	}
	return nil
}

func timeText(n *jwt.NumericDate) string { return n.Time().UTC().Format(time.RFC3339) }

// accessAnswer is an answer of the team.
type accessAnswer struct {
	status int
	body   []byte
}

// askAccess gets a JSON document of the team. Its errors quote nothing of the
// answer, which could hold what was sent.
func askAccess(ctx context.Context, client *http.Client, from string, cookies ...*http.Cookie) (accessAnswer, error) {
	ctx, cancel := context.WithTimeout(ctx, accessTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, http.NoBody)
	if err != nil {
		return accessAnswer{}, err
	}
	req.Header.Set("Accept", "application/json")
	for _, cookie := range cookies {
		req.AddCookie(cookie)
	}
	res, err := client.Do(req)
	var network *url.Error
	switch {
	case errors.As(err, &network):
		return accessAnswer{}, fmt.Errorf("get %s: %w", from, networkCause(network))
	case err != nil:
		return accessAnswer{}, err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, accessAnswerMax+1))
	switch {
	case err != nil:
		return accessAnswer{}, fmt.Errorf("read %s: %w", from, err)
	case len(body) > accessAnswerMax:
		return accessAnswer{}, fmt.Errorf("read %s: the answer is longer than 1 MiB", from)
	}
	return accessAnswer{status: res.StatusCode, body: body}, nil
}
