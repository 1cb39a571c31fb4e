package sandbox

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is a wrong or unusual answer to the next matching calls.
type Fault struct {
	Name string // appears in the log of calls

	Method string // "" matches every method
	Path   string // a part of the path; "" matches every path
	Skip   int    // the number of matching calls that pass first
	Times  int    // the number of calls hit then: 0 means 1, a negative number all

	// Effect says whether the call is still carried out.
	Effect Effect
	// Delay passes before the answer. If Hold is not nil, the answer waits until Hold is
	// closed instead, and a late call ends only then. Waiting, if not nil, is called when the
	// wait begins; what takes effect at once has done so by then.
	Delay   time.Duration
	Hold    <-chan struct{}
	Waiting func()
	// Lands, if more than 0, makes the call take effect that long after it arrived, by the
	// sandbox's clock, independent of the answer and of other calls. It replaces Effect.
	Lands time.Duration
	// ListLag and EntryLag are how long lists, and reads of the one entry, don't show the
	// call's change.
	ListLag, EntryLag time.Duration

	// Paging replaces the Paging of the options for a list.
	Paging Paging
	// Elsewhere is what someone else changes right after the call.
	Elsewhere Elsewhere

	// Status and Body are the answer, by default the true one. In Body, {{result}} and
	// {{result_info}} stand for those of the true answer (a call that fails by itself keeps
	// its own answer), and {{filler}} for Size letters.
	Status int
	Body   string
	Size   int64
	// Header is set over the usual headers; "" takes a header away.
	Header map[string]string
	// Drop cuts the connection.
	Drop Drop
}

// Effect says whether a call that meets a fault is carried out.
type Effect string

// The effects. The empty one means EffectNone for a fault with its own answer, EffectLate
// for the others.
const (
	EffectNone  Effect = "none"
	EffectWrite Effect = "write" // carried out before the delay
	EffectLate  Effect = "late"  // carried out after the delay, even if the caller has gone
)

// Drop says where a connection is cut.
type Drop string

// The places.
const (
	DropBefore Drop = "before" // nothing is answered
	DropInBody Drop = "body"   // status, headers and half of the body arrive
)

// Inject adds faults behind the waiting ones. Each call gets the first fault that matches
// it.
func (s *Sandbox) Inject(faults ...Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		if f.Name == "" {
			f.Name = "unnamed"
		}
		if f.Effect == "" && !f.hasAnswer() {
			f.Effect = EffectLate
		}
		s.faults.list = append(s.faults.list, f)
	}
}

// Faults returns the waiting faults.
func (s *Sandbox) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return slices.Clone(s.faults.list)
}

// ClearFaults removes the waiting faults.
func (s *Sandbox) ClearFaults() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.list = nil
}

// hasAnswer reports whether the fault can be shown without carrying out the call.
func (f Fault) hasAnswer() bool {
	return f.Status != 0 || f.Drop != "" || f.Body != "" && !strings.Contains(f.Body, "{{result")
}

type faultQueue struct {
	mu   sync.Mutex
	list []Fault
}

func (q *faultQueue) next(r *http.Request) (Fault, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i := range q.list {
		f := &q.list[i]
		if f.Method != "" && f.Method != r.Method || !strings.Contains(r.URL.Path, f.Path) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		hit := *f
		if f.Times--; f.Times == 0 {
			q.list = slices.Delete(q.list, i, i+1)
		} else if f.Times < 0 {
			f.Times = -1
		}
		return hit, true
	}
	return Fault{}, false
}

// wait waits for the delay. A client that disconnects ends it, unless the call is to be
// carried out afterwards.
func (f Fault) wait(r *http.Request) {
	gone := r.Context().Done()
	if f.Effect == EffectLate {
		gone = nil
	}
	released := f.Hold
	if released == nil {
		if f.Delay <= 0 {
			return
		}
		done := make(chan struct{})
		timer := time.AfterFunc(f.Delay, func() { close(done) })
		defer timer.Stop()
		released = done
	}
	if f.Waiting != nil {
		f.Waiting()
	}
	select {
	case <-released:
	case <-gone:
	}
}

func (s *Sandbox) serveFault(w http.ResponseWriter, r *http.Request, body []byte, f Fault, c Call) {
	c.Fault = f.Name
	var real answer
	paging := f.Paging
	if paging == (Paging{}) {
		paging = s.opts.Paging
	}
	happens := func() moment { return moment{s.opts.Now(), f.ListLag, f.EntryLag} }
	switch {
	case f.Lands > 0:
		s.postpone(r, body, f, c.Ray)
	case f.Effect == EffectWrite:
		real = s.handle(r, body, happens(), paging)
	}
	f.wait(r)
	if f.Effect == EffectLate && f.Lands <= 0 {
		real = s.handle(r, body, happens(), paging)
	}
	c.note(real)
	s.ChangeElsewhere(f.Elsewhere, nil)
	if f.Drop == DropBefore {
		s.log(c)
		panic(http.ErrAbortHandler) // makes net/http cut the connection
	}
	status, payload := f.answer(real)
	c.Status = status
	s.log(c)
	for k, v := range real.header {
		w.Header().Set(k, v)
	}
	for k, v := range f.Header {
		if w.Header().Set(k, v); v == "" {
			w.Header()[http.CanonicalHeaderKey(k)] = nil // also keeps net/http from guessing one
		}
	}
	before, after, filled := bytes.Cut(payload, []byte("{{filler}}"))
	if !filled {
		w.Header().Set("Content-Length", strconv.Itoa(len(payload)))
	}
	w.WriteHeader(status)
	if f.Drop == DropInBody {
		_, _ = w.Write(payload[:len(payload)/2])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	// Write errors below mean that the client has disconnected.
	_, _ = w.Write(before)
	if filled {
		_, _ = io.CopyN(w, filler{}, f.Size)
		_, _ = w.Write(after)
	}
}

// answer is the answer that the client gets.
func (f Fault) answer(real answer) (int, []byte) {
	usesResult := strings.Contains(f.Body, "{{result")
	switch {
	case f.Status == 0 && f.Body == "" && real.status != 0, usesResult && real.status != 0 && !real.body.Success:
		return real.status, real.encode()
	case f.Status == 0 && f.Body == "":
		return http.StatusGatewayTimeout, []byte(gatewayPage("504: Gateway time-out"))
	}
	body := f.Body
	if usesResult {
		body = strings.NewReplacer("{{result}}", asJSON(real.body.Result),
			"{{result_info}}", asJSON(real.body.ResultInfo)).Replace(body)
	}
	switch {
	case f.Status != 0:
		return f.Status, []byte(body)
	case real.status != 0:
		return real.status, []byte(body)
	}
	return http.StatusOK, []byte(body)
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // wire structs, as in encode
	}
	return string(b)
}

// filler is an endless run of one letter.
type filler struct{}

var fillerBlock = bytes.Repeat([]byte("x"), 32<<10)

func (filler) Read(p []byte) (int, error) { return copy(p, fillerBlock), nil }
