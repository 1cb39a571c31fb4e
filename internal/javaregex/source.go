package javaregex

// source is a pattern as Java's parser sees it: code points, with what \Q...\E
// quotes escaped one by one. Errors count in these.
type source struct {
	text []rune // ends with two or more zeros that are not part of the pattern
	at   []int  // where each came from, in UTF-16 units of the pattern
	size int    // of text, without the zeros

	quotes []quote
	// lastWide is the index of the last character that Java keeps in two units, or
	// that is half of such a pair; -1 if there is none.
	lastWide int
}

// quote is a \Q...\E: the characters of text that it holds, and where it is in units.
type quote struct{ from, to, start, end int }

func newSource(pattern string) source {
	s := source{}
	units := 0
	for _, r := range pattern {
		s.text = append(s.text, r)
		s.at = append(s.at, units)
		units += width(r)
	}
	s.size = len(s.text)
	for len(s.text) < units+2 { // as long as Java's array
		s.text = append(s.text, 0)
	}
	s.pad(units)
	if from := s.firstQuote(); from >= 0 {
		s.unquote(from)
	}
	s.lastWide = s.size - 1
	for s.lastWide >= 0 && !isSupplementary(s.text[s.lastWide]) {
		s.lastWide--
	}
	return s
}

// span is where the characters from one to another are in the pattern, in units. It
// takes in the \Q of a quote that begins there, or that ends inside.
func (s *source) span(from, to int) (start, end int) {
	start, end = s.at[from], s.at[to]
	for _, q := range s.quotes {
		if q.from <= from && from < q.to && (q.from == from || to >= q.to) {
			start = q.start
		}
		if from < q.to && to == q.to {
			end = max(end, q.end)
		}
	}
	return start, end
}

// firstQuote is the place of the first \Q, or -1.
func (s *source) firstQuote() int {
	for i := 0; i < s.size-1; i++ {
		if s.text[i] != '\\' {
			continue
		}
		if s.text[i+1] == 'Q' {
			return i
		}
		i++
	}
	return -1
}

// unquote writes \Q...\E as escapes, from the first \Q on.
func (s *source) unquote(from int) {
	out := source{text: append([]rune{}, s.text[:from]...), at: append([]int{}, s.at[:from]...)}
	put := func(at int, runes ...rune) {
		for _, r := range runes {
			out.text, out.at = append(out.text, r), append(out.at, s.at[at])
		}
	}
	inside, first := true, true
	open := quote{from: from, start: s.at[from]}
	closeAt := func(end int) {
		open.to, open.end = len(out.text), end
		out.quotes = append(out.quotes, open)
	}
	for i := from + 2; i < s.size; i++ {
		r := s.text[i]
		switch {
		case r >= 128 || isAlpha(r):
			put(i, r)
		case isDigit(r):
			if first { // so that it does not become part of an escape before the quote
				put(i, '\\', 'x', '3')
			}
			put(i, r)
		case r != '\\' && inside:
			put(i, '\\', r)
		case r != '\\':
			put(i, r)
		case inside && s.text[i+1] == 'E':
			i++
			inside = false
			closeAt(s.at[i+1])
		case inside:
			put(i, '\\', '\\')
		case s.text[i+1] == 'Q':
			open = quote{from: len(out.text), start: s.at[i]}
			i++
			inside, first = true, true
			continue
		default:
			put(i, r)
			if i+1 < s.size {
				i++
				put(i, s.text[i])
			}
		}
		first = false
	}
	if inside {
		closeAt(s.at[s.size])
	}
	out.size = len(out.text)
	out.text = append(out.text, 0, 0)
	out.pad(s.at[s.size])
	*s = out
}

// pad says of what is behind the end that it is at the end.
func (s *source) pad(end int) {
	for len(s.at) <= len(s.text) {
		s.at = append(s.at, end)
	}
}

// width is how many UTF-16 units a code point takes.
func width(r rune) int {
	if r >= 0x10000 {
		return 2
	}
	return 1
}

func utf16Length(s string) int {
	units := 0
	for _, r := range s {
		units += width(r)
	}
	return units
}

func isSurrogate(r rune) bool     { return r >= 0xD800 && r <= 0xDFFF }
func isSupplementary(r rune) bool { return r >= 0x10000 || isSurrogate(r) }
func isDigit(r rune) bool         { return r >= '0' && r <= '9' }
func isAlpha(r rune) bool         { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }
func isSpace(r rune) bool         { return r == ' ' || r >= '\t' && r <= '\r' }

func hexValue(r rune) int {
	switch {
	case isDigit(r):
		return int(r - '0')
	case r >= 'a' && r <= 'f':
		return int(r-'a') + 10
	case r >= 'A' && r <= 'F':
		return int(r-'A') + 10
	}
	return -1
}

func asciiLower(r rune) rune {
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

func asciiUpper(r rune) rune {
	if r >= 'a' && r <= 'z' {
		return r + 'A' - 'a'
	}
	return r
}
