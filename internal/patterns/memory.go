package patterns

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"namesake/internal/javaregex"
)

// Limits of the memory: about 10 MB in total.
const (
	maxReplies    = 4096
	maxReplyBytes = 2048 // bytes of a pattern and an input together
	// undecidedRetention is how long to remember a reply that hit the time limit: on a less
	// busy machine the reply may differ.
	undecidedRetention = time.Minute
	slowWork           = 50 * time.Millisecond
)

// question is a question about a stored pattern.
type question struct {
	letsIn         bool // ask whether the pattern lets strangers in, not whether it matches input
	pattern, input string
}

// reply is the answer to a question.
type reply struct {
	result  javaregex.Result
	finding javaregex.Finding
	found   bool
	err     error // of compiling the pattern
	until   time.Time
}

// memory stores the latest replies, including errors of compiling.
type memory struct {
	replies *lru.Cache[question, reply]
}

func newMemory() *memory {
	replies, err := lru.New[question, reply](maxReplies)
	if err != nil {
		panic(err) // the size is a constant
	}
	return &memory{replies}
}

func (m *memory) recall(q question) (reply, bool) {
	r, ok := m.replies.Get(q)
	if ok && !r.until.IsZero() && time.Now().After(r.until) {
		return reply{}, false
	}
	return r, ok
}

func (m *memory) remember(q question, r reply, took time.Duration) {
	if len(q.pattern)+len(q.input) > maxReplyBytes {
		return
	}
	if r.result.TooSlow || took > slowWork {
		r.until = time.Now().Add(undecidedRetention)
	}
	m.replies.Add(q, r)
}
