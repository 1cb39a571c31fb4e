package chart_test

import (
	"strings"
	"testing"

	"namesake/internal/chart"
)

func TestSteps(t *testing.T) {
	tests := []struct {
		name     string
		values   []int
		limit    int
		line     string // where it starts and ends
		failures bool
	}{
		{"growing", []int{0, 5, 10}, 10, "M 0 159 L 300 81 L 600 4", false},
		{"level", []int{7, 7}, 7, "M 0 4 L 600 4", false},
		{"nothing", []int{0, 0}, 1, "M 0 159 L 600 159", false},
		{"one value", []int{1}, 1, "", true},
		{"beyond its limit", []int{1, 3}, 2, "", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			svg, err := chart.Steps(tt.values, tt.limit)
			if (err != nil) != tt.failures {
				t.Fatal(err)
			}
			if want := `<path d="` + tt.line + `" class="chart-line stroke"/>`; tt.line != "" && !strings.Contains(svg, want) {
				t.Errorf("no %s in %s", want, svg)
			}
			// The content security policy would drop a style, and the page has the texts.
			for _, never := range []string{"style", "<text", "<script", "\n"} {
				if strings.Contains(svg, never) {
					t.Errorf("%s in %s", never, svg)
				}
			}
		})
	}
}
