package words

import (
	"strconv"
	"strings"

	"namesake/internal/check"
	"namesake/internal/policy"
)

// CheckTitle says in a few words whether mail would be flagged.
func CheckTitle(v check.Verdict) string {
	switch v.Flagged {
	case check.Yes:
		return "Flagged"
	case check.No:
		return "Not flagged"
	case check.Depends:
	}
	return "It depends"
}

// CheckBecause says why mail would be flagged, or why it would not be.
func CheckBecause(v check.Verdict) string {
	name, from := quoted(v.Mail.Name), quoted(v.Mail.Address)
	switch v.Because {
	case check.Protected:
		return name + " is protected, and no entry of the name has the address " + from + "."
	case check.Blocked:
		return "Mail from " + from + " is blocked, whatever name it shows."
	case check.Unprotected:
		return "No entry protects the name " + name + "."
	case check.Listed:
		return "An entry allows " + from + " to use the name " + name + "."
	case check.Allowed:
		return name + " is protected, and no entry of the name has the address " + from + ", but an allow policy lets the mail through."
	case check.Undecided:
	}
	switch v.Flagged {
	case check.Yes:
		return "Either " + from + " is blocked, or " + name + " is protected and no entry of the name has the address. Namesake cannot know which, but the mail is flagged in both cases."
	case check.No:
		return "An entry allows the mail, an allow policy lets it through, or no entry protects the name " + name + ". Namesake cannot know which, but the mail passes in each case."
	case check.Depends:
	}
	return "The answer depends on what Namesake cannot know: the mail itself, or how Cloudflare compares names and patterns."
}

// CheckCase says when a case applies.
func CheckCase(c check.Case) string {
	parts := make([]string, len(c.If))
	for i, condition := range c.If {
		parts[i] = checkCondition(condition)
	}
	return "If " + And(parts...) + "."
}

func checkCondition(c check.Condition) string {
	either := func(yes, no string) string {
		if c.Holds {
			return yes
		}
		return no
	}
	switch c.Point {
	case check.Authenticated:
		return either("the mail passes DMARC, SPF or DKIM", "the mail passes neither DMARC nor SPF nor DKIM")
	case check.NamesFolded:
		return either("Cloudflare ignores case and spaces in names", "Cloudflare compares names character by character")
	case check.AccentsIgnored:
		return either("Cloudflare ignores accents in names", "Cloudflare distinguishes accents in names")
	case check.EntriesFound:
		return either("the pattern of an entry may match a part of the address", "the pattern of an entry must match the whole address")
	case check.PoliciesFound:
		return either("the pattern of a policy may match a part of the address", "the pattern of a policy must match the whole address")
	case check.Subdomains:
		return either("a policy for a domain includes its subdomains", "a policy for a domain does not include its subdomains")
	case check.DomainPatterns:
		return either("a pattern for domains is compared with the domain only", "a pattern for domains is compared with the whole address")
	case check.DomainForms:
		return either("an international domain is the same in letters and in Punycode, which mail has", "Cloudflare distinguishes an international domain in letters from its Punycode, which mail has")
	case check.DomainsTrusted:
		return either("mail from a trusted domain may show protected names", "protected names stay protected in mail from a trusted domain")
	case check.BlockedFirst:
		return either("blocking a sender counts more than trusting it", "trusting a sender counts more than blocking it")
	case check.Unchecked:
		return either("the pattern that Namesake could not check matches", "the pattern that Namesake could not check does not match")
	}
	return string(c.Point)
}

// CheckEntry says what an entry of the name means for the mail.
func CheckEntry(e check.Entry) string {
	text := "is another address"
	if e.IsEmailRegex {
		text = "does not match"
	}
	if e.Covers != check.No {
		text = Match(e.Kind)
	}
	if e.OtherForm {
		text += ", if its domain in letters is the same as in Punycode"
	}
	if e.Named != check.Yes {
		text += "; the name is spelled differently"
	}
	return text
}

// PolicyEffect says what an allow policy does.
func PolicyEffect(p policy.AllowPolicy) string {
	text := "Accepts the sender: the mail is never marked as spam, spoof or bulk"
	if p.TrustedSender {
		text = "Trusts the sender: all detections are off"
	}
	if p.VerifySender {
		return text + ", if it passes DMARC, SPF or DKIM."
	}
	return text + ", even if the sender is forged."
}

// TrustedDomainEffect says what a trusted domain does that may look like the company's.
const TrustedDomainEffect = "Trusts the domain although it may look like yours. Cloudflare does not document whether its mail may show protected names."

// PolicyMayApply says that Cloudflare does not document whether a setting applies.
const PolicyMayApply = "may apply: Cloudflare does not document it"

// PolicyApplies says whether a setting with a pattern applies to an address.
func PolicyApplies(m policy.Match) string {
	switch {
	case m.Always():
		return "applies"
	case m.Unchecked():
		return "not checked: the pattern is invalid, not supported by Namesake or too slow"
	}
	return PolicyMayApply
}

// PatternKind names the type of a policy's pattern.
func PatternKind(p policy.Pattern) string {
	switch {
	case p.IsRegex:
		return "pattern"
	case p.Type == policy.OfEmail:
		return "address"
	case p.Type == policy.OfDomain:
		return "domain"
	case p.Type == policy.OfIP:
		return "server"
	}
	return "type " + string(p.Type)
}

// SettingsList names a list of settings.
func SettingsList(l policy.List) string {
	switch l {
	case policy.AllowPolicies:
		return "allow policies"
	case policy.TrustedDomains:
		return "trusted domains"
	case policy.BlockedSenders:
		return "blocked senders"
	case policy.Domains:
		return "domains"
	}
	return string(l)
}

// UnreadSettings says which of some lists could not be read at the last try, why, and what to
// do about it. It is empty if all were read.
func UnreadSettings(around *policy.Index, lists []policy.List) (texts []string) {
	var denied, failed, never []string
	why, stale := "", false
	for _, l := range lists {
		state := around.State(l)
		switch f := state.Failure; {
		case f != nil && f.Denied:
			denied = append(denied, SettingsList(l))
			stale = stale || around.Known(l)
		case f != nil:
			failed, why = append(failed, SettingsList(l)), f.Kind
			stale = stale || around.Known(l)
		case !around.Known(l):
			never = append(never, SettingsList(l))
		}
	}
	if len(denied) > 0 {
		texts = append(texts, "Cloudflare does not let Namesake read the "+And(denied...)+". Give Namesake's API token the permission “Cloud Email Security: Read” for this account.")
	}
	if len(failed) > 0 {
		texts = append(texts, "The "+And(failed...)+" could not be read ("+why+"). Namesake tries again within 10 minutes.")
	}
	if len(never) > 0 {
		texts = append(texts, "The "+And(never...)+" have not been read yet.")
	}
	if len(texts) == 0 {
		return nil
	}
	if stale {
		return append(texts, "What was read before is still used.")
	}
	return append(texts, "They are not considered here.")
}

// ServerPolicies says how many allow policies are for servers, which a check does not know.
func ServerPolicies(n int) string {
	if n == 0 {
		return ""
	}
	return Count(n, "allow policy is", "allow policies are") + " for the addresses of servers. Mail that such a server sends is let through whatever this page says."
}

// CheckResembling says which protected names an unprotected one looks like, "" for none.
func CheckResembling(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "The name" + strings.TrimPrefix(Resembling(names), "It")
}

// CheckEntries heads the entries of the name.
func CheckEntries(v check.Verdict) string {
	if n := len(v.Entries); n > 1 {
		return strconv.Itoa(n) + " entries of this name"
	}
	return "The entry of this name"
}
