package javaregex

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Finding is something about a pattern that its author may not have meant.
type Finding struct {
	ID         string // which kind, see the constants
	Start, End int    // where, in UTF-16 units
	Message    string
	Suggestion string
	Example    string // an input that shows it, if there is one
}

// The kinds of findings.
const (
	MatchesEverything = "matches-everything"
	PublicDomain      = "public-domain"
	NotAnchored       = "not-anchored"
	UnescapedDot      = "unescaped-dot"
	NestedQuantifiers = "nested-quantifiers"
	DeadAlternative   = "dead-alternative"
	LiteralAddress    = "literal-address"
	UpperCase         = "upper-case"
	UselessGroup      = "useless-group"
)

// Findings are in the order of the pattern. Each is true: what it says of inputs has
// been tried with them.
func (p *Pattern) Findings() []Finding {
	var found []Finding
	for _, check := range []func(*Pattern) []Finding{
		(*Pattern).findLiteral, (*Pattern).findOpen, (*Pattern).findNotAnchored, (*Pattern).findDots, (*Pattern).findSlow,
		(*Pattern).findDead, (*Pattern).findUpperCase, (*Pattern).findUselessGroups,
	} {
		found = append(found, check(p)...)
	}
	slices.SortStableFunc(found, func(a, b Finding) int { return a.Start - b.Start })
	return found
}

// finding is one about n, or about the whole pattern if that is nil.
func (p *Pattern) finding(id string, n *node, message, suggestion, example string) Finding {
	f := Finding{ID: id, End: p.at[len(p.at)-1], Message: message, Suggestion: suggestion, Example: example}
	if n != nil {
		f.Start, f.End = p.at[n.from], p.at[n.to]
	}
	return f
}

// findLiteral finds patterns that match one text only.
func (p *Pattern) findLiteral() []Finding {
	text, ok := p.literal()
	if !ok || text == "" || !p.try(text).Matches {
		return nil
	}
	return []Finding{p.finding(LiteralAddress, nil,
		fmt.Sprintf("As a pattern this matches nothing but %q.", text),
		"Give the address itself and leave “is a pattern” unticked.", text)}
}

// literal is the only text that p matches as a whole, if it is plain.
func (p *Pattern) literal() (text string, ok bool) {
	if p.root.op != opSequence {
		return "", false
	}
	var b strings.Builder
	for i, n := range p.root.subs {
		edge := n.op == opBegin && i == 0 || (n.op == opDollar || n.op == opEnd) && i == len(p.root.subs)-1
		switch {
		case edge:
		case len(n.runes) > 0 && (n.flags&caseInsensitive == 0 || caseSays(n) == ""):
			b.WriteString(string(n.runes))
		default:
			return "", false
		}
	}
	return b.String(), true
}

// Addresses that have nothing in common, and local parts that nobody would mean.
var (
	anyAddress = []string{
		"a@b.co", "jane.smith@example.com", "QZ_9@sub.domain.example.org", "x+tag@mail.example.co.uk", "o'brien@a-b.example", "0@0.example",
		"zoë@example.net", "\"quoted one\"@example.de", "some.one.else@very.long.sub.domain.of.example.museum", "!#$%&*/=?^`{|}~@example.jp",
	}
	anyLocal      = []string{"qzxvw", "someone.else", "jkqpw77", "maria.garcia", "x9"}
	publicDomains = []string{"gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "proton.me", "gmx.de", "mail.ru", "qq.com", "aol.com"}
	anyDomain     = []string{"qzxvw.com", "qzxvw.net", "qzxvw.org", "qzxvw.de", "qzxvw.info"}
)

// findOpen finds patterns that let in whom they should not.
func (p *Pattern) findOpen() []Finding {
	if p.matchesAll(anyAddress) {
		return []Finding{p.finding(MatchesEverything, nil,
			fmt.Sprintf("This matches every one of %d addresses that have nothing in common.", len(anyAddress)),
			"Name the person and the domain.", anyAddress[1])}
	}
	if address := p.lets(anyDomain); address != "" {
		return []Finding{p.finding(PublicDomain, nil,
			"This matches people at domains that anyone can register.", "Name the domain, with a \\. for each dot in it.", address)}
	}
	if address := p.lets(publicDomains); address != "" {
		_, domain, _ := strings.Cut(address, "@")
		return []Finding{p.finding(PublicDomain, nil,
			fmt.Sprintf("This matches people of the most different names at %s, where anyone can have an address.", domain), "Name the person.", address)}
	}
	if address := p.similarDomain(); address != "" {
		return []Finding{p.finding(PublicDomain, nil,
			"This matches domains that end like the one meant, which anyone can register.", "Put @ or \\. right before the domain.", address)}
	}
	return nil
}

func (p *Pattern) matchesAll(inputs []string) bool {
	for _, input := range inputs {
		if !p.try(input).Matches {
			return false
		}
	}
	return true
}

// lets is an address at one of the domains, if p matches most unlikely people there.
func (p *Pattern) lets(domains []string) (example string) {
	for _, domain := range domains {
		people := 0
		for _, local := range anyLocal {
			address := local + "@" + domain
			if !p.try(address).Matches {
				continue
			}
			if people++; people == 1 {
				example = address
			}
		}
		if people >= 3 {
			return example
		}
	}
	return ""
}

// similarDomain is an address whose domain only ends like one that p matches.
func (p *Pattern) similarDomain() string {
	text, ok := p.sample(nil, "")
	if !ok {
		return ""
	}
	local, domain, at := strings.Cut(text, "@")
	if !at {
		local, domain = "someone", text
	}
	name, top, _ := strings.Cut(domain, ".")
	if len(name) < 4 || top == "" || strings.Contains(top, ".") { // co.uk is nobody's
		return ""
	}
	if address := local + "@evil" + domain; p.try(address).Matches {
		return address
	}
	return ""
}

// findNotAnchored finds patterns for which it matters whether they have to match
// the whole address.
func (p *Pattern) findNotAnchored() []Finding {
	text, ok := p.sample(nil, "")
	if !ok || text == "" {
		return nil
	}
	if _, literal := p.literal(); literal {
		return nil
	}
	suggestion := "Put ^ at the beginning and $ at the end."
	if p.root.op == opChoice {
		suggestion = "Put ^(?: at the beginning and )$ at the end."
	}
	for _, longer := range []string{text + ".evil.test", "x" + text} {
		if r := p.try(longer); r.Found && !r.Matches {
			return []Finding{p.finding(NotAnchored, nil,
				"Where a pattern may match a part of an address, this one matches more than where it has to match the whole.",
				suggestion, longer)}
		}
	}
	return nil
}

// findDots finds dots behind an @ that were meant to be dots.
func (p *Pattern) findDots() []Finding {
	var found []Finding
	at := strings.Index(p.source, "@")
	p.root.walk(func(n *node, _ []*node) bool {
		if n.op != opSequence {
			return true
		}
		for i := 1; i+1 < len(n.subs); i++ {
			dot := n.subs[i]
			if dot.op != opSet || p.raw(dot) != "." || at < 0 || p.at[dot.from] < utf16Length(p.source[:at]) {
				continue
			}
			if !endsInWord(n.subs[i-1]) || !beginsWithWord(n.subs[i+1]) {
				continue
			}
			if text, ok := p.sample(dot, "x"); ok {
				found = append(found, p.finding(UnescapedDot, dot,
					"This dot stands for any character.", "Write \\. for a dot.", text))
			}
		}
		return true
	})
	return found
}

func endsInWord(n *node) bool {
	return len(n.runes) > 0 && isWord(n.runes[len(n.runes)-1])
}

func beginsWithWord(n *node) bool {
	if n.op == opGroup { // as in .(com|org)
		for n.op == opGroup || n.op == opChoice || n.op == opSequence {
			if len(n.subs) == 0 {
				return false
			}
			n = n.subs[0]
		}
	}
	return len(n.runes) > 0 && isWord(n.runes[0])
}

func isWord(r rune) bool { return isAlpha(r) || isDigit(r) }

// steps is how many steps an input of the length of an address may take. Honest
// patterns need some thousands.
const steps = 3 << 20

// maxSearch is when to look for slow inputs no longer.
const maxSearch = 500 * time.Millisecond

// findSlow finds repetitions inside repetitions that an input of the length of an
// address makes take forever.
func (p *Pattern) findSlow() []Finding {
	var found []Finding
	end := time.Now().Add(maxSearch)
	p.root.walk(func(n *node, _ []*node) bool {
		if len(found) > 0 || n.op != opRepeat || n.max < 10 || time.Now().After(end) {
			return len(found) == 0
		}
		for _, least := range []bool{true, false} {
			for _, times := range []int{40, 150} {
				text := p.pumped(n, times, least)
				if p.takesForever(text) {
					found = append(found, p.finding(NestedQuantifiers, n,
						fmt.Sprintf("There are so many ways to match this that an address of %d characters takes millions of steps.", len([]rune(text))),
						"Repeat only one thing that can match the same text: (a+)+ is a+.", text))
					return false
				}
			}
		}
		return true
	})
	return found
}

// pumped is a text in which n is repeated and that breaks off then.
func (p *Pattern) pumped(n *node, times int, least bool) string {
	s := sampler{p: p, least: least, pump: n, times: times, groups: map[int]string{}}
	text := []rune(s.text(p.root))
	return string(text[:min(len(text), 320)]) + "!"
}

// try is Match with a limit of its own, so that a pattern which is slow on many
// inputs does not hold up the findings.
func (p *Pattern) try(input string) Result {
	m := p.machine(units(input), time.Now().Add(maxSearch))
	m.steps = steps / 16
	return p.run(m)
}

func (p *Pattern) takesForever(text string) bool {
	m := p.machine(units(text), time.Now().Add(4*maxSearch))
	m.steps = steps
	return p.run(m).TooSlow && m.steps <= 0
}
