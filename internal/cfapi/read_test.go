package cfapi_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"namesake/internal/registry"
)

func TestListSendsWhatIsAsked(t *testing.T) {
	tests := []struct {
		name string
		q    registry.Query
		want string
	}{
		{"nothing", registry.Query{}, path},
		{
			"everything",
			registry.Query{
				Search: "a&b=c/../é", Provenance: registry.Microsoft365API, Order: registry.ByCreated,
				Direction: registry.Descending, Page: 3, PerPage: 1000,
			},
			path + "?direction=desc&order=created_at&page=3&per_page=1000&provenance=SNOOPY-CASB_OFFICE_365&search=a%26b%3Dc%2F..%2F%C3%A9",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, respond(200, `{"success":true,"result":[]}`))
			if _, err := newClient(t, options(api.URL)).ListEntries(t.Context(), tt.q); err != nil {
				t.Fatal(err)
			}
			got := api.requests()
			if len(got) != 1 || got[0].method != "GET" || got[0].uri != tt.want || got[0].body != "" {
				t.Errorf("requests: %+v, want GET %s", got, tt.want)
			}
		})
	}
}

// TestQueriesThatTheAPILacksAreNotSent checks the filters and orders that only the mirror
// has: the API would ignore a filter, and list entries that do not match.
func TestQueriesThatTheAPILacksAreNotSent(t *testing.T) {
	api := newStub(t, respond(200, `{"success":true,"result":[]}`))
	c := newClient(t, options(api.URL))
	for name, q := range map[string]registry.Query{
		"pattern":     {IsEmailRegex: new(true)},
		"no pattern":  {IsEmailRegex: new(false)},
		"comments":    {HasComments: new(true)},
		"no comments": {HasComments: new(false)},
		"since":       {ModifiedSince: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)},
		"order":       {Order: registry.ByModified},
	} {
		_, err := c.ListEntries(t.Context(), q)
		var failed *registry.APIError
		if !errors.As(err, &failed) || failed.Op != "list entries" || failed.Kind != registry.Refused || failed.Effect != registry.NoEffect {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
	if got := api.requests(); len(got) != 0 {
		t.Errorf("requests were sent: %+v", got)
	}
}

func TestABadIDIsNotSent(t *testing.T) {
	api := newStub(t, respond(200, `{"success":true,"result":{"id":1}}`))
	c := newClient(t, options(api.URL))
	for _, id := range []registry.ID{"", "..", "../../user/tokens/verify", "1?x=1", "1/2", "%2e%2e", "12345678901234567890"} {
		_, _, read := c.Entry(t.Context(), id)
		_, _, update := c.UpdateEntry(t.Context(), id, registry.Values{registry.FieldName: "n"})
		_, deletion := c.DeleteEntry(t.Context(), id)
		for op, err := range map[string]error{"read entry": read, updateOp: update, deleteOp: deletion} {
			var failed *registry.APIError
			if !errors.As(err, &failed) || failed.Op != op || failed.Kind != registry.Missing || failed.Effect != registry.NoEffect ||
				!errors.Is(err, registry.ErrNotFound) || !errors.Is(err, registry.ErrBadID) {
				t.Errorf("%s %q: %v", op, id, err)
			}
		}
	}
	if got := api.requests(); len(got) != 0 {
		t.Errorf("requests were sent: %+v", got)
	}
}

func TestEntryIsReadTolerantly(t *testing.T) {
	created := time.Date(2014, 1, 1, 5, 20, 0, 123450000, time.UTC)
	tests := []struct {
		name   string
		result string
		want   registry.Entry
	}{
		{
			"as documented",
			`{"id":"` + uuid + `","comments":"c","created_at":"2014-01-01T05:20:00.12345Z","directory_id":0,
			"directory_node_id":0,"email":"john.doe@example.com","external_directory_node_id":"x","is_email_regex":false,
			"last_modified":"2014-01-01T05:20:01Z","modified_at":"2014-01-01T05:20:00.12345Z","name":"John Doe","provenance":"A1S_INTERNAL"}`,
			registry.Entry{
				ID: uuid, Name: "John Doe", Email: "john.doe@example.com", Comments: ptr("c"), DirectoryID: ptr(int64(0)),
				DirectoryNodeID: ptr(int64(0)), ExternalDirectoryNodeID: ptr("x"), Provenance: registry.Manual,
				CreatedAt: created, ModifiedAt: created,
			},
		},
		{
			"as recorded in 2025: integer id, no modified_at",
			`{"comments":null,"created_at":"2014-01-01T05:20:00.123450Z","directory_id":0,"directory_node_id":null,"email":"e",
			"external_directory_node_id":"12444788","id":12444788,"is_email_regex":true,"last_modified":"2014-01-01T05:20:00.123450Z",
			"name":"n","provenance":"A1S_INTERNAL"}`,
			registry.Entry{
				ID: "12444788", Name: "n", Email: "e", IsEmailRegex: true, DirectoryID: ptr(int64(0)),
				ExternalDirectoryNodeID: ptr("12444788"), Provenance: registry.Manual, CreatedAt: created, ModifiedAt: created,
			},
		},
		{"only an id", `{"id":"` + uuid + `"}`, registry.Entry{ID: uuid}},
		{"big integer id", `{"id":9223372036854775807}`, registry.Entry{ID: "9223372036854775807"}},
		{
			"all null but one",
			`{"id":7,"name":null,"email":null,"is_email_regex":null,"comments":null,"directory_id":null,"directory_node_id":null,
			"external_directory_node_id":null,"provenance":null,"created_at":null,"modified_at":null,"last_modified":null}`,
			registry.Entry{ID: "7"},
		},
		{
			"numbers as text, unknown provenance",
			`{"id":"7","directory_id":"12","directory_node_id":"-3","provenance":"NEW-KIND"}`,
			registry.Entry{ID: "7", DirectoryID: ptr(int64(12)), DirectoryNodeID: ptr(int64(-3)), Provenance: "NEW-KIND"},
		},
		{
			"times that are none",
			`{"id":"7","created_at":"yesterday","modified_at":"","last_modified":"2014-01-01T05:20:00Z"}`,
			registry.Entry{ID: "7"},
		},
		{
			"time with an offset",
			`{"id":"7","created_at":"2014-01-01T07:20:00.12345+02:00","modified_at":null,"last_modified":"2014-01-01T05:20:00.12345Z"}`,
			registry.Entry{ID: "7", CreatedAt: created, ModifiedAt: created},
		},
		{
			"types that are wrong",
			`{"id":"7","name":5,"email":"e","is_email_regex":"yes","directory_id":1.5,"directory_node_id":{},"created_at":1,"provenance":[]}`,
			registry.Entry{ID: "7", Email: "e"},
		},
		{"text is kept", `{"id":"7","name":" <b>&amp;\u0000\n ","comments":""}`, registry.Entry{ID: "7", Name: " <b>&amp;\x00\n ", Comments: ptr("")}},
		{"unknown fields", `{"id":"7","new":{"a":[1,{}]}}`, registry.Entry{ID: "7"}},
		{"no id: the one asked for", `{"name":"n"}`, registry.Entry{ID: "42", Name: "n"}},
		{"id that can't be one", `{"id":"../x","name":"n"}`, registry.Entry{ID: "42", Name: "n"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, respond(200, `{"success":true,"errors":null,"messages":null,"result":`+tt.result+`}`))
			got, receipt, err := newClient(t, options(api.URL)).Entry(t.Context(), "42")
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("entry\n got %+v\nwant %+v", got, tt.want)
			}
			if receipt.Status != 200 || receipt.Messages != nil {
				t.Errorf("receipt %+v", receipt)
			}
			if uri := api.requests()[0].uri; uri != path+"/42" {
				t.Errorf("path %s", uri)
			}
		})
	}
}

func TestListPage(t *testing.T) {
	tests := []struct {
		name string
		q    registry.Query
		body string
		want registry.Page
	}{
		{
			"as documented",
			registry.Query{Page: 2, PerPage: 1},
			`"result":[{"id":"` + uuid + `"}],"result_info":{"count":1,"page":2,"per_page":1,"total_count":3}`,
			registry.Page{Entries: []registry.Entry{{ID: uuid}}, Number: 2, PerPage: 1, Total: 3},
		},
		{
			"no result_info, nothing asked",
			registry.Query{},
			`"result":[]`,
			registry.Page{Entries: []registry.Entry{}, Number: 1, PerPage: 20, Total: -1},
		},
		{
			"no result_info",
			registry.Query{Page: 4, PerPage: 50},
			`"result":[],"result_info":null`,
			registry.Page{Entries: []registry.Entry{}, Number: 4, PerPage: 50, Total: -1},
		},
		{
			"result_info of other types",
			registry.Query{Page: 4, PerPage: 50},
			`"result":[],"result_info":{"page":"5","per_page":0,"total_count":[]}`,
			registry.Page{Entries: []registry.Entry{}, Number: 5, PerPage: 50, Total: -1},
		},
		{
			"entries without a usable id are kept",
			registry.Query{},
			`"result":[{"name":"a"},{"id":"../x","name":"b"},null,7],"result_info":{"total_count":0}`,
			registry.Page{Entries: []registry.Entry{{Name: "a"}, {Name: "b"}, {}, {}}, Number: 1, PerPage: 20, Total: 0},
		},
	}
	commas := strings.Repeat(",", 300_000)
	tests = append(tests, struct {
		name string
		q    registry.Query
		body string
		want registry.Page
	}{
		"commas in a text",
		registry.Query{},
		`"result":[{"id":1,"comments":"\\\"` + commas + `"}]`,
		registry.Page{Entries: []registry.Entry{{ID: "1", Comments: ptr(`\"` + commas)}}, Number: 1, PerPage: 20, Total: -1},
	})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, respond(200, `{"success":true,`+tt.body+`}`))
			got, err := newClient(t, options(api.URL)).ListEntries(t.Context(), tt.q)
			if err != nil {
				t.Fatal(err)
			}
			got.Receipt.ServedAt = time.Time{}
			tt.want.Receipt.Status = 200
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("page\n got %+v\nwant %+v", got, tt.want)
			}
		})
	}
}
