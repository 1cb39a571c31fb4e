package export

import (
	"encoding/json"
	"io"
	"time"

	"namesake/internal/quote"
	"namesake/internal/registry"
)

// EntryJSON has the members of the API in the order of its schema. Of those that are not
// given, the source and the times are left out, and all others are null.
func EntryJSON(e registry.Entry) quote.Object {
	out := quote.Object{{Name: "id", Value: e.ID}}
	values := e.Values()
	for _, f := range registry.Fields() {
		if value := values[f.Name]; value != nil || f.Kind != registry.Choice {
			out = append(out, quote.Member{Name: f.Name, Value: value})
		}
	}
	for _, t := range []struct {
		name string
		time time.Time
	}{{columnCreatedAt, e.CreatedAt}, {columnModifiedAt, e.ModifiedAt}} {
		if !t.time.IsZero() {
			out = append(out, quote.Member{Name: t.name, Value: t.time})
		}
	}
	return out
}

// writeJSON writes the API's answer to a list as one page, with an entry a line.
func writeJSON(w io.Writer, l List) error {
	out := errWriter{to: w}
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false) // as the API writes it
	out.text(`{"success":true,"errors":[],"messages":`)
	out.note(enc.Encode(l.Messages))
	out.text(`,"result":[` + "\n")
	count := 0
	for e := range l.Entries {
		if count++; count > 1 {
			out.text(",")
		}
		out.note(enc.Encode(EntryJSON(e)))
		if out.err != nil {
			return out.err
		}
	}
	info := quote.Object{{Name: "count", Value: count}, {Name: "page", Value: 1}, {Name: "per_page", Value: max(count, 1)}}
	if l.Total >= 0 {
		info = append(info, quote.Member{Name: "total_count", Value: l.Total})
	}
	out.text(`],"result_info":`)
	out.note(enc.Encode(info))
	out.text("}\n")
	return out.err
}

// errWriter writes until something fails.
type errWriter struct {
	to  io.Writer
	err error
}

func (w *errWriter) Write(p []byte) (n int, err error) {
	if w.err == nil {
		n, w.err = w.to.Write(p)
	}
	return n, w.err
}

func (w *errWriter) text(s string) { _, _ = io.WriteString(w, s) } // the error stays in w

func (w *errWriter) note(err error) {
	if w.err == nil {
		w.err = err
	}
}
