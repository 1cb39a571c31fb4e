package check

import (
	"context"
	"slices"
	"strings"
	"time"

	"namesake/internal/policy"
	"namesake/internal/registry"
)

// Mail is what is known of a message.
type Mail struct {
	Name           string // the display name that it shows
	Address        string // of its sender
	Authentication Authentication
}

// Authentication says whether a message passes DMARC, SPF or DKIM.
type Authentication string

// The results.
const (
	NotKnown Authentication = ""
	Passed   Authentication = "pass"
	Failed   Authentication = "fail"
)

// Registry has the entries of names. *mirror.View is one.
type Registry interface {
	// NamedAlike returns the entries whose names are the same as a name without regard to
	// case, spaces, kinds of signs, and accents.
	NamedAlike(name string) []registry.Entry
}

// Answer is yes, no, or that it depends on what is not known.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Depends Answer = "depends"
)

// Reason says why mail is flagged, or why it is not.
type Reason string

// The reasons. Programs use the names, so they must not change.
const (
	Protected   Reason = "protected-name" // flagged: the name is protected and the address is not listed
	Blocked     Reason = "blocked-sender" // flagged: the sender is blocked
	Unprotected Reason = "unprotected-name"
	Listed      Reason = "listed-address" // not flagged: an entry of the name has the address
	Allowed     Reason = "allow-policy"   // not flagged, although it would be without the policy
	Undecided   Reason = "undecided"      // the reason differs with the points, even if the answer does not
)

// Verdict says whether mail would be flagged.
type Verdict struct {
	Mail    Mail
	Flagged Answer
	Because Reason
	// Entries are those of the name, those that cover the address first.
	Entries []Entry
	// Policies are the allow policies that may let the mail through, Trusted the trusted domains
	// that may, and Blocked the blocked senders that may be its sender.
	Policies []policy.MatchedPolicy
	Trusted  []policy.MatchedDomain
	Blocked  []policy.MatchedSender
	// Cases say when the mail is flagged and when it is not, if Flagged is Depends.
	Cases []Case
	// Unread are the lists that matter and could never be read.
	Unread []policy.List
	// Untried reports whether there was no time to try a pattern: later the verdict may differ.
	Untried bool
}

// Entry is an entry of the name that the mail shows.
type Entry struct {
	registry.Entry
	Named  Answer // whether its name is that of the mail; never No
	Covers Answer // whether its address or pattern is that of the mail
	// Kind says how it covers the address, unless Covers is No.
	Kind registry.MatchKind
	// OtherForm reports whether it covers the address only with an international domain in its
	// other form.
	OtherForm bool
}

// Case is one of the ways in which a verdict can turn out.
type Case struct {
	Flagged bool
	If      []Condition // all of these
}

// Condition is an answer to a point.
type Condition struct {
	Point Point
	Holds bool
}

// checkTimeout limits the time of all patterns together; those that are left count as
// unchecked.
const checkTimeout = 3 * time.Second

// Judge says whether the mail would be flagged. The patterns take turns of the pool in ctx.
func (m Mail) Judge(ctx context.Context, in Registry, around *policy.Index) Verdict {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	f := facts{mail: m, allowing: around.Allowing(ctx, m.Address), trusting: around.Trusting(ctx, m.Address), blocking: around.Blocking(ctx, m.Address)}
	for _, e := range in.NamedAlike(m.Name) {
		f.entries = append(f.entries, m.entry(ctx, e))
	}
	v := f.verdict()
	for _, list := range Settings() {
		if !around.Known(list) {
			v.Unread = append(v.Unread, list)
		}
	}
	return v
}

// fact is an entry, and the points on which it depends that it counts.
type fact struct {
	registry.Entry
	named     Point // that must hold for its name to be that of the mail; "" if it is in any case
	covers    cover // of the address as mail has it
	otherForm cover // of the address with the other form of an international domain
}

// cover is whether and how an entry has an address.
type cover struct {
	matches bool
	kind    registry.MatchKind
}

func (m Mail) entry(ctx context.Context, e registry.Entry) fact {
	f := fact{Entry: e}
	switch {
	case strings.TrimSpace(e.Name) == strings.TrimSpace(m.Name):
	case registry.FoldName(e.Name) == registry.FoldName(m.Name):
		f.named = NamesFolded
	default:
		f.named = AccentsIgnored
	}
	covers := func(e registry.Entry, address string) (c cover) {
		c.kind, c.matches = e.Matches(ctx, address)
		return c
	}
	address := registry.MailAddress(strings.TrimSpace(m.Address))
	f.covers = covers(e, address)
	if !e.IsEmailRegex {
		e.Email = registry.MailAddress(strings.TrimSpace(e.Email))
		f.otherForm = covers(e, address)
	} else if letters := registry.LetterAddress(address); letters != address {
		f.otherForm = covers(e, letters)
	}
	return f
}

func (f fact) isNamed(r reading) bool { return f.named == "" || r[f.named] }

func (f fact) isCovering(r reading) bool {
	return f.covers.holds(r) || r[DomainForms] && f.otherForm.holds(r)
}

func (c cover) holds(r reading) bool {
	p := c.needs()
	return c.matches && (p == "" || r[p])
}

// needs returns the point that must hold for an entry to have the address.
func (c cover) needs() Point {
	switch c.kind {
	case registry.MatchesPart:
		return EntriesFound
	case registry.NotChecked, registry.NotTried:
		return Unchecked
	case registry.MatchesLiterally, registry.MatchesWhole:
	}
	return ""
}

// facts are what was found about a mail.
type facts struct {
	mail     Mail
	entries  []fact
	allowing []policy.MatchedPolicy
	trusting []policy.MatchedDomain
	blocking []policy.MatchedSender
}

// judge says what happens to the mail in one reading.
func (f *facts) judge(r reading) (flagged bool, because Reason) {
	of := r.ofPatterns()
	authenticated := f.mail.Authentication == Passed || f.mail.Authentication == NotKnown && r[Authenticated]
	var accepted, trusted bool
	for _, p := range f.allowing {
		if p.Applies(of) && (authenticated || !p.VerifySender) {
			accepted, trusted = true, trusted || p.TrustedSender
		}
	}
	accepted = accepted || r[DomainsTrusted] && slices.ContainsFunc(f.trusting, func(d policy.MatchedDomain) bool { return d.Applies(of) })
	for _, b := range f.blocking {
		if b.Applies(of) && (!trusted || r[BlockedFirst]) {
			return true, Blocked
		}
	}
	named, covered := false, false
	for _, e := range f.entries {
		if e.isNamed(r) {
			named, covered = true, covered || e.isCovering(r)
		}
	}
	switch {
	case !named:
		return false, Unprotected
	case covered:
		return false, Listed
	case accepted:
		return false, Allowed
	}
	return true, Protected
}

// verdict judges the mail in all readings.
func (f *facts) verdict() Verdict {
	v := Verdict{Mail: f.mail, Policies: f.allowing, Trusted: f.trusting, Blocked: f.blocking, Untried: f.untried()}
	for _, e := range f.entries {
		v.Entries = append(v.Entries, e.shown())
	}
	slices.SortStableFunc(v.Entries, func(a, b Entry) int { return covering(a.Covers) - covering(b.Covers) })
	v.Flagged, v.Because, v.Cases = settle(f.cases(f.points()))
	return v
}

// settle returns the verdict of cases, and the cases if they differ in it.
func settle(cases []Case, because map[Reason]bool) (Answer, Reason, []Case) {
	if len(cases) > 1 { // a verdict without conditions is a single case
		return Depends, Undecided, cases
	}
	if because[Listed] { // that the name may not be protected at all is no reason to doubt it
		delete(because, Unprotected)
	}
	why := Undecided
	if len(because) == 1 {
		for reason := range because {
			why = reason
		}
	}
	return answer(cases[0].Flagged), why, nil
}

// points returns the points on which anything depends.
func (f *facts) points() (points []Point) {
	of := make(map[Point]bool)
	for _, e := range f.entries {
		of[e.named] = true
		if e.covers.matches {
			of[e.covers.needs()] = true
		}
		if e.otherForm.matches && e.otherForm != e.covers {
			of[DomainForms], of[e.otherForm.needs()] = true, true
		}
	}
	matches := make([]policy.Match, 0, len(f.allowing)+len(f.trusting)+len(f.blocking))
	for _, p := range f.allowing {
		of[Authenticated] = of[Authenticated] || p.VerifySender && f.mail.Authentication == NotKnown
		of[BlockedFirst] = of[BlockedFirst] || p.TrustedSender && len(f.blocking) > 0
		matches = append(matches, p.Match)
	}
	for _, d := range f.trusting {
		of[DomainsTrusted] = true
		matches = append(matches, d.Match)
	}
	for _, b := range f.blocking {
		matches = append(matches, b.Match)
	}
	for _, p := range []Point{PoliciesFound, Subdomains, DomainPatterns, DomainForms, Unchecked} {
		for _, m := range matches {
			of[p] = of[p] || m.DependsOn(reading{p: true}.ofPatterns())
		}
	}
	for _, p := range Points() {
		if of[p] {
			points = append(points, p)
		}
	}
	return points
}

// untried reports whether there was no time to try a pattern.
func (f *facts) untried() bool {
	return slices.ContainsFunc(f.entries, func(e fact) bool {
		return e.covers == cover{true, registry.NotTried} || e.otherForm == cover{true, registry.NotTried}
	}) ||
		slices.ContainsFunc(f.allowing, func(p policy.MatchedPolicy) bool { return p.Untried() }) ||
		slices.ContainsFunc(f.trusting, func(d policy.MatchedDomain) bool { return d.Untried() }) ||
		slices.ContainsFunc(f.blocking, func(b policy.MatchedSender) bool { return b.Untried() })
}

func (f fact) shown() Entry {
	s := Entry{Entry: f.Entry, Named: Yes, Covers: No, Kind: f.covers.kind}
	if f.named != "" {
		s.Named = Depends
	}
	switch {
	case f.covers.matches && f.covers.needs() == "":
		s.Covers = Yes
	case f.covers.matches:
		s.Covers = Depends
	case f.otherForm.matches:
		s.Covers, s.Kind, s.OtherForm = Depends, f.otherForm.kind, true
	}
	return s
}

func covering(a Answer) int { return slices.Index([]Answer{Yes, Depends, No}, a) }

func answer(flagged bool) Answer {
	if flagged {
		return Yes
	}
	return No
}
