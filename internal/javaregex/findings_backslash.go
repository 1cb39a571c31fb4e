package javaregex

import (
	"fmt"
	"strings"
)

// backslashes finds backslashes that are doubled, as they are where a pattern stands in
// source code.
func (f *finder) backslashes() {
	doubled := f.doubledBackslash()
	if doubled == nil || f.out() {
		return
	}
	always, _ := f.mayMatch(f.root, addressOptions{without: `\`})
	if always = !always; !always && strings.Contains(f.source, `"`) {
		return // a quoted local part may hold one
	}
	fixed, address := f.singleBackslashes()
	if fixed == "" {
		return
	}
	found := Finding{ID: DoubledBackslash, Severity: Warning, Suggestion: "Write single backslashes: " + fixed, Fixed: fixed, Example: address}
	found.Start, found.End = f.chars.span(doubled.from, doubled.to)
	found.Message = fmt.Sprintf("A double backslash stands for the character “\\”, so this does not match “%s”.", address)
	if always {
		found.Message = fmt.Sprintf("A double backslash stands for the character “\\”, so this matches only addresses with one, and not “%s”.", address)
	}
	f.put(found)
}

// doubledBackslash is the first part that a doubled backslash makes match one, nil if
// there is none.
func (f *finder) doubledBackslash() (first *node) {
	f.root.walk(func(n *node, _ []*node) bool {
		if first == nil && (n.op == opRunes || n.op == opSet || n.op == opCanonical) && doublesBackslash(f.raw(n)) {
			first = n
		}
		return first == nil
	})
	return first
}

// doublesBackslash reports whether \\ stands in text, before something that a single
// one would change the meaning of.
func doublesBackslash(text string) bool {
	if strings.Contains(text, `\Q`) {
		return false
	}
	for {
		_, behind, found := strings.Cut(text, `\\`)
		if !found {
			return false
		}
		if behind == "" || strings.ContainsAny(behind[:1], `\.+*?()[]{}|^$@-_/dDwWsSbB`) {
			return true
		}
		text = behind
	}
}

// singleBackslashes is the pattern with as many backslashes taken away as it takes to
// match an address that it does not match now; "" if that does not help.
func (f *finder) singleBackslashes() (fixed, address string) {
	fixed = f.source
	for strings.Contains(fixed, `\\`) {
		fixed = halveBackslashes(fixed)
		p, err := Compile(fixed)
		if err != nil {
			continue
		}
		other := p.finder(f.ctx, letsInTime)
		other.sample()
		for _, text := range other.samples {
			if isAddress(text) && !strings.Contains(text, `\`) && !f.try(text).Found && !f.late {
				return fixed, text
			}
		}
		if address := other.addressThrough(f.finder(f.ctx, letsInTime)); address != "" {
			return fixed, address
		}
	}
	return "", ""
}

// addressThrough is an address that f matches, and old does not.
func (f *finder) addressThrough(old *finder) (address string) {
	f.root.walk(func(n *node, _ []*node) bool {
		if address != "" || f.out() {
			return false
		}
		if n.op != opSet || len(n.runes) > 0 {
			return true
		}
		f.through(n, func(write func(string) string) bool {
			for _, r := range "aw7-_." {
				if !n.set.holds(r) {
					continue
				}
				if text := write(string(r)); isAddress(text) && f.try(text).Matches && !old.try(text).Found {
					address = text
					return true
				}
			}
			return false
		})
		return true
	})
	return address
}

// halveBackslashes writes one backslash for two.
func halveBackslashes(pattern string) string {
	var b strings.Builder
	count := 0
	flush := func() {
		b.WriteString(strings.Repeat(`\`, (count+1)/2))
		count = 0
	}
	for _, r := range pattern {
		if r == '\\' {
			count++
			continue
		}
		flush()
		b.WriteRune(r)
	}
	flush()
	return b.String()
}
