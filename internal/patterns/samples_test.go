package patterns

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestNameWords(t *testing.T) {
	for name, want := range map[string]string{
		"":                              "",
		"Jane Smith":                    "jane smith",
		"Jané Ann  Smïth":               "jane ann smith",
		"李小龙":                           "",
		"Weiß":                          "weiss",
		"Jørgen Łukasz":                 "jorgen lukasz",
		"Þóra Æsa Đorđe Guðrún Œuvre":   "thora aesa dorde gudrun oeuvre",
		"Sean O’Brien":                  "sean obrien",
		"Anne-Marie Smith":              "anne marie smith",
		"Smith, Jane":                   "jane smith",
		"Smith, Dr. Jane":               "jane smith",
		"Jane Smith, PhD":               "jane smith",
		"Dr. Jane Smith":                "jane smith",
		"Prof. Dr. Jane Smith Jr.":      "jane smith",
		"Jane Smith (Finance)":          "jane smith",
		"Smith, Jane (Finance, Berlin)": "jane smith",
		"(Finance)":                     "finance",
		"Dr":                            "dr",
		"Drew Mshale":                   "drew mshale",
	} {
		if got := strings.Join(nameWords(name), " "); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestPatternDomain(t *testing.T) {
	for pattern, want := range map[string]string{
		``:                                        "example.com",
		`.*`:                                      "example.com",
		`jane\.smith`:                             "example.com",
		`.*@haldenvoss\.example`:                  "haldenvoss.example",
		`^jane@a-b\.co\.uk$`:                      "a-b.co.uk",
		`help(desk)?@x\.example`:                  "x.example",
		`(jane|bob)\.smith@x\.example`:            "x.example",
		`.*@Haldenvoss.com`:                       "haldenvoss.com",
		`.*@haldenvoss\.(com|org)`:                "haldenvoss.com",
		`.*@haldenvoss\.(?:com|org|net)$`:         "haldenvoss.com",
		`.*@haldenvoss\.co\.(uk|nz)`:              "haldenvoss.co.uk",
		`.*@(haldenvoss\.com|voss\.(org|net))`:    "haldenvoss.com",
		`(.*@haldenvoss\.com)|(.*@voss\.org)`:     "haldenvoss.com",
		`.*@haldenvoss\.com|.*@voss\.org`:         "haldenvoss.com",
		`.*@haldenvoss[.]com`:                     "haldenvoss.com",
		`.*@haldenvoss[\.]co[.]uk`:                "haldenvoss.co.uk",
		`.*@.+\.co\.uk`:                           "example.co.uk",
		`.*haldenvoss\.com`:                       "haldenvoss.com",
		`^.+haldenvoss\.com$`:                     "haldenvoss.com",
		`.*@(?:[a-z]+\.)?haldenvoss\.com`:         "haldenvoss.com",
		`.*@(?<sub>mail\.|)haldenvoss\.(com|org)`: "mail.haldenvoss.com",
		`.*@(?!mail|web)haldenvoss\.com`:          "haldenvoss.com",
		`.*@((?i:(haldenvoss|voss))\.com|x\.org)`: "haldenvoss.com",
		`(?i)(.*)(?!(a|b)x)haldenvoss\.com`:       "haldenvoss.com",
		`(.+)@(?i)(mail\.)?haldenvoss\.com`:       "haldenvoss.com",
		strings.Repeat("(", 70_000) + `@x\.org`:   "example.com",
	} {
		if got := patternDomain(pattern); got != want {
			t.Errorf("%s: got %q, want %q", pattern, got, want)
		}
	}
}

func TestSuggestedSamples(t *testing.T) {
	tests := []struct {
		name, pattern, likely, lookAlikes string
	}{
		{
			"Jane Smith", `.*@x\.co\.(uk|nz)`,
			"jane.smith@x.co.uk janesmith@x.co.uk jsmith@x.co.uk j.smith@x.co.uk jane@x.co.uk smith@x.co.uk",
			"jane.smith@x.co.uk.attacker.example jane.smith@mail-x.co.uk jane.smith@xx.co.uk jane.smith@xxco.uk jane.smith@gmail.com jane.smith@x.co.uk@attacker.example",
		},
		{
			"Helpdesk", `help(desk)?@x\.example`, "helpdesk@x.example",
			"helpdesk@x.example.attacker.example helpdesk@mail-x.example helpdesk@xx.example helpdesk@xxexample helpdesk@gmail.com helpdesk@x.example@attacker.example",
		},
		{
			"李小龙", `.*`,
			"jane.smith@example.com janesmith@example.com jsmith@example.com j.smith@example.com jane@example.com smith@example.com",
			"jane.smith@example.com.attacker.example jane.smith@mail-example.com jane.smith@xexample.com jane.smith@examplexcom jane.smith@gmail.com jane.smith@example.com@attacker.example",
		},
		{ // an address at gmail.com is her own
			"Smith, Jane", `.*@gmail\.com`,
			"jane.smith@gmail.com janesmith@gmail.com jsmith@gmail.com j.smith@gmail.com jane@gmail.com smith@gmail.com",
			"jane.smith@gmail.com.attacker.example jane.smith@mail-gmail.com jane.smith@xgmail.com jane.smith@gmailxcom jane.smith@gmail.com@attacker.example",
		},
	}
	for _, tt := range tests {
		mine, others := likely(tt.name, patternDomain(tt.pattern)), LookAlikes(tt.name, tt.pattern)
		if got := strings.Join(mine, " "); got != tt.likely {
			t.Errorf("%s, likely: got  %s\nwant %s", tt.pattern, got, tt.likely)
		}
		if got := strings.Join(others, " "); got != tt.lookAlikes {
			t.Errorf("%s, look-alikes: got  %s\nwant %s", tt.pattern, got, tt.lookAlikes)
		}
		if all := SuggestSamples(tt.name, tt.pattern); !slices.Equal(all, append(mine, others...)) {
			t.Errorf("%s: %q", tt.pattern, all)
		}
	}
}

// TestSamplesStop sees that nothing is tried any more when no one waits for it.
func TestSamplesStop(t *testing.T) {
	p, err := Compile(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	all, err := p.matchSamples(ctx, []string{"a", "b"})
	if err != nil || len(all) != 2 {
		t.Errorf("%d samples, %v", len(all), err)
	}
	for _, tried := range all {
		if !tried.TooSlow || tried.Matches || tried.Found {
			t.Errorf("got %+v, want it to be too slow", tried)
		}
	}
}
