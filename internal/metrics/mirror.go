package metrics

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// passBuckets are in seconds: a pass of 1,000 entries is three calls, one of 100,000 is 108.
var passBuckets = []float64{.05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}

// Mirror is the state of the copy of the registry.
type Mirror struct {
	ReadAt  time.Time // when the last complete pass started, zero for none
	Entries int
}

// mirrorMetrics count reading passes.
type mirrorMetrics struct {
	passes  *prometheus.CounterVec
	took    prometheus.Histogram
	changes prometheus.Counter
}

func newMirrorMetrics() mirrorMetrics {
	return mirrorMetrics{
		passes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "namesake_registry_passes_total", Help: "Readings of the whole registry by this copy, by outcome.",
		}, []string{"outcome"}),
		took: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "namesake_registry_pass_duration_seconds", Help: "How long a reading of the whole registry took.", Buckets: passBuckets,
		}),
		changes: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "namesake_registry_changes_elsewhere_total", Help: "Changes of entries that passes of this copy found and Namesake did not make.",
		}),
	}
}

// Pass counts a reading of the whole registry.
func (m *Metrics) Pass(complete bool, took time.Duration, changes int) {
	outcome := "complete"
	if !complete {
		outcome = "failed"
	}
	m.mirror.passes.WithLabelValues(outcome).Inc()
	m.mirror.took.Observe(took.Seconds())
	m.mirror.changes.Add(float64(changes))
}

// register adds the metrics of the copy of the registry, whose state ask returns.
func (m mirrorMetrics) register(to *prometheus.Registry, ask func() Mirror) {
	to.MustRegister(
		m.passes, m.took, m.changes,
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "namesake_registry_entries", Help: "Entries in the copy of the registry.",
		}, func() float64 { return float64(ask().Entries) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "namesake_registry_read_timestamp_seconds", Help: "When the last complete reading of the registry started, 0 for never.",
		}, func() float64 {
			if at := ask().ReadAt; !at.IsZero() {
				return float64(at.UnixMilli()) / 1000
			}
			return 0
		}),
	)
}
