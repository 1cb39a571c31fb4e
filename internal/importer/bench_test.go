package importer_test

import (
	"strings"
	"testing"

	"namesake/internal/importer"
)

// BenchmarkHostile reads files of the largest size that are made to be slow. All of them
// should take a few seconds at most.
func BenchmarkHostile(b *testing.B) {
	const n = importer.MaxBytes - 100
	rep := func(head, s string) string { return head + strings.Repeat(s, (n-len(head))/len(s)) }
	for name, text := range map[string]string{
		"text behind quotes":        rep("name,email\n", "\"a\nb\" x\n"),
		"quotes over many lines":    rep("name,email\n", "\"a\n\n\n\n\n\n\n\n"),
		"unclosed":                  rep("name,email\n", "\"a,b\"\"\n"),
		"commas":                    rep("a@x.example, ", "b c@x,x,"),
		"short commas":              rep("a@x.example, ", "x,"),
		"angles":                    rep("a@x.example, ", "<"),
		"ats":                       rep("a@x.example, ", "@"),
		"spaces between recipients": rep("a@x.example, ", "a@x.y b@x.y "),
		"quotes in recipients":      rep("a@x.example, ", "\"a\\\""),
		"cells":                     rep("name,email\n", ","),
		"empty rows":                rep("name,email\n", ",,,,\n"),
		"X400":                      rep("name,proxyAddresses\n", "a,X400:"+strings.Repeat(";a", 30000)+"\n"),
		"proxies":                   rep("name,proxyAddresses\n", "a,"+strings.Repeat("smtp:a@b;", 7000)+"\n"),
		"JSON lists":                rep("[", "["),
		"JSON objects":              rep(`[{"name":"a"},`, `{"name":1,"x":2},`),
		"JSON results":              rep("", `{"result":`),
		"a JSON text":               rep("[{\"name\":\"", `\u0041`),
		"rows":                      rep("name,email\n", "Ann Lee,ann.lee@corp.example,\n"),
		"one word":                  rep("", "x"),
		"no header":                 rep("", "x,y\n"),
		"preambles":                 rep("", "sep=;\n"),
		"rows in one cell":          rep("name,email\n", "\""+strings.Repeat("\"\"a\"\",", 10)+"\"\n"),
		"spaces":                    rep("name,email\n", " "),
		"spaces behind a quote":     rep("name,email\n", "\"\" "),
		"colons":                    rep("a@x.example, ", "a:"),
		"plus signs":                rep("name,email\n", "a,"+strings.Repeat("+smtp:", 10000)+"\n"),
		"a header":                  rep("", "name("),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				f, err := importer.Open([]byte(text), "", importer.Options{})
				if err != nil {
					continue
				}
				f.Preview(5)
				for _, err := range f.Candidates() {
					_ = err // a limit, for most of them
				}
			}
		})
	}
}
