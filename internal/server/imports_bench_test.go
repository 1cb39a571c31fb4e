package server_test

import (
	"fmt"
	"math"
	"net/http"
	"net/url"
	"path"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/plan"
)

// BenchmarkImport uploads 100,000 rows for a registry of 100,000 entries, of which a tenth is
// changed and a tenth new. It reports how long the answer takes, how long it takes until the
// plan is complete, also in time of all processors, and by how much the heap grows at most.
func BenchmarkImport(b *testing.B) {
	const n = 100_000
	app := newApp(b, func(s *settings) {
		s.sandbox.Seed, s.database = sandboxPeople(n), filepath.Join(b.TempDir(), "namesake.db")
	})
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
		planPath := person.upload("people.csv", list.String()).wants(http.StatusSeeOther).location()
		answered += time.Since(start)
		id := path.Base(planPath)
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

func sandboxPeople(n int) []sandbox.Entry {
	people := make([]sandbox.Entry, n)
	for i := range people {
		people[i] = sandbox.Entry{Name: fmt.Sprint("Person ", i), Email: fmt.Sprintf("person%d@example.com", i), Provenance: sandbox.Manual}
	}
	return people
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

// BenchmarkListDuringImport measures pages of a list of 10,000 entries, and its first page over and
// over, while an import creates entries at the largest rate that Namesake sends, and without it.
// It reports the medians, and how often the import makes them slower.
func BenchmarkListDuringImport(b *testing.B) {
	const n, rows, pages = 10_000, 3000, 100
	app := newApp(b, func(s *settings) {
		s.sandbox.Seed, s.database = sandboxPeople(n), filepath.Join(b.TempDir(), "namesake.db")
		s.client = func(o *cfapi.Options) { o.Budget, o.Now, o.Pause = 119_000, nil, nil }
	})
	person := app.as("editor")
	must(b, app.mirror.Refresh(b.Context()))
	var list strings.Builder
	list.WriteString("name,email\n")
	for i := range rows {
		fmt.Fprintf(&list, "New %d,new%d@example.com\n", i, i)
	}
	median := func(path func(int) string) time.Duration {
		var took []time.Duration
		for i := range pages {
			start := time.Now()
			person.get(path(i)).wants(http.StatusOK)
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		return took[pages/2]
	}
	different := func(i int) string { return fmt.Sprintf("%s?per_page=50&page=%d", entries, 1+i%100) }
	first := func(int) string { return entries + "?per_page=50" }
	for b.Loop() {
		id := path.Base(person.upload("people.csv", list.String()).wants(http.StatusSeeOther).location())
		alone, again := median(different), median(first)
		applied := make(chan struct{})
		go func() {
			defer close(applied)
			person.post(plans+"/"+id+"/apply", url.Values{"confirm": {strconv.Itoa(rows)}})
		}()
		for app.storedPlan(id).State != plan.Running {
			time.Sleep(time.Millisecond)
		}
		start := time.Now()
		during, duringAgain := median(different), median(first)
		p := app.storedPlan(id)
		same(b, "the import", p.State, plan.Running)
		b.ReportMetric(float64(p.Counts.Of(plan.OpDone))/time.Since(start).Seconds(), "rows/s")
		b.ReportMetric(alone.Seconds()*1000, "ms-alone")
		b.ReportMetric(during.Seconds()*1000, "ms-during")
		b.ReportMetric(again.Seconds()*1000, "ms-again-alone")
		b.ReportMetric(duringAgain.Seconds()*1000, "ms-again-during")
		person.post(plans+"/"+id+"/pause", nil)
		<-applied
	}
}

// BenchmarkPlan applies an import that creates 500 entries in a registry of 10,000, without the
// limit of calls. It reports the time of all processors for each row, and rows a second.
func BenchmarkPlan(b *testing.B) {
	const n, rows = 10_000, 500
	app := newApp(b, func(s *settings) {
		s.sandbox.Seed, s.database = sandboxPeople(n), filepath.Join(b.TempDir(), "namesake.db")
	})
	person := app.as("editor")
	must(b, app.mirror.Refresh(b.Context()))
	var took, worked time.Duration
	for run := 0; b.Loop(); run++ {
		b.StopTimer()
		var list strings.Builder
		list.WriteString("name,email\n")
		for i := range rows {
			fmt.Fprintf(&list, "New %d-%d,new%d-%d@example.com\n", run, i, run, i)
		}
		id := path.Base(person.upload("people.csv", list.String()).wants(http.StatusSeeOther).location())
		for app.storedPlan(id).State != plan.Draft {
			time.Sleep(time.Millisecond)
		}
		b.StartTimer()
		start, cpu := time.Now(), cpuTime(b)
		person.post(plans+"/"+id+"/apply", url.Values{"confirm": {strconv.Itoa(rows)}})
		for app.storedPlan(id).Active() {
			time.Sleep(100 * time.Millisecond)
		}
		took, worked = took+time.Since(start), worked+cpuTime(b)-cpu
		same(b, "created", app.storedPlan(id).Counts.Of(plan.OpDone), rows)
	}
	b.ReportMetric(worked.Seconds()*1000/float64(b.N*rows), "cpu-ms/row")
	b.ReportMetric(float64(b.N*rows)/took.Seconds(), "rows/s")
}
