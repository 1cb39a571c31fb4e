package findings

import (
	"namesake/internal/input"
	"namesake/internal/javaregex"
)

// invisibleCharacter finds characters that can't be seen, in a name or in an address: with
// them, the entry never matches the text that people see. The witness is the address without
// them.
func invisibleCharacter(s *subject, _ *situation) (Finding, bool) {
	f := Finding{Rule: InvisibleCharacter, Severity: Warning}
	if c, bad := input.Bad(s.Name, input.InName); bad {
		f.Detail, f.Witness = c.String(), s.Email
		if s.IsEmailRegex {
			f.Witness = first(s.samples)
		}
		return f, true
	}
	c, bad := input.Bad(s.Email, input.InAddress)
	f.Detail = c.String()
	if !bad {
		return f, false
	}
	if !s.IsEmailRegex {
		f.Witness = input.Without(s.Email, input.InAddress)
	}
	return f, true
}

// typographicCharacter finds characters of typeset text, which word processors insert, where
// addresses have plain ones. The witness is the address with those.
func typographicCharacter(s *subject, _ *situation) (Finding, bool) {
	if s.IsEmailRegex {
		return s.finding(TypographicCharacter, javaregex.Typographic)
	}
	if _, bad := input.Bad(s.Email, input.InAddress); bad || s.Email == "" {
		return Finding{}, false
	}
	plain, odd, same := input.Plain(s.Email)
	return Finding{Rule: TypographicCharacter, Severity: Warning, Detail: input.Name(odd), Witness: plain}, !same
}

func first(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}
