package quote_test

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"namesake/internal/quote"
)

var hostile = []string{
	"", " ", "Jane Smith", "'; rm -rf ~ #", `'`, `''`, `'\''`, `"$(id)"`, "`id`", "!!", "!'!", `\`, `\'`, `a\nb`, "$HOME ${HOME} %{HOME} $${a} %%{b} $", "%", "${", "$${", "$$${",
	"a\nb\r\n\tc\n", "*?[a]~{a,b}", "-d @/etc/passwd", "é e\u0301 李小龙 \U0001F600 \u200d \u00a0 \u202e gnp.exe \u2028 \ufeff \U000e0041",
	"\x01\x1b[31m\x7f\u0085\u009b", "<script>&amp;", `.*@b\.example`, `(?<a>\d+)\$`,
}

// TestShell has a real shell read the word back.
func TestShell(t *testing.T) {
	for _, s := range append(hostile, "\xff\xfe", strings.Repeat("'", 1000)) {
		if got := shell(t, quote.Shell(s)); got != s {
			t.Errorf("a shell reads %q as %q", s, got)
		}
	}
}

// shell returns the only argument that a shell makes of word.
func shell(t testing.TB, word string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", `show() { printf '%d %s' $# "$1"; }; show `+word).CombinedOutput()
	got, one := strings.CutPrefix(string(out), "1 ")
	if err != nil || !one {
		t.Fatalf("the shell makes %q of %s: %v", out, word, err)
	}
	return got
}

func TestJSON(t *testing.T) {
	for _, s := range hostile {
		text, err := quote.JSON(map[string]string{"name": s})
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]string
		if err := json.Unmarshal([]byte(text), &got); err != nil || got["name"] != s {
			t.Errorf("%q is read back as %q, %v", s, got["name"], err)
		}
		showsAll(t, text)
	}
	if text, err := quote.JSON(struct{ A, B any }{"<'é\u202e\U000e0041", nil}); err != nil || text != "{\n  \"A\": \"<'é\\u202e\\udb40\\udc41\",\n  \"B\": null\n}" {
		t.Errorf("got %s, %v", text, err)
	}
	if text, err := quote.JSON(make(chan int)); err == nil {
		t.Errorf("a channel is written as %s", text)
	}
}

func TestHCL(t *testing.T) {
	tests := []struct{ text, want string }{
		{``, `""`},
		{`Jane`, `"Jane"`},
		{`a"b\c`, `"a\"b\\c"`},
		{"a\n\r\tb", `"a\n\r\tb"`},
		{`${a} %{b} $a %b $`, `"$${a} %%{b} $a %b $"`},
		{`$${a}`, `"$$${a}"`},
		{"é李\u00a0\u202e\x00\U000e0041", `"é李\u00a0\u202e\u0000\U000e0041"`},
		{"\xff", "\"\uFFFD\""},
	}
	for _, tt := range tests {
		if got := quote.HCL(tt.text); got != tt.want {
			t.Errorf("%q is written as %s, want %s", tt.text, got, tt.want)
		}
		showsAll(t, quote.HCL(tt.text))
	}
}

// showsAll checks that text has no character that doesn't show.
func showsAll(t *testing.T, text string) {
	t.Helper()
	if hidden := strings.IndexFunc(text, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); hidden >= 0 {
		t.Errorf("%q has a character that doesn't show at %d", text, hidden)
	}
}

// FuzzShell has a real shell read each word back.
func FuzzShell(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.Contains(s, "\x00") {
			return // no argument can hold one
		}
		if got := shell(t, quote.Shell(s)); got != s {
			t.Errorf("a shell reads %q as %q", s, got)
		}
	})
}

// FuzzJSON holds that the text says what was put in.
func FuzzJSON(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, err := quote.JSON(s)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != string([]rune(s)) {
			t.Errorf("%q is read back as %q, %v", s, got, err)
		}
		showsAll(t, text)
	})
}
