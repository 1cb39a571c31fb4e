package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"namesake/internal/rbac"
	"namesake/internal/signin"
)

// Method is a way to sign in.
type Method string

// The methods.
const (
	MethodDemo   Method = "demo"   // pick a role
	MethodOIDC   Method = "oidc"   // OpenID Connect
	MethodAccess Method = "access" // Cloudflare Access in front
)

// Gate signs people in by OIDC, by Cloudflare Access or, with neither, in demo mode.
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

// Ready returns a check of whether people can sign in, nil when signing in needs no other
// service.
func (g *Gate) Ready() func(context.Context) error {
	switch {
	case g.OIDC != nil:
		return g.OIDC.Discover
	case g.Access != nil:
		return g.Access.Ping
	}
	return nil
}

// NoRoleError reports an identified person who is in no group that has a role.
type NoRoleError struct {
	Actor    rbac.Actor
	Roles    Roles
	NoGroups string   // why the person's groups are unknown, "" when they are known
	Hints    []string // sentences that help to find the right setting
}

func (e *NoRoleError) Error() string { return "no role for " + e.Actor.Subject }

// Admit returns the actor for id, or a *NoRoleError.
func (g *Gate) Admit(id Identity) (rbac.Actor, error) {
	who := rbac.Actor{
		Issuer: id.Issuer, Subject: id.Subject, Email: id.Email, Name: id.Name, Username: id.Username,
		Role: g.Roles.Of(id.Groups), Auth: string(g.Method()),
	}
	for _, name := range []string{id.Email, id.Username, id.Subject} {
		if who.Name == "" {
			who.Name = name
		}
	}
	if who.Role == rbac.RoleNone {
		return who, &NoRoleError{who, g.Roles, id.NoGroups, g.hints(id.Groups, id.Claims)}
	}
	return who, nil
}

// RoleOf returns the role that a session gives under the present configuration, so that a
// role ends when the configuration changes.
func (g *Gate) RoleOf(n signin.Session) rbac.Role {
	switch {
	case !g.vouchedFor(n.Actor):
		return rbac.RoleNone
	case g.Method() == MethodDemo:
		who, _ := DemoActor(n.Actor.Subject)
		return who.Role
	}
	return g.Roles.Of(n.Groups)
}

// Rows returns rows whose actors have the role that RoleOf gives them.
func (g *Gate) Rows(rows signin.Store) signin.Store { return rolesNow{rows, g} }

type rolesNow struct {
	signin.Store
	gate *Gate
}

func (n rolesNow) Session(ctx context.Context, hash string) (s signin.Session, ok bool, err error) {
	s, ok, err = n.Store.Session(ctx, hash)
	s.Actor.Role = n.gate.RoleOf(s)
	return s, ok, err
}

func (n rolesNow) OpenSessions(ctx context.Context, q signin.Query) ([]signin.Session, error) {
	open, err := n.Store.OpenSessions(ctx, q)
	return n.withRoles(open), err
}

func (n rolesNow) SessionsOf(ctx context.Context, issuer, subject string) ([]signin.Session, error) {
	sessions, err := n.Store.SessionsOf(ctx, issuer, subject)
	return n.withRoles(sessions), err
}

func (n rolesNow) withRoles(sessions []signin.Session) []signin.Session {
	for i := range sessions {
		sessions[i].Actor.Role = n.gate.RoleOf(sessions[i])
	}
	return sessions
}

// SignIn starts a session for who with groups. hint ends it at the sign-in service later.
func (g *Gate) SignIn(w http.ResponseWriter, r *http.Request, who rbac.Caller, groups []string, hint Hint) error {
	return g.Sessions.SignIn(w, r, who, hint, g.Roles.keep(groups)...)
}

// Refuse records, and stores with groups, that the sign-in of who was refused because they
// have no role. Work that continues in their name finds that there.
func (g *Gate) Refuse(r *http.Request, who rbac.Caller, groups []string) error {
	row := g.Sessions.begin(r, who, g.Roles.keep(groups))
	row.Hash = hash(rand.Text())
	return g.Sessions.registrar.StartSession(r.Context(), who, row)
}

// Identify returns the sender of r; from holds the address and browser. It returns
// ErrNoSession, an *EndedError, a *RefusedError, an *UnavailableError, a
// *NoRoleError, or the database's error.
func (g *Gate) Identify(r *http.Request, from rbac.Caller) (rbac.Actor, error) {
	if g.Access != nil {
		return g.identifyAccess(r, from)
	}
	n, err := g.Sessions.identify(r)
	switch who := n.Actor; {
	case err != nil:
		return rbac.Actor{}, err
	case !g.vouchedFor(who):
		return rbac.Actor{}, ErrNoSession
	default:
		if who.Role = g.RoleOf(n); who.Role == rbac.RoleNone {
			return who, &NoRoleError{Actor: who, Roles: g.Roles, Hints: g.hints(n.Groups, nil)}
		}
		return who, nil
	}
}

func (g *Gate) identifyAccess(r *http.Request, from rbac.Caller) (rbac.Actor, error) {
	as, err := g.Access.Verify(r.Context(), r.Header)
	if err != nil {
		return rbac.Actor{}, err
	}
	bind(r, as.Key)
	n, err := g.Sessions.identify(r)
	var ended *EndedError
	if errors.As(err, &ended) && ended.Session.Refused {
		n, err = ended.Session, nil // a remembered refusal does not expire
	}
	who := n.Actor
	switch who.Role = g.RoleOf(n); {
	case err == nil && who.Role == rbac.RoleNone:
		return g.noRole(r, as, who, n.Groups)
	case err == nil && !n.Refused:
		return who, nil
	case err == nil: // the configuration gives the person a role by now
		from.Actor = who
		return g.adopt(r, from, as, n.Groups)
	case !errors.Is(err, ErrNoSession), ended != nil:
		return rbac.Actor{}, err
	}
	id, err := g.Access.Groups(r.Context(), as)
	if err != nil {
		return rbac.Actor{}, err
	}
	who, refused := g.Admit(id)
	from.Actor = who
	if who, err = g.adopt(r, from, as, id.Groups); err != nil {
		return rbac.Actor{}, err
	}
	var noRole *NoRoleError
	if errors.As(refused, &noRole) {
		noRole.Hints = append(noRole.Hints, g.Access.describe(as)...)
	}
	return who, refused
}

// adopt starts the session of an assertion for who, unless another request of the same
// page was first, and returns who is signed in.
func (g *Gate) adopt(r *http.Request, who rbac.Caller, as Assertion, groups []string) (rbac.Actor, error) {
	known, err := g.Sessions.adopt(r, who, as, g.Roles.keep(groups))
	if !known || err != nil {
		return who.Actor, err
	}
	n, err := g.Sessions.identify(r)
	n.Actor.Role = g.RoleOf(n)
	return n.Actor, err
}

// vouchedFor reports whether who used the configured way to sign in: sessions end with a
// change from demo mode or from another provider.
func (g *Gate) vouchedFor(who rbac.Actor) bool {
	return who.Auth == string(g.Method()) && (g.OIDC == nil || who.Issuer == g.OIDC.options.Issuer)
}

// noRole returns the NoRoleError of a person who was refused before, from what is known
// without asking the team.
func (g *Gate) noRole(r *http.Request, as Assertion, who rbac.Actor, groups []string) (rbac.Actor, error) {
	noRole := &NoRoleError{Actor: who, Roles: g.Roles, Hints: g.hints(groups, g.Access.describe(as))}
	if as.settled {
		if id, err := g.Access.Groups(r.Context(), as); err == nil {
			noRole.NoGroups = id.NoGroups
		}
	}
	return who, noRole
}

// adopt starts the session of an assertion that is seen for the first time. known reports
// that another request has started it.
func (s *Sessions) adopt(r *http.Request, who rbac.Caller, as Assertion, groups []string) (known bool, err error) {
	session, err := s.Get(r, s.name)
	if err != nil {
		return false, err
	}
	row := s.begin(r, who, groups)
	row.Hash, row.Expires = as.Key, as.Expires
	err = s.registrar.StartSession(r.Context(), who, row)
	switch {
	case errors.Is(err, signin.ErrKnown):
		return true, s.load(r.Context(), session, as.Key)
	case err != nil:
		return false, err
	}
	session.Values[rowKey] = row
	return false, nil
}
