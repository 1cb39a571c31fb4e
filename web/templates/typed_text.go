package templates

import "github.com/a-h/templ"

// typedText is what a <textarea> holds. HTML drops a line break right after the
// start tag, so one stands there for it. It is one component because templ may
// write white space between two.
func typedText(text string) templ.Component {
	return templ.Raw("\n" + templ.EscapeString(text))
}
