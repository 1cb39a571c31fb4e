package importer

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// isUTF32 reports whether data is text in UTF-32: a zero at the same end of each four bytes, and
// another beside it.
func isUTF32(data []byte) bool {
	if len(data) < 8 || len(data)%4 != 0 {
		return false
	}
	little, big := true, true
	for c := range slices.Chunk(data[:min(len(data), 1000)], 4) {
		little = little && c[3] == 0 && c[2] < 0x11
		big = big && c[0] == 0 && c[1] < 0x11
	}
	return little || big
}

// otherEncoding reports whether data, which is not UTF-8, is likely in another encoding than
// Windows-1252, in which most characters outside of ASCII stand alone between letters. name is
// empty if there are several such encodings.
func otherEncoding(data []byte) (name string, is bool) {
	for _, e := range pairEncodings {
		text, err := decodeWith(e.encoding, data)
		if err == nil && !strings.ContainsRune(text, utf8.RuneError) && areFrequentPairs(data, e.begins, e.marks) {
			return e.name, true
		}
	}
	high, inWords, run := 0, 0, 0
	for i := range len(data) + 1 {
		if i < len(data) && data[i] >= 0x80 {
			run++
			continue
		}
		high += run
		if run >= longRun {
			inWords += run
		}
		run = 0
	}
	return "", inWords > high/2
}

// longRun is how many bytes outside of ASCII follow each other in words of other scripts, but
// hardly ever in those of Latin letters: two characters in the encodings of East Asia.
const longRun = 4

// pairEncodings are encodings with characters of two bytes of which the second can be ASCII.
var pairEncodings = []struct {
	name     string
	encoding encoding.Encoding
	begins   func(byte) bool // a character of two bytes
	marks    func(byte) bool // begins a frequent one, and is no letter in Windows-1252
}{
	{
		"Shift-JIS", japanese.ShiftJIS,
		func(b byte) bool { return b > 0x80 && b < 0xA0 || b >= 0xE0 && b < 0xFD },
		func(b byte) bool { return b < 0xA0 && strings.IndexByte("\x8A\x8C\x8E\x9A\x9C\x9E\x9F", b) < 0 },
	},
	{
		"Big5", traditionalchinese.Big5,
		func(b byte) bool { return b > 0x80 && b < 0xFF },
		func(b byte) bool { return b > 0xA0 && b < 0xC0 },
	},
}

// areFrequentPairs reports whether most characters of two bytes are frequent ones, and next to
// others.
func areFrequentPairs(data []byte, begins, marks func(byte) bool) bool {
	pairs, marked, beside, last := 0, 0, 0, -2
	for i := 0; i < len(data); i++ {
		if !begins(data[i]) {
			continue
		}
		pairs++
		if marks(data[i]) {
			marked++
		}
		if last == i-2 {
			beside++
		}
		last = i
		i++
	}
	return marked > pairs/2 && beside >= max(1, pairs/3)
}
