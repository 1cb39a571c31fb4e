package words

import (
	"namesake/internal/registry"
)

// PatternRemark says what is wrong with the pattern of an entry, "" for nothing.
func PatternRemark(c registry.PatternCheck) string {
	switch {
	case c.Unchecked:
		return "Namesake had no time to check this pattern. Reload the page in a moment."
	case c.Refused != nil:
		return "Invalid pattern: " + c.Refused.Message + "."
	case c.LetsIn != nil:
		return c.LetsIn.Message
	}
	return ""
}
