package cfapi_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"namesake/internal/registry"
)

// longList is an API with entries that have comments of these lengths, and that gives at
// most limit of them on a page, whatever it is asked for and says.
func longList(t *testing.T, limit int, lengths ...int) *stub {
	return newStub(t, func(w http.ResponseWriter, r *http.Request) {
		number := func(name string, otherwise int) int {
			if n, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil {
				return n
			}
			return otherwise
		}
		asked := number("per_page", 20)
		size, page := min(asked, limit), number("page", 1)
		list := []map[string]any{}
		for i := (page - 1) * size; i < min(page*size, len(lengths)); i++ {
			list = append(list, map[string]any{"comments": strings.Repeat("x", lengths[i]), "id": i + 1, "name": "n"})
		}
		body, err := json.Marshal(map[string]any{"success": true, "result": list, "result_info": map[string]int{"page": page, "per_page": asked, "count": len(list), "total_count": len(lengths)}})
		if err != nil {
			t.Error(err)
		}
		respond(200, string(body))(w, r)
	})
}

func times(n, length int) []int {
	lengths := make([]int, n)
	for i := range lengths {
		lengths[i] = length
	}
	return lengths
}

// A page whose answer is too long is put together from parts: it is the page that was
// asked for, with as few calls as can be expected.
func TestListInParts(t *testing.T) {
	const limit = 10_000 // of an answer
	huge := func(at, n int) []int {
		lengths := times(n, 1)
		lengths[at] = 2 * limit
		return lengths
	}
	tests := []struct {
		name          string
		cap           int // of the API's pages
		lengths       []int
		page, perPage int
		from, to      int // ids that come
		without       int // one that doesn't, 0 for none
		calls         int
	}{
		{"it fits", 1000, times(22, 100), 1, 20, 1, 20, 0, 1},
		{"the default", 1000, times(22, 550), 1, 0, 1, 20, 0, 3},
		{"its second page", 1000, times(45, 550), 2, 20, 21, 40, 0, 3},
		{"the last page", 1000, append(times(20, 1), times(20, 550)...), 2, 20, 21, 40, 0, 3},
		{"a full page", 1000, times(22, 550), 1, 1000, 1, 22, 0, 5},
		{"a length that nothing divides", 1000, times(60, 550), 2, 23, 24, 46, 0, 8},
		{"each takes most of an answer", 1000, times(7, 9000), 1, 20, 1, 7, 0, 13},
		{"one is too long", 1000, huge(4, 22), 1, 20, 1, 20, 5, 15},
		{"the first", 1000, huge(0, 22), 1, 20, 1, 20, 1, 15},
		{"the last", 1000, huge(19, 20), 1, 20, 1, 20, 20, 15},
		{"one of a full page", 1000, huge(512, 1000), 1, 1000, 1, 1000, 513, 35},
		{"a page of one", 1000, huge(1, 3), 2, 1, 2, 2, 2, 1},
		{"the API gives 50", 50, times(130, 250), 1, 1000, 1, 130, 0, 17},
		{"its next page", 50, times(130, 250), 2, 1000, 131, 130, 0, 5},
		{"its last page", 50, append(times(100, 1), times(30, 550)...), 3, 1000, 101, 130, 0, 12},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			api := longList(t, tt.cap, tt.lengths...)
			o := options(api.URL)
			o.MaxBody = limit
			got, err := newClient(t, o).ListEntries(t.Context(), registry.Query{Page: tt.page, PerPage: tt.perPage, Order: registry.ByCreated})
			if err != nil {
				t.Fatal(err)
			}
			var ids, want []string
			for _, e := range got.Entries {
				ids = append(ids, string(e.ID))
			}
			for id := tt.from; id <= tt.to; id++ {
				if id != tt.without {
					want = append(want, strconv.Itoa(id))
				}
			}
			if !reflect.DeepEqual(ids, want) {
				t.Errorf("entries %v, want %v", ids, want)
			}
			if left := min(tt.without, 1); got.TooLong != left || got.Count() != len(want)+left || got.Number != tt.page {
				t.Errorf("page %d with %d too long, %d in all", got.Number, got.TooLong, got.Count())
			}
			if got.Total != len(tt.lengths) && (tt.without != tt.from || tt.from != tt.to) {
				t.Errorf("total %d, want %d", got.Total, len(tt.lengths))
			}
			calls := api.requests()
			if len(calls) > tt.calls {
				t.Errorf("%d calls, want at most %d", len(calls), tt.calls)
			}
			for _, call := range calls {
				if !strings.Contains(call.uri, "order=created_at") {
					t.Errorf("a part was asked for in another order: %s", call.uri)
				}
			}
		})
	}
}

// What can't be read in parts either is the failure that it was, after a bounded number of
// calls.
func TestListThatIsTooLong(t *testing.T) {
	t.Parallel()
	endless := newStub(t, respond(200, `{"success":true,"result":[`+strings.Repeat(`{"id":1},`, 5000)))
	o := options(endless.URL)
	o.MaxBody = 10_000
	for _, perPage := range []int{0, 20, 1000} {
		_, err := newClient(t, o).ListEntries(t.Context(), registry.Query{PerPage: perPage})
		if err == nil || !strings.Contains(err.Error(), "answer larger than") {
			t.Errorf("%d a page: error %v", perPage, err)
		}
		if n := len(endless.requests()); n > 50 {
			t.Errorf("%d a page: %d calls", perPage, n)
		}
	}
}
