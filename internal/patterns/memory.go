package patterns

import (
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"namesake/internal/javaregex"
)

// How much is remembered: some 10 MB at most.
const (
	remembers     = 4096
	maxRemembered = 2048 // bytes of a pattern and an input together
	// undecidedLasts is how long a reply is remembered that took so much time that it may
	// be another one on a machine at rest.
	undecidedLasts = time.Minute
	slow           = 50 * time.Millisecond
)

// question is what can be asked of a stored pattern.
type question struct {
	letsIn         bool // whom it lets in, rather than whether it matches
	pattern, input string
}

// reply is what came of it.
type reply struct {
	result  javaregex.Result
	finding javaregex.Finding
	found   bool
	err     error // of compiling it
	until   time.Time
}

// memory remembers the latest replies, errors of compiling included.
type memory struct {
	replies *lru.Cache[question, reply]
}

func newMemory() *memory {
	replies, err := lru.New[question, reply](remembers)
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
	if len(q.pattern)+len(q.input) > maxRemembered {
		return
	}
	if r.result.TooSlow || took > slow {
		r.until = time.Now().Add(undecidedLasts)
	}
	m.replies.Add(q, r)
}
