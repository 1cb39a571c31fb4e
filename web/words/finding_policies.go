package words

import (
	"strings"

	"namesake/internal/findings"
	"namesake/internal/policy"
)

// shadowedText says what an allow policy lets through.
func shadowedText(f findings.Finding) (message, suggestion string) {
	var p policy.AllowPolicy
	certain := true
	if f.Shadow != nil {
		p, certain = f.Shadow.Policy, f.Shadow.Certain
	}
	from := "from " + f.Witness
	if p.Type == policy.OfIP {
		from = "from any sender by way of the server " + f.Detail
		if strings.Contains(f.Detail, "/") {
			from = "from any sender by way of a server in " + f.Detail
		}
	}
	does := "is let through"
	if !certain {
		does = "may be let through (Cloudflare does not document whether " + undocumented(f.Shadow) + ")"
	}
	message = "Mail that shows a protected name, such as " + quoted(f.Name) + ", " + from + " " + does + " by the allow policy for the " + PatternKind(p.Pattern) + " " + f.Detail + "."
	if f.Service != "" {
		message += " Anyone can make " + f.Service + " send mail with any name."
	}
	if !p.VerifySender && p.Type != policy.OfIP {
		message += " The sender may be forged: the policy does not verify it."
	}
	switch {
	case p.Type == policy.OfIP:
		if p.VerifySender {
			message += " The mail has to pass DMARC, SPF or DKIM."
		}
		if !p.TrustedSender {
			message += " It is exempt from the verdicts Spam, Spoof and Bulk only."
		}
		return message, "Check that only you can send mail by way of it. Namesake can't know who else can."
	case p.IsRegex && f.Severity != findings.Tip:
		suggestion = `Write the whole address into the policy, with \. for each dot, ^ before it and $ after it`
	case f.Severity != findings.Tip:
		suggestion = "Limit the policy to the address that you expect mail from"
	default:
		return message, "Keep the policy if you know everyone at this sender."
	}
	if !p.VerifySender {
		suggestion += ", and turn on sender verification"
	}
	return message, suggestion + ". Policies are changed in Cloudflare's dashboard."
}

// trustedDomainText says what a trusted domain may let through.
func trustedDomainText(f findings.Finding) (message, suggestion string) {
	return "Mail from " + f.Witness + " that shows a protected name, such as " + quoted(f.Name) + ", may not be flagged: " + f.Detail + " is a trusted domain that may look like yours without being a spoof. " +
			"Cloudflare does not document whether this holds for names of the registry, too.",
		"Keep the trusted domain only if you know who owns it, and all who get addresses there. Trusted domains are changed in Cloudflare's dashboard."
}

// undocumented says what it depends on that Cloudflare does not document whether a policy applies.
func undocumented(s *findings.Shadow) string {
	switch p := s.Policy.Pattern; {
	case s.Forms:
		return "an international domain is the same in letters and in Punycode, which mail has"
	case !p.IsRegex:
		return "a policy for a domain includes its subdomains"
	case p.Type == policy.OfDomain:
		return "a pattern of type DOMAIN is compared with the domain only, and whether it must match the whole text"
	}
	return "a pattern must match the whole address"
}

func policySaysSameText(f findings.Finding) (message, suggestion string) {
	does, effect := "lets its mail through whatever name it shows", ", so the entry has no effect."
	if f.Shadow != nil && !f.Shadow.Certain {
		does = "may let all its mail through whatever name it shows (Cloudflare does not document whether " + undocumented(f.Shadow) + ")"
		effect = ". If it does, the entry has no effect."
	}
	message = Count(len(f.Entries), "entry has", "entries have") + " the same sender as the allow policy " + f.Detail + ". The policy " + does
	if f.Shadow != nil && f.Shadow.Policy.VerifySender {
		return message + ", if the mail passes DMARC, SPF or DKIM.",
			"Delete the entry if mail that passes none of them should be flagged, or the policy in Cloudflare's dashboard if the sender needs only this name."
	}
	return message + effect, "Keep the entry and delete the policy in Cloudflare's dashboard, unless the sender needs the policy for other names."
}

// ShadowedBy says that allow policies let mail through whatever a name's entries say. It is
// empty if there are none of any harm.
func ShadowedBy(found []findings.Finding) string {
	n, witness := 0, ""
	for _, f := range found {
		if f.Severity == findings.Tip {
			continue
		}
		if n++; witness == "" {
			witness = f.Witness
		}
	}
	if n == 0 {
		return ""
	}
	return Count(n, "allow policy lets", "allow policies let") + " other mail with this name through, such as from " + witness + "."
}
