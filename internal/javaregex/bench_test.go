package javaregex

import (
	"fmt"
	"testing"
)

// What this costs beside other engines: go test -bench Regex in e2e, which may
// know them.

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		_, _ = Compile(`^[a-z0-9._%+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}$`)
	}
}

func BenchmarkMatch(b *testing.B) {
	p, err := Compile(`^[a-z0-9._%+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}$`)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p.Match("jane.q.smith+news@mail.example.com")
	}
}

func BenchmarkFindings(b *testing.B) {
	p, err := Compile(`^[a-z0-9._%+-]+@(?:[a-z0-9-]+\.)+[a-z]{2,}$`)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p.Findings(b.Context())
	}
}

func BenchmarkCompileLong(b *testing.B) {
	for _, l := range long {
		pattern := l.of(1024)
		b.Run(l.kind, func(b *testing.B) {
			for b.Loop() {
				_, _ = Compile(pattern)
			}
		})
	}
}

func BenchmarkLimits(b *testing.B) {
	for _, d := range demanding {
		p, err := Compile(d.pattern)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%.30s", d.pattern), func(b *testing.B) {
			for b.Loop() {
				p.Match(d.input)
			}
		})
	}
}
