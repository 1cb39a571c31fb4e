package registry

import (
	"strings"
	"testing"
)

// FuzzFoldASCII checks that the quick way to fold a text gives the same as the general one.
func FuzzFoldASCII(f *testing.F) {
	for _, text := range []string{
		"", " ", "Jane", "jane smith", "Jane  Smith", " jane", "jane ", "JANE\tSMITH\r\n", "a\x00B\x7f", "\x1c\x1f \v\f", "o'neil-\"x\"`", "é", "\xff",
		strings.Repeat("A ", 600),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, ok := foldASCII(text); ok && got != foldUnicode(text) {
			t.Errorf("%q: %q, want %q", text, got, foldUnicode(text))
		} else if again := FoldName(FoldName(text)); again != FoldName(text) && ok {
			t.Errorf("%q: folded again it is %q", text, again)
		}
	})
}

// TestFoldASCIICharacters compares all pairs of ASCII characters.
func TestFoldASCIICharacters(t *testing.T) {
	for a := range byte(0x80) {
		for b := range byte(0x80) {
			text := string([]byte{'x', a, b})
			if got, ok := foldASCII(text); !ok || got != foldUnicode(text) {
				t.Fatalf("%q: %q %v, want %q", text, got, ok, foldUnicode(text))
			}
		}
	}
}

// TestLooksAreFoundByHash checks that names that look alike may be alike by their hashes.
func TestLooksAreFoundByHash(t *testing.T) {
	tests := []struct {
		a, b      string
		mayBeLike bool
	}{
		{"Jane Smith", "Jane Smith", true},
		{"Jane Smith", "J\u0430ne Smith", true},
		{"Jill", "JiII", true},
		{"Bob", "B0b", true},
		{"paypal", "PAYPAL", true},
		{"Jane Smith", "Jane Smyth", false},
		{"", "x", false},
	}
	for _, tt := range tests {
		if got := LookOf(tt.a).MayBeLike(LookOf(tt.b)); got != tt.mayBeLike {
			t.Errorf("%q and %q: %v, want %v", tt.a, tt.b, got, tt.mayBeLike)
		}
		if len(LookAlikes([]Entry{{Name: tt.b}}, tt.a)) > 0 && !LookOf(tt.a).MayBeLike(LookOf(tt.b)) {
			t.Errorf("%q and %q look alike, but not by their hashes", tt.a, tt.b)
		}
	}
}
