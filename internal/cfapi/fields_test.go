package cfapi_test

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"

	"namesake/internal/registry"
)

// TestEveryField sends each field of the table, as a create and as an edit, and reads it back
// from an API that answers with what it got.
func TestEveryField(t *testing.T) {
	var api *stub
	api = newStub(t, func(w http.ResponseWriter, _ *http.Request) {
		requests := api.requests()
		result := map[string]any{}
		if err := json.Unmarshal([]byte(requests[len(requests)-1].body), &result); err != nil {
			t.Error(err)
		}
		result["id"] = uuid
		body, err := json.Marshal(map[string]any{"success": true, "result": result})
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(body)
	})
	c := newClient(t, options(api.URL))
	want := registry.Values{}
	for _, f := range registry.Fields() {
		switch f.Kind {
		case registry.Whole:
			want[f.Name] = int64(7)
		case registry.Flag:
			want[f.Name] = true
		case registry.Line, registry.Text, registry.Choice:
			want[f.Name] = "some " + f.Name
		}
	}
	created, _, err := c.CreateEntry(t.Context(), want.Draft())
	if err != nil || !reflect.DeepEqual(created.Values(), want) {
		t.Errorf("created %v, %v; want %v", created.Values(), err, want)
	}
	updated, _, err := c.UpdateEntry(t.Context(), uuid, want)
	if err != nil || !reflect.DeepEqual(updated.Values(), want) {
		t.Errorf("updated %v, %v; want %v", updated.Values(), err, want)
	}
}
