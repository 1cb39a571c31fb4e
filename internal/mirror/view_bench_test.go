package mirror_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"namesake/internal/mirror"
	"namesake/internal/patterns"
	"namesake/internal/registry"
)

// Parts of names and addresses that are as long as those of people.
var (
	firstNames = strings.Fields("Alexandra Benjamin Charlotte Dominique Elizabeth Francisco Gabriella Henrietta Isabella Jonathan Katherine Leonardo " +
		"Margarethe Nathaniel Oluwaseun Priyanka Quentin Rosalind Sebastian Theodora Ulrich Valentina Wilhelmina Xavier Yevgenia Zachary Søren José")
	lastNames = strings.Fields("Abernathy Bergström Castellano Drummond Eisenberg Fitzgerald Gonzalez Hawthorne Ivanovic Jankowski Kowalski Lindqvist " +
		"Montgomery Nakamura Oyelaran Papadopoulos Quintero Rasmussen Schneider Takahashi Underwood Vasquez Wellington Xiong Yamamoto Zimmermann")
)

// manyRows returns n rows as they come from a database: no two share memory. The share of
// those with a pattern is one in patternEach, 0 for none.
func manyRows(n, patternEach int) []mirror.Row {
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	rows := make([]mirror.Row, n)
	for i := range rows {
		first, last := firstNames[random.IntN(len(firstNames))], lastNames[random.IntN(len(lastNames))]
		number := strconv.Itoa(random.IntN(n))
		e := registry.Entry{
			ID:         registry.ID(uuid.NewSHA1(uuid.Nil, []byte(strconv.Itoa(i))).String()),
			Name:       first + " " + string(rune('A'+random.IntN(26))) + ". " + last,
			Email:      strings.ToLower(first[:1]) + "." + strings.ToLower(last) + number + "@example-corp.com",
			Provenance: registry.Provenance(strings.Clone(string(registry.Manual))),
			CreatedAt:  start.Add(time.Duration(random.IntN(60_000_000)) * time.Second),
		}
		e.ModifiedAt = e.CreatedAt.Add(time.Duration(random.IntN(1_000_000)) * time.Second)
		if i%3 == 0 {
			e.Comments = new("Asked for by ticket " + strconv.Itoa(10_000_000+random.IntN(10_000_000)))
		}
		if patternEach > 0 && i%patternEach == 0 {
			e.IsEmailRegex = true
			e.Email = `(?i)` + strings.ToLower(first[:1]) + `[a-z]*\.` + strings.ToLower(last) + `(\+.*)?@(mail\.)?example-` + number + `\.com`
		}
		rows[i] = mirror.Row{Entry: e, Version: int64(i + 1), ChangedAt: start}
	}
	return rows
}

func BenchmarkNewView(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			rows := manyRows(n, 0)
			for b.Loop() {
				mirror.NewView(rows)
			}
		})
	}
}

// BenchmarkViewMemory reports the live heap of a view, with the texts of its rows.
func BenchmarkViewMemory(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			var bytes uint64
			for b.Loop() {
				before := liveHeap()
				v := mirror.NewView(manyRows(n, 0))
				bytes = liveHeap() - before
				runtime.KeepAlive(v)
			}
			b.ReportMetric(float64(bytes)/float64(n), "live-B/entry")
			b.ReportMetric(float64(bytes)/1e6, "live-MB")
		})
	}
}

func liveHeap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func BenchmarkViewWith(b *testing.B) {
	v := mirror.NewView(manyRows(100_000, 200))
	e, _ := v.Entry(registry.ID(uuid.NewSHA1(uuid.Nil, []byte("77777")).String()))
	for name, change := range map[string]func(*registry.Entry){
		"name":    func(e *registry.Entry) { e.Name, e.ModifiedAt = "Ada Lovelace", time.Now() },
		"pattern": func(e *registry.Entry) { e.Email, e.IsEmailRegex, e.ModifiedAt = `.*@example\.com`, true, time.Now() },
	} {
		b.Run(name, func(b *testing.B) {
			change(&e)
			for b.Loop() {
				v.With([]mirror.Row{{Entry: e, Version: 1_000_000}}, 1_000_000)
			}
		})
	}
	b.Run("500 rows", func(b *testing.B) {
		changed := manyRows(100_000, 200)[50_000:50_500]
		for i := range changed {
			changed[i].Version, changed[i].Entry.Name = 1_000_000, "Name "+strconv.Itoa(i)
		}
		for b.Loop() {
			v.With(changed, 1_000_000)
		}
	})
}

func BenchmarkViewList(b *testing.B) {
	for _, n := range []int{1_000, 100_000} {
		v := mirror.NewView(manyRows(n, 200))
		for name, q := range map[string]registry.Query{
			"plain":         {},
			"page 300":      {Order: registry.ByName, Page: 300},
			"one word":      {Search: "lindqvist"},
			"common letter": {Search: "a", Page: 500},
			"three words":   {Search: "lindqvist q a"},
			"digits":        {Search: "@example-corp.com 777"},
			"no match":      {Search: "eeeeeeeeeee"},
			"id":            {Search: "d6e1"},
			"accents":       {Search: "Bergström Sø"},
			"filters":       {HasComments: new(true), IsEmailRegex: new(false), Provenance: registry.Manual},
			"since, search": {Search: "example", ModifiedSince: time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC), Order: registry.ByModified},
		} {
			q.PerPage = 50
			b.Run(fmt.Sprint(name, "/", n), func(b *testing.B) {
				for b.Loop() {
					v.List(q)
				}
			})
		}
	}
}

func BenchmarkViewMatching(b *testing.B) {
	v := mirror.NewView(manyRows(10_000, 20)) // 500 patterns
	ctx := patterns.NewPool(patterns.Options{}).In(context.Background(), "ada")
	for name, address := range map[string]string{"no pattern matches": "jane.smith@mail.example.com", "long": strings.Repeat("jane.smith", 20) + "@mail.example-77.com"} {
		b.Run(name, func(b *testing.B) {
			v.Matching(ctx, address) // compiles the patterns
			for b.Loop() {
				v.Matching(ctx, address)
			}
		})
	}
	b.Run("compiling", func(b *testing.B) {
		rows := manyRows(10_000, 20)
		for b.Loop() {
			b.StopTimer()
			v := mirror.NewView(rows)
			b.StartTimer()
			v.Matching(ctx, "jane.smith@mail.example.com")
		}
	})
	var bytes uint64
	b.Run("memory of 500 patterns", func(b *testing.B) {
		for b.Loop() {
			v := mirror.NewView(manyRows(10_000, 20))
			before := liveHeap()
			v.Matching(ctx, "jane.smith@mail.example.com")
			bytes = liveHeap() - before
			runtime.KeepAlive(v)
		}
		b.ReportMetric(float64(bytes)/500, "live-B/pattern")
	})
}

func BenchmarkViewNamesakes(b *testing.B) {
	v := mirror.NewView(manyRows(100_000, 0))
	v.Namesakes("Alexandra C. Lindqvist") // computes the looks
	b.Run("known looks", func(b *testing.B) {
		for b.Loop() {
			v.Namesakes("Alexandra C. Lindqvist")
		}
	})
	b.Run("first", func(b *testing.B) {
		rows := manyRows(100_000, 0)
		for b.Loop() {
			b.StopTimer()
			v := mirror.NewView(rows)
			b.StartTimer()
			v.Namesakes("Alexandra C. Lindqvist")
		}
	})
}
