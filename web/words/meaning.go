package words

import "strings"

// The pieces of the sentence that Meaning makes. They are exported for the form, whose
// script updates the sentence while the person types.
const (
	MeaningTemplate  = "Mail that shows {name} is flagged unless it comes from {from}, or from another address that has an entry for the same name."
	MeaningNoName    = "this name"
	MeaningNoEmail   = "the address you enter"
	MeaningNoPattern = "an address that matches the pattern you enter"
	MeaningPattern   = "an address that matches {}"
)

// CreatedOneOf says which entry was created, on a page that is not about it.
func CreatedOneOf(name, email string) string {
	return "Mail from " + email + " may now show " + quoted(name) + "."
}

// Meaning says in one sentence what an entry does. The empty parts of an unfinished draft are
// described in general terms.
func Meaning(name, email string, isRegex bool) string {
	shown, from := MeaningNoName, MeaningNoEmail
	if name = strings.TrimSpace(name); name != "" {
		shown = quoted(name)
	}
	switch email = strings.TrimSpace(email); {
	case isRegex && email == "":
		from = MeaningNoPattern
	case isRegex:
		from = strings.Replace(MeaningPattern, "{}", email, 1)
	case email != "":
		from = email
	}
	return strings.NewReplacer("{name}", shown, "{from}", from).Replace(MeaningTemplate)
}
