package words

import (
	"namesake/internal/registry"
)

// PatternUnchecked says that there was no time to check a pattern.
const PatternUnchecked = "Namesake had no time to check this pattern. Reload the page in a moment."

// PatternRemark says what is wrong with the pattern of an entry, "" for nothing.
func PatternRemark(c registry.PatternCheck) string {
	switch {
	case c.Unchecked:
		return PatternUnchecked
	case c.Refused != nil:
		return "Invalid pattern: " + c.Refused.Message + "."
	case c.LetsIn != nil:
		return c.LetsIn.Message
	}
	return ""
}
