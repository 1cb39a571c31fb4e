package javaregex

import (
	"slices"
	"testing"
)

func TestFindings(t *testing.T) {
	type place struct {
		id         string
		start, end int
		example    string
	}
	tests := []struct {
		pattern string
		want    []place
	}{
		{``, nil},
		{`^(?i)j(?:ane)?\.?smith@example\.com$`, nil},
		{`jane\.smith@example\.com`, []place{{LiteralAddress, 0, 24, "jane.smith@example.com"}}},
		{`^jane@example\.com$`, []place{{LiteralAddress, 0, 19, "jane@example.com"}}},
		{`\Qjane.smith@example.com\E`, []place{{LiteralAddress, 0, 26, "jane.smith@example.com"}}},
		{`(?i)jane@example\.com`, []place{{NotAnchored, 0, 21, "jane@example.com.evil.test"}}},
		{`^.*$`, []place{{MatchesEverything, 0, 4, "jane.smith@example.com"}}},
		{`^.+@.+$`, []place{{MatchesEverything, 0, 7, "jane.smith@example.com"}}},
		{`^.*@gmail\.com$`, []place{{PublicDomain, 0, 15, "qzxvw@gmail.com"}}},
		{`^.*@(?:gmx|web)\.de$`, []place{{PublicDomain, 0, 20, "qzxvw@gmx.de"}}},
		{`^[a-z.]+@[a-z.]+$`, []place{{PublicDomain, 0, 17, "qzxvw@qzxvw.com"}}},
		{`^.*@\w+\.com$`, []place{{PublicDomain, 0, 13, "qzxvw@qzxvw.com"}}},
		{`^jane@[a-z.]+$`, nil},
		{`^.*@.*example\.com$`, []place{{PublicDomain, 0, 19, "a@evilaexample.com"}}},
		{`^.*example\.com$`, []place{{PublicDomain, 0, 16, "someone@evilaexample.com"}}},
		{`^.*@(?:.*\.)?example\.com$`, nil},
		{`jane|john`, []place{{NotAnchored, 0, 9, "jane.evil.test"}}},
		{`^.*@example\.com$`, nil},
		{`^jane.smith@example\.com$`, nil},
		{`^j\w+@example.com$`, []place{{UnescapedDot, 13, 14, "ja@examplexcom"}}},
		{`^j\w+@example.(?:com|org)$`, []place{{UnescapedDot, 13, 14, "ja@examplexcom"}}},
		{`^😀*@example.com$`, []place{{UnescapedDot, 12, 13, "😀@examplexcom"}}},
		{`^j\w+@example.*com$`, nil},
		{`^(?:\w|jane)+$`, nil}, // Java remembers where this failed
		{`^(\w+)+\1@$`, []place{{NestedQuantifiers, 1, 7, ""}}},
		{`^(?:a|a){10,}(?:a|a){10,}(?:a|a)+b$`, []place{{NestedQuantifiers, 1, 13, ""}, {DeadAlternative, 6, 7, ""}, {DeadAlternative, 18, 19, ""}, {DeadAlternative, 30, 31, ""}}},
		{`^.*.*.*.*.*@example\.com$`, []place{{NestedQuantifiers, 1, 3, ""}}},
		{`^j(?:ane|oe|ane)@example\.com$`, []place{{DeadAlternative, 12, 15, ""}}},
		{`^j(?:\w|-|a)@example\.com$`, []place{{DeadAlternative, 10, 11, ""}}},
		{`^j(?:a|\w|-)@example\.com$`, nil},
		{`^(?:jane|janet)@example\.com$`, nil},
		{`^(?:a|(?i)a|a)@example\.com$`, nil},
		{`^Jane[0-9]?@example\.com$`, []place{{UpperCase, 1, 5, "jane"}}},
		{`^J?ane@example\.com$`, []place{{UpperCase, 1, 2, "j"}}},
		{`^[A-Z]+@example\.com$`, []place{{UpperCase, 1, 6, "a"}}},
		{`^[A-Za-z]+@example\.com$`, nil},
		{`^[^A-Z]+@example\.com$`, nil},
		{`^(?i)[A-Z]+@example\.com$`, nil},
		{`^(?!Jane)j.*@example\.com$`, nil},
		{`^j(ane)?@example\.com$`, []place{{UselessGroup, 2, 7, ""}}},
		{`^(?<name>jane?)@example\.com$`, nil},
		{`^(j|k)(ane)?\1@example\.com$`, nil},
		{`[\wa&&]`, nil},
		{`^(?:){2147483647}(?:(?:){99999}){99999}$`, []place{{NestedQuantifiers, 1, 17, ""}}},
	}
	for _, test := range tests {
		t.Run(test.pattern, func(t *testing.T) {
			p, err := Compile(test.pattern)
			if err != nil {
				t.Fatal(err)
			}
			var got []place
			for _, f := range p.Findings() {
				if f.Message == "" || f.Suggestion == "" {
					t.Errorf("%s says nothing: %+v", f.ID, f)
				}
				if f.ID == NestedQuantifiers {
					f.Example = ""
				}
				got = append(got, place{f.ID, f.Start, f.End, f.Example})
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("findings\n%+v, want\n%+v", got, test.want)
			}
		})
	}
}

// TestFindingsHold tries the examples of the findings.
func TestFindingsHold(t *testing.T) {
	for i, c := range readCorpus(t, "testdata/corpus.jsonl") {
		if i%15 != 0 {
			continue
		}
		p, err := Compile(c.Pattern)
		if err != nil {
			continue
		}
		for _, f := range p.Findings() {
			if f.Start < 0 || f.End < f.Start || f.End > utf16Length(c.Pattern) {
				t.Errorf("%q: %s is from %d to %d", c.Pattern, f.ID, f.Start, f.End)
			}
			r := p.Match(f.Example)
			holds := true
			switch f.ID {
			case MatchesEverything, PublicDomain, LiteralAddress, UnescapedDot:
				holds = r.Matches
			case NotAnchored:
				holds = r.Found && !r.Matches
			}
			if !holds {
				t.Errorf("%q: %s says %q of %q, which is %+v", c.Pattern, f.ID, f.Message, f.Example, r)
			}
		}
	}
}
