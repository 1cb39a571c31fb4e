package templates

import "github.com/a-h/templ"

// typedText is the content of a <textarea>. HTML drops a line break right after the start
// tag, so this adds one. It is one component because templ may write white space between
// two.
func typedText(text string) templ.Component {
	return templ.Raw("\n" + templ.EscapeString(text))
}
