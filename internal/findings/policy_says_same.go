package findings

import (
	"slices"
	"strings"

	"namesake/internal/policy"
	"namesake/internal/registry"
)

// policySaysSame finds entries whose address or pattern is also that of an allow policy. The
// policy lets that mail through whatever name it shows, so the entry has no effect as long as
// the policy exists. That is not certain if the pattern of the policy only is anchored: the
// entry may allow longer addresses. Policies for domains say something else with the same text.
func (t *Tracker) policySaysSame(bySender map[string][]*subject) (found []Finding) {
	if t.facts.Settings == nil {
		return nil
	}
	for _, p := range t.facts.Settings.AllowPolicies {
		if !p.AllowsSenders() || p.Type == policy.OfIP || p.Type == policy.OfDomain {
			continue
		}
		var same []*subject
		for _, s := range bySender[senderKey(p.IsRegex, p.Text)] {
			if s.folded != "" {
				same = append(same, s)
			}
		}
		if len(same) == 0 {
			continue
		}
		slices.SortFunc(same, func(a, b *subject) int { return a.at - b.at })
		f := Finding{Rule: PolicySaysSame, Severity: Tip, Name: same[0].Name, Detail: p.Text, Shadow: &Shadow{Policy: p, Certain: true}}
		for _, s := range same {
			f.Entries = append(f.Entries, s.ID)
			f.Shadow.Certain = f.Shadow.Certain && (!p.IsRegex || asAnchored(s.Email, p.Text))
		}
		if !p.IsRegex {
			f.Witness = same[0].Email
		}
		found = append(found, f)
	}
	return found
}

// key returns the senderKey of the entry.
func (s *subject) key() string { return senderKey(s.IsEmailRegex, s.Email) }

// senderKey returns a text that is the same for the same address, or for the same pattern
// whether it is anchored or not.
func senderKey(isRegex bool, text string) string {
	if isRegex {
		return "/" + strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(text), "^"), "$")
	}
	return strings.ToLower(registry.Trimmed(text))
}

// asAnchored reports whether a pattern has each anchor of another one with the same senderKey.
func asAnchored(pattern, other string) bool {
	pattern, other = strings.TrimSpace(pattern), strings.TrimSpace(other)
	return (strings.HasPrefix(pattern, "^") || !strings.HasPrefix(other, "^")) && (strings.HasSuffix(pattern, "$") || !strings.HasSuffix(other, "$"))
}
