package templates

import (
	"context"
	"io"
	"regexp"

	"github.com/a-h/templ"
)

// typedIn finds what browsers must not translate in a sentence: names in quotation marks,
// addresses and patterns.
var typedIn = regexp.MustCompile(`“[^”]*”|[^\s“”]*@[^\s“”]*[^\s“”.,:;]`)

// said is a sentence in which browsers do not translate names, addresses and patterns.
func said(sentence string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		html, rest := "", 0
		for _, at := range typedIn.FindAllStringIndex(sentence, -1) {
			html += templ.EscapeString(sentence[rest:at[0]]) + `<bdi translate="no">` + templ.EscapeString(sentence[at[0]:at[1]]) + `</bdi>`
			rest = at[1]
		}
		_, err := io.WriteString(w, html+templ.EscapeString(sentence[rest:]))
		return err
	})
}
