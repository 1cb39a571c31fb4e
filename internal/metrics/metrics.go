// Package metrics counts Namesake's work for Prometheus. It defines the names and labels of
// the metrics and bounds their number. It imports no other package of this module, and is
// the only one that uses Prometheus's library.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Options are the inputs of Metrics.
type Options struct {
	Version string
	// Sessions counts the sessions that are open. With nil there is no such metric.
	Sessions func(context.Context) (int, error)
	// Mirror returns the state of the copy of the registry. With nil there are no such
	// metrics.
	Mirror func() Mirror
}

// Metrics are the metrics of one running program. It is safe for concurrent use.
type Metrics struct {
	registry *prometheus.Registry

	requests    *prometheus.CounterVec
	requestTook *prometheus.HistogramVec
	calls       *prometheus.CounterVec
	callTook    *prometheus.HistogramVec
	jobsFailed  *prometheus.CounterVec
	budgets     budgets
	mirror      mirrorMetrics
}

// Buckets in seconds. A request may wait for several calls (see writeTimeout in
// main); a call ends after 10 seconds.
var (
	requestBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}
	callBuckets    = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}
)

// New returns Metrics with all counts at zero.
func New(o Options) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "namesake_http_requests_total", Help: "Requests answered, by route and status.",
		}, []string{"method", "route", "status"}),
		requestTook: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "namesake_http_request_duration_seconds", Help: "How long it took to answer a request.", Buckets: requestBuckets,
		}, []string{"method", "route"}),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "namesake_api_calls_total", Help: "Calls of Cloudflare's API, by outcome; each try counts.",
		}, []string{"operation", "outcome"}),
		callTook: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "namesake_api_call_duration_seconds", Help: "How long a call of Cloudflare's API took.", Buckets: callBuckets,
		}, []string{"operation"}),
		jobsFailed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "namesake_job_failures_total", Help: "Jobs in the background that failed; each is tried again.",
		}, []string{"job"}),
		budgets: newBudgets(),
		mirror:  newMirrorMetrics(),
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "namesake_build_info", Help: "Always 1; the label tells the version.",
		ConstLabels: prometheus.Labels{"version": strings.ToValidUTF8(o.Version, "?")},
	})
	build.Set(1)
	m.registry.MustRegister(
		m.requests, m.requestTook, m.calls, m.callTook, m.jobsFailed, m.budgets.remaining, m.budgets.limit, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	if o.Mirror != nil {
		m.mirror.register(m.registry, o.Mirror)
	}
	if o.Sessions != nil {
		m.registry.MustRegister(&sessions{ask: o.Sessions})
	}
	return m
}

// Request counts an answered request. route is the pattern of the route, not the requested
// path; it is empty when no route matched.
func (m *Metrics) Request(method, route string, status int, took time.Duration) {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		method = "other" // clients can send any method
	}
	if route == "" {
		route = "none"
	}
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Inc()
	m.requestTook.WithLabelValues(method, route).Observe(took.Seconds())
}

// Call counts a call of Cloudflare's API by operation and outcome.
func (m *Metrics) Call(operation, outcome string, took time.Duration) {
	m.calls.WithLabelValues(operation, outcome).Inc()
	m.callTook.WithLabelValues(operation).Observe(took.Seconds())
}

// JobFailed counts a job in the background that failed.
func (m *Metrics) JobFailed(job string) { m.jobsFailed.WithLabelValues(job).Inc() }

// Budget saves the API's latest information about a limit of calls: how many calls are left
// and, unless it is 0, the limit.
func (m *Metrics) Budget(policy string, remaining, limit int64) {
	m.budgets.set(policy, remaining, limit)
}

// maxScrapes is how many scrapes are answered at a time.
const maxScrapes = 4

// Handler answers GET /metrics, and nothing else.
func (m *Metrics) Handler() http.Handler {
	scrape := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		// One failing metric must not hide the others.
		ErrorHandling: promhttp.ContinueOnError, MaxRequestsInFlight: maxScrapes,
	})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", scrape)
	return mux
}

// maxPolicies bounds the number of policies, whose names come from outside.
const maxPolicies = 8

// budgets are the API's known limits of calls.
type budgets struct {
	remaining, limit *prometheus.GaugeVec

	mu    sync.Mutex
	known map[string]bool
}

func newBudgets() budgets {
	return budgets{
		remaining: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "namesake_api_ratelimit_remaining", Help: "Calls left in the window, according to the latest answer of Cloudflare's API.",
		}, []string{"policy"}),
		limit: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "namesake_api_ratelimit_limit", Help: "Calls allowed in a window, according to the latest answer of Cloudflare's API.",
		}, []string{"policy"}),
		known: map[string]bool{},
	}
}

func (b *budgets) set(policy string, remaining, limit int64) {
	policy = strings.ToValidUTF8(policy, "?") // a label's value must be UTF-8
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.known[policy] && len(b.known) == maxPolicies {
		return
	}
	b.known[policy] = true
	b.remaining.WithLabelValues(policy).Set(float64(remaining))
	if limit != 0 {
		b.limit.WithLabelValues(policy).Set(float64(limit))
	}
}
