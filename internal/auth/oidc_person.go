package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// asymmetric are the signature algorithms whose key only the provider has. With the others,
// everyone who knows the client secret, or even without it, could sign an ID token.
var asymmetric = []string{
	oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512,
	oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA,
}

// claims are what a provider states about a person, by exact names.
type claims map[string]json.RawMessage

func (c claims) has(name string) bool {
	raw, ok := c[name]
	return ok && string(raw) != "null"
}

// grouped reports whether there is a claim at path.
func (c claims) grouped(path string) bool {
	_, ok := find(c, path)
	return ok
}

// text returns a claim that is a string, and "" when it is not.
func (c claims) text(name string) string {
	var s string
	if json.Unmarshal(c[name], &s) != nil {
		return ""
	}
	return s
}

// audience returns aud, which is a string or a list of them.
func (c claims) audience() []string {
	var list []string
	if json.Unmarshal(c["aud"], &list) != nil {
		return []string{c.text("aud")}
	}
	return list
}

func (c claims) email() string { return clip(c.text("email")) }

func (c claims) username() string { return clip(c.text("preferred_username")) }

func (c claims) name() string {
	if name := clip(c.text("name")); name != "" {
		return name
	}
	return c.username()
}

// witness is a key set that remembers the result of checking one token's signature, which
// the verifier returns only as part of a text.
type witness struct {
	oidc.KeySet
	payload []byte // signed by the provider
	err     error
}

func (w *witness) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	w.payload, w.err = w.KeySet.VerifySignature(ctx, jwt)
	return w.payload, w.err
}

func rawIDToken(token *oauth2.Token) string {
	raw, _ := token.Extra("id_token").(string)
	return raw
}

// verify returns what the ID token says, after the checks of
// https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation.
func (o *OIDC) verify(ctx context.Context, p *provider, f Flow, token *oauth2.Token) (claims, error) {
	raw := rawIDToken(token)
	if raw == "" {
		return nil, &RefusedError{Reason: "The sign-in service did not say who you are: it sent no ID token. The people who run Namesake should check how it is registered there."}
	}
	signature := &witness{KeySet: p.keys}
	id, err := oidc.NewVerifier(o.options.Issuer, signature, &oidc.Config{
		ClientID: o.options.ClientID, SupportedSigningAlgs: asymmetric, Now: o.options.Now,
	}).Verify(ctx, raw)
	if err != nil {
		return nil, o.disproved(ctx, err, signature)
	}
	var said claims
	if err := id.Claims(&said); err != nil {
		return nil, disbelieved("is not in the right form", errors.New("the claims are not an object"))
	}
	// https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation, 4 and 5
	switch azp := said.text("azp"); {
	case (len(id.Audience) > 1 || said.has("azp")) && azp != o.options.ClientID:
		return nil, disbelieved("is for another application", fmt.Errorf("azp is %q, want %q", clip(azp), o.options.ClientID))
	case id.IssuedAt.After(o.options.Now().Add(clockSkew)):
		return nil, disbelieved("has a date in the future: the clocks of Namesake and of the service differ", fmt.Errorf("iat is %s", id.IssuedAt.UTC().Format(time.RFC3339)))
	case !same(said.text("nonce"), f.Nonce):
		return nil, disbelieved("belongs to another sign-in", errors.New("the nonce is another one"))
	case id.AccessTokenHash != "" && id.VerifyAccessToken(token.AccessToken) != nil:
		return nil, disbelieved("does not belong to the token that came with it", errors.New("at_hash is another one"))
	}
	switch subject := said.text("sub"); {
	case subject == "" || len(subject) > maxSubject:
		return nil, disbelieved("has no user ID (sub), or one of more than 255 bytes", fmt.Errorf("sub has %d bytes, want 1 to %d", len(subject), maxSubject))
	case !plainSubject(subject):
		return nil, disbelieved("names you by an id (sub) with invisible or control characters in it, or spaces around it", errors.New("sub is not plain text"))
	}
	return said, nil
}

// disproved returns a sentence for an ID token that the verifier rejected.
func (o *OIDC) disproved(ctx context.Context, err error, signature *witness) error {
	var unfetched *fetchError
	var expired *oidc.TokenExpiredError
	switch {
	case errors.As(signature.err, &unfetched) || signature.err != nil && ctx.Err() != nil:
		if unfetched == nil {
			unfetched = &fetchError{err: ctx.Err()}
		}
		return o.unavailable("its keys", unfetched)
	case signature.err != nil: // not wrapped: it may quote the answer, at length
		return disbelieved("is not signed with any of the service's keys", errors.New("no key fits the signature"))
	case signature.payload == nil:
		return disbelieved("is not signed, or with an algorithm that Namesake does not accept (it accepts RS, PS, ES and EdDSA)", errors.New(clip(err.Error())))
	case errors.As(err, &expired):
		return disbelieved("has expired, or the clocks of Namesake and of the service differ", err)
	}
	var said claims
	cause := errors.New(clip(err.Error()))
	switch malformed := json.Unmarshal(signature.payload, &said) != nil; {
	case !malformed && said.text("iss") != o.options.Issuer:
		return disbelieved("comes from another service", cause)
	case !malformed && !slices.Contains(said.audience(), o.options.ClientID):
		return disbelieved("is for another application", cause)
	default:
		return disbelieved("is not in the right form, or not valid yet", cause)
	}
}

func disbelieved(what string, err error) *RefusedError {
	return &RefusedError{Reason: "The sign-in service's ID token " + what + ". Sign in again; if that does not help, tell the people who run Namesake.", Err: err}
}

// identify returns who signed in, from the ID token and, where that lacks something, from
// the userinfo endpoint.
func (o *OIDC) identify(ctx context.Context, p *provider, said claims, token *oauth2.Token) (Identity, error) {
	who := Identity{Issuer: o.options.Issuer, Subject: said.text("sub"), Email: said.email(), Name: said.name()}
	all := maps.Clone(said)
	claim, from, username := o.options.GroupsClaim, said, said.username()
	overage := said.overage(claim)
	grouped := said.grouped(claim) && !overage
	elsewhere := overage && o.options.GroupsFromGraph
	if p.UserInfo != "" && (!grouped && !elsewhere || who.Email == "" || who.Name == "") {
		more, err := o.userInfo(ctx, p, who.Subject, token)
		var unavailable *UnavailableError
		switch {
		case errors.As(err, &unavailable) && (grouped || overage):
			// The missing claims are for display only: the token has the groups.
			o.options.Log.WarnContext(ctx, "a person's name or email is not known", "error", err)
		case err != nil:
			return Identity{}, err
		case !grouped && (more.grouped(claim) || more.overage(claim)):
			from, overage = more, more.overage(claim)
		}
		for name, value := range more {
			if !all.has(name) {
				all[name] = value
			}
		}
		if who.Email == "" {
			who.Email = more.email()
		}
		if who.Name == "" {
			who.Name = more.name()
		}
		if username == "" {
			username = more.username()
		}
	}
	if who.Email == "" {
		who.Username = username
	}
	var err error
	switch {
	case overage && o.options.GroupsFromGraph:
		who.Groups, who.NoGroups, err = o.graphGroups(ctx, token)
	case overage:
		who.NoGroups = leftOut(claim)
	default:
		who.Groups, who.NoGroups = from.groups(claim)
	}
	if err != nil {
		return Identity{}, err
	}
	who.Claims = describe(all, "NAMESAKE_OIDC_GROUPS_CLAIM", claim)
	return who, nil
}

// userInfo returns the claims of subject from the userinfo endpoint.
func (o *OIDC) userInfo(ctx context.Context, p *provider, subject string, token *oauth2.Token) (claims, error) {
	const asked = "your userinfo"
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.UserInfo, http.NoBody)
	if err != nil {
		return nil, o.unavailable(asked, errors.New("its address can't be asked"))
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Authorization", "Bearer "+token.AccessToken)
	body, err := o.fetch(r)
	if err != nil {
		return nil, o.unavailable(asked, err)
	}
	var said claims
	if err := json.Unmarshal(body, &said); err != nil {
		return nil, o.unavailable(asked, &fetchError{what: "answers with something that is not an object", err: errors.New("the answer is not an object")})
	}
	// https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse
	if said.text("sub") != subject {
		return nil, &RefusedError{
			Reason: "The sign-in service's userinfo is about another person than its ID token. Sign in again; if that does not help, tell the people who run Namesake.",
			Err:    errors.New("the sub of userinfo is not the ID token's"),
		}
	}
	return said, nil
}

// groups returns the groups in the claim called name, or a sentence that says why they are
// unknown. A claim that can't be read in full is not read at all.
func (c claims) groups(name string) (groups []string, unknown string) {
	var value any
	if raw, ok := find(c, name); ok && json.Unmarshal(raw, &value) != nil {
		value = nil
	}
	switch value := value.(type) {
	case nil:
		return nil, c.noGroups(name)
	case string:
		if value == "" {
			return []string{}, ""
		}
		return []string{value}, ""
	case []any:
		groups = make([]string, len(value))
		for i, group := range value {
			text, ok := group.(string)
			if !ok {
				return nil, "The sign-in service's claim “" + name + "” is a list with something other than text in it; the people who run Namesake should check there what it sends as groups."
			}
			groups[i] = text
		}
		return slices.DeleteFunc(groups, func(group string) bool { return group == "" }), ""
	default:
		return nil, "The sign-in service's claim “" + name + "” is neither text nor a list of texts; the people who run Namesake should check there what it sends as groups."
	}
}

func (c claims) noGroups(name string) string {
	return "The sign-in service sent no claim called “" + name + "”; the people who run Namesake should check that it sends it to Namesake, and here NAMESAKE_OIDC_GROUPS_CLAIM and NAMESAKE_OIDC_SCOPES."
}
