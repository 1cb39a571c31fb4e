package export

import (
	"io"
	"strings"
	"unicode"
)

// writeAddresses writes an address a line, each once however many names may use it. In the
// order by address, the same ones stand together. What has a line break or another control
// character is no address.
func writeAddresses(w io.Writer, l List) error {
	out, last := errWriter{to: w}, ""
	for e := range l.Entries {
		if e.IsEmailRegex || e.Email == "" || strings.EqualFold(e.Email, last) || strings.ContainsFunc(e.Email, unicode.IsControl) {
			continue
		}
		last = e.Email
		if out.text(last + "\n"); out.err != nil {
			return out.err
		}
	}
	return out.err
}
