package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// identityOf returns who a token is for, and whether it answers for their groups as
// well. A token that has a common_name, or no sub, is a service token's. Its name is
// also its group, so that a role can be given to it.
func (a *Access) identityOf(c accessClaims) (who Identity, settled bool, err error) {
	name := c.CommonName
	switch {
	case name == "" && c.Subject == "":
		return who, false, refusedAccess(reasonNoSubject, nil)
	case name != "" && !slices.Contains(a.service, name):
		return who, false, refusedAccess(reasonServiceToken, fmt.Errorf("common_name %.60q", name))
	case name != "":
		return Identity{Issuer: a.team, Subject: name, Name: name, Groups: []string{name}}, true, nil
	case len(c.Subject) > maxSubject || !plainSubject(c.Subject):
		return who, false, refusedAccess(reasonSubject, fmt.Errorf("sub of %d bytes", len(c.Subject)))
	}
	who, settled = a.person(c)
	return who, settled, nil
}

// person returns who the token of a person is for, and whether it answers for their
// groups as well.
func (a *Access) person(c accessClaims) (who Identity, settled bool) {
	custom := c.all.object("custom")
	who = Identity{Issuer: a.team, Subject: c.Subject, Email: clip(c.all.text("email")), Name: clip(c.all.text("name"))}
	if who.Name == "" {
		who.Name = clip(custom.text("name"))
	}
	claim, ok := find(custom, a.claim)
	if !ok {
		claim, ok = find(c.all, a.claim)
	}
	if !ok {
		return who, false
	}
	groups, ok := accessGroupNames(claim, false)
	if !ok {
		who.NoGroups = a.wrongType()
		return who, true
	}
	who.Groups = append([]string{}, groups...)
	// Access leaves the groups out of a token that would become too long, so that a token
	// without groups does not mean a person without groups.
	return who, len(groups) > 0
}

// Groups returns as.Identity with the person's groups: those in the token or, where
// it has none, those from the team's identity endpoint. It returns an
// *UnavailableError when that can't be asked, a *RefusedError when it does not know
// the token, or says that it is another person's.
// https://developers.cloudflare.com/cloudflare-one/identity/authorization-cookie/application-token/#user-identity
func (a *Access) Groups(ctx context.Context, as Assertion) (Identity, error) {
	who := as.Identity
	if as.settled {
		return who, nil
	}
	if as.token == nil {
		return who, errors.New("groups: the assertion is not one that was verified")
	}
	identity, err := a.identity(ctx, *as.token)
	if err != nil {
		return who, err
	}
	if _, ok := identity.member("user_uuid"); ok && identity.text("user_uuid") != who.Subject {
		return who, refusedAccess(reasonOtherPerson, fmt.Errorf("sub %.80q", who.Subject))
	}
	if who.Email == "" {
		who.Email = clip(identity.text("email"))
	}
	if who.Name == "" {
		who.Name = clip(identity.text("name"))
	}
	sources := []accessMembers{{a.claim: identity["groups"]}}
	for _, field := range []string{"oidc_fields", "custom", "saml_attributes"} {
		sources = append(sources, identity.object(field))
	}
	known, wrong := who.Groups != nil, false
	for _, source := range sources {
		claim, ok := find(source, a.claim)
		if !ok {
			continue
		}
		names, ok := accessGroupNames(claim, true)
		known, wrong = known || ok, wrong || !ok
		who.Groups = append(who.Groups, names...)
	}
	slices.Sort(who.Groups)
	who.Groups = slices.Compact(who.Groups)
	switch {
	case known:
	case wrong:
		who.NoGroups = a.wrongType()
	default:
		who.NoGroups = fmt.Sprintf("Cloudflare Access does not send the person's groups: neither the token nor the identity has the claim %q. "+
			"In Zero Trust, open the login method and check that it supports groups, or that %q is among its OIDC claims or SAML attributes.", a.claim, a.claim)
	}
	return who, nil
}

// describe lists the claims of a token, for a person without a role.
func (a *Access) describe(as Assertion) []string {
	claims := maps.Clone(as.claims)
	delete(claims, "custom")
	maps.Copy(claims, as.claims.object("custom")) // where the claim is looked for first
	return describe(claims, "NAMESAKE_ACCESS_GROUPS_CLAIM", a.claim)
}

func (a *Access) wrongType() string {
	return fmt.Sprintf("Cloudflare Access sends the claim %q, but it is not a list of groups: it must be a text or a list of texts. "+
		"In Zero Trust, check what the login method sends under that name.", a.claim)
}

// identity asks the team who the token is for. The token is sent to the team alone.
func (a *Access) identity(ctx context.Context, token string) (accessMembers, error) {
	from := a.team + "/cdn-cgi/access/get-identity"
	answer, err := askAccess(ctx, a.client, from, &http.Cookie{Name: "CF_Authorization", Value: token})
	var identity accessMembers
	switch {
	case err != nil:
	case answer.status == http.StatusUnauthorized || answer.status == http.StatusForbidden:
		return nil, refusedAccess(reasonSignInOver, fmt.Errorf("%s answered %d", from, answer.status))
	case answer.status != http.StatusOK:
		err = fmt.Errorf("%s answered %d", from, answer.status)
	case json.Unmarshal(answer.body, &identity) != nil || identity == nil:
		err = fmt.Errorf("%s answered no identity", from)
	case identity.text("err") != "":
		err = fmt.Errorf("%s answered an error", from)
	}
	if err != nil {
		return nil, &UnavailableError{Reason: reasonNoIdentity, Err: fmt.Errorf("ask for the groups: %w", err)}
	}
	return identity, nil
}

// accessMembers are the members of a JSON object, none when it was anything else.
type accessMembers map[string]json.RawMessage

// member returns the member called name, unless it is missing or null.
func (m accessMembers) member(name string) (json.RawMessage, bool) {
	raw := m[name]
	return raw, len(raw) > 0 && string(raw) != "null"
}

func (m accessMembers) object(name string) accessMembers { return readMembers(m[name]) }

func readMembers(raw json.RawMessage) accessMembers {
	var members accessMembers
	if json.Unmarshal(raw, &members) != nil {
		return nil
	}
	return members
}

// text returns the string called name, "" when it is none.
func (m accessMembers) text(name string) string {
	var s string
	if json.Unmarshal(m[name], &s) != nil {
		return ""
	}
	return s
}

// accessGroupNames returns the groups of a claim: a text or a list of texts or, where
// objects may be in it, of objects that have an id, a name or an e-mail address,
// each of which is a name of the group.
func accessGroupNames(claim json.RawMessage, objects bool) (names []string, ok bool) {
	var list []json.RawMessage
	if json.Unmarshal(claim, &list) != nil {
		list = []json.RawMessage{claim}
		objects = false
	}
	for _, item := range list {
		found := len(names)
		var name string
		switch {
		case json.Unmarshal(item, &name) == nil && string(item) != "null":
			names = append(names, name)
		case objects:
			members := readMembers(item)
			for _, member := range []string{"id", "name", "email"} {
				if s := members.text(member); s != "" {
					names = append(names, s)
				}
			}
		}
		if len(names) == found {
			return nil, false
		}
	}
	names = slices.DeleteFunc(names, func(s string) bool { return s == "" })
	slices.Sort(names)
	return slices.Compact(names), true
}
