package javaregex

import "strings"

// property reads the rest of \p or \P, whose letter is the next character.
func (p *parser) property(negate bool) set {
	var name string
	if p.next() == '{' {
		name = p.braced()
	} else {
		name = string(p.char(p.cursor))
		p.read()
	}
	var s *set
	if key, value, assigned := strings.Cut(name, "="); assigned {
		key = lowerCase(key)
		switch key {
		case "sc", "script":
			s = scriptSet(value)
		case "blk", "block":
			s = blockSet(value)
		case "gc", "general_category":
			s = p.category(value)
		}
		if s == nil {
			p.fail("Unknown Unicode property {name=<%s>, value=<%s>}", key, value)
		}
	} else if s = p.simpleProperty(name); s == nil {
		p.fail("Unknown character property name {%s}", name)
	}
	if negate {
		p.supplementary = true
		return s.not()
	}
	return *s
}

// braced reads a name in braces.
func (p *parser) braced() string {
	p.next()
	start := p.cursor
	// Java puts a brace at the end, to be sure of finding one.
	p.text[p.size] = '}'
	for p.read() != '}' {
	}
	p.text[p.size] = 0
	if p.cursor > p.size {
		p.fail("Unclosed character family")
	}
	if start+1 >= p.cursor {
		p.fail("Empty character family")
	}
	return string(p.text[start : p.cursor-1])
}

// column is which of a property's sets the flags ask for.
func (p *parser) column() int {
	column := 0
	if p.has(caseInsensitive) {
		column++
	}
	if p.has(unicodeClasses) {
		column += 2
	}
	return column
}

func (p *parser) simpleProperty(name string) *set {
	if rest, ok := strings.CutPrefix(name, "In"); ok {
		return blockSet(rest)
	}
	if rest, ok := strings.CutPrefix(name, "Is"); ok {
		if s := characters().find("is "+upperCase(rest), p.column()); s != nil {
			return s
		}
		if s := p.category(rest); s != nil {
			return s
		}
		return scriptSet(rest)
	}
	if s := characters().find("p "+name, p.column()); s != nil {
		return s
	}
	if p.has(unicodeClasses) { // the POSIX names in any case
		if upper := "p " + upperCase(name); characters().find(upper, 0) == nil {
			return characters().find(upper, p.column())
		}
	}
	return nil
}

// category is a property that (?U) has no influence on.
func (p *parser) category(name string) *set {
	return characters().find("p "+name, p.column()&1)
}

func scriptSet(name string) *set {
	return characters().find("script "+upperCase(name), 0)
}

// shorthand is \d, \w and so on; capitals negate.
func (p *parser) shorthand(letter rune) set {
	column := 0
	if p.has(unicodeClasses) {
		column = 1
	}
	s := *characters().find("esc "+string(letter|0x20), column)
	if letter < 'a' {
		return s.not()
	}
	return s
}
