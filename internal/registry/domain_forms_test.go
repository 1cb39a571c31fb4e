package registry_test

import (
	"testing"

	"namesake/internal/registry"
)

func TestDomainForms(t *testing.T) {
	for _, tt := range []struct{ address, mail, letters string }{
		{"Jane@Corp.example", "Jane@Corp.example", "Jane@Corp.example"},
		{"Jane@Bücher.example", "Jane@xn--bcher-kva.example", "Jane@bücher.example"},
		{"jane@bu\u0308cher.example", "jane@xn--bcher-kva.example", "jane@bücher.example"},
		{"jane@XN--bcher-kva.Example", "jane@xn--bcher-kva.example", "jane@bücher.example"},
		{"jane@bücher.xn--bcher-kva.example", "jane@xn--bcher-kva.xn--bcher-kva.example", "jane@bücher.bücher.example"},
		{"jürgen@corp.example", "jürgen@corp.example", "jürgen@corp.example"},
		{"xn--bcher-kva@corp.example", "xn--bcher-kva@corp.example", "xn--bcher-kva@corp.example"},
		{"@bücher.example", "@xn--bcher-kva.example", "@bücher.example"},
		{"bücher.example.", "xn--bcher-kva.example.", "bücher.example."},
		// What is no domain name stays as it is.
		{"jane@xn--.example", "jane@xn--.example", "jane@xn--.example"},
		{"jane@xn--a.example", "jane@xn--a.example", "jane@xn--a.example"},
		{"jane@bü_cher.example", "jane@bü_cher.example", "jane@bü_cher.example"},
		{"", "", ""},
	} {
		if mail, letters := registry.MailAddress(tt.address), registry.LetterAddress(tt.address); mail != tt.mail || letters != tt.letters {
			t.Errorf("%q: %q and %q, want %q and %q", tt.address, mail, letters, tt.mail, tt.letters)
		}
	}
}
