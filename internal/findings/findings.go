package findings

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"namesake/internal/javaregex"
	"namesake/internal/registry"
)

// Severity is the possible harm of a finding.
type Severity = javaregex.Severity

// The severities, the highest first.
const (
	// Danger lets strangers use a protected name.
	Danger = javaregex.Danger
	// Warning is probably a mistake.
	Warning = javaregex.Warning
	// Tip is worth knowing.
	Tip = javaregex.Tip
)

// Severities returns all severities, the highest first.
func Severities() []Severity { return []Severity{Danger, Warning, Tip} }

// order is the position of the severity among all.
func order(s Severity) int { return slices.Index(Severities(), s) }

// Rule names what is wrong. Programs use the names, so they must not change.
type Rule string

// Finding is one thing that is wrong.
type Finding struct {
	Rule     Rule
	Severity Severity
	Name     string        // the protected name
	Entries  []registry.ID // the entries that it is about; none for a policy that shadows names
	// Pattern is what is wrong with the pattern; nil for a rule that is not about patterns.
	Pattern *javaregex.Finding
	// Service is the service that sends the mail, for SharedSender.
	Service string
	// Detail is what else it is about: another domain, name, pattern or character, or a date.
	Detail string
	// Sender is the address or pattern that the entries share, for Duplicate.
	Sender string
	// Shadow is the allow policy that it is about, if any. Name is then only an example.
	Shadow *Shadow
	// Witness is an address that shows it, see Rule.LetsIn; "" if there is none.
	Witness string
	// Fix is what removes the finding without causing another one; empty if a person has to
	// decide. It is no part of the ID.
	Fix []registry.Edit
}

// Certain reports whether the witness shows the finding whatever Cloudflare does that it does
// not document.
func (f Finding) Certain() bool {
	return f.Rule != NotAnchored && f.Rule != TrustedDomain && (f.Shadow == nil || f.Shadow.Certain) && (f.Pattern == nil || !f.Pattern.Part)
}

// ID identifies the finding: it changes when the finding is about other entries or shows
// another thing.
func (f Finding) ID() string {
	name := f.Name
	if f.Shadow != nil || f.Rule == TrustedDomain {
		name = "" // an example
	}
	about := []any{f.Rule, f.Entries, name, f.Service, f.Detail, f.Witness}
	if f.Shadow != nil {
		p := f.Shadow.Policy
		about = append(about, p.ID, p.Pattern, p.TrustedSender, p.VerifySender)
	}
	if f.Pattern != nil {
		about = append(about, f.Pattern.ID)
	}
	sum := sha256.New()
	if err := json.NewEncoder(sum).Encode(about); err != nil {
		panic(err) // texts always have a JSON form
	}
	return string(f.Rule) + "-" + hex.EncodeToString(sum.Sum(nil))[:16]
}

// sortFindings puts the most severe first, and keeps the order of those that are equally
// severe.
func sortFindings(found []Finding) {
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Compare(order(a.Severity), order(b.Severity))
	})
}
