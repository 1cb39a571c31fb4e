package javaregex

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

// No finding of a test depends on how busy the machine is.
func init() { findingTime, letsInTime, maxSearch = time.Hour, time.Hour, time.Hour }

func TestFindings(t *testing.T) {
	type place struct{ id, part, example string }
	tests := []struct {
		pattern string
		want    []place
	}{
		{``, []place{{MatchesEverything, ``, "jane.smith@example.com"}}},
		{`^(?i)j(?:ane)?\.?smith@example\.com$`, nil},
		// One text.
		{`jane\.smith@example\.com`, []place{{NotAnchored, `jane\.smith@example\.com`, "jane.smith@example.com.evil.test"}, {LiteralAddress, `jane\.smith@example\.com`, "jane.smith@example.com"}}},
		{`jane\.smith@example\.com$`, []place{{NotAnchored, `jane\.smith@example\.com$`, "xjane.smith@example.com"}, {LiteralAddress, `jane\.smith@example\.com$`, "jane.smith@example.com"}}},
		{`^jane@example\.com$`, []place{{LiteralAddress, `^jane@example\.com$`, "jane@example.com"}}},
		{`^jane[.]smith@example[\.]com$`, []place{{LiteralAddress, `^jane[.]smith@example[\.]com$`, "jane.smith@example.com"}}},
		{`^\Qjane.smith@example.com\E$`, []place{{LiteralAddress, `^\Qjane.smith@example.com\E$`, "jane.smith@example.com"}}},
		{`^(?i)jane@example\.com$`, nil},
		{`^/jane@x$`, []place{{NoAddress, `^/jane@x$`, "/jane@x"}}},
		{`"a@b\.co"`, []place{{NotAnchored, `"a@b\.co"`, `"a@b.co".evil.test`}, {Delimiters, `"a@b\.co"`, ""}, {NoAddress, `"a@b\.co"`, `"a@b.co"`}}},
		{`/^jane@example\.com$/i`, []place{{NeverMatches, `/`, ""}, {Delimiters, `/^jane@example\.com$/i`, ""}}},
		// Strangers' addresses.
		{`^.*$`, []place{{MatchesEverything, `^.*$`, "jane.smith@example.com"}}},
		{`^.+@.+$`, []place{{MatchesEverything, `^.+@.+$`, "jane.smith@example.com"}}},
		{`^(?:jane@example\.com|)`, []place{{MatchesEverything, `^(?:jane@example\.com|)`, "jane.smith@example.com"}, {NotAnchored, `^(?:jane@example\.com|)`, "jane@example.com.evil.test"}}},
		{`^.*@gmail\.com$`, []place{{PublicDomain, `^.*@gmail\.com$`, "qzxvw@gmail.com"}}},
		{`@gmail\.com$`, []place{{PublicDomain, `@gmail\.com$`, "qzxvw@gmail.com"}, {NotAnchored, `@gmail\.com$`, "x@gmail.com"}, {NoAddress, `@gmail\.com$`, "@gmail.com"}}},
		{`^.*@(?:gmx|web)\.de$`, []place{{PublicDomain, `^.*@(?:gmx|web)\.de$`, "qzxvw@gmx.de"}}},
		{`^[a-z.]+@[a-z.]+$`, []place{{PublicDomain, `^[a-z.]+@[a-z.]+$`, "qzxvw@qzxvw.com"}}},
		{`^.*@\w+\.com$`, []place{{PublicDomain, `^.*@\w+\.com$`, "qzxvw@qzxvw.com"}}},
		{`^jane@[a-z.]+$`, []place{{PublicDomain, `^jane@[a-z.]+$`, "jane@qzxvw.com"}}},
		{`^jane\.smith@`, []place{{PublicDomain, `^jane\.smith@`, "jane.smith@qzxvw.com"}, {NotAnchored, `^jane\.smith@`, "jane.smith@.evil.test"}, {NoAddress, `^jane\.smith@`, "jane.smith@"}}},
		{`^.*@.*example\.com$`, []place{{PublicDomain, `^.*@.*example\.com$`, "a@evilaexample.com"}}},
		{`^.*@.*example\.co\.uk$`, []place{{PublicDomain, `^.*@.*example\.co\.uk$`, "a@evilaexample.co.uk"}}},
		{`^.*example\.com$`, []place{{PublicDomain, `^.*example\.com$`, "someone@evilaexample.com"}}},
		{`^.*@(?:.*\.)?example\.com$`, []place{{WholeDomain, `^.*@(?:.*\.)?example\.com$`, "qzxvw@a.example.com"}}},
		{`^.*@example\.com$`, []place{{WholeDomain, `^.*@example\.com$`, "qzxvw@example.com"}}},
		{`^jane.smith@example\.com$`, nil},
		{`jane|john`, []place{{PublicDomain, `jane|john`, "jane@qzxvw.com"}, {NotAnchored, `jane|john`, "jane.evil.test"}}},
		{`(?i)jane@example\.com$`, []place{{NotAnchored, `(?i)jane@example\.com$`, "xjane@example.com"}}},
		{`(?=.*smith).*@example\.com$`, nil},
		// Dots.
		{`^j\w+@example.com$`, []place{{UnescapedDot, `.`, "ja@examplexcom"}}},
		{`^j\w+@example.(?:com|org)$`, []place{{UnescapedDot, `.`, "ja@examplexcom"}}},
		{`^j\w+@(?:one|two).example\.com$`, []place{{UnescapedDot, `.`, "ja@onexexample.com"}}},
		{`^j\w+@(?:mail.)?example\.com$`, []place{{UnescapedDot, `.`, "ja@mailxexample.com"}}},
		{`^(?:jane@a\.com|john@b.com)$`, []place{{UnescapedDot, `.`, "john@bxcom"}}},
		{`^(?!.*@evil.com)j\w@example\.com$`, nil},
		{`^[^@]+jane.smith@example\.com$`, nil},
		{`^😀*@example.com$`, []place{{UnescapedDot, `.`, "😀@examplexcom"}}},
		{`^j\w+@example.*com$`, []place{{PublicDomain, `^j\w+@example.*com$`, "ja@exampleacom.qzxvw.com"}}},
		// Slow.
		{`^(?:\w|jane)+$`, nil}, // Java remembers where this failed
		{`^(\w+)+\1@$`, []place{{NestedQuantifiers, `(\w+)+`, ""}}},
		{`^(?:a|a){10,}(?:a|a){10,}(?:a|a)+b$`, []place{{NestedQuantifiers, `(?:a|a){10,}`, ""}, {DeadAlternative, `a`, ""}, {DeadAlternative, `a`, ""}, {DeadAlternative, `a`, ""}, {Unfinished, `^(?:a|a){10,}(?:a|a){10,}(?:a|a)+b$`, ""}}},
		{`^.*.*.*.*.*@example\.com$`, []place{{NestedQuantifiers, `.*`, ""}, {Unfinished, `^.*.*.*.*.*@example\.com$`, ""}}},
		{`^(?:){2147483647}(?:(?:){99999}){99999}$`, []place{{NestedQuantifiers, `(?:){2147483647}`, ""}, {Unfinished, `^(?:){2147483647}(?:(?:){99999}){99999}$`, ""}}},
		// Alternatives.
		{`^j(?:ane|oe|ane)@example\.com$`, []place{{DeadAlternative, `ane`, ""}}},
		{`^j(?:\w|-|a)@example\.com$`, []place{{DeadAlternative, `a`, ""}}},
		{`^j(?:a|\w|-)@example\.com$`, nil},
		{`^(?:jane|janet)@example\.com$`, nil},
		{`^(?>jane|janet)@example\.com$`, []place{{DeadAlternative, `janet`, ""}}},
		{`^(?:jane|janet)++@example\.com$`, []place{{DeadAlternative, `janet`, ""}}},
		{`^(?>(?:jane|janet)\.)@example\.com$`, nil},
		{`^(?:j[a-z]*|jane)@example\.com$`, []place{{DeadAlternative, `jane`, ""}}},
		{`^(?:[a-z]++|jane)t@example\.com$`, nil},
		{`^(?:jane\b|jane)t@example\.com$`, nil},
		{`^(?i)(?:jane|JANE)@example\.com$`, []place{{DeadAlternative, `JANE`, ""}}},
		{`^(?:a|(?i)a|a)@example\.com$`, nil},
		{`(?i)^(?:josé|JOSÉ)@example\.com$`, nil},
		{`(?iu)^(?:josé|JOSÉ)@example\.com$`, []place{{DeadAlternative, `JOSÉ`, ""}}},
		{`(?i)^(?:josé|JOSé)@example\.com$`, []place{{DeadAlternative, `JOSé`, ""}}},
		{`(?iu)^j(?:\w|k)@example\.com$`, nil}, // k is also the sign for Kelvin
		{`(?i)^j(?:\w|k)@example\.com$`, []place{{DeadAlternative, `k`, ""}}},
		{`^[a-z.]+@example\.com$`, []place{{WholeDomain, `^[a-z.]+@example\.com$`, "qzxvw@example.com"}}},
		{`^jane@x\.com$|^john@x\.com$x`, []place{{DeadAlternative, `^john@x\.com$x`, ""}}},
		{`jane@x\.com^`, []place{{NeverMatches, `jane@x\.com`, ""}}},
		{"^jane@x\\.com$\n", []place{{NeverMatches, "\n", ""}, {Invisible, "\n", ""}}},
		{`(?m)a$x`, []place{{NeverMatches, `x`, ""}}},
		{`^jane@x\.com$(?=.)`, []place{{NeverMatches, `^jane@x\.com$(?=.)`, ""}}},
		{`^jane@x\.com$(?:a|b)+`, []place{{NeverMatches, `b`, ""}}},
		{`^jane@x\.com$[\n\r]`, []place{{NeverMatches, `[\n\r]`, ""}}},
		{`^jane@x\.com$\R*`, nil},
		{`^jane@x\.com$.*`, nil},
		{`j?.*^ane@x\.com$`, nil},
		{`j.+^ane@x\.com`, []place{{NeverMatches, `.+`, ""}}},
		{`^j\w+ smith@x\.com$`, []place{{NeverMatches, ` smith@x\.com`, ""}}},
		{`^j\w*\s@x\.com$`, []place{{NeverMatches, `\s`, ""}}},
		{`^"j\w* smith"@x\.com$`, nil},
		{`^j\w*@x\.com@y\.com$`, []place{{NeverMatches, `@x\.com@y\.com`, ""}}},
		{`^j\w*@x\.com,k\w*@x\.com$`, []place{{NeverMatches, `@x\.com,k`, ""}}},
		{`^j\w*@(?!x)x\.com$`, []place{{NeverMatches, `^j\w*@(?!x)x\.com$`, ""}}},
		{`^j\w*@(?=y)x\.com$`, []place{{NeverMatches, `x\.com`, ""}}},
		{`^j\w*(?<=y)@(?<!@)x\.com$`, []place{{NeverMatches, `(?<!@)`, ""}}},
		{`^j\w*@(?!)x\.com$`, []place{{NeverMatches, `(?!)`, ""}}},
		{`^j\w*@(?!xa)x\.com$`, nil},
		{`^j\w*@\.x\.com$`, []place{{NeverMatches, `@\.x\.com`, ""}}},
		{`^j\w*@x\.\.com$`, []place{{NeverMatches, `@x\.\.com`, ""}}},
		{`^j\w*@x\.com\t?\|$`, []place{{NeverMatches, `\|`, ""}}},
		{`^$`, []place{{NeverMatches, `$`, ""}}},
		{`^j\w*@[a&&b]\.com$`, []place{{NeverMatches, `[a&&b]`, ""}}},
		{`^j\w*@\[10\.0\.0\.\d\]$`, nil},
		{`^(?:j\w*@x\.com|j \w*@x\.com)$`, nil},
		{`^j\w*@x\.com$|^j \w*@x\.com$`, []place{{DeadAlternative, `^j \w*@x\.com$`, ""}}},
		{`^j \w*@x\.com$|^j  \w*@x\.com$`, []place{{NeverMatches, `^j \w*@x\.com$|^j  \w*@x\.com$`, ""}}},
		// Doubled backslashes.
		{`^ap(?:-[a-z]+)?@example\\\\.com$`, []place{{DoubledBackslash, `@example\\\\`, "ap-a@example.com"}}},
		{`^ap(?:-[a-z]+)?@example\\.com$`, []place{{DoubledBackslash, `@example\\`, "ap-a@example.com"}}},
		{`^j\\w+@example\.com$`, []place{{DoubledBackslash, `j\\`, "ja@example.com"}}},
		{`^j\\d{2}@example\\.com$`, []place{{DoubledBackslash, `j\\`, "j00@example.com"}}},
		{`^[\\w.]+@example\.com$`, []place{{DoubledBackslash, `[\\w.]`, "a@example.com"}}},
		{`^(?:jane|j\\.smith)@example\.com$`, []place{{DoubledBackslash, `j\\`, "j.smith@example.com"}}},
		{`^"(?:[^"\\]|\\.)*"@example\.com$`, nil},
		// Ranges.
		{`^[A-z]+@example\.com$`, []place{{WideRange, `A-z`, "_@example.com"}}},
		{`^j[0-Z]@example\.com$`, []place{{WideRange, `0-Z`, "j=@example.com"}, {UpperCase, `[0-Z]`, "a"}}},
		{`^j[ -~]@example\.com$`, []place{{WideRange, ` -~`, "j_@example.com"}}},
		{`^j[\w+--]@example\.com$`, []place{{WideRange, `+--`, "j,@example.com"}}},
		{`^j[^A-z]@example\.com$`, []place{{WideRange, `A-z`, "j_@example.com"}}},
		{`^j[A-Za-z0-9,-.]@example\.com$`, nil},
		{`^j[\x20-\x7E]@example\.com$`, nil},
		{`^j[à-ÿ]@example\.com$`, nil},
		// Characters.
		{"^jane\u200b?@example\\.com$", []place{{Invisible, "\u200b", ""}}},
		{"^j\u00a0?ane@example\\.com$", []place{{Invisible, "\u00a0", ""}}},
		{`^j\x{200B}?ane@example\.com$`, nil},
		{`^o’br?ien@example\.com$`, []place{{Typographic, `’`, ""}}},
		{`^j–?ane＠example\.com$`, []place{{Typographic, `–`, ""}, {Typographic, `＠`, ""}}},
		{"(?x) ^ jan e? @example\\.com\n$ # jane", nil},
		// Quotes.
		{`^j(?:\Qane\E|oe|\Qane\E)@example\.com$`, []place{{DeadAlternative, `\Qane\E`, ""}}},
		{`^j(?:oe|\Qane\E|ane)@example\.com$`, []place{{DeadAlternative, `ane`, ""}}},
		// Capitals.
		{`^Jane[0-9]?@example\.com$`, []place{{UpperCase, `Jane`, "jane"}}},
		{`^J?ane@example\.com$`, []place{{UpperCase, `J`, "j"}}},
		{`^[A-Z]+@example\.com$`, []place{{UpperCase, `[A-Z]`, "a"}}},
		{`^j[A-F]@example\.com$`, []place{{UpperCase, `[A-F]`, "a"}}},
		{`^(?:Jane|jane)\d@example\.com$`, nil},
		{`^[A-Za-z]\d@example\.com$`, nil},
		{`^[^A-Z]\d@example\.com$`, nil},
		{`^(?i)[A-Z]\d@example\.com$`, nil},
		{`^(?!Jane)j.*@example\.com$`, nil},
		// Groups.
		{`^j(ane)?@example\.com$`, []place{{UselessGroup, `(ane)`, ""}}},
		{`^(j)(ane)?@example\.com$`, []place{{UselessGroup, `(j)`, ""}}},
		{`^(?<name>jane?)@example\.com$`, nil},
		{`^(j|k)(ane)?\1@example\.com$`, nil},
		{`[\wa&&]`, []place{{Unfinished, `[\wa&&]`, ""}}},
		{`^` + strings.Repeat(`[A-Z]`, 20) + `@example\.com$`, append(slices.Repeat([]place{{UpperCase, "[A-Z]", "a"}}, maxOfAKind), place{Unfinished, `^` + strings.Repeat(`[A-Z]`, 20) + `@example\.com$`, ""})},
		{strings.Repeat(`a`, maxFindings+1), []place{{Unfinished, strings.Repeat(`a`, maxFindings+1), ""}}},
	}
	for _, test := range tests {
		t.Run(test.pattern, func(t *testing.T) {
			p, err := Compile(test.pattern)
			if err != nil {
				t.Fatal(err)
			}
			var got []place
			for _, f := range p.Findings(t.Context()) {
				if f.Message == "" || f.Suggestion == "" {
					t.Errorf("%s says nothing: %+v", f.ID, f)
				}
				if f.ID == NestedQuantifiers {
					f.Example = ""
				}
				got = append(got, place{f.ID, p.slice(f.Start, f.End), f.Example})
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("findings\n%+v, want\n%+v", got, test.want)
			}
		})
	}
}

// TestFindingsStop has the one who asked go away.
func TestFindingsStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p, err := Compile(`^.*$`)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Findings(ctx); len(got) != 1 || got[0].ID != Unfinished {
		t.Errorf("findings %+v, want that there may be more", got)
	}
}
