package cfapi_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"namesake/internal/registry"
)

// Whatever a refusal gives as its reasons is kept, in the form that comes nearest.
func TestReasonsInOtherShapes(t *testing.T) {
	said := func(texts ...string) []registry.Problem {
		out := make([]registry.Problem, len(texts))
		for i, text := range texts {
			out[i].Message = text
		}
		return out
	}
	tests := []struct {
		name, members string
		want          []registry.Problem
	}{
		{"a text", `"errors":["bad thing"],"messages":null`, said("bad thing")},
		{"texts", `"errors":["bad thing","and another"]`, said("bad thing", "and another")},
		{"one text", `"errors":"bad thing"`, said("bad thing")},
		{"one object", `"errors":{"code":1001,"message":"taken","source":{"pointer":"/email"}}`, []registry.Problem{{Code: "1001", Message: "taken", Pointer: "/email"}}},
		{"by field", `"errors":{"name":"too long","email":["is taken",{"code":7,"message":"is odd"}]}`, []registry.Problem{
			{Message: "email: is taken"}, {Code: "7", Message: "email: is odd"}, {Message: "name: too long"},
		}},
		{"a list in a list", `"errors":[[{"code":1,"message":"one"}],["two"]]`, []registry.Problem{{Code: "1", Message: "one"}, {Message: "two"}}},
		{"numbers", `"errors":[1001, 1002]`, []registry.Problem{{Code: "1001"}, {Code: "1002"}}},
		{"a boolean", `"errors":true`, said("true")},
		{"code as text", `"errors":[{"code":"E_BAD","message":"bad thing"}]`, []registry.Problem{{Code: "E_BAD", Message: "bad thing"}}},
		{"a message that is an object", `"errors":[{"code":1,"message":{"text": "bad thing"}}]`, []registry.Problem{{Code: "1", Message: `{"text":"bad thing"}`}}},
		{"other names", `"errors":[{"title":"Bad","detail":"bad thing"}]`, said("bad thing")},
		{"source as text", `"errors":[{"message":"bad","source":"/email"}]`, []registry.Problem{{Message: "bad", Pointer: "/email"}}},
		{"source without a pointer", `"errors":[{"message":"bad","source":{"pointer":7}}]`, said("bad")},
		{"a chain of texts", `"errors":[{"code":1,"message":"bad","error_chain":["because"]}]`, []registry.Problem{{Code: "1", Message: "bad", Chain: said("because")}}},
		{"a chain alone", `"errors":[{"error_chain":[{"code":2}]}]`, []registry.Problem{{Chain: []registry.Problem{{Code: "2"}}}}},
		{"an error member", `"error":"bad thing"`, said("bad thing")},
		{"an error member that is an object", `"errors":[],"error":{"code":5,"message":"bad thing"}`, []registry.Problem{{Code: "5", Message: "bad thing"}}},
		{"only a message", `"message":"bad thing"`, said("bad thing")},
		{"only a detail", `"errors":null,"detail":"bad thing"`, said("bad thing")},
		{"errors come first", `"error":"other","errors":["bad thing"],"messages":["no"]`, said("bad thing")},
		{"members unknown", `"errors":[{"x":{"y":"z"}}]`, said("x: y: z")},
		{"nothing", `"errors":[null,"",{},[]],"error":null,"messages":"","message":{}`, nil},
		{"markup stays text", `"errors":["<script>alert(1)</script>"]`, said("<script>alert(1)</script>")},
		{"too long", `"errors":["` + strings.Repeat("x", 5000) + `"]`, said(strings.Repeat("x", 4096) + "…")},
		{"too many", `"errors":[` + strings.Repeat(`"x",`, 149) + `"x"]`, append(said(strings.Split(strings.Repeat("x", 100), "")...), said("and 50 more")...)},
		{"too deep", `"errors":` + strings.Repeat("[", 9) + `"x"` + strings.Repeat("]", 9), said("and 1 more")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, respond(400, `{"success":false,`+tt.members+`}`))
			_, _, err := newClient(t, options(api.URL)).CreateEntry(t.Context(), draft)
			var failed *registry.APIError
			if !errors.As(err, &failed) || failed.Kind != registry.Refused || failed.Effect != registry.NoEffect {
				t.Fatalf("error %v", err)
			}
			if !reflect.DeepEqual(failed.Problems, tt.want) {
				t.Errorf("problems\n got %+v\nwant %+v", failed.Problems, tt.want)
			}
		})
	}
}

// A list that is null is empty when the answer counts no entries, and only then.
func TestListThatIsNull(t *testing.T) {
	tests := []struct {
		name, members string
		query         registry.Query
		empty         bool
	}{
		{"no entries", `"result":null,"result_info":{"count":0,"total_count":0}`, registry.Query{}, true},
		{"in a search", `"result":null,"result_info":{"count":0,"total_count":43}`, registry.Query{Search: "x"}, true},
		{"behind the end", `"result":null,"result_info":{"count":0,"page":4,"per_page":20,"total_count":43}`, registry.Query{Page: 4}, true},
		{"counts as text", `"result":null,"result_info":{"count":"0","total_count":"0"}`, registry.Query{}, true},
		{"counts with a point", `"result":null,"result_info":{"count":0.0,"total_count":0.0}`, registry.Query{}, true},
		{"half a count", `"result":null,"result_info":{"count":0.5,"total_count":0}`, registry.Query{}, false},
		{"no entries of 43", `"result":null,"result_info":{"count":0,"total_count":43}`, registry.Query{}, false},
		{"counts entries", `"result":null,"result_info":{"count":2,"total_count":2}`, registry.Query{}, false},
		{"no count", `"result":null,"result_info":{"total_count":0}`, registry.Query{}, false},
		{"no total", `"result":null,"result_info":{"count":0}`, registry.Query{}, false},
		{"counts that are null", `"result":null,"result_info":{"count":null,"total_count":null}`, registry.Query{}, false},
		{"no counts", `"result":null`, registry.Query{}, false},
		{"an object", `"result":{},"result_info":{"count":0,"total_count":0}`, registry.Query{}, false},
		{"a text", `"result":"","result_info":{"count":0,"total_count":0}`, registry.Query{}, false},
	}
	for _, tt := range tests {
		api := newStub(t, respond(200, `{"success":true,"errors":[],"messages":[],`+tt.members+`}`))
		list, err := newClient(t, options(api.URL)).ListEntries(t.Context(), tt.query)
		var failed *registry.APIError
		if errors.As(err, &failed) == tt.empty || len(list.Entries) != 0 || !tt.empty && failed.Kind != registry.Unreadable {
			t.Errorf("%s: %v", tt.name, err)
		}
		// Nothing but a list can be empty.
		if _, _, err := newClient(t, options(api.URL)).Entry(t.Context(), "42"); !errors.As(err, &failed) || failed.Kind != registry.Unreadable {
			t.Errorf("%s, one entry: %v", tt.name, err)
		}
	}
	for _, success := range []string{"false", "null"} {
		body := fmt.Sprintf(`{"success":%s,"result":null,"result_info":{"count":0,"total_count":0}}`, success)
		if _, err := newClient(t, options(newStub(t, respond(200, body)).URL)).ListEntries(t.Context(), registry.Query{}); err == nil {
			t.Errorf("success %s is taken for an empty list", success)
		}
	}
}
