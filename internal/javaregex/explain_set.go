package javaregex

import (
	"fmt"
	"strings"
)

var shorthandSays = map[string]string{
	`\d`: "A digit.", `\D`: "A character that is no digit.",
	`\w`: "A letter, a digit or an underscore.", `\W`: "A character that is no letter, digit or underscore.",
	`\s`: "A space, a tab or a line break.", `\S`: "A character that is no space, tab or line break.",
	`\h`: "A space or a tab of any kind.", `\H`: "A character that is no space or tab.",
	`\v`: "A line break or a vertical tab.", `\V`: "A character that is no line break or vertical tab.",
}

func (p *Pattern) setSays(n *node) string {
	raw := p.raw(n)
	says, short := shorthandSays[raw]
	switch {
	case len(n.runes) == 1:
		return literalSays(n)
	case raw == "." && n.flags&dotAll != 0:
		return "Any character."
	case raw == ".":
		return "Any character but a line break."
	case short && n.flags&unicodeClasses != 0:
		return strings.TrimSuffix(says, ".") + ", of any script."
	case short:
		return says
	case strings.HasPrefix(raw, `\p`):
		return fmt.Sprintf("A character that has the property %s.", strings.Trim(raw[2:], "{}"))
	case strings.HasPrefix(raw, `\P`):
		return fmt.Sprintf("A character that does not have the property %s.", strings.Trim(raw[2:], "{}"))
	}
	return classSays(raw)
}

// classSays describes a class if it is a plain list of characters and ranges, and
// repeats it otherwise.
func classSays(raw string) string {
	inside, negated := strings.CutPrefix(strings.TrimSuffix(strings.TrimPrefix(raw, "["), "]"), "^")
	if inside == "" || strings.ContainsAny(inside, `[]\`) || strings.Contains(inside, "&&") || strings.HasPrefix(inside, "&") {
		return fmt.Sprintf("One character of the class %s.", raw)
	}
	var items []string
	runes := []rune(inside)
	for i := 0; i < len(runes); i++ {
		if i+2 < len(runes) && runes[i+1] == '-' {
			items = append(items, fmt.Sprintf("%c to %c", runes[i], runes[i+2]))
			i += 2
			continue
		}
		items = append(items, fmt.Sprintf("%q", string(runes[i])))
	}
	if negated {
		return "One character other than " + list(items) + "."
	}
	return "One character of " + list(items) + "."
}

func list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " or " + items[len(items)-1]
}
