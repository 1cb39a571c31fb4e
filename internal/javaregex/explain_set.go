package javaregex

import (
	"cmp"
	"fmt"
	"strings"
)

// shorthand is a set that a pattern names by a letter: as part of a sentence, and as an item
// of a list of characters.
type shorthand struct{ says, item string }

var shorthands = map[string]shorthand{
	`\d`: {"A digit", "a digit"}, `\D`: {"A character that is no digit", "no digit"},
	`\w`: {"A letter, a digit or an underscore", "a letter, a digit or an underscore"},
	`\W`: {"A character that is no letter, digit or underscore", "no letter, digit or underscore"},
	`\s`: {"A space, a tab or a line break", "a space, a tab or a line break"},
	`\S`: {"A character that is no space, tab or line break", "no space, tab or line break"},
	`\h`: {"A space or a tab of any kind", "a space or a tab of any kind"},
	`\H`: {"A character that is no space or tab", "no space or tab"},
	`\v`: {"A line break or a vertical tab", "a line break or a vertical tab"},
	`\V`: {"A character that is no line break or vertical tab", "no line break or vertical tab"},
}

func (p *Pattern) setSays(n *node) string {
	raw := p.raw(n)
	set, short := shorthands[raw]
	switch {
	case len(n.runes) == 1:
		return literalSays(n)
	case raw == "." && n.flags&dotAll != 0:
		return "Any character."
	case raw == ".":
		return "Any character but a line break."
	case short && n.flags&unicodeClasses != 0:
		return set.says + ", of any script."
	case short:
		return set.says + "."
	case strings.HasPrefix(raw, `\p`):
		return fmt.Sprintf("A character that has the property %s.", strings.Trim(raw[2:], "{}"))
	case strings.HasPrefix(raw, `\P`):
		return fmt.Sprintf("A character that does not have the property %s.", strings.Trim(raw[2:], "{}"))
	}
	return classSays(raw, n.flags&comments != 0)
}

// escapeSays are characters that a class names by a letter.
var escapeSays = map[rune]string{
	't': "a tab", 'n': "a line feed", 'r': "a carriage return", 'f': "a form feed", 'a': "a bell", 'e': "an escape",
}

// classSays describes a class if it is a list of characters, ranges and shorthands, and
// repeats it otherwise.
func classSays(raw string, spaced bool) string {
	inside, negated := strings.CutPrefix(strings.TrimSuffix(strings.TrimPrefix(raw, "["), "]"), "^")
	items, ok := classItems([]rune(inside))
	if !ok || spaced && strings.ContainsAny(inside, " \t\n\v\f\r#") {
		return fmt.Sprintf("One character of the class %s.", raw)
	}
	if negated {
		return "One character other than " + list(items) + "."
	}
	return "One character: " + list(items) + "."
}

// classItems are what a class without classes in it lists.
func classItems(inside []rune) (items []string, ok bool) {
	for len(inside) > 0 {
		r, escaped := inside[0], false
		inside = inside[1:]
		switch {
		case r == '[' || r == '&':
			return nil, false
		case r == '\\' && len(inside) == 0:
			return nil, false
		case r == '\\':
			r, escaped = inside[0], true
			inside = inside[1:]
		}
		switch says := escapeItem(r); {
		case escaped && says != "":
			items = append(items, says)
		case escaped && isWord(r):
			return nil, false
		case len(inside) > 1 && inside[0] == '-':
			last := inside[1]
			if last == '\\' || last == '[' || last == '&' {
				return nil, false
			}
			items = append(items, string(r)+" to "+string(last))
			inside = inside[2:]
		default:
			items = append(items, quoted(r))
		}
	}
	return items, len(items) > 0
}

// escapeItem is what a letter stands for behind a backslash in a class, "" for none.
func escapeItem(r rune) string {
	return cmp.Or(escapeSays[r], shorthands["\\"+string(r)].item)
}

func list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " or " + items[len(items)-1]
}
