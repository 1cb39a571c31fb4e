package javaregex

import (
	_ "embed"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// unicodeText is described in testdata/Tables.java, which writes it:
// java --add-opens java.base/java.util.regex=ALL-UNNAMED --add-opens java.base/java.lang=ALL-UNNAMED testdata/Tables.java >unicode.txt
//
//go:embed unicode.txt
var unicodeText string

// span is from first to last; for changes of case they change by delta.
type span struct{ first, last, delta rune }

type table struct {
	names  map[string]string // what the line of that name holds
	sets   []string
	blocks map[string]span
	upper  []span
	lower  []span

	mu      sync.Mutex
	decoded map[int]*set
}

// characters is the table, read on first use.
var characters = sync.OnceValue(func() *table {
	t := &table{names: map[string]string{}, blocks: map[string]span{}, decoded: map[int]*set{}}
	for line := range strings.Lines(unicodeText) {
		kind, rest, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		name, value, _ := strings.Cut(rest, " ")
		switch kind {
		case "set":
			t.sets = append(t.sets, value)
		case "upper":
			t.upper = spans(rest, true)
		case "lower":
			t.lower = spans(rest, true)
		case "block":
			first, last, _ := strings.Cut(value, " ")
			t.blocks[strings.ReplaceAll(name, "~", " ")] = span{first: number(first), last: number(last)}
		case "break":
			t.names[kind] = rest
		default:
			t.names[kind+" "+name] = value
		}
	}
	return t
})

func number(s string) rune {
	n, err := strconv.ParseInt(s, 36, 32)
	if err != nil {
		panic("unicode.txt: " + err.Error())
	}
	return rune(n)
}

// spans reads runs of GAP LEN, or GAP LEN DELTA.
func spans(text string, deltas bool) []span {
	fields := strings.Fields(text)
	step := 2
	if deltas {
		step = 3
	}
	result := make([]span, 0, len(fields)/step)
	end := rune(0)
	for i := 0; i+step <= len(fields); i += step {
		s := span{first: end + number(fields[i])}
		s.last = s.first + number(fields[i+1])
		if deltas {
			s.delta = number(fields[i+2])
		}
		end = s.last + 1
		result = append(result, s)
	}
	return result
}

// find is the set in a column of the named line, nil if there is none.
func (t *table) find(name string, column int) *set {
	line, known := t.names[name]
	if !known {
		return nil
	}
	id := strings.Fields(line)[column]
	if id == "-" {
		return nil
	}
	id, bmp := strings.CutPrefix(id, "b")
	n, err := strconv.Atoi(id)
	if err != nil {
		panic("unicode.txt: " + err.Error())
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.decoded[n]
	if s == nil {
		s = newSet(spans(t.sets[n], false))
		t.decoded[n] = s
	}
	if bmp {
		return &set{has: s.has, bmp: true, cost: s.cost}
	}
	return s
}

// newSet is a set of spans in order, quick for Latin-1.
func newSet(spans []span) *set {
	latin := &latinSet{}
	for _, s := range spans {
		for r := s.first; r <= min(s.last, 0xFF); r++ {
			latin[r] = true
		}
	}
	return &set{cost: searchCost, has: func(r rune) bool {
		if r < 256 {
			return latin[r]
		}
		return findSpan(spans, r) != nil
	}}
}

func findSpan(spans []span, r rune) *span {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].last >= r })
	if i < len(spans) && spans[i].first <= r {
		return &spans[i]
	}
	return nil
}

func blockSet(name string) *set {
	s, known := characters().blocks[upperCase(name)]
	if !known {
		return nil
	}
	return &set{has: func(r rune) bool { return s.first <= r && r <= s.last }}
}

func toUpper(r rune) rune {
	if r < 128 {
		return asciiUpper(r)
	}
	return change(characters().upper, r)
}

func toLower(r rune) rune {
	if r < 128 {
		return asciiLower(r)
	}
	return change(characters().lower, r)
}

func change(spans []span, r rune) rune {
	if s := findSpan(spans, r); s != nil {
		return r + s.delta
	}
	return r
}
