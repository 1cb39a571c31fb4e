package words

import (
	"strings"

	"namesake/internal/findings"
)

// findingWord has the texts of a rule.
type findingWord struct {
	title string
	text  func(findings.Finding) (message, suggestion string)
}

// findingWords has a row for each rule.
var findingWords = map[findings.Rule]findingWord{
	findings.LetsAnyoneIn: {"Anyone can use this name", letsAnyoneInText},
	findings.LookAlikeDomain: {"Look-alike domain", func(f findings.Finding) (string, string) {
		return f.Witness + " looks like an address at your domain " + f.Detail + ", and is not at it. Its owner may use the name " + quoted(f.Name) + ".",
			"Check the spelling of the domain. If it is not yours, delete the entry."
	}},
	findings.UnescapedDot: {"Unescaped dot", unescapedDotText},
	findings.SharedSender: {"Shared sender", func(f findings.Finding) (string, string) { return SharedSender(f.Service) }},
	findings.WholeDomain: {"Whole domain", func(f findings.Finding) (string, string) {
		return "The pattern lets everyone at " + f.Detail + " use the name " + quoted(f.Name) + ".", "Name the person, unless everyone there may use the name."
	}},
	findings.NotAnchored:      {"Not anchored", patternText},
	findings.NeverMatches:     {"Never matches", neverMatchesText},
	findings.DoubledBackslash: {"Doubled backslash", patternText},
	findings.PatternAsLiteral: {"Pattern entered as address", func(f findings.Finding) (string, string) {
		return "This is a pattern, but it was entered as an address, so it matches no mail." + meant(f), "Make it a pattern, or enter the address."
	}},
	findings.LiteralAsPattern: {"Address entered as pattern", literalAsPatternText},
	findings.InvisibleCharacter: {"Invisible character", func(f findings.Finding) (string, string) {
		return "The entry has a character that can't be seen: " + f.Detail + ". With it, the entry never matches the text you see.", "Remove the character."
	}},
	findings.TypographicCharacter: {"Typographic character", func(f findings.Finding) (string, string) {
		if f.Pattern != nil {
			return f.Pattern.Message, f.Pattern.Suggestion
		}
		return "The address has a character that plain addresses do not have: " + f.Detail + ". It was probably inserted by a word processor." + meant(f), "Type the character again."
	}},
	findings.MixedLetters: {"Look-alike letters", func(f findings.Finding) (string, string) {
		return "The name " + quoted(f.Name) + " has letters that look like others" + detail(f) + ". Mail that shows the name in ordinary letters is not protected.",
			"Type the name again, with the letters of one alphabet."
	}},
	findings.CommonName: {"Too common a name", func(f findings.Finding) (string, string) {
		return "Much ordinary mail shows the name " + quoted(f.Name) + ", so mail that has nothing to do with you is flagged, such as mail from " + f.Witness + ".",
			"Protect a longer name that only you use, such as one with the name of your company."
	}},
	findings.Duplicate: {"Duplicate", func(f findings.Finding) (string, string) {
		return quoted(f.Name) + " has " + f.Sender + " " + Count(len(f.Entries), "time", "times") + ". A duplicate has no effect and must be deleted separately.", duplicateAdvice(f)
	}},
	findings.SingleSynced: {"Single synced address", func(f findings.Finding) (string, string) {
		return "Only one address, synced from a directory, may use " + quoted(f.Name) + ". When the directory drops it, the name is unprotected.",
			"Add an entry for the same address by hand."
	}},
	findings.OnlyPattern: {"Only patterns", func(f findings.Finding) (string, string) {
		return "Only patterns say who may use the name " + quoted(f.Name) + example(f) + ".",
			"Where you know the addresses, list them instead: each then shows what it allows."
	}},
	findings.Covered: {"Covered by a pattern", func(f findings.Finding) (string, string) {
		return "The pattern " + f.Detail + " of the same name matches " + f.Witness + ", too, so the entry for the address has no effect.",
			"Delete one of the two entries: the address, or the pattern if it is not needed."
	}},
	findings.SamePerson: {"Two spellings", func(f findings.Finding) (string, string) {
		return quoted(f.Name) + " and " + quoted(f.Detail) + " are probably the same person. Mail with the name " + quoted(f.Name) + " from " + f.Witness + " is flagged, because only the other spelling has an entry for it.",
			"Add the address to both spellings, if it is the same person."
	}},
	findings.LookAlikeName: {"Look-alike name", func(f findings.Finding) (string, string) {
		return quoted(f.Detail) + " looks like " + quoted(f.Name) + ", but is a different name to a mail filter.",
			"Give the entry the name that the person's mail shows, or delete it."
	}},
	findings.SpoofableDomain: {"Domain can be forged", func(f findings.Finding) (string, string) {
		return "The domain " + f.Detail + " has no valid DMARC record, so anyone can forge mail from it, such as from " + f.Witness + ". " +
				Count(len(f.Entries), "entry allows an address", "entries allow addresses") + " there.",
			"Publish a DMARC record for the domain with the policy quarantine or reject. This is about the whole domain: if you dismiss it, it comes back when an entry for an address there is added, changed or deleted."
	}},
	findings.ForeignDomain: {"Not your domain", func(f findings.Finding) (string, string) {
		return f.Detail + " is not one of the domains that Cloudflare checks for you, and mail from " + f.Witness + " may show the name " + quoted(f.Name) + ".",
			"Keep the entry if you know the sender. Otherwise delete it, or take the domain out of its pattern."
	}},
	findings.PersonalMailbox: {"Personal mailbox", func(f findings.Finding) (string, string) {
		return "Anyone can open a mailbox at " + f.Detail + ", so the address " + f.Witness + " does not show whose it is.",
			"Write into the comments who owns the mailbox, and who confirmed it."
	}},
	findings.TrustedDomain:  {"Trusted domain", trustedDomainText},
	findings.ShadowedName:   {"Policy cancels protection", shadowedText},
	findings.PolicySaysSame: {"Listed twice", policySaysSameText},
	findings.Untouched: {"Unchanged for long", func(f findings.Finding) (string, string) {
		return "The entry has not changed since " + f.Detail + ".", "Check that the sender still needs the name. If so, say so in the comments: that counts as a change."
	}},
}

// duplicateAdvice says what to do about duplicates.
func duplicateAdvice(f findings.Finding) string {
	switch f.Detail {
	case findings.AllSynced:
		return "A directory owns all of them, so they can't be deleted here. Find out in the directory why it has the person twice."
	case findings.PartlySynced:
		return "Delete those that were made by hand. A directory owns the others: find out there why it has the person twice."
	}
	return "Delete all but one."
}

// patternText is what the check of the pattern says.
func patternText(f findings.Finding) (message, suggestion string) {
	if f.Pattern == nil {
		return "This is unusual: " + string(f.Rule) + ".", ""
	}
	return f.Pattern.Message, f.Pattern.Suggestion
}

func letsAnyoneInText(f findings.Finding) (message, suggestion string) {
	if f.Detail != "" {
		return "The pattern lets everyone at " + f.Detail + ", which is not your domain, use the name " + quoted(f.Name) + ".", "Name the person."
	}
	return patternText(f)
}

func unescapedDotText(f findings.Finding) (message, suggestion string) {
	suggestion = `Write \. for the dot.`
	if f.Severity == findings.Danger {
		return "A dot in the pattern stands for any character, so " + f.Witness + " matches, too. Anyone can register " + f.Detail + ".", suggestion
	}
	return "A dot in the pattern stands for any character, so " + f.Witness + " matches, too.", suggestion
}

func neverMatchesText(f findings.Finding) (message, suggestion string) {
	switch {
	case f.Pattern != nil:
		return f.Pattern.Message, f.Pattern.Suggestion
	case f.Detail != "":
		return "The pattern is not valid, so it matches no mail: " + strings.TrimSuffix(f.Detail, ".") + ".", "Correct the pattern, or delete the entry."
	}
	return "This is not an e-mail address, so it matches no mail." + meant(f), "Enter the address, or delete the entry."
}

func literalAsPatternText(f findings.Finding) (message, suggestion string) {
	if f.Severity == findings.Tip {
		return "The pattern matches the address " + f.Detail + " only.", "Enter the address itself, and choose “Address”."
	}
	return f.Detail + " is an address, but it was entered as a pattern. Its dots stand for any character, and it may match longer addresses.",
		"Choose “Address”."
}

// meant says which address was probably meant.
func meant(f findings.Finding) string {
	if f.Witness == "" {
		return ""
	}
	return " Probably " + f.Witness + " was meant."
}

func example(f findings.Finding) string {
	if f.Witness == "" {
		return ""
	}
	return ", for example " + f.Witness
}

func detail(f findings.Finding) string {
	if f.Detail == "" {
		return ""
	}
	return ": " + f.Detail
}
