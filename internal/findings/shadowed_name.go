package findings

import (
	"context"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/patterns"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// Shadow is an allow policy that cancels the protection of names: mail that it lets through
// may show any of them.
type Shadow struct {
	Policy policy.AllowPolicy
	// Certain is false if the policy applies to the witness only if what Cloudflare does not
	// document is so.
	Certain bool
	// Forms is true if the policy applies to the witness only if an international domain is the
	// same in letters and in Punycode.
	Forms bool
}

// shadowOf returns what an allow policy lets through, of the most harm. A policy with
// sender verification lets only the owners of addresses through, so it is a danger only if
// strangers can own one.
func (j *Judge) shadowOf(ctx context.Context, p policy.AllowPolicy, now *situation) (f Finding, ok bool, err error) {
	f = Finding{Rule: ShadowedName, Severity: Warning, Detail: p.Text, Shadow: &Shadow{Policy: p, Certain: true}}
	switch {
	case !p.AllowsSenders():
		return f, false, nil
	case p.Type == policy.OfIP: // whose mail it sends is unknown
		f.Severity = Tip
		return f, true, nil
	case p.IsRegex:
		return j.shadowOfRegex(ctx, f, now)
	case isSuffix(p.Names()):
		f.Witness, f.Severity = strangerBelow(p.Names()), Danger
		f.Shadow.applies(p.Match(ctx, f.Witness))
		return f, true, nil
	case p.Names() != "":
		f.Witness = "anyone@" + p.Names()
	default:
		f.Witness = strings.TrimSpace(p.Text)
	}
	if !registry.IsAddress(f.Witness) {
		return f, false, nil
	}
	f.Shadow.applies(p.Match(ctx, f.Witness))
	sender, shared := input.SharedSenderOf(f.Witness)
	domain := domainOf(f.Witness)
	switch {
	case p.Names() != "" && javaregex.IsPublicDomain(domain), shared:
		f.Severity, f.Service = Danger, sender.Service
	case p.Names() != "" && !p.VerifySender:
		f.Severity = Danger
	case !p.VerifySender:
	case p.Names() != "" && !now.isOwn(domain):
		f.Severity = Tip
	default: // one verified address, or the company's own people
		return f, false, nil
	}
	return f, true, nil
}

// applies notes how far it is certain that the policy applies to the witness.
func (s *Shadow) applies(m policy.Match) {
	s.Certain, s.Forms = m.Always(), m.DependsOn(policy.Reading{Forms: true})
}

// isSuffix reports whether anyone can register domains below a domain, such as com and co.uk.
func isSuffix(domain string) bool {
	domain = registry.MailDomain(domain)
	suffix, known := publicsuffix.PublicSuffix(domain)
	return known && domain != "" && suffix == domain
}

// strangerBelow returns an address of a domain that anyone could register below a suffix.
func strangerBelow(suffix string) string { return "anyone@qzxvw." + suffix }

// shadowOfRegex is shadowOf for a regular expression.
func (j *Judge) shadowOfRegex(ctx context.Context, f Finding, now *situation) (Finding, bool, error) {
	p := f.Shadow.Policy
	v, err := j.verdict(ctx, p.Text)
	if err != nil {
		return f, false, err
	}
	late, whole := false, false
	try := func(witness string, s Severity) bool {
		if late || witness == "" || !registry.IsAddress(witness) {
			return false
		}
		m := p.Match(ctx, witness)
		late = m.Untried()
		f.Witness, f.Severity = witness, s
		f.Shadow.applies(m)
		whole = f.Shadow.Certain || f.Shadow.Forms && m.Applies(policy.Reading{Forms: true})
		return m.Ever() && !m.Unchecked()
	}
	unverified := Danger
	if p.VerifySender {
		unverified = Warning
	}
	for _, found := range v.found { // strangers can own these addresses
		if found.Severity == Danger && try(found.Witness, Danger) {
			return f, true, nil
		}
	}
	if v.sender != nil && try(v.sender.Example(), Danger) {
		f.Service = v.sender.Service
		return f, true, nil
	}
	samples := v.samples
	if i := slices.IndexFunc(v.found, func(found javaregex.Finding) bool { return found.ID == javaregex.NotAnchored }); i >= 0 && p.VerifySender {
		samples = append([]string{v.found[i].Witness}, samples...) // a stranger can own that one
	}
	for _, sample := range samples {
		if !try(sample, unverified) {
			continue
		}
		if p.VerifySender && whole {
			if now.isOwn(domainOf(sample)) {
				continue
			}
			f.Severity = Tip
		}
		return f, true, nil
	}
	for _, domain := range v.domains { // of a pattern that may be held against the domain only
		switch {
		case !try("anyone@"+domain, unverified), p.VerifySender && now.isOwn(domain):
			continue
		case javaregex.IsPublicDomain(domain):
			f.Severity = Danger
		case p.VerifySender:
			f.Severity = Tip
		}
		return f, true, nil
	}
	if late { // a witness of more harm may be among those that were not tried
		return f, false, &patterns.BusyError{Cause: ctx.Err()}
	}
	return f, false, nil
}

// shadows returns what the allow policies and the trusted domains let through, each with a name
// that it shadows.
func (t *Tracker) shadows(ctx context.Context) (found []Finding, busy int) {
	if t.facts.Settings == nil || len(t.facts.Settings.AllowPolicies)+len(t.facts.Settings.TrustedDomains) == 0 {
		return nil, 0
	}
	if t.shadowed.of != t.facts.Settings || t.shadowed.busy > 0 || t.shadowed.in != t.now {
		t.shadowed.of, t.shadowed.in, t.shadowed.found, t.shadowed.busy = t.facts.Settings, t.now, nil, 0
		add := func(f Finding, ok bool, err error) {
			switch {
			case err != nil:
				t.shadowed.busy++
			case ok:
				t.shadowed.found = append(t.shadowed.found, f)
			}
		}
		for _, p := range t.facts.Settings.AllowPolicies {
			add(t.judge.shadowOf(ctx, p, t.now))
		}
		for _, d := range t.facts.Settings.TrustedDomains {
			add(t.judge.trustedDomain(ctx, d, t.now))
		}
	}
	found, late := t.shadowing(ctx, t.examples())
	return found, t.shadowed.busy + late
}

// shadowing returns what shadows one of some names, each with the first of them.
func (t *Tracker) shadowing(ctx context.Context, names [][]*subject) (found []Finding, late int) {
	for _, f := range t.shadowed.found {
		name, err := lacking(ctx, names, f.Witness)
		switch {
		case err != nil:
			late++
		case name != "":
			f.Name = name
			found = append(found, f)
		}
	}
	return found, late
}

const (
	// maxFirst is how many entries are looked through for examples of names that a policy
	// shadows, and maxExamples how many names are tried.
	maxFirst    = 100
	maxExamples = 5
)

// examples returns the entries of the first names, those with addresses only before others.
func (t *Tracker) examples() [][]*subject {
	var plain, others [][]*subject
	seen := make(map[string]bool)
	for _, s := range t.first {
		if seen[s.folded] {
			continue
		}
		seen[s.folded] = true
		members := t.members[group{ofName, s.folded}]
		if slices.ContainsFunc(members, func(m *subject) bool { return m.IsEmailRegex }) {
			others = append(others, members)
		} else {
			plain = append(plain, members)
		}
	}
	return append(plain[:min(len(plain), maxExamples)], others[:min(len(others), maxExamples)]...)
}

// lacking returns the first name whose entries do not have an address, "" if all have it. It
// returns a *patterns.BusyError if there was no time to find one.
func lacking(ctx context.Context, names [][]*subject, address string) (name string, err error) {
	for _, members := range names {
		has, busy := allow(ctx, members, address, false)
		switch {
		case !has && busy == nil:
			return members[0].Name, nil
		case !has:
			err = busy
		}
	}
	return "", err
}

// unverifiedFirst compares two findings by whether their policy verifies senders.
func unverifiedFirst(a, b *Finding) int {
	verified := func(f *Finding) int {
		if f.Shadow != nil && f.Shadow.Policy.VerifySender {
			return 1
		}
		return 0
	}
	return verified(a) - verified(b)
}
