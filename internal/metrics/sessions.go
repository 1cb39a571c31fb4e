package metrics

import (
	"context"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

const (
	sessionsFor     = 10 * time.Second
	sessionsTimeout = 2 * time.Second
)

var sessionsDesc = prometheus.NewDesc("namesake_sessions", "Sessions that are open now.", nil, nil)

// sessions counts the sessions when it is scraped, at a limited rate. When the count fails
// there is no metric, because 0 would be false.
type sessions struct {
	ask func(context.Context) (int, error)

	mu    sync.Mutex
	asked time.Time
	count int
	err   error
}

// Describe implements prometheus.Collector.
func (s *sessions) Describe(to chan<- *prometheus.Desc) { to <- sessionsDesc }

// Collect implements prometheus.Collector.
func (s *sessions) Collect(to chan<- prometheus.Metric) {
	if count, err := s.read(); err == nil {
		to <- prometheus.MustNewConstMetric(sessionsDesc, prometheus.GaugeValue, float64(count))
	}
}

func (s *sessions) read() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked.IsZero() || time.Since(s.asked) >= sessionsFor {
		ctx, cancel := context.WithTimeout(context.Background(), sessionsTimeout)
		defer cancel()
		s.count, s.err = s.ask(ctx)
		s.asked = time.Now()
	}
	return s.count, s.err
}
