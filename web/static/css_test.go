package static

import (
	"regexp"
	"testing"
)

// The build takes out what no template uses; a variable that is used has to stay.
func TestVariablesAreDefined(t *testing.T) {
	css, err := files.ReadFile("app.css")
	if err != nil {
		t.Fatal(err)
	}
	defined := map[string]bool{}
	for _, m := range regexp.MustCompile(`(--[\w-]+)\s*[:{]`).FindAllSubmatch(css, -1) {
		defined[string(m[1])] = true
	}
	used := regexp.MustCompile(`var\((--[\w-]+)\)`).FindAllSubmatch(css, -1)
	if len(used) < 50 {
		t.Fatalf("found only %d uses of variables", len(used))
	}
	for _, m := range used {
		if !defined[string(m[1])] {
			t.Errorf("%s is used and not defined", m[1])
		}
	}
}
