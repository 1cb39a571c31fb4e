package words

import (
	"maps"
	"slices"
	"strings"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/registry"
)

// warning is the text of a kind of warning.
type warning struct {
	code string // in JSON
	text func(registry.Warning) string
}

// about is a text in which the detail of the warning replaces %s.
func about(text string) func(registry.Warning) string {
	return func(w registry.Warning) string { return strings.ReplaceAll(text, "%s", w.Detail) }
}

// warnings has a row for each kind of warning and hint. The codes are in docs/forms.md.
var warnings = map[string]warning{
	string(input.Typographic):     {"99910", typographicText},
	string(input.Wrapped):         {"99911", wrappedText},
	string(input.TrailingDot):     {"99912", about("An address never ends with “%s”, so this never matches.")},
	string(input.Wildcard):        {"99913", about("“%s” has no special meaning in an address. For several addresses, make it a pattern. All of them may then use the name.")},
	string(input.LoneDomain):      {"99914", about("%s is a domain, not an address. For everyone at this domain, make it a pattern. All of them may then use the name.")},
	string(input.ForeignLabel):    {"99915", about("%s, but is something else to a mail server.")},
	string(input.SharedSender):    {"99916", sharedText},
	string(input.InnerWildcard):   {"99917", about("“%s” has no special meaning in an address. To match any text, make it a pattern.")},
	string(input.NameWithAddress): {"99920", about("The name has an address in it (%s). Mail programs show the name without it.")},
	string(input.AddressAsName):   {"99921", about("This is an address, not a name. It protects only against mail that shows the address as the name.")},
	string(input.Encoded):         {"99922", about("This is encoded text, from the source of a message, a web page or a link. Mail programs show it decoded, so it never matches.")},
	string(input.Garbled):         {"99923", about("This text looks garbled: it was read in the wrong encoding.")},
	string(input.Quoted):          {"99924", about("Mail programs show a name without %s.")},
	string(input.Placeholder):     {"99925", about("“%s” looks like a placeholder, not a name.")},
	string(input.StyledLetters):   {"99926", about("The name has styled letters, such as 𝐀 for A. It matches only mail that uses the same letters.")},
	string(input.MixedScripts):    {"99927", about("%s. Some of them look like others, so it may not be what it looks like.")},
	registry.KindLookAlike:        {"99930", about("It looks like “%s”, which the registry protects, but is a different name to a mail filter.")},
	registry.KindBreaksTest:       {"99931", aboutTest("This breaks a test")},
	registry.KindUnevaluatedTest:  {"99932", aboutTest("This may break a test, which could not be evaluated in time")},
	javaregex.MatchesEverything:   {"99940", about("%s")},
	javaregex.PublicDomain:        {"99941", about("%s")},
	javaregex.Unfinished:          {"99942", about("%s")},
}

func typographicText(w registry.Warning) string {
	return "This has a character that is not in plain addresses: " + w.Detail + ". It was probably inserted by a word processor. Addresses in mail do not have it."
}

func wrappedText(w registry.Warning) string {
	if w.Detail == "" {
		return "Enter only the address, without the text around it."
	}
	return "Enter only the address, without the text around it: " + w.Detail + "."
}

func sharedText(w registry.Warning) string {
	message, suggestion := SharedSender(w.Detail)
	return message + " " + suggestion
}

// SharedSender says that anyone can use a service to send mail with any name, and what to do
// instead of an entry.
func SharedSender(service string) (message, suggestion string) {
	how := ""
	for _, s := range input.Senders() {
		if s.Service == service && s.How != "" {
			how = " " + s.How
			break
		}
	}
	return "Anyone can use " + service + " to send mail from this address with this name." + how + " This entry would allow all of it.",
		"Do not create it: allow the service's mail with an allow policy in Cloudflare that verifies the sender."
}

// Warning returns the text of a warning or a hint, and its code in JSON. ok is false for an
// unknown kind.
func Warning(w registry.Warning) (code, text string, ok bool) {
	of, ok := warnings[w.Kind]
	if !ok {
		return "", "", false
	}
	return of.code, of.text(w), true
}

// WarningText is the text of a warning or a hint of any kind.
func WarningText(w registry.Warning) string {
	if _, text, ok := Warning(w); ok {
		return text
	}
	return UnknownWarning(w)
}

// UnknownWarning is the text of a warning of an unknown kind.
func UnknownWarning(w registry.Warning) string {
	return "This is unusual: " + w.Kind + ", " + w.Detail + "."
}

// WarningKinds returns the kinds that Warning knows.
func WarningKinds() []string { return slices.Sorted(maps.Keys(warnings)) }
