package sandbox

import (
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Cloudflare's documented limit for each user or account token.
const (
	defaultLimit = 1200
	limitWindow  = 5 * time.Minute
)

// limiter counts the calls of each caller in windows of fixed length. As documented, a
// caller who exceeds the limit is refused for another whole window.
type limiter struct {
	mu      sync.Mutex
	limit   int // negative: unlimited
	callers map[string]*window
}

type window struct {
	ends    time.Time
	calls   int
	blocked bool
}

// allowance is a caller's remaining calls.
type allowance struct {
	ok        bool
	unlimited bool
	limit     int
	left      int
	reset     time.Duration
}

func newLimiter(limit int) *limiter {
	if limit == 0 {
		limit = defaultLimit
	}
	return &limiter{limit: limit, callers: map[string]*window{}}
}

func (l *limiter) reset() {
	l.mu.Lock()
	defer l.mu.Unlock()
	clear(l.callers)
}

// take counts one call.
func (l *limiter) take(caller string, now time.Time) allowance {
	if l.limit < 0 {
		return allowance{ok: true, unlimited: true}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	w := l.callers[caller]
	if w == nil || !now.Before(w.ends) {
		w = &window{ends: now.Add(limitWindow)}
		l.callers[caller] = w
	}
	if !w.blocked {
		w.calls++
		if w.calls > l.limit {
			w.blocked, w.ends = true, now.Add(limitWindow)
		}
	}
	return allowance{ok: !w.blocked, limit: l.limit, left: max(0, l.limit-w.calls), reset: w.ends.Sub(now)}
}

func (a allowance) seconds() int { return int((a.reset + time.Second - 1) / time.Second) }

// setHeader sets no header where there is no limit.
func (a allowance) setHeader(h http.Header) {
	if a.unlimited {
		return
	}
	h.Set("Ratelimit", fmt.Sprintf(`"default";r=%d;t=%d`, a.left, a.seconds()))
	h.Set("Ratelimit-Policy", fmt.Sprintf(`"default";q=%d;w=%d`, a.limit, int(limitWindow/time.Second)))
}

// refusal is the answer to a call over the limit.
func (a allowance) refusal() answer {
	ans := refuse(http.StatusTooManyRequests, Problem{
		Code: codeTooManyCalls,
		Message: fmt.Sprintf("More than %d requests per %d seconds reached. "+
			"Please wait and consider throttling your request speed", a.limit, int(limitWindow/time.Second)),
	})
	ans.header = map[string]string{"Retry-After": strconv.Itoa(a.seconds())}
	return ans
}
