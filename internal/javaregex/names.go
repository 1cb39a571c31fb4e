package javaregex

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/runenames"
)

// controlNames are the names of U+0000 to U+001F and U+007F to U+009F, which have none
// in Unicode but older ones in Java.
const controlNames = "NULL;START OF HEADING;START OF TEXT;END OF TEXT;END OF TRANSMISSION;ENQUIRY;ACKNOWLEDGE;BEL;BACKSPACE;" +
	"CHARACTER TABULATION;LINE FEED (LF);LINE TABULATION;FORM FEED (FF);CARRIAGE RETURN (CR);SHIFT OUT;SHIFT IN;DATA LINK ESCAPE;" +
	"DEVICE CONTROL ONE;DEVICE CONTROL TWO;DEVICE CONTROL THREE;DEVICE CONTROL FOUR;NEGATIVE ACKNOWLEDGE;SYNCHRONOUS IDLE;" +
	"END OF TRANSMISSION BLOCK;CANCEL;END OF MEDIUM;SUBSTITUTE;ESCAPE;INFORMATION SEPARATOR FOUR;INFORMATION SEPARATOR THREE;" +
	"INFORMATION SEPARATOR TWO;INFORMATION SEPARATOR ONE;DELETE;PADDING CHARACTER;HIGH OCTET PRESET;BREAK PERMITTED HERE;" +
	"NO BREAK HERE;;NEXT LINE (NEL);START OF SELECTED AREA;END OF SELECTED AREA;CHARACTER TABULATION SET;" +
	"CHARACTER TABULATION WITH JUSTIFICATION;LINE TABULATION SET;PARTIAL LINE FORWARD;PARTIAL LINE BACKWARD;REVERSE LINE FEED;" +
	"SINGLE SHIFT TWO;SINGLE SHIFT THREE;DEVICE CONTROL STRING;PRIVATE USE ONE;PRIVATE USE TWO;SET TRANSMIT STATE;" +
	"CANCEL CHARACTER;MESSAGE WAITING;START OF GUARDED AREA;END OF GUARDED AREA;START OF STRING;" +
	"SINGLE GRAPHIC CHARACTER INTRODUCER;SINGLE CHARACTER INTRODUCER;CONTROL SEQUENCE INTRODUCER;STRING TERMINATOR;" +
	"OPERATING SYSTEM COMMAND;PRIVACY MESSAGE;APPLICATION PROGRAM COMMAND"

// named is the character of each name that Java 17 knows. It is made on first use,
// which few patterns make.
var named = sync.OnceValue(func() map[string]rune {
	runes := make(map[string]rune, 1<<15)
	defined := characters().find("p javaDefined", 0).has
	for r := range rune(utf8.MaxRune + 1) {
		if name := runenames.Name(r); name != "" && name[0] != '<' && defined(r) {
			runes[name] = r
		}
	}
	for i, name := range strings.Split(controlNames, ";") {
		r := rune(i)
		if r >= 0x20 {
			r += 0x7F - 0x20
		}
		if name != "" {
			runes[name] = r
		}
	}
	return runes
})

// characterOf returns the character of a name, as Character.codePointOf does. One
// without a name of its own is called by its block and its number.
func characterOf(name string) (r rune, ok bool) {
	name = upperCase(strings.Trim(name, controlsAndSpace))
	if r, ok = named()[name]; ok {
		return r, true
	}
	at := strings.LastIndexByte(name, ' ')
	if at < 0 || strings.Contains(name, "_") {
		return 0, false
	}
	n, err := strconv.ParseUint(name[at+1:], 16, 32)
	if err != nil || n > utf8.MaxRune || strings.ToUpper(strconv.FormatUint(n, 16)) != name[at+1:] {
		return 0, false
	}
	block, ok := characters().blocks[strings.ReplaceAll(name[:at], " ", "_")]
	if ok && !characters().isIdentifier(name[:at], block) {
		return 0, false
	}
	r = rune(n)
	own := runenames.Name(r)
	return r, ok && block.first <= r && r <= block.last && (own == "" || own[0] == '<') &&
		characters().find("p javaDefined", 0).has(r) && (r >= 0xA0 || r == 0x84)
}

// isIdentifier reports whether a block is called so in Java's code, with spaces for
// underscores, and not by a name that has its words in one.
func (t *table) isIdentifier(name string, block span) bool {
	if strings.Contains(name, " ") {
		return true
	}
	for other, s := range t.blocks {
		if s == block && strings.Contains(other, "_") {
			return false
		}
	}
	return true
}

// controlsAndSpace is what Java's String.trim takes away.
const controlsAndSpace = "\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f "
