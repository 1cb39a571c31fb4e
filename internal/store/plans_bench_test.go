package store

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"namesake/internal/plan"
	"namesake/internal/registry"
)

// BenchmarkAddPlan stores the plan of a list of 100,000 rows, of which a tenth creates and a
// tenth edits entries.
func BenchmarkAddPlan(b *testing.B) {
	operations := make([]plan.Operation, 100_000)
	for i := range operations {
		o := plan.Operation{Position: i, Line: i + 2, Kind: plan.Edit, State: plan.OpUnchanged, EntryID: registry.ID(fmt.Sprintf("00000000-0000-4000-8000-%012d", i))}
		o.Before = registry.Draft{Name: fmt.Sprint("Person ", i), Email: fmt.Sprintf("person%d@example.com", i), Provenance: registry.Manual}.Values()
		o.After = o.Before
		switch i % 10 {
		case 0:
			o.Kind, o.State, o.EntryID, o.Key, o.Before = plan.Create, plan.OpWaiting, "", fmt.Sprintf("plan QWERTYUIOPASDFGHJKLZXCVBNM %d", i), nil
		case 1:
			o.State, o.After = plan.OpWaiting, o.After.With(registry.Values{registry.FieldComments: "changed"})
		}
		operations[i] = o
	}
	for _, engine := range engines {
		b.Run(engine.name, func(b *testing.B) {
			s := open(b, engine.options(b))
			n := 0
			var used time.Duration
			for b.Loop() {
				n++
				before := cpuTime(b)
				if err := s.AddPlan(b.Context(), plan.Plan{ID: fmt.Sprintf("plan-%021d", n), Origin: plan.Import, State: plan.Listing}, operations); err != nil {
					b.Fatal(err)
				}
				used += cpuTime(b) - before
			}
			b.ReportMetric(used.Seconds()/float64(n), "cpu-s/op")
		})
	}
}

// cpuTime returns how long the processors have worked for this process.
func cpuTime(tb testing.TB) time.Duration {
	tb.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		tb.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
