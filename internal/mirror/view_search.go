package mirror

import (
	"math"
	mathbits "math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"namesake/internal/registry"
)

// selection is a set of rows that exist.
type selection struct {
	all   bool // all entries; bits is nil
	bits  []uint64
	count int
}

func (s *selection) has(n uint32) bool { return s.all || s.bits[n/64]>>(n%64)&1 != 0 }

// searchShare is the number of blocks from which on a search is worth another goroutine.
const searchShare = 128

// find returns the rows that match the search and the filters of q.
func (v *View) find(q registry.Query) selection {
	words, filter := searchWords(q.Search), filterOf(q)
	if words.none() && filter.none() {
		return selection{all: true, count: v.Len()}
	}
	found := selection{bits: make([]uint64, len(v.blocks)*(blockSize/64))}
	workers := max(min(runtime.GOMAXPROCS(0), len(v.blocks)/searchShare), 1)
	counts := make([]int, workers)
	var work sync.WaitGroup
	for i := range workers {
		part := func() {
			from, to := i*len(v.blocks)/workers, (i+1)*len(v.blocks)/workers
			counts[i] = findIn(v.blocks[from:to], found.bits[from*(blockSize/64):], &words, &filter)
		}
		if i == workers-1 {
			part()
		} else {
			work.Go(part)
		}
	}
	work.Wait()
	for _, n := range counts {
		found.count += n
	}
	return found
}

// findIn sets the bits of the rows in blocks that match, and returns their number.
func findIn(blocks []*block, bits []uint64, words *words, filter *filter) (count int) {
	unfiltered := filter.none() // a tombstone has no text that a search finds
	for i, b := range blocks {
		bits := bits[i*(blockSize/64):]
		add := func(at int) {
			if unfiltered || filter.keeps(&b.rows[at]) {
				bits[at/64] |= 1 << (at % 64)
			}
		}
		if words.none() {
			for at := range b.rows {
				add(at)
			}
		} else {
			words.find(b, add)
		}
		for _, of := range bits[:blockSize/64] {
			count += mathbits.OnesCount64(of)
		}
	}
	return count
}

// words are the words of a search. All of them have to occur in the texts of an entry.
type words struct {
	plain    []string // without accents: they match with any accents
	accented []string // they match with the same accents only
}

func searchWords(search string) (w words) {
	for _, word := range strings.Fields(registry.FoldName(search)) {
		if registry.WithoutAccents(word) == word {
			w.plain = append(w.plain, word)
		} else {
			w.accented = append(w.accented, word)
		}
	}
	w.plain, w.accented = longest(w.plain), longest(w.accented)
	// Words that can't be part of an id come first, for they need only one text.
	slices.SortStableFunc(w.plain, func(a, b string) int {
		switch ofID, other := usualInID(a), usualInID(b); {
		case ofID == other:
			return 0
		case ofID:
			return 1
		}
		return -1
	})
	return w
}

// longest returns the words that are not part of another one, longest first: a longer word
// is in fewer texts.
func longest(words []string) (kept []string) {
	slices.SortFunc(words, func(a, b string) int { return len(b) - len(a) })
	for _, word := range words {
		if !slices.ContainsFunc(kept, func(longer string) bool { return strings.Contains(longer, word) }) {
			kept = append(kept, word)
		}
	}
	return kept
}

func (w *words) none() bool { return len(w.plain) == 0 && len(w.accented) == 0 }

// find calls found with each row of b in which all words occur, at least once.
func (w *words) find(b *block, found func(int)) {
	if len(w.accented) > 0 {
		for _, a := range b.accented {
			if containsAll(a.text, w.accented) && b.containsAll(a.row, w.plain) {
				found(a.row)
			}
		}
		return
	}
	first, others := w.plain[0], w.plain[1:]
	rest := func(row int) {
		if len(others) == 0 || b.containsAll(row, others) {
			found(row)
		}
	}
	if rarest, count := b.rarest(first); count > 0 {
		rowsWith(b.text, b.starts, first, rarest, rest)
	}
	if usualInID(first) {
		rowsWith(b.ids, b.idStarts, first, -1, rest)
	}
}

// containsAll reports whether a row has all words without accents.
func (b *block) containsAll(row int, words []string) bool {
	for _, word := range words {
		if !strings.Contains(b.textOf(row), word) && (!usualInID(word) || !strings.Contains(b.idOf(row), word)) {
			return false
		}
	}
	return true
}

func containsAll(text string, words []string) bool {
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// rarest returns the position in word of the byte that is rarest in the text of b, and how
// often that has it. The position is -1 if all bytes of word are frequent.
func (b *block) rarest(word string) (at, count int) {
	count = math.MaxInt
	for i := range len(word) {
		if n := int(b.counts[word[i]]); n < count {
			at, count = i, n
		}
	}
	if count > len(b.text)/64 {
		at = -1
	}
	return at, count
}

// rowsWith calls found with each row whose text has word. rarest is the position in word of
// a rare byte, or -1.
func rowsWith(text string, starts []uint32, word string, rarest int, found func(int)) {
	for row, from := 0, 0; ; row++ {
		at := index(text[from:], word, rarest)
		if at < 0 {
			return
		}
		for at += from; int(starts[row+1]) <= at; {
			row++
		}
		from = int(starts[row+1])
		found(row)
	}
}

// index is strings.Index, which is fast when the first byte of word is rare. rarest is the
// position of a byte that is rarer, or -1.
func index(text, word string, rarest int) int {
	if rarest <= 0 {
		return strings.Index(text, word)
	}
	for from := 0; ; {
		if from+len(word) > len(text) {
			return -1
		}
		at := strings.IndexByte(text[from+rarest:], word[rarest])
		if at < 0 {
			return -1
		}
		if from += at; strings.HasPrefix(text[from:], word) {
			return from
		}
		from++
	}
}

// filter is the part of a query beside its search.
type filter struct {
	provenance        registry.Provenance
	pattern, comments *bool
	since             time.Time
	byFinding         bool
	found             registry.IDs
}

func filterOf(q registry.Query) filter {
	f := filter{provenance: q.Provenance, pattern: q.IsEmailRegex, comments: q.HasComments, since: q.ModifiedSince, byFinding: q.ByFinding()}
	if q.Found != nil {
		f.found = *q.Found
	}
	return f
}

func (f *filter) none() bool {
	return f.provenance == "" && f.pattern == nil && f.comments == nil && f.since.IsZero() && !f.byFinding
}

// keeps reports whether r is an entry that the filter does not exclude.
func (f *filter) keeps(r *Row) bool {
	e := &r.Entry
	return !r.Gone &&
		(f.provenance == "" || e.Provenance == f.provenance) &&
		(f.pattern == nil || e.IsEmailRegex == *f.pattern) &&
		(f.comments == nil || hasComments(e) == *f.comments) &&
		(f.since.IsZero() || !modifiedAt(e).Before(f.since)) &&
		(!f.byFinding || f.found[e.ID])
}

func hasComments(e *registry.Entry) bool {
	return e.Comments != nil && strings.TrimSpace(*e.Comments) != ""
}
