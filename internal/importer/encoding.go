package importer

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// Encoding is how a text file stores characters.
type Encoding string

// The encodings that are read.
const (
	UTF8        Encoding = "UTF-8"
	UTF8Twice   Encoding = "UTF-8 encoded twice" // UTF-8 that a program took for Windows-1252 and encoded again
	UTF16LE     Encoding = "UTF-16LE"
	UTF16BE     Encoding = "UTF-16BE"
	Windows1252 Encoding = "Windows-1252"
)

const byteOrderMark = "\uFEFF"

// decoded is the text of a file.
type decoded struct {
	text string
	enc  Encoding
	bom  int // bytes of the byte order marks before the text
}

// decode finds out the encoding of data.
func decode(data []byte) (d decoded, err error) {
	switch {
	case isUTF32(data):
		err = &FileError{Kind: OtherEncoding, Detail: "UTF-32"}
	case bytes.HasPrefix(data, []byte("\xFF\xFE")):
		d, err = decodeUTF16(data, 2, UTF16LE, unicode.LittleEndian, binary.LittleEndian)
	case bytes.HasPrefix(data, []byte("\xFE\xFF")):
		d, err = decodeUTF16(data, 2, UTF16BE, unicode.BigEndian, binary.BigEndian)
	case hasZeros(data, 1):
		d, err = decodeUTF16(data, 0, UTF16LE, unicode.LittleEndian, binary.LittleEndian)
	case hasZeros(data, 0):
		d, err = decodeUTF16(data, 0, UTF16BE, unicode.BigEndian, binary.BigEndian)
	default:
		d, err = decodeBytes(data)
	}
	if err != nil {
		return decoded{}, err
	}
	if at := strings.IndexByte(d.text, 0); at >= 0 {
		return decoded{}, &FileError{Kind: NulByte, Position: d.position(at)}
	}
	return d, nil
}

func (d decoded) position(at int) Position {
	c := newCursor(d.text, d.enc, d.bom)
	return c.at(at)
}

// hasZeros reports whether data looks like UTF-16 without a byte order mark: the bytes at
// even (0) or odd (1) places are mostly zero, the others never.
func hasZeros(data []byte, parity int) bool {
	head := data[:min(len(data)&^1, 1000)]
	zeros := 0
	for i, b := range head {
		if b == 0 {
			if i%2 != parity {
				return false
			}
			zeros++
		}
	}
	return zeros > len(head)/4
}

func decodeUTF16(data []byte, bom int, enc Encoding, order unicode.Endianness, read binary.ByteOrder) (decoded, error) {
	body := data[bom:]
	if at, bad := badUTF16(body, read); bad {
		text, _ := decodeWith(unicode.UTF16(order, unicode.IgnoreBOM), body[:at]) // pairs only: no error
		d := decoded{text, enc, bom}
		return decoded{}, &FileError{Kind: BadEncoding, Position: d.position(len(text)), Detail: string(enc)}
	}
	text, err := decodeWith(unicode.UTF16(order, unicode.IgnoreBOM), body)
	if err != nil {
		return decoded{}, &FileError{Kind: BadEncoding, Detail: string(enc)}
	}
	return decoded{text, enc, bom}, nil
}

// badUTF16 finds half of a character.
func badUTF16(body []byte, order binary.ByteOrder) (at int, bad bool) {
	for i := 0; i+1 < len(body); i += 2 {
		unit := rune(order.Uint16(body[i:]))
		if !utf16.IsSurrogate(unit) {
			continue
		}
		if i+3 >= len(body) || utf16.DecodeRune(unit, rune(order.Uint16(body[i+2:]))) == utf8.RuneError {
			return i, true
		}
		i += 2
	}
	return len(body) &^ 1, len(body)%2 == 1
}

func decodeWith(e encoding.Encoding, data []byte) (string, error) {
	text, err := e.NewDecoder().Bytes(data)
	return string(text), err
}

// decodeBytes decodes UTF-8 and Windows-1252.
func decodeBytes(data []byte) (decoded, error) {
	if !utf8.Valid(data) {
		return decodeWindows1252(data)
	}
	text, bom := strings.CutPrefix(string(data), byteOrderMark)
	d := decoded{text: text, enc: UTF8}
	if bom {
		d.bom = len(byteOrderMark)
	}
	if again, twice := strings.CutPrefix(text, "ï»¿"); twice {
		return decodeTwice(again, d.bom+len("ï»¿")), nil
	}
	if again, twice := strings.CutPrefix(text, byteOrderMark); twice {
		d.text, d.bom = again, d.bom+len(byteOrderMark)
	}
	return d, nil
}

// decodeTwice undoes the second encoding of a text, where it has one beside its mark.
func decodeTwice(text string, bom int) decoded {
	once := make([]byte, 0, len(text))
	for _, r := range text {
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok && r >= 0x80 && r < 0xA0 { // Windows-1252 has no such characters, so programs keep the number
			b, ok = byte(r), true
		}
		if !ok {
			return decoded{text, UTF8, bom}
		}
		once = append(once, b)
	}
	if !utf8.Valid(once) || string(once) == text {
		return decoded{text, UTF8, bom}
	}
	return decoded{string(once), UTF8Twice, bom}
}

// decodeWindows1252 decodes data that is not UTF-8, unless at least half of its characters
// outside of ASCII are: then the others are damaged, and reading all of it in another encoding
// would damage the rest.
func decodeWindows1252(data []byte) (decoded, error) {
	good, bad, first := 0, 0, -1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
			if first < 0 {
				first = i
			}
		case size > 1:
			good++
		}
		i += size
	}
	if good > 0 && good >= bad || bytes.HasPrefix(data, []byte(byteOrderMark)) {
		c := newCursor(string(data[:first]), UTF8, 0)
		return decoded{}, &FileError{Kind: BadEncoding, Position: c.at(first), Detail: string(UTF8)}
	}
	if name, other := otherEncoding(data); other {
		return decoded{}, &FileError{Kind: OtherEncoding, Detail: name}
	}
	text, err := decodeWith(charmap.Windows1252, data)
	if err != nil {
		return decoded{}, &FileError{Kind: BadEncoding, Detail: string(Windows1252)}
	}
	d := decoded{text, Windows1252, 0}
	if at := strings.IndexRune(text, utf8.RuneError); at >= 0 { // one of the five bytes without a character
		return decoded{}, &FileError{Kind: BadEncoding, Position: d.position(at), Detail: string(Windows1252)}
	}
	return d, nil
}
