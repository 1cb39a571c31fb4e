package findings

// The rules. Each is described in the file of its name.
const (
	LetsAnyoneIn         Rule = "lets-anyone-in"
	ShadowedName         Rule = "shadowed-name"
	TrustedDomain        Rule = "trusted-domain"
	PolicySaysSame       Rule = "policy-says-same"
	LookAlikeDomain      Rule = "look-alike-domain"
	UnescapedDot         Rule = "unescaped-dot"
	SharedSender         Rule = "shared-sender"
	WholeDomain          Rule = "whole-domain"
	NotAnchored          Rule = "not-anchored"
	NeverMatches         Rule = "never-matches"
	DoubledBackslash     Rule = "doubled-backslash"
	PatternAsLiteral     Rule = "pattern-as-literal"
	LiteralAsPattern     Rule = "literal-as-pattern"
	InvisibleCharacter   Rule = "invisible-character"
	TypographicCharacter Rule = "typographic-character"
	MixedLetters         Rule = "mixed-letters"
	CommonName           Rule = "common-name"
	Duplicate            Rule = "duplicate"
	SingleSynced         Rule = "single-synced"
	OnlyPattern          Rule = "only-pattern"
	Covered              Rule = "covered"
	SamePerson           Rule = "same-person"
	LookAlikeName        Rule = "look-alike-name"
	SpoofableDomain      Rule = "spoofable-domain"
	ForeignDomain        Rule = "foreign-domain"
	PersonalMailbox      Rule = "personal-mailbox"
	Untouched            Rule = "untouched"
)

// Rules returns all rules, in the order in which findings that are equally severe are listed.
func Rules() []Rule {
	return []Rule{
		LetsAnyoneIn, ShadowedName, LookAlikeDomain, UnescapedDot, SharedSender, TrustedDomain, WholeDomain, NotAnchored, NeverMatches, DoubledBackslash,
		PatternAsLiteral, LiteralAsPattern, InvisibleCharacter, TypographicCharacter, MixedLetters, LookAlikeName, SamePerson, SpoofableDomain, CommonName,
		Duplicate, Covered, SingleSynced, OnlyPattern, ForeignDomain, PersonalMailbox, PolicySaysSame, Untouched,
	}
}

// ranks are the positions of the rules in Rules.
var ranks = func() map[Rule]int {
	ranks := make(map[Rule]int)
	for i, r := range Rules() {
		ranks[r] = i
	}
	return ranks
}()

// entryRules judge an entry by itself.
var entryRules = []func(*subject, *situation) (Finding, bool){
	letsAnyoneIn, lookAlikeDomain, unescapedDot, sharedSender, wholeDomain, notAnchored, neverMatches, doubledBackslash,
	patternAsLiteral, literalAsPattern, invisibleCharacter, typographicCharacter, mixedLetters, commonName,
	foreignDomain, personalMailbox, untouched,
}

// nameRules judge the entries of one name, at least one, beside each other.
var nameRules = []func([]*subject, *situation) []Finding{duplicates, singleSynced, onlyPattern}

// LetsIn reports whether the witness of the rule's findings is an address that their entries
// allow. For the other rules it is one that they were meant to allow, or that is flagged
// without need.
func (r Rule) LetsIn() bool {
	switch r {
	case NeverMatches, DoubledBackslash, PatternAsLiteral, InvisibleCharacter, TypographicCharacter, CommonName:
		return false
	}
	return true
}
