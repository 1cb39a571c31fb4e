package server

import (
	"slices"
	"strings"
	"testing"
)

func TestSuggestedSamples(t *testing.T) {
	tests := []struct {
		name, pattern, domain string
		words                 string // of the name
		likely, lookAlikes    int
	}{
		{"Jane Smith", `.*@haldenvoss\.example`, "haldenvoss.example", "jane smith", 6, 6},
		{"Jané Ann  Smïth", `^jane@a-b\.co\.uk$`, "a-b.co.uk", "jane ann smith", 6, 6},
		{"Helpdesk", `help(desk)?@x\.example`, "x.example", "helpdesk", 1, 6},
		{"李小龙", `.*`, "example.com", "", 6, 6},
		{"Jane Smith", `.*@gmail\.com`, "gmail.com", "jane smith", 6, 5}, // an address there is her own
	}
	for _, tt := range tests {
		t.Run(tt.pattern, func(t *testing.T) {
			if got := patternDomain(tt.pattern); got != tt.domain {
				t.Errorf("domain %q, want %q", got, tt.domain)
			}
			if got := strings.Join(asciiWords(tt.name), " "); got != tt.words {
				t.Errorf("words %q, want %q", got, tt.words)
			}
			mine, others := likely(tt.name, tt.domain), lookAlikes(tt.name, tt.pattern)
			if len(mine) != tt.likely || len(others) != tt.lookAlikes {
				t.Errorf("likely %q, look-alikes %q; want %d and %d", mine, others, tt.likely, tt.lookAlikes)
			}
			for _, other := range others {
				if slices.Contains(mine, other) {
					t.Errorf("%s is both likely and a look-alike", other)
				}
			}
		})
	}
}
