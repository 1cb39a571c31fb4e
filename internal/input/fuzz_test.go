package input_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"namesake/internal/input"
)

// What is offered in the place of an address is an address or a pattern, in plain
// characters and with nothing more around it.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"Jane Doe <mailto:jane@example.com>;", "o’brien@example.com", "*@*.example.com", "jane [at] example [dot] com", "%40@%2e", "=?utf-8?q?a=40b?=@x.y",
		"&#64;&#0;@a.bc", "jane@example.com. .", "((((((a@b.cd))))))", "\"a\"@b.cd", "а@сосо.com",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || len(s) > 1000 {
			return
		}
		r := input.Address(s, isAddress)
		if r.Address == "" {
			return
		}
		if !isAddress(r.Address) || r.Address == s {
			t.Errorf("%q: offers %q", s, r.Address)
		}
		if again := input.Address(r.Address, isAddress); again.Address != "" {
			t.Errorf("%q: offers %q, and for that %q", s, r.Address, again.Address)
		}
		if len(r.Findings) == 0 {
			t.Errorf("%q: offers %q without a reason", s, r.Address)
		}
	})
}

// What is offered in the place of a name is another one, with a reason, and needs no
// further offer.
func FuzzDisplayName(f *testing.F) {
	for _, s := range []string{
		"Jane <jane@example.com>", "=?UTF-8?B?SmFuZSBEb2U=?=", "JosÃ©", "\"\"Jane\"\"", "&amp;lt;", "%25%32%30", "Jоhn", "𝐉", "{a}", ",;,", "=?x?q?a?=",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || len(s) > 1000 {
			return
		}
		r := input.DisplayName(s, isAddress)
		if r.Name == "" {
			return
		}
		if r.Name == s || len(r.Findings) == 0 || !utf8.ValidString(r.Name) || !input.Shows(r.Name) {
			t.Errorf("%q: offers %q because of %v", s, r.Name, r.Findings)
		}
	})
}

// Without leaves nothing that Bad finds, and changes nothing else.
func FuzzWithout(f *testing.F) {
	for _, s := range []string{"Ja\u200dne", "👩\u200d💻", "a\u200c\u200d\u200c", "\U0001F3F4\U000E0067\U000E007F", "\u2028 \u0085"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) || len(s) > 1000 {
			return
		}
		for _, place := range []input.Place{input.InName, input.InAddress, input.InText} {
			left := input.Without(s, place)
			if c, bad := input.Bad(left, place); bad {
				t.Errorf("%q at %d: %q is left, with %s", s, place, left, c)
			}
			if _, bad := input.Bad(s, place); !bad && strings.Join(strings.Fields(left), "") != strings.Join(strings.Fields(s), "") {
				t.Errorf("%q at %d became %q", s, place, left)
			}
		}
		if twice := input.PlainSigns(input.PlainSigns(s)); twice != input.PlainSigns(s) {
			t.Errorf("%q: plain signs are %q, and then %q", s, input.PlainSigns(s), twice)
		}
	})
}
