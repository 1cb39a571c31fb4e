package config

import (
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the README's table of variables")

// TestREADME holds the table under "Configuration" to the variables that Load
// reads: names, meanings and defaults.
func TestREADME(t *testing.T) {
	const path = "../../README.md"
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, section, found := strings.Cut(string(content), "\n## Configuration\n")
	if !found {
		t.Fatalf("%s has no section Configuration", path)
	}
	start := strings.Index(section, "\n| ") + 1
	if start == 0 {
		t.Fatalf("%s has no table under Configuration", path)
	}
	end := start
	for strings.HasPrefix(section[end:], "|") {
		line, _, _ := strings.Cut(section[end:], "\n")
		end = min(end+len(line)+1, len(section))
	}
	got, want := section[start:end], table()
	if got == want {
		return
	}
	if *update {
		whole := before + "\n## Configuration\n" + section[:start] + want + section[end:]
		if err := os.WriteFile(path, []byte(whole), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	for line := range strings.SplitSeq(got, "\n") {
		if !strings.Contains(want, line) {
			t.Errorf("the README has a row too many, or another than: %s", line)
		}
	}
	for line := range strings.SplitSeq(want, "\n") {
		if !strings.Contains(got, line) {
			t.Errorf("the README lacks: %s", line)
		}
	}
	t.Error("the README's table is not that of Variables; write it with: go test ./internal/config -run README -update")
}

func table() string {
	var b strings.Builder
	b.WriteString("| variable | meaning | default |\n| --- | --- | --- |\n")
	for _, v := range Variables() {
		name, value := "`"+v.Name+"`", v.Default
		if v.inFile() {
			name += ", `" + v.Name + "_FILE`"
		}
		if value != "" {
			value = "`" + value + "`"
		}
		b.WriteString("| " + name + " | " + v.Meaning + " | " + value + " |\n")
	}
	return b.String()
}
