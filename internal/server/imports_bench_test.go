package server_test

import (
	"fmt"
	"math"
	"net/http"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/plan"
)

// BenchmarkImport uploads 100,000 rows for a registry of 100,000 entries, of which a tenth is
// changed and a tenth new. It reports how long the answer takes, how long it takes until the
// plan is complete, also in time of all processors, and by how much the heap grows at most.
func BenchmarkImport(b *testing.B) {
	const n = 100_000
	seed := make([]sandbox.Entry, n)
	for i := range seed {
		seed[i] = sandbox.Entry{Name: fmt.Sprint("Person ", i), Email: fmt.Sprintf("person%d@example.com", i), Provenance: sandbox.Manual}
	}
	app := newApp(b, func(s *settings) { s.sandbox.Seed, s.database = seed, filepath.Join(b.TempDir(), "namesake.db") })
	person := app.as("editor")
	must(b, app.mirror.Refresh(b.Context()))
	var list strings.Builder
	list.WriteString("name,email,comments\n")
	for i := range n {
		switch i % 10 {
		case 0:
			fmt.Fprintf(&list, "New %d,new%d@example.com,\n", i, i)
		case 1:
			fmt.Fprintf(&list, "Person %d,person%d@example.com,changed\n", i, i)
		default:
			fmt.Fprintf(&list, "Person %d,person%d@example.com,\n", i, i)
		}
	}
	var answered, complete, worked time.Duration
	var grown uint64
	for b.Loop() {
		runtime.GC()
		end := watchHeap()
		start, cpu := time.Now(), cpuTime(b)
		path := person.upload("people.csv", list.String()).wants(http.StatusSeeOther).location()
		answered += time.Since(start)
		id := path[strings.LastIndex(path, "/")+1:]
		for app.storedPlan(id).State == plan.Listing {
			time.Sleep(5 * time.Millisecond)
		}
		complete, worked = complete+time.Since(start), worked+cpuTime(b)-cpu
		grown = max(grown, end())
		same(b, "operations", app.storedPlan(id).Counts.Of(plan.OpWaiting), n/5)
	}
	b.ReportMetric(answered.Seconds()/float64(b.N), "s-to-answer")
	b.ReportMetric(complete.Seconds()/float64(b.N), "s-to-plan")
	b.ReportMetric(worked.Seconds()/float64(b.N), "cpu-s-to-plan")
	b.ReportMetric(math.Round(float64(grown)/1e6), "MB-more")
}

// watchHeap watches the heap until end, which returns by how many bytes it was larger at most.
func watchHeap() (end func() uint64) {
	heap := func() uint64 {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	before, done, most := heap(), make(chan struct{}), make(chan uint64)
	go func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for peak := before; ; {
			select {
			case <-tick.C:
				peak = max(peak, heap())
			case <-done:
				most <- peak - before
				return
			}
		}
	}()
	return func() uint64 { close(done); return <-most }
}
