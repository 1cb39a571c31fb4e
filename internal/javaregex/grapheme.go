package javaregex

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"

	"golang.org/x/text/unicode/norm"
)

// The types of characters in clusters that have rules of their own, by Java's
// numbers.
const (
	clusterJoiner       = 5
	clusterRegional     = 6
	clusterPictographic = 14
)

type clusterTable struct {
	types  []func(rune) bool
	breaks []string // '1' if there is a boundary between the two types
}

var clusters = sync.OnceValue(func() *clusterTable {
	t := &clusterTable{breaks: strings.Fields(characters().names["break"])}
	for i := range t.breaks {
		t.types = append(t.types, characters().find("cluster "+strconv.Itoa(i), 0).has)
	}
	return t
})

func (t *clusterTable) of(r rune) int {
	for i, has := range t.types {
		if has(r) {
			return i
		}
	}
	return 0
}

// nextCluster is where the cluster that begins at i ends.
func (m *machine) nextCluster(i int) int {
	if i >= len(m.text) {
		panic(errThrown)
	}
	t := clusters()
	r := m.at(i)
	previous := t.of(r)
	pictographic := previous == clusterPictographic // Java asks that of the first one only
	regionals := 0
	if previous == clusterRegional {
		regionals = 1
	}
	for i += width(r); i < len(m.text); i += width(r) {
		m.tick(0)
		r = m.at(i)
		kind := t.of(r)
		switch {
		case pictographic && previous == clusterJoiner && kind == clusterPictographic:
		case previous == clusterRegional && kind == clusterRegional && regionals%2 == 1:
		case t.breaks[previous][kind] == '1':
			return i
		}
		if kind == clusterRegional {
			regionals++
		}
		previous = kind
	}
	return i
}

type cluster struct{ next prog }

func (n *cluster) match(m *machine, i, depth int) bool {
	m.tick(depth)
	return i < len(m.text) && n.next.match(m, m.nextCluster(i), depth+1)
}

// maxComposed is how many units there are at most in what composes to one character.
const maxComposed = 16

// canonicalOne is one of a set, or a cluster that is one when composed.
type canonicalOne struct {
	has  func(rune) bool
	cost int
	next prog
}

func (n *canonicalOne) match(m *machine, i, depth int) bool {
	m.ticks -= n.cost
	m.tick(depth)
	if i >= len(m.text) {
		return false
	}
	first := m.at(i)
	one, end := i+width(first), m.nextCluster(i)
	if one == end {
		return n.has(first) && n.next.match(m, end, depth+1)
	}
	for ; end > one; end -= width(m.before(end)) {
		m.tick(depth)
		if end-i > maxComposed {
			continue
		}
		m.ticks -= end - i + n.cost
		composed := []rune(norm.NFC.String(string(utf16.Decode(m.text[i:end]))))
		if len(composed) == 1 && n.has(composed[0]) && n.next.match(m, end, depth+1) {
			return true
		}
	}
	return false
}

// clusterBound is \b{g}. Java looks for the boundary from where the last part of
// the pattern ended, which need not be near.
type clusterBound struct{ next prog }

func (n *clusterBound) match(m *machine, i, depth int) bool {
	m.tick(depth)
	if i > 0 && i < len(m.text) {
		if isHigh(m.text[i-1]) && isLow(m.text[i]) || m.nextCluster(m.last) > i {
			return false
		}
	}
	return n.next.match(m, i, depth+1)
}
