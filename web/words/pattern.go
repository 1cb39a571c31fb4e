package words

import (
	"namesake/internal/registry"
)

// PatternRemark says what is wrong with the pattern of an entry, "" for nothing.
func PatternRemark(c registry.PatternCheck) string {
	switch {
	case c.Unchecked:
		return "This pattern was not checked, for lack of time: load the page again in a moment."
	case c.Refused != nil:
		return "Java refuses this pattern: " + c.Refused.Message + "."
	case c.LetsIn != nil:
		return c.LetsIn.Message
	}
	return ""
}
