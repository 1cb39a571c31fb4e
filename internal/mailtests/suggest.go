package mailtests

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"namesake/internal/javaregex"
	"namesake/internal/mirror"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

// MaxSuggestions is how many tests are suggested at once.
const MaxSuggestions = 30

const (
	// suggestTimeout limits how long tests are tried for suggestions.
	suggestTimeout = time.Second
	// publicDomain is one at which anyone can get an address.
	publicDomain = "gmail.com"
)

// Reason says why a test is suggested.
type Reason string

// The reasons.
const (
	OwnAddress    Reason = "own-address"    // an address of the name must pass
	PublicAddress Reason = "public-address" // the name from a public mail service must be flagged
	// LookAlikeAddress: the name from a domain that looks like that of its address must be flagged.
	LookAlikeAddress Reason = "look-alike-address"
	LookAlike        Reason = "look-alike" // a name that looks the same must be flagged
)

// Suggestion is a test that is worth adding: it passes now.
type Suggestion struct {
	Draft
	Reason Reason
}

// Suggest returns tests that are not among tests and certainly pass now: for each name that
// its own address passes, and that strangers are flagged. The names with the most entries
// come first.
func Suggest(ctx context.Context, known *mirror.Snapshot, tests []Test) (suggested []Suggestion) {
	ctx, cancel := context.WithTimeout(ctx, suggestTimeout)
	defer cancel()
	has := make(map[string]bool, len(tests))
	for _, t := range tests {
		has[t.ID] = true
	}
	for _, n := range names(known.View) {
		for _, s := range n.candidates(known.Around.Settings) {
			if len(suggested) == MaxSuggestions || ctx.Err() != nil {
				return suggested
			}
			s.Draft = s.tidied()
			if has[s.ID()] || len(s.faults(0)) > 0 {
				continue
			}
			if state, _ := s.Evaluate(ctx, known.View, known.Around); state == Passing {
				has[s.ID()] = true
				suggested = append(suggested, s)
			}
		}
	}
	return suggested
}

// named is a name of the registry.
type named struct {
	name    string
	own     string // an address of it, "" if it has only patterns
	entries int
}

// names returns the names of a registry, those with the most entries first.
func names(view *mirror.View) []*named {
	by := make(map[string]*named)
	var all []*named
	for e := range view.Select(registry.Query{Order: registry.ByName, Direction: registry.Ascending}) {
		folded := registry.FoldName(e.Name)
		if folded == "" {
			continue
		}
		n := by[folded]
		if n == nil {
			n = &named{name: e.Name}
			by[folded] = n
			all = append(all, n)
		}
		if n.entries++; n.own == "" && !e.IsEmailRegex {
			n.name, n.own = e.Name, e.Email
		}
	}
	slices.SortStableFunc(all, func(a, b *named) int { return cmp.Compare(b.entries, a.entries) })
	return all
}

func (n *named) candidates(around *policy.Settings) []Suggestion {
	stranger := localPart(n.name) + "@" + publicDomain
	all := []Suggestion{{Draft{Name: n.name, Email: stranger, Expect: Flagged}, PublicAddress}}
	if n.own != "" {
		all = append(all, Suggestion{Draft{Name: n.name, Email: n.own, Expect: Passes}, OwnAddress})
	}
	if other := lookAlikeAddress(n.own); other != "" && !slices.ContainsFunc(around.Domains, func(d policy.Domain) bool { return strings.EqualFold(d.Name, policy.DomainOf(other)) }) {
		all = append(all, Suggestion{Draft{Name: n.name, Email: other, Expect: Flagged}, LookAlikeAddress})
	}
	if other := lookAlike(n.name); other != n.name {
		all = append(all, Suggestion{Draft{Name: other, Email: stranger, Expect: Flagged}, LookAlike})
	}
	return all
}

// localPart is what a stranger could write before the @ to look like a name.
func localPart(name string) string {
	words := strings.FieldsFunc(registry.PlainName(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	if local := strings.Join(words, "."); local != "" && len(local) <= 64 {
		return local
	}
	return "ceo"
}

// cyrillic has letters that look like Latin ones.
var cyrillic = map[rune]rune{'a': 'а', 'c': 'с', 'e': 'е', 'i': 'і', 'o': 'о', 'p': 'р', 's': 'ѕ', 'x': 'х', 'y': 'у'}

// lookAlike returns the name with its first such letter replaced.
func lookAlike(name string) string {
	for i, r := range name {
		if other, ok := cyrillic[r]; ok {
			return name[:i] + string(other) + name[i+1:]
		}
	}
	return name
}

// latin has what looks like a small letter in a domain.
var latin = map[rune]string{'o': "0", 'l': "1", 'i': "1", 'm': "rn", 'w': "vv"}

// lookAlikeAddress returns an address with the first such letter replaced in the part of its
// domain that people register, "" if there is none. At a public mail service strangers have the
// same domain.
func lookAlikeAddress(address string) string {
	domain := policy.DomainOf(address)
	own, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil || javaregex.IsPublicDomain(domain) || registry.MailDomain(domain) != registry.LetterDomain(domain) {
		return ""
	}
	label, _, _ := strings.Cut(own, ".")
	for i, r := range label {
		if other := latin[r]; other != "" {
			at := len(domain) - len(own) + i
			return address[:strings.LastIndex(address, "@")+1] + domain[:at] + other + domain[at+1:]
		}
	}
	return ""
}
