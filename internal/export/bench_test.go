package export_test

import (
	"io"
	"iter"
	"runtime"
	"strconv"
	"testing"
	"time"

	"namesake/internal/export"
	"namesake/internal/registry"
)

// BenchmarkExport writes 1,000 and 100,000 entries: the memory that is in use at most
// (peak-bytes) must be the same.
func BenchmarkExport(b *testing.B) {
	for _, f := range []export.Format{export.CSV, export.XLSX, export.JSON, export.Terraform, export.Addresses} {
		for _, n := range []int{1000, 100_000} {
			b.Run(f.Extension+"/"+strconv.Itoa(n), func(b *testing.B) {
				b.ReportAllocs()
				peak := uint64(0)
				for b.Loop() {
					l := list()
					l.Entries = measured(b, n, &peak)
					if err := f.Write(io.Discard, l); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(peak), "peak-bytes")
			})
		}
	}
}

// measured returns n entries, and notes the most memory that was in use beside what the
// garbage collector had not got to: it runs at each tenth of them.
func measured(b *testing.B, n int, peak *uint64) iter.Seq[registry.Entry] {
	b.Helper()
	base := inUse()
	return func(yield func(registry.Entry) bool) {
		for i := range n {
			e := registry.Entry{
				ID: registry.ID(strconv.Itoa(i)), Name: "Alexandra C. Lindqvist " + strconv.Itoa(i), Email: "alexandra.lindqvist" + strconv.Itoa(i) + "@corp.example",
				Comments: new("Finance, since 2024"), Provenance: registry.Manual, CreatedAt: time.Unix(int64(i), 0),
			}
			if !yield(e) {
				return
			}
			if i%(n/10) == n/10-1 {
				if now := inUse(); now > base {
					*peak = max(*peak, now-base)
				}
			}
		}
	}
}

// inUse returns the bytes that are in use after a collection.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
