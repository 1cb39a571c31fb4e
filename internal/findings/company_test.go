package findings_test

import (
	"fmt"
	"strings"
	"time"

	"namesake/internal/findings"
	"namesake/internal/input"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

var (
	firstNames = strings.Fields(`Amara Benedikt Chiara Daniel Elif Fatima Giorgos Hanna Ivan Jun Katya Luis Mei Noor Oskar Priya Quentin Rosa
Sven Tomoko José Zoë Søren Łukasz Nguyễn Aoife Kwame Martina Henrik Johanna Rashid Sofia Grace Oliver Tobias Ines Lukáš Þórunn Camille Dmitri
Ewa Farid Gwen Hugo Ida Jorge Kofi Lena Marek Nadia Otto Paula Ravi Sanne Tariq Ursula Viktor Wanda Yusuf Zara`)
	lastNames = strings.Fields(`Adeyemi Bauer Costa Dubois Eriksen Ferrari García Haddad Ito Jansen Kowalski Lindqvist Moreau Novák Okafor Petrov
Quinn Rossi Singh Tanaka Ueda Varga Weber O’Sullivan Mensah-Boateng MacIntyre Dvořák Papadopoulou Whitcombe Brandt Marchetti Oyelaran Voss
Halden Fernández Müller Nowak Santos Kaya Hassan Olsen Murphy Lopez Schmidt Fischer Romano Conti Vidal Serra Horvat Kovač Popescu Ionescu
Bakker Visser Smit Larsen Berg Nilsson Virtanen`)
)

// companyFacts are those of the company below. It keeps an old domain that it protects badly.
var companyFacts = findings.Facts{
	Settings: &policy.Settings{Domains: []policy.Domain{
		{Name: "haldenvoss.com", DMARC: policy.GoodRecord}, {Name: "haldenvoss.de", DMARC: policy.GoodRecord}, {Name: "voss-archive.net", DMARC: policy.NoRecord},
	}},
	Now:       time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC),
	Untouched: 365 * 24 * time.Hour,
}

// corp generates the registry of a company.
type corp struct {
	entries []registry.Entry
	people  int
}

// person returns the name of another person, and the usual text before the @.
func (c *corp) person() (name, local string) {
	first, last := firstNames[c.people%len(firstNames)], lastNames[c.people/len(firstNames)%len(lastNames)]
	c.people++
	name = first + " " + last
	local = strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r == '.' {
			return r
		}
		return -1
	}, strings.ReplaceAll(registry.WithoutAccents(registry.FoldName(name)), " ", ".")), ".")
	return name, local
}

// personWith is person for a name with one of some letters.
func (c *corp) personWith(letters string) (name, local string) {
	for !strings.ContainsAny(name, letters) {
		name, local = c.person()
	}
	return name, local
}

// add adds an entry made by hand, and returns it for changes.
func (c *corp) add(name, email string) *registry.Entry {
	n := len(c.entries)
	at := companyFacts.Now.Add(-time.Duration(n*7919%(300*24*60)) * time.Minute)
	c.entries = append(c.entries, registry.Entry{ID: registry.ID(fmt.Sprint(n + 1)), Name: name, Email: email, Provenance: registry.Manual, CreatedAt: at, ModifiedAt: at})
	return &c.entries[n]
}

func (c *corp) pattern(name, email string) { c.add(name, email).IsEmailRegex = true }

func (c *corp) synced(name, email string) { c.add(name, email).Provenance = registry.Microsoft365 }

// clean adds the entries of a company without a mistake until there are n. Many of them are
// nearly one.
func (c *corp) clean(n int) {
	c.add("Haldenvoss Newsletter", "newsletter@haldenvoss.com")
	c.pattern("Haldenvoss Newsletter", `^.*@news\.haldenvoss\.com$`)
	c.add("IT Service Desk", "servicedesk@haldenvoss.com")
	for _, name := range []string{"Дмитрий Соколов", "علی\u200cرضا محمدی", "陈伟", "佐藤 美咲", "김민준", "ไพลิน ใจดี"} {
		c.add(name, fmt.Sprintf("person%d@haldenvoss.com", len(c.entries)))
	}
	for i := 0; len(c.entries) < n; i++ {
		name, local := c.person()
		first, last, _ := strings.Cut(name, " ")
		kind := i % 8
		switch {
		case n-len(c.entries) < 4:
			kind = -1
		case (kind == 4 || kind == 5) && i%3 > 0: // patterns take long to check
			kind = 6
		}
		switch kind {
		case -1:
			c.add(name, local+"@haldenvoss.com")
		case 0: // in the directory, and by hand in case the directory drops it
			c.synced(name, local+"@haldenvoss.com")
			c.add(name, local+"@haldenvoss.com")
		case 1: // two spellings with the same addresses
			c.synced(last+", "+first, local+"@haldenvoss.com")
			c.add(last+", "+first, local+"@haldenvoss.de")
			c.add(name, local+"@haldenvoss.com")
			c.add(name, local+"@haldenvoss.de")
		case 2: // two people of one name
			c.add(name+" (IT)", local+"@haldenvoss.com")
			c.add(name+" (Sales)", local+"2@haldenvoss.com")
		case 3: // a mailbox of their own, with its owner
			c.add(name, local+"@haldenvoss.com")
			c.add(name, local+"@gmail.com").Comments = new("Asked for by phone on 3 May, SEC-" + fmt.Sprint(i))
		case 4: // tagged addresses
			c.add(name, local+"@haldenvoss.com")
			c.pattern(name, `^`+strings.ReplaceAll(local, ".", `\.`)+`\+[a-z]+@haldenvoss\.com$`)
		case 5:
			c.synced(name, local+"@haldenvoss.com")
			c.pattern(name, `^`+strings.ReplaceAll(local, ".", `\.?`)+`@(mail|eu)\.haldenvoss\.(com|de)$`)
		default:
			c.add(name, local+"@haldenvoss.com")
			c.add(name, local+"@haldenvoss.de")
		}
	}
}

// defects plant one mistake each, the i-th of its kind, for a person who has an address that
// is right. Its rule is to be found, and nothing else.
var defects = []struct {
	rule  findings.Rule
	plant func(c *corp, i int, name, local string)
}{
	{findings.LetsAnyoneIn, func(c *corp, i int, name, _ string) {
		c.pattern(name, []string{`.*`, `^.*@gmail\.com$`, `^[a-z.]+@[a-z.]+$`, `^.*@.*haldenvoss\.com$`, `^.*@partner-firm\.com$`}[i%5])
	}},
	{findings.LookAlikeDomain, func(c *corp, i int, name, local string) {
		c.add(name, local+"@"+[]string{"haldenvos.com", "haldenv0ss.com", "haldemvoss.com", "hladenvoss.com", "haldenvvoss.de"}[i%5])
	}},
	{findings.UnescapedDot, func(c *corp, i int, name, local string) {
		c.pattern(name, `^`+strings.ReplaceAll(local, ".", `\.`)+[]string{`@mail.haldenvoss\.com$`, `@(eu|us).haldenvoss\.com$`}[i%2])
	}},
	{findings.SharedSender, func(c *corp, i int, name, _ string) {
		c.add(name, strings.Replace(input.Senders()[i%len(input.Senders())].Example(), "@", fmt.Sprintf("+%d@", i), 1))
	}},
	{findings.NotAnchored, func(c *corp, i int, name, local string) {
		first, last, _ := strings.Cut(local, ".")
		c.pattern(name, []string{`(` + first + `|x)\.` + last + `@haldenvoss\.de`, `^` + first + `\d\.` + last + `@haldenvoss\.de`, first + `\d@haldenvoss\.de|` + last + `\d@haldenvoss\.de`}[i%3])
	}},
	{findings.NeverMatches, func(c *corp, i int, name, local string) {
		switch i % 5 {
		case 0:
			c.pattern(name, `^`+local+`(@haldenvoss\.de$`)
		case 1:
			c.pattern(name, `^`+local+` at haldenvoss\.de$`)
		case 2:
			c.add(name, name+" <"+local+"@haldenvoss.de>")
		case 3:
			c.add(name, local+"@haldenvoss.de.")
		default:
			c.add(name, local)
		}
	}},
	{findings.DoubledBackslash, func(c *corp, _ int, name, local string) {
		c.pattern(name, `^`+strings.ReplaceAll(local, ".", `\\.`)+`\\d@haldenvoss\\.de$`)
	}},
	{findings.PatternAsLiteral, func(c *corp, i int, name, local string) {
		c.add(name, []string{`^` + strings.ReplaceAll(local, ".", `\.`) + `@haldenvoss\.de$`, `^` + strings.ReplaceAll(local, ".", `\.?`) + `@haldenvoss\.de$`, strings.ReplaceAll(local, ".", `\.`) + `\d@haldenvoss\.de`}[i%3])
	}},
	{findings.LiteralAsPattern, func(c *corp, i int, name, local string) {
		c.pattern(name, []string{local + "@haldenvoss.de", `^` + strings.ReplaceAll(local, ".", `\.`) + `@haldenvoss\.de$`}[i%2])
	}},
	{findings.InvisibleCharacter, func(c *corp, i int, name, local string) {
		switch i % 3 {
		case 0:
			c.add(name, local+"\u200b@haldenvoss.de")
		case 1:
			c.pattern(name, "^"+strings.ReplaceAll(local, ".", `\.?`)+"\u2060@haldenvoss\\.de$")
		default:
			c.add(name+"\u200b", local+"@haldenvoss.com")
		}
	}},
	{findings.TypographicCharacter, func(c *corp, i int, name, local string) {
		c.add(name, local+[]string{"’s@haldenvoss.de", "–x@haldenvoss.de"}[i%2])
	}},
	{findings.MixedLetters, func(c *corp, i int, _, _ string) {
		name, local := c.personWith("aeo")
		c.add(strings.Map(cyrillic, name), local+"@haldenvoss.com")
	}},
	{findings.LookAlikeName, func(c *corp, i int, _, _ string) {
		name, local := c.personWith("ol")
		c.add(name, local+"@haldenvoss.com")
		c.add(strings.NewReplacer("o", "0", "l", "1").Replace(name), local+"@haldenvoss.de")
	}},
	{findings.SamePerson, func(c *corp, i int, name, local string) {
		first, last, _ := strings.Cut(name, " ")
		c.add([]string{last + ", " + first, name + " (IT)", "Dr. " + name, registry.WithoutAccents(strings.ToLower(strings.ReplaceAll(name, "’", ""))) + " PhD"}[i%4], local+"@haldenvoss.de")
	}},
	{findings.SpoofableDomain, func(c *corp, i int, name, local string) {
		c.add(name, local+fmt.Sprintf("@host%d.voss-archive.net", i))
	}},
	{findings.CommonName, func(c *corp, i int, _, _ string) {
		c.add([]string{"Info", "Support", "Sales", "HR", "Newsletter", "Admin", "X", "Billing", "Team", "Marketing", "Office", "Helpdesk", "Q.", "IT", "Customer Service", "Webmaster", "No-Reply"}[i%17],
			fmt.Sprintf("role%d@haldenvoss.com", i))
	}},
	{findings.Duplicate, func(c *corp, _ int, name, local string) { c.add(strings.ToUpper(name), local+"@Haldenvoss.com") }},
	{findings.Covered, func(c *corp, _ int, name, local string) {
		c.add(name, local+"@haldenvoss.de")
		c.pattern(name, `^`+strings.ReplaceAll(local, ".", `\.?`)+`@haldenvoss\.de$`)
	}},
	{findings.SingleSynced, func(c *corp, _ int, _, _ string) {
		name, local := c.person()
		c.synced(name, local+"@haldenvoss.com")
	}},
	{findings.OnlyPattern, func(c *corp, _ int, _, _ string) {
		name, local := c.person()
		c.pattern(name, `^`+strings.ReplaceAll(local, ".", `\.?`)+`@haldenvoss\.(com|de)$`)
	}},
	{findings.ForeignDomain, func(c *corp, i int, name, local string) {
		if i%2 == 0 {
			c.add(name, local+"@supplier.org")
		} else {
			c.pattern(name, `^`+strings.ReplaceAll(local, ".", `\.?`)+`@supplier\.org$`)
		}
	}},
	{findings.PersonalMailbox, func(c *corp, i int, name, local string) { c.add(name, local+"@"+[]string{"gmail.com", "gmx.de"}[i%2]) }},
	{findings.Untouched, func(c *corp, i int, name, local string) {
		e := c.add(name, local+"@haldenvoss.de")
		e.CreatedAt = companyFacts.Now.AddDate(-2, 0, -i)
		e.ModifiedAt = e.CreatedAt
	}},
}

// cyrillic returns the Cyrillic letter that looks like a vowel.
func cyrillic(r rune) rune {
	switch r {
	case 'a':
		return 'а'
	case 'e':
		return 'е'
	case 'o':
		return 'о'
	}
	return r
}

// planted is one mistake in a company.
type planted struct {
	rule     findings.Rule
	from, to int // the entries planted for it, by index
}

// plant adds n mistakes of all kinds in turn.
func (c *corp) plant(n int) (all []planted) {
	for i := range n {
		d := defects[i%len(defects)]
		from := len(c.entries)
		name, local := "", ""
		if !alone[d.rule] {
			name, local = c.person()
			c.add(name, local+"@haldenvoss.com")
		}
		d.plant(c, i/len(defects), name, local)
		all = append(all, planted{rule: d.rule, from: from, to: len(c.entries)})
	}
	return all
}

// alone are the rules whose mistakes are planted without an address that is right.
var alone = map[findings.Rule]bool{findings.MixedLetters: true, findings.LookAlikeName: true, findings.CommonName: true, findings.SingleSynced: true, findings.OnlyPattern: true}
