package words

import (
	"strings"

	"namesake/internal/registry"
)

// rules has a sentence for each rule: what is wrong, and how to fix it. %s is the rule's
// parameter.
var rules = map[string]string{
	"javapattern":           "%s.",
	"name required":         "Enter the display name to protect.",
	"email required":        "Enter an address, or a pattern of addresses.",
	"email address":         "This is not an e-mail address. It needs one @ and a domain, such as jane.smith@example.com.",
	"email oneaddress":      "Enter one address here. Create a further entry for each other address.",
	"email notpattern":      "This is not an e-mail address. For a pattern, choose “Pattern”.",
	"email trimmed":         "The pattern starts or ends with a space. Remove it: no address has one.",
	"max":                   "This is too long: at most %s characters are allowed.",
	"oneline":               "This has a line break or another control character: %s. Remove it: mail never has such a name or address.",
	"visible":               "This has a character that can't be seen: %s. Remove it: with it, the entry never matches the text you see.",
	"clear":                 "This has a character that can't be seen: %s. Remove it: it hides text or changes its order.",
	"shows":                 "This name has no visible character. Enter the display name to protect.",
	"text":                  "This has a control character: %s. Remove it.",
	"utf8":                  "This has bytes that are not text (UTF-8). Type the marked characters (�) again.",
	"integer":               "Enter a whole number such as 1001, or leave this empty.",
	"provenance provenance": "Choose one of the sources offered, or leave it as not given.",
}

// Invalid says how many fields a person has to fix.
func Invalid(e *registry.InvalidError) string {
	fields := map[string]bool{}
	for _, f := range e.Fields {
		fields[f.Field] = true
	}
	return "Fix " + Count(len(fields), "field", "fields") + " to continue"
}

// Rule says what is wrong with a field.
func Rule(e registry.FieldError) string {
	for _, key := range []string{e.Field + " " + e.Rule, e.Rule} {
		if text, ok := rules[key]; ok {
			return strings.Replace(text, "%s", e.Param, 1)
		}
	}
	return "This value is not allowed (" + e.Rule + ")."
}
