package auth

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"namesake/internal/rbac"
)

const (
	// clockSkew is how far the clock of whoever vouches for people may be ahead.
	clockSkew = 30 * time.Second
	// maxSubject is from https://openid.net/specs/openid-connect-core-1_0.html#IDToken.
	maxSubject = 255
	// textLimit is how many runes of a foreign text are shown.
	textLimit = 200
)

// Identity is who somebody is, in the words of whoever vouches for them. Issuer
// and Subject are the person; the rest is for display, and for their role.
type Identity struct {
	Issuer, Subject string
	Email, Name     string
	// Username is what the person is called there, for display, where no e-mail address
	// is known. It can be changed and given to somebody else.
	Username string
	Groups   []string
	// NoGroups says in a sentence why nothing is known of the person's groups, ""
	// when they are known, be it that there are none.
	NoGroups string
	// Claims says in sentences what the sign-in service told, by name and shape, and where
	// the groups may be in it.
	Claims []string
}

// plainSubject reports whether a subject can be told from every other one by what
// people see of it. U+FFFD stands where a decoder met bytes that are no text, so that
// two subjects could become the same.
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

// keep returns the groups that a session keeps: all of them or, beyond the
// limits, first those that have a role now. A group that is left out gives no role if
// the configuration names it later, until the person signs in again.
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

// RefusedError reports a sign-in that is refused. Reason is a sentence, or two, for
// the person and for the record: what is wrong and what to do. It holds no token,
// code or key, and neither does Err, the cause for the log.
type RefusedError struct {
	Reason string
	Err    error
	Absent bool // nothing was presented at all, so that it was no attempt either
	// ByService is the error code with which the sign-in service itself refused, "" when
	// it is Namesake that does.
	ByService string
}

func (e *RefusedError) Error() string {
	if e.Err == nil {
		return "sign-in refused: " + e.Reason
	}
	return "sign-in refused: " + e.Reason + ": " + e.Err.Error()
}

func (e *RefusedError) Unwrap() error { return e.Err }

// UnavailableError reports that whoever vouches for people can't be asked at the
// moment. Reason is a sentence for the person; Err is the cause, for the log.
type UnavailableError struct {
	Reason string
	Err    error
	Wait   time.Duration // how long to wait before trying again, 0 when unknown
}

func (e *UnavailableError) Error() string {
	return "sign-in unavailable: " + e.Reason + ": " + e.Err.Error()
}

func (e *UnavailableError) Unwrap() error { return e.Err }

// clip makes foreign text fit to be shown: no control characters, none that turn
// the direction of writing, and not too long.
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
