// Package sandbox is a stateful stand-in for Cloudflare's impersonation registry
// API: the five calls on entries, the lists of the settings around the registry, and the two
// token checks, with Cloudflare's envelopes, codes, headers, paging, permissions and limits,
// and faults on demand. It serves the demo mode, the command `namesake sandbox` and the tests.
//
// Where Cloudflare's behaviour is not published, the sandbox is strict rather
// than lenient. Its own assumptions: codes 11400 to 11414; that invalid
// values are answered with 400; that an exact duplicate of name and email is
// refused, unless a directory owns the other entry; that name and email must not be empty, an email that is no pattern is
// one address, and a pattern is refused that Java refuses; that a
// list without an order shows the newest entries first; and that search looks at
// name and email. Don't rely on these.
//
// Of this module the package imports javaregex only, so that it can't share a mistake with
// the client.
package sandbox

import (
	"crypto/rand"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Prefix is the path under which the API is served.
const Prefix = "/client/v4"

const (
	maxBody  = 1 << 20
	keptLog  = 10_000
	raySite  = "-SBX"
	jsonType = "application/json"
)

// Options adjust a sandbox. The zero value is good for a demonstration.
type Options struct {
	// Now is the sandbox's clock: time stamps, the Date header and the rate limit
	// go by it. Nil means time.Now.
	Now func() time.Time
	// Tokens are the accepted tokens. Nil means DefaultToken, which may write,
	// DefaultReadToken, which may read, and the pair DefaultEmail and DefaultKey unless
	// another is given.
	Tokens []Token
	// Email and Key are the older pair of credentials. An empty Key together with
	// Tokens means that there is none.
	Email, Key string
	// Account is the only account that the credentials open. Empty means any.
	// There is one set of entries in either case.
	Account string
	// RateLimit is the number of calls in five minutes for each credential. Zero
	// means Cloudflare's 1,200, a negative number no limit.
	RateLimit int
	// Seed is what the registry holds at first. Nil means DemoEntries; an empty
	// slice that isn't nil means nothing.
	Seed []Entry
	// Settings are the settings around the registry. Nil means DemoSettings.
	Settings *Settings
	// LastModified shows last_modified, which reached its end of life on
	// 1 November 2026, beside modified_at.
	LastModified bool
	// Paging changes lists.
	Paging Paging
	// AllowDuplicates takes a second entry with the same name and email.
	AllowDuplicates bool
}

// Sandbox is one registry. Use New; it is safe for concurrent use.
type Sandbox struct {
	opts    Options
	store   *store
	limiter *limiter
	faults  faultQueue
	late    lateQueue

	mu    sync.Mutex
	idle  sync.Cond // on mu: busy has become 0
	busy  int
	calls []Call

	settings Settings // on mu

	elsewhere map[string]int // how often someone else has changed each entry
}

// Call is one call of the API as the sandbox saw it.
type Call struct {
	Time    time.Time `json:"time"`
	Method  string    `json:"method"`
	Path    string    `json:"path"`
	Query   string    `json:"query,omitempty"`
	Status  int       `json:"status"`          // as the caller saw it, 0 when the connection was cut
	Applied bool      `json:"applied"`         // whether the registry was changed, with any status
	EntryID string    `json:"entry,omitempty"` // the entry that was changed
	Fault   string    `json:"fault,omitempty"` // the fault that showed
	Ray     string    `json:"ray"`
}

// New returns a sandbox.
func New(opts Options) *Sandbox {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Tokens == nil {
		opts.Tokens = []Token{{Value: DefaultToken}, {Value: DefaultReadToken, ReadOnly: true}}
		if opts.Key == "" {
			opts.Email, opts.Key = DefaultEmail, DefaultKey
		}
	}
	s := &Sandbox{opts: opts, store: newStore(opts.Now), limiter: newLimiter(opts.RateLimit)}
	s.idle.L = &s.mu
	s.Reset()
	return s
}

// Reset restores the first entries and clears calls, faults and rate limits.
func (s *Sandbox) Reset() {
	seed := s.opts.Seed
	if seed == nil {
		seed = DemoEntries(s.opts.Now())
	}
	s.late.clear()
	s.store.reset(seed)
	s.limiter.reset()
	s.ClearFaults()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls, s.elsewhere = nil, nil
	if s.settings = DemoSettings(s.opts.Now()); s.opts.Settings != nil {
		s.settings = *s.opts.Settings
	}
}

// Entries returns everything in the registry, oldest first.
func (s *Sandbox) Entries() []Entry {
	s.land()
	return s.store.all()
}

// Add puts e into the registry as it is, without any check, and returns it with
// what was left out: id, provenance and times.
func (s *Sandbox) Add(e Entry) Entry {
	added, _ := s.store.insert(e, s.moment(), func() []Problem { return nil })
	return added
}

// Calls returns the latest calls, oldest first. Those that changed the registry are kept for
// longer.
func (s *Sandbox) Calls() []Call {
	s.land()
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Call(nil), s.calls...)
}

// Writes returns those of the latest calls that changed the registry.
func (s *Sandbox) Writes() []Call {
	var out []Call
	for _, c := range s.Calls() {
		if c.Applied {
			out = append(out, c)
		}
	}
	return out
}

// Wait returns when no call is in progress, including calls whose client has disconnected.
func (s *Sandbox) Wait() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.busy > 0 {
		s.idle.Wait()
	}
}

func (s *Sandbox) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy++
}

func (s *Sandbox) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.busy--; s.busy == 0 {
		s.idle.Broadcast()
	}
}

// ServeHTTP serves the API, and nothing else, under Prefix.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.begin()
	defer s.end()
	now := s.opts.Now()
	c := Call{Time: timestamp(now), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Ray: newRay()}
	h := w.Header()
	h.Set("Cf-Ray", c.Ray)
	h.Set("Date", now.UTC().Format(http.TimeFormat))
	h.Set("Content-Type", jsonType)
	left := s.limiter.take(s.caller(r), now)
	left.setHeader(h)
	if !left.ok {
		s.write(w, c, left.refusal())
		return
	}
	body := readBody(r)
	s.land()
	if f, ok := s.faults.next(r); ok {
		s.serveFault(w, r, body, f, c)
		return
	}
	s.write(w, c, s.handle(r, body, s.moment(), s.opts.Paging))
}

// readBody reads one byte more than is allowed, to detect a body that is too long. The
// body is read first, because only then does the server notice a client that disconnects.
func readBody(r *http.Request) []byte {
	if r.Body == nil {
		return nil
	}
	// A body that is cut short gets the answer for malformed JSON.
	body, _ := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	return body
}

// moment returns that of a change which happens and shows now.
func (s *Sandbox) moment() moment { return moment{at: s.opts.Now()} }

func (s *Sandbox) write(w http.ResponseWriter, c Call, a answer) {
	c.note(a)
	c.Status = a.status
	s.log(c)
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	body := a.encode()
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(body) // the client may have disconnected
}

func (c *Call) note(a answer) {
	c.Applied, c.EntryID = a.applied, a.entry
}

// log is called before the answer is written, so that a client with the answer also finds
// the call.
func (s *Sandbox) log(c Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.calls) >= 2*keptLog {
		older, latest := s.calls[:len(s.calls)-keptLog], s.calls[len(s.calls)-keptLog:]
		older = slices.DeleteFunc(older, func(c Call) bool { return !c.Applied })
		s.calls = slices.Concat(older[max(0, len(older)-keptLog/2):], latest)
	}
	if real, landed := s.late.early[c.Ray]; landed {
		delete(s.late.early, c.Ray)
		c.note(real)
	}
	s.calls = append(s.calls, c)
}

func newRay() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:]) + raySite
}
