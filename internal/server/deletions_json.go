package server

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
)

// batchJSON is a batch in JSON.
type batchJSON struct {
	ID       string         `json:"id"`
	State    string         `json:"state"`
	Undoes   string         `json:"undoes,omitempty"`
	Counts   map[string]int `json:"counts"`
	Entries  []itemJSON     `json:"entries"`
	Made     time.Time      `json:"created_at"`
	Modified time.Time      `json:"modified_at"`
}

type itemJSON struct {
	ID     registry.ID   `json:"id"`
	State  string        `json:"state"`
	Made   registry.ID   `json:"created_id,omitempty"`
	Record int64         `json:"record,omitempty"`
	Errors []problemJSON `json:"errors"`
}

// deletionJSON answers with a batch in the API's shape. All that it says of the items
// comes from one reading of them: a batch moves on between two.
func (s *Server) deletionJSON(c echo.Context, status int, b registry.Batch) error {
	items, err := s.registry.BatchItems(requestContext(c), caller(c), b.ID, registry.MaxBatch)
	if err != nil {
		return err
	}
	result := batchJSON{ID: b.ID, State: string(b.State), Undoes: b.Undoes, Counts: map[string]int{}, Entries: make([]itemJSON, len(items)), Made: b.Made, Modified: b.Changed}
	errs := []problemJSON{} // what was not done, and why
	var failed *registry.Fault
	for i, item := range items {
		result.Counts[string(item.State)]++
		of := s.faultJSON(item.Fault, itemFailures[item.State])
		if _, failure := itemFailures[item.State]; failure {
			errs = append(errs, of...)
			if failed == nil {
				failed = item.Fault
			}
		}
		result.Entries[i] = itemJSON{ID: item.Entry, State: string(item.State), Made: item.Made, Record: item.Record, Errors: of}
	}
	if b.State == registry.BatchStopped {
		if b.Stop != nil {
			failed = b.Stop
		}
		if len(errs) == 0 {
			errs = s.faultJSON(b.Stop, "The deletion was stopped before it had ended.")
		}
	}
	if status == http.StatusSeeOther && failed != nil && !b.Moves() && result.Counts[string(registry.ItemDone)] == 0 {
		f := s.fail(failed.Err())
		f.setHeaders(c)
		status = f.status
	}
	return c.JSON(status, envelope{Success: len(errs) == 0, Errors: errs, Messages: []problemJSON{}, Result: result})
}

// itemFailures are the states of items that were tried without success, and what is said
// of one that has no fault.
var itemFailures = map[registry.ItemState]string{
	registry.ItemRefused: "It was refused.",
	registry.ItemFailed:  "It failed.",
	registry.ItemUnknown: "It is not known whether it was done.",
}

// faultJSON is a fault in the API's shape; without one it is otherwise, which may be "".
func (s *Server) faultJSON(fault *registry.Fault, otherwise string) []problemJSON {
	switch {
	case fault == nil && otherwise == "":
		return []problemJSON{}
	case fault == nil:
		return []problemJSON{{Code: codeFailed, Message: otherwise}}
	}
	told := s.told(fault)
	if len(told.Problems) > 0 {
		return toProblemsJSON(told.Problems)
	}
	return []problemJSON{{Code: codeFailed, Message: strings.Join(slices.Concat([]string{told.Title + "."}, told.Text), " ")}}
}
