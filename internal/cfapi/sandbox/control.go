package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// ControlPrefix is the path under which Handler serves the control endpoint.
const ControlPrefix = "/_sandbox/"

const maxFill = 1_000_000

// Handler serves the API together with its control endpoint, which needs no sign-in. Use
// it for tests and on loopback only.
func (s *Sandbox) Handler() http.Handler {
	control := s.Control()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, ControlPrefix) {
			control.ServeHTTP(w, r)
			return
		}
		s.ServeHTTP(w, r)
	})
}

// Control serves the control endpoint under ControlPrefix. GET there explains it.
func (s *Sandbox) Control() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_sandbox/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte(help()))
	})
	mux.HandleFunc("GET /_sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusOK, waiting(s.Faults()))
	})
	mux.HandleFunc("POST /_sandbox/faults", s.postFault)
	mux.HandleFunc("DELETE /_sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		say(w, http.StatusOK, waiting(s.Faults()))
	})
	mux.HandleFunc("GET /_sandbox/calls", func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusOK, append([]Call{}, s.Calls()...))
	})
	mux.HandleFunc("POST /_sandbox/reset", func(w http.ResponseWriter, _ *http.Request) {
		s.Reset()
		say(w, http.StatusOK, map[string]int{"entries": s.store.size()})
	})
	mux.HandleFunc("POST /_sandbox/fill", func(w http.ResponseWriter, r *http.Request) {
		var in struct{ Entries int }
		if err := decode(r, &in); err != nil || in.Entries < 1 || in.Entries > maxFill {
			say(w, http.StatusBadRequest, refusal(fmt.Sprintf(`send {"entries": n}, n from 1 to %d`, maxFill)))
			return
		}
		s.Fill(in.Entries)
		say(w, http.StatusOK, map[string]int{"entries": s.store.size()})
	})
	mux.HandleFunc("GET /_sandbox/elsewhere", func(w http.ResponseWriter, _ *http.Request) {
		say(w, http.StatusOK, s.ChangedElsewhere())
	})
	mux.HandleFunc("POST /_sandbox/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		var in Elsewhere
		if err := decode(r, &in); err != nil {
			say(w, http.StatusBadRequest, refusal(err.Error()))
			return
		}
		s.ChangeElsewhere(in, nil)
		say(w, http.StatusOK, s.ChangedElsewhere())
	})
	// A page in the developer's browser must not reach this endpoint.
	return http.NewCrossOriginProtection().Handler(mux)
}

// faultJSON is a Fault as the control endpoint accepts and shows it. Members given with a
// preset replace those of the preset.
type faultJSON struct {
	Preset *string           `json:"preset,omitempty"`
	Name   *string           `json:"name,omitempty"`
	Method *string           `json:"method,omitempty"`
	Path   *string           `json:"path,omitempty"`
	Skip   *int              `json:"skip,omitempty"`
	Times  *int              `json:"times,omitempty"`
	Effect *Effect           `json:"effect,omitempty"`
	Delay  *string           `json:"delay,omitempty"`
	Lands  *string           `json:"lands,omitempty"`
	List   *string           `json:"list_lag,omitempty"`
	Entry  *string           `json:"entry_lag,omitempty"`
	Status *int              `json:"status,omitempty"`
	Body   *string           `json:"body,omitempty"`
	Size   *int64            `json:"size,omitempty"`
	Header map[string]string `json:"header,omitempty"`
	Drop   *Drop             `json:"drop,omitempty"`
	Cap    *int              `json:"cap,omitempty"`
	Short  *int              `json:"short,omitempty"`
	Total  *string           `json:"total,omitempty"`
	Count  *string           `json:"count,omitempty"`
	Others *Elsewhere        `json:"elsewhere,omitempty"`
}

func (j faultJSON) fault() (Fault, error) {
	var f Fault
	if j.Preset != nil {
		var ok bool
		if f, ok = Preset(*j.Preset); !ok {
			return f, fmt.Errorf("there is no preset %q", *j.Preset)
		}
	}
	replace(&f.Name, j.Name)
	replace(&f.Method, j.Method)
	replace(&f.Path, j.Path)
	replace(&f.Skip, j.Skip)
	replace(&f.Times, j.Times)
	replace(&f.Effect, j.Effect)
	replace(&f.Status, j.Status)
	replace(&f.Body, j.Body)
	replace(&f.Size, j.Size)
	replace(&f.Drop, j.Drop)
	replace(&f.Paging.Cap, j.Cap)
	replace(&f.Paging.Short, j.Short)
	replace(&f.Paging.Total, j.Total)
	replace(&f.Paging.Count, j.Count)
	replace(&f.Elsewhere, j.Others)
	if j.Header != nil {
		f.Header = j.Header
	}
	for _, d := range []struct {
		name  string
		given *string
		to    *time.Duration
	}{{"delay", j.Delay, &f.Delay}, {"lands", j.Lands, &f.Lands}, {"list_lag", j.List, &f.ListLag}, {"entry_lag", j.Entry, &f.EntryLag}} {
		if d.given == nil {
			continue
		}
		var err error
		if *d.to, err = time.ParseDuration(*d.given); err != nil || *d.to < 0 {
			return f, fmt.Errorf(`%s is a duration such as "1.5s", not %q`, d.name, *d.given)
		}
	}
	switch {
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return f, fmt.Errorf("status is a number from 200 to 599, not %d", f.Status)
	case !slices.Contains([]Effect{"", EffectNone, EffectWrite, EffectLate}, f.Effect):
		return f, fmt.Errorf("effect is none, write or late, not %q", f.Effect)
	case !slices.Contains([]Drop{"", DropBefore, DropInBody}, f.Drop):
		return f, fmt.Errorf("drop is before or body, not %q", f.Drop)
	case f.Skip < 0 || f.Size < 0:
		return f, fmt.Errorf("skip and size can't be negative")
	}
	return f, f.Paging.check()
}

func replace[T any](to, given *T) {
	if given != nil {
		*to = *given
	}
}

func (s *Sandbox) postFault(w http.ResponseWriter, r *http.Request) {
	var in faultJSON
	if err := decode(r, &in); err != nil {
		say(w, http.StatusBadRequest, refusal(err.Error()))
		return
	}
	f, err := in.fault()
	if err != nil {
		say(w, http.StatusBadRequest, refusal(err.Error()))
		return
	}
	s.Inject(f)
	say(w, http.StatusOK, waiting(s.Faults()))
}

// waiting shows the parts by which the faults differ.
func waiting(faults []Fault) []faultJSON {
	out := make([]faultJSON, len(faults))
	for i, f := range faults {
		delay, lands, list, entry := f.Delay.String(), f.Lands.String(), f.ListLag.String(), f.EntryLag.String()
		out[i] = faultJSON{
			Lands: &lands, List: &list, Entry: &entry,
			Name: &f.Name, Method: &f.Method, Path: &f.Path, Skip: &f.Skip, Times: &f.Times, Effect: &f.Effect,
			Delay: &delay, Status: &f.Status, Size: &f.Size, Header: f.Header, Drop: &f.Drop,
			Cap: &f.Paging.Cap, Short: &f.Paging.Short, Total: &f.Paging.Total, Count: &f.Paging.Count, Others: &f.Elsewhere,
		}
	}
	return out
}

func decode(r *http.Request, into any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func refusal(message string) map[string]string { return map[string]string{"error": message} }

func say(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", jsonType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller may have gone
}

func help() string {
	var b strings.Builder
	b.WriteString(`This is a sandbox, not Cloudflare. The API is under ` + Prefix + `; this endpoint steers it.

GET    /_sandbox/calls      the latest calls; "applied" tells which changed the registry
GET    /_sandbox/faults     the faults that wait
POST   /_sandbox/faults     add one: {"preset": "500", "method": "POST", "times": 2}
DELETE /_sandbox/faults     take them all back
GET    /_sandbox/elsewhere  how often someone else has changed each entry
POST   /_sandbox/elsewhere  change entries as someone else: {"create": 1, "edit": 2, "delete": 3}
POST   /_sandbox/fill       add generated entries up to a number: {"entries": 100000}
POST   /_sandbox/reset      the first entries again; no calls, faults and rate limits

A fault has preset, name, method, path (a part of it), skip, times (-1: always), effect (none, write, late),
delay ("1.5s"), status, body, size, header, drop (before, body), and, for POST, PATCH and DELETE alike:

  lands      the call takes effect that long after it came, whatever was answered before
  list_lag   lists show what the call has changed only after that long
  entry_lag  a read of the one entry shows it only after that long

and for any call:

  elsewhere  what someone else changes right after it: {"create": 1, "edit": 2, "delete": 3}

and for lists:

  cap        a page holds so many entries at most, while result_info says the per_page that was asked for
  short      the number of the page that holds only half of its entries; the others are behind it
  total      what result_info says as total_count: "missing", "page" (the entries on the page), "+7" or "-7" (so many
             more or fewer than there are), or JSON such as "0" and "null"
  count      likewise, as count

What stands beside a preset replaces that part: {"preset": "500", "method": "PATCH", "lands": "20s", "times": -1}.

Presets. With "-written" behind the name, the call is carried out before the fault shows; with "-late", 3 seconds
after the call came.

`)
	for _, p := range presets {
		fmt.Fprintf(&b, "  %-22s%s\n", p.name, p.help)
	}
	return b.String()
}
