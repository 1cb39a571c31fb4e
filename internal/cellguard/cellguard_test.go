package cellguard_test

import (
	"strings"
	"testing"

	"namesake/internal/cellguard"
)

func TestGuard(t *testing.T) {
	tests := []struct{ text, cell string }{
		{"", ""},
		{"Jane Smith", "Jane Smith"},
		{"jane+news@example.com", "jane+news@example.com"},
		{"'t Hooft", "'t Hooft"},
		{"'", "'"},
		{"''", "''"},
		{"' x", "' x"},
		{" Jane", " Jane"},
		{"=x", "'=x"},
		{"'=x", "''=x"},
		{"''=x", "'''=x"},
		{"-Desk", "'-Desk"},
		{"+44 Desk", "'+44 Desk"},
		{"@Home", "'@Home"},
		{" =x", "' =x"},
		{"' =x", "'' =x"},
		{" '=x", " '=x"},
		{"\tindented", "'\tindented"},
		{"'\tindented", "''\tindented"},
		{"\r\nx", "'\r\nx"},
		{"\n", "'\n"},
		{"\u00a0\u200b\ufeff\x00=x", "'\u00a0\u200b\ufeff\x00=x"},
		{"＝x", "'＝x"},
		{"＋x", "'＋x"},
		{"－x", "'－x"},
		{"＠x", "'＠x"},
		{"\xff=x", "\xff=x"},
	}
	for _, tt := range tests {
		if got := cellguard.Guard(tt.text); got != tt.cell {
			t.Errorf("%q is written as %q, want %q", tt.text, got, tt.cell)
		}
		if got := cellguard.Unguard(tt.cell); got != tt.text {
			t.Errorf("%q is read as %q, want %q", tt.cell, got, tt.text)
		}
	}
}

// TestEveryShortText guards all texts of up to five of the characters that matter.
func TestEveryShortText(t *testing.T) {
	texts := []string{""}
	for range 5 {
		longer := []string{""}
		for _, text := range texts {
			for _, r := range []string{"'", "=", "＝", "@", " ", "\t", "\n", "\u200b", "a"} {
				longer = append(longer, text+r)
			}
		}
		texts = longer
	}
	for _, text := range texts {
		check(t, text)
	}
}

func FuzzGuard(f *testing.F) {
	f.Add("'=x")
	f.Add("\ufeff\x00+\xff")
	f.Fuzz(func(t *testing.T, text string) { check(t, text) })
}

// check checks that a text comes back, that its cell is no formula, and that a cell made
// elsewhere loses one apostrophe at most.
func check(t testing.TB, text string) {
	t.Helper()
	cell := cellguard.Guard(text)
	if got := cellguard.Unguard(cell); got != text {
		t.Errorf("%q comes back as %q, by way of %q", text, got, cell)
	}
	if start := strings.TrimLeft(cell, " \t\r\n\u200b"); start != "" && strings.ContainsRune("=+-@＝＋－＠\t\r\n", []rune(start)[0]) {
		t.Errorf("%q is written as %q, a formula", text, cell)
	}
	if read := cellguard.Unguard(text); read != text && "'"+read != text {
		t.Errorf("%q of another program is read as %q", text, read)
	}
}
