package mirror

import (
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// blockSize is the number of rows of a block. A change of one row copies the block; a
// search goes through the text of a whole block at once.
const blockSize = 128

// block is a part of the rows of a view, with what is computed from them.
type block struct {
	rows []Row
	// text has the folded texts of the rows without accents, one after another; the text of
	// row i is text[starts[i]:starts[i+1]]. The text of a tombstone is empty.
	text   string
	starts []uint32
	// accented has the folded texts of the rows that have accents, by number.
	accented []accentedText
	// ids has the ids of the rows, if they are of the usual form, in the same way as text.
	// Other ids are part of the text.
	ids      string
	idStarts []uint32
	// counts are how often each byte occurs in text, up to a limit.
	counts   [256]uint16
	patterns []*patterns.Stored // by row; nil if the block has none
	looks    looks
}

type accentedText struct {
	row  int
	text string
}

// newBlocks puts rows into blocks.
func newBlocks(rows []Row, known storedPatterns) []*block {
	blocks := make([]*block, (len(rows)+blockSize-1)/blockSize)
	var work sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), len(blocks))
	for worker := range workers {
		work.Go(func() {
			for i := worker; i < len(blocks); i += workers {
				b := &block{}
				for _, r := range rows[i*blockSize : min((i+1)*blockSize, len(rows))] {
					b.put(len(b.rows), r)
				}
				b.foldTexts(nil, func(int) bool { return true })
				blocks[i] = b
			}
		})
	}
	work.Wait()
	for _, b := range blocks {
		b.keepPatterns(known)
	}
	return blocks
}

// clone returns a block with the rows of b, without what is computed from them.
func (b *block) clone() *block {
	return &block{rows: append(make([]Row, 0, min(len(b.rows)+1, blockSize)), b.rows...)}
}

// put sets row i, which may be the next one.
func (b *block) put(i int, r Row) {
	r.Entry.Provenance = shared(r.Entry.Provenance)
	if b.rows == nil {
		b.rows = make([]Row, 0, blockSize)
	}
	if i == len(b.rows) {
		b.rows = append(b.rows, r)
	} else {
		b.rows[i] = r
	}
}

var provenances = registry.Provenances()

// shared returns an equal value that needs no memory of its own, if p is known.
func shared(p registry.Provenance) registry.Provenance {
	if i := slices.Index(provenances, p); i >= 0 {
		return provenances[i]
	}
	return p
}

// fold computes what is derived from the rows. Unless changed, a row is as in was.
func (b *block) fold(was *block, changed func(int) bool, known storedPatterns) {
	b.foldTexts(was, changed)
	if known == nil && was.patterns != nil { // none of the changed rows has a pattern
		b.patterns = slices.Clone(was.patterns)
		b.patterns = append(b.patterns, make([]*patterns.Stored, len(b.rows)-len(b.patterns))...)
		for i := range b.rows {
			if !b.rows[i].hasPattern() {
				b.patterns[i] = nil
			}
		}
		return
	}
	b.keepPatterns(known)
}

func (b *block) keepPatterns(known storedPatterns) {
	for i := range b.rows {
		if !b.rows[i].hasPattern() {
			continue
		}
		if b.patterns == nil {
			b.patterns = make([]*patterns.Stored, len(b.rows))
		}
		b.patterns[i] = known.of(b.rows[i].Entry.Email)
	}
}

func (b *block) foldTexts(was *block, changed func(int) bool) {
	var all, ids strings.Builder
	all.Grow(blockSize * 64)
	ids.Grow(blockSize * 36)
	b.starts, b.idStarts = make([]uint32, 0, len(b.rows)+1), make([]uint32, 0, len(b.rows)+1)
	for i := range b.rows {
		b.starts, b.idStarts = append(b.starts, uint32(all.Len())), append(b.idStarts, uint32(ids.Len()))
		if b.rows[i].Gone {
			continue
		}
		plain, accented := "", ""
		if changed(i) {
			plain, accented = foldEntry(&b.rows[i].Entry)
		} else {
			plain, accented = was.textOf(i), was.foldedOf(i)
		}
		all.WriteString(plain)
		if accented != plain {
			b.accented = append(b.accented, accentedText{i, accented})
		}
		if id := registry.FoldName(string(b.rows[i].Entry.ID)); usualInID(id) {
			ids.WriteString(id)
			ids.WriteByte(fieldEnd)
		}
	}
	b.starts, b.idStarts = append(b.starts, uint32(all.Len())), append(b.idStarts, uint32(ids.Len()))
	b.text, b.ids = strings.Clone(all.String()), strings.Clone(ids.String()) // the builders have more memory
	for i := range len(b.text) {
		if n := &b.counts[b.text[i]]; *n < math.MaxUint16 {
			*n++
		}
	}
}

// textOf returns the folded text of a row without accents.
func (b *block) textOf(i int) string { return b.text[b.starts[i]:b.starts[i+1]] }

// idOf returns the folded id of a row, "" if it is not of the usual form.
func (b *block) idOf(i int) string { return b.ids[b.idStarts[i]:b.idStarts[i+1]] }

// accentsOf returns the folded text of a row, if it has accents.
func (b *block) accentsOf(i int) (string, bool) {
	if len(b.accented) == 0 {
		return "", false
	}
	at, ok := slices.BinarySearchFunc(b.accented, i, func(a accentedText, i int) int { return a.row - i })
	if !ok {
		return "", false
	}
	return b.accented[at].text, true
}

// foldedOf returns the folded text of a row, with its accents.
func (b *block) foldedOf(i int) string {
	if text, ok := b.accentsOf(i); ok {
		return text
	}
	return b.textOf(i)
}
