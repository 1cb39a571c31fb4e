package words

import (
	"maps"
	"slices"
	"strings"

	"namesake/internal/input"
	"namesake/internal/javaregex"
	"namesake/internal/registry"
)

// warning is how a kind of warning is told.
type warning struct {
	code string // in JSON
	text func(registry.Warning) string
}

// about is a text with the warning's detail in the place of %s.
func about(text string) func(registry.Warning) string {
	return func(w registry.Warning) string { return strings.ReplaceAll(text, "%s", w.Detail) }
}

// warnings has a row for each kind of warning and hint. The codes are in docs/forms.md.
var warnings = map[string]warning{
	string(input.Typographic):     {"99910", typographicText},
	string(input.Wrapped):         {"99911", wrappedText},
	string(input.TrailingDot):     {"99912", about("An address does not end with “%s”: it would never match.")},
	string(input.Wildcard):        {"99913", about("No mailbox is called “%s”: outside a pattern it stands for itself and not for any text. If you mean several addresses, make it a pattern. All of them may then use the name.")},
	string(input.LoneDomain):      {"99914", about("%s is a domain and not an address. If you mean everyone there, make it a pattern. All of them may then use the name.")},
	string(input.ForeignLabel):    {"99915", about("%s, but is something else to a mail server.")},
	string(input.SharedSender):    {"99916", sharedText},
	string(input.InnerWildcard):   {"99917", about("“%s” stands for itself in an address. If you mean any text, make it a pattern.")},
	string(input.NameWithAddress): {"99920", about("The name has an address in it (%s). Mail programs show the name without it.")},
	string(input.AddressAsName):   {"99921", about("This is an address and not a name. It protects only mail that shows the address as its name.")},
	string(input.Encoded):         {"99922", about("This is encoded, as it stands in the source of a mail, a web page or a link. Mail programs show it decoded, so it would never match.")},
	string(input.Garbled):         {"99923", about("This looks garbled: on its way here its letters were read in the wrong encoding.")},
	string(input.Quoted):          {"99924", about("Mail programs show a name without %s.")},
	string(input.Placeholder):     {"99925", about("“%s” looks like a placeholder and not like a name.")},
	string(input.StyledLetters):   {"99926", about("The name has letters that only look like ordinary ones, such as 𝐀 for A. It matches only mail that has the same ones.")},
	string(input.MixedScripts):    {"99927", about("%s. Some of them look like others, so it may not be what it looks like.")},
	registry.KindLookAlike:        {"99930", about("It looks like “%s”, which the registry protects, but is another name to a program.")},
	javaregex.MatchesEverything:   {"99940", about("%s")},
	javaregex.PublicDomain:        {"99941", about("%s")},
	javaregex.Unfinished:          {"99942", about("%s")},
}

func typographicText(w registry.Warning) string {
	return "This has a character that is not in plain addresses: " + w.Detail + ". It came from a text program most likely, and mail does not have it."
}

func wrappedText(w registry.Warning) string {
	if w.Detail == "" {
		return "Only the address belongs here, without what stands around it."
	}
	return "Only the address belongs here, without what stands around it: " + w.Detail + "."
}

func sharedText(w registry.Warning) string {
	how := ""
	for _, s := range input.Senders() {
		if s.Service == w.Detail {
			how = " " + s.How
			break
		}
	}
	return "Strangers can have " + w.Detail + " send mail from here that shows this name." + how +
		" The entry would let all of that pass. Leave it out, and let the service's mail in by an allow policy in Cloudflare that verifies the sender."
}

// Warning says what a warning or a hint is about, with its code in JSON. ok is false for a
// kind that is not known here.
func Warning(w registry.Warning) (code, text string, ok bool) {
	of, ok := warnings[w.Kind]
	if !ok {
		return "", "", false
	}
	return of.code, of.text(w), true
}

// UnknownWarning is Warning for a kind that is not known here.
func UnknownWarning(w registry.Warning) string {
	return "This is unusual: " + w.Kind + ", " + w.Detail + "."
}

// WarningKinds returns the kinds that Warning knows.
func WarningKinds() []string { return slices.Sorted(maps.Keys(warnings)) }
