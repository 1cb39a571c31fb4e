package auth

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"namesake/internal/rbac"
)

const (
	// clockSkew is how far the identity provider's clock may be ahead.
	clockSkew = 30 * time.Second
	// maxSubject is from https://openid.net/specs/openid-connect-core-1_0.html#IDToken.
	maxSubject = 255
	// textLimit is how many runes of an external text are shown.
	textLimit = 200
)

// Identity is a person as the identity provider describes them. Issuer and Subject
// identify the person; the rest is for display and for their role.
type Identity struct {
	Issuer, Subject string
	Email, Name     string
	// Username is the person's user name at the provider, for display where no e-mail
	// address is known. The provider may change it and give it to another person.
	Username string
	Groups   []string
	// NoGroups is a sentence that says why the person's groups are unknown. It is "" when
	// they are known, even if there are none.
	NoGroups string
	// Claims describes in sentences the claims that the provider sent, by name and shape,
	// and where the groups may be in them.
	Claims []string
}

// plainSubject reports whether people can tell a subject from every other one by its
// visible characters. Decoders replace invalid bytes with U+FFFD, so that two subjects could
// become the same.
func plainSubject(subject string) bool {
	return strings.TrimSpace(subject) == subject && !strings.ContainsFunc(subject, func(r rune) bool {
		return r == unicode.ReplacementChar || !unicode.IsGraphic(r)
	})
}

// Roles lists, by role, the groups whose members have it.
type Roles struct{ Admin, Editor, Viewer []string }

// Of returns the highest role that any of groups grants, RoleNone when none does.
// Groups are compared letter by letter.
func (r Roles) Of(groups []string) rbac.Role {
	for _, grant := range []struct {
		role rbac.Role
		to   []string
	}{{rbac.Admin, r.Admin}, {rbac.Editor, r.Editor}, {rbac.Viewer, r.Viewer}} {
		if slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(grant.to, g) }) {
			return grant.role
		}
	}
	return rbac.RoleNone
}

// Limits of the groups that a session keeps. They are read with every request.
const (
	maxGroups     = 1000
	maxGroupBytes = 32 << 10
)

// keep returns the groups that a session keeps. Beyond the limits, groups that have a
// role now come first. If the configuration names a left-out group later, it gives no role
// until the person signs in again.
func (r Roles) keep(groups []string) []string {
	var kept []string
	bytes := 0
	for _, named := range []bool{true, false} {
		for _, group := range groups {
			if named != (r.Of([]string{group}) != rbac.RoleNone) || len(kept) == maxGroups || bytes+len(group) > maxGroupBytes {
				continue
			}
			kept, bytes = append(kept, group), bytes+len(group)
		}
	}
	return kept
}

// RefusedError reports a refused sign-in. Reason tells the person and the audit record in
// one or two sentences what is wrong and what to do. Err is the cause for the log. Both are
// free of tokens, codes and keys.
type RefusedError struct {
	Reason string
	Err    error
	Absent bool // the request presented nothing, so that it does not count as an attempt
	// ByService is the error code with which the sign-in service refused, "" when Namesake
	// refused.
	ByService string
}

func (e *RefusedError) Error() string {
	if e.Err == nil {
		return "sign-in refused: " + e.Reason
	}
	return "sign-in refused: " + e.Reason + ": " + e.Err.Error()
}

func (e *RefusedError) Unwrap() error { return e.Err }

// UnavailableError reports that the identity provider can't be asked at the moment.
// Reason is a sentence for the person; Err is the cause for the log.
type UnavailableError struct {
	Reason string
	Err    error
	Wait   time.Duration // how long to wait before trying again, 0 when unknown
}

func (e *UnavailableError) Error() string {
	return "sign-in unavailable: " + e.Reason + ": " + e.Err.Error()
}

func (e *UnavailableError) Unwrap() error { return e.Err }

// clip prepares external text for display: it removes control characters and characters
// that change the direction of writing, and limits the length to textLimit runes.
func clip(text string) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.In(r, unicode.Bidi_Control, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, text))
	n := 0
	for i := range text {
		if n == textLimit {
			return text[:i]
		}
		n++
	}
	return text
}
