package auth

import (
	"context"
	"errors"
	"net/http"

	"namesake/internal/registry"
)

// Method is a way to sign in.
type Method string

// The methods.
const (
	MethodDemo   Method = "demo"   // pick a role
	MethodOIDC   Method = "oidc"   // OpenID Connect
	MethodAccess Method = "access" // Cloudflare Access in front
)

// Gate is where people come in: by OIDC, by Access or, with neither, by the demo.
type Gate struct {
	Sessions *Sessions
	OIDC     *OIDC
	Access   *Access
	Roles    Roles
}

// Method returns how people sign in.
func (g *Gate) Method() Method {
	switch {
	case g.OIDC != nil:
		return MethodOIDC
	case g.Access != nil:
		return MethodAccess
	}
	return MethodDemo
}

// Ready returns what tells whether people can sign in, nil when nobody else has to be
// asked for it.
func (g *Gate) Ready() func(context.Context) error {
	switch {
	case g.OIDC != nil:
		return g.OIDC.Discover
	case g.Access != nil:
		return g.Access.Ping
	}
	return nil
}

// NoRoleError reports a person who is known, and in no group that has a role.
type NoRoleError struct {
	Actor    registry.Actor
	Roles    Roles
	NoGroups string // why nothing is known of the person's groups, if so
}

func (e *NoRoleError) Error() string { return "no role for " + e.Actor.Subject }

// Admit returns the person that id is as an actor, or a *NoRoleError.
func (g *Gate) Admit(id Identity) (registry.Actor, error) {
	who := registry.Actor{
		Issuer: id.Issuer, Subject: id.Subject, Email: id.Email, Name: id.Name,
		Role: g.Roles.Of(id.Groups), Auth: string(g.Method()),
	}
	for _, name := range []string{id.Email, id.Subject} {
		if who.Name == "" {
			who.Name = name
		}
	}
	if who.Role == registry.RoleNone {
		return who, &NoRoleError{who, g.Roles, id.NoGroups}
	}
	return who, nil
}

// Identify tells who sent r, which comes from where from says. It returns
// ErrNoSession, an *EndedError, a *RefusedError, an *UnavailableError, a
// *NoRoleError, or the database's error.
func (g *Gate) Identify(r *http.Request, from registry.Caller) (registry.Actor, error) {
	if g.Access == nil {
		return g.Sessions.Identify(r)
	}
	as, err := g.Access.Verify(r.Context(), r.Header)
	if err != nil {
		return registry.Actor{}, err
	}
	bind(r, as.Key)
	who, err := g.Sessions.Identify(r)
	var ended *EndedError
	switch {
	case err == nil && who.Role == registry.RoleNone:
		return who, &NoRoleError{Actor: who, Roles: g.Roles}
	case err == nil, errors.As(err, &ended), !errors.Is(err, ErrNoSession):
		return who, err
	}
	id, err := g.Access.Groups(r.Context(), as)
	if err != nil {
		return registry.Actor{}, err
	}
	who, refused := g.Admit(id)
	from.Actor = who
	if err := g.Sessions.adopt(r, from, as); err != nil {
		return registry.Actor{}, err
	}
	return who, refused
}

// adopt starts the session of an assertion that is met for the first time.
func (s *Sessions) adopt(r *http.Request, who registry.Caller, as Assertion) error {
	session, err := s.Get(r, s.name)
	if err != nil {
		return err
	}
	row := s.begin(r, who)
	row.Hash, row.Expires = as.Key, as.Expires
	err = s.registrar.StartSession(r.Context(), who, row)
	if err != nil && !errors.Is(err, registry.ErrSessionKnown) { // another request of the same page was first
		return err
	}
	session.Values[rowKey] = row
	return nil
}
