package cfapi_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/registry"
)

func TestUpdateSendsTheChangeAndNoMore(t *testing.T) {
	tests := []struct {
		name   string
		change registry.Values
		want   string
	}{
		{"one field", registry.Values{"name": "Ada King"}, `{"name":"Ada King"}`},
		{
			"everything",
			registry.Values{
				"name": "名前 \"Ada\" \\ <b>&\u2028", "email": `^a\.b@x$`, "is_email_regex": true, "comments": "1\n2", "directory_id": int64(7),
				"directory_node_id": int64(1) << 62, "external_directory_node_id": "n", "provenance": "SNOOPY-GOOGLE_DIRECTORY",
			},
			`{"name":"名前 \"Ada\" \\ <b>&\u2028","email":"^a\\.b@x$","is_email_regex":true,"comments":"1\n2","directory_id":7,
				"directory_node_id":4611686018427387904,"external_directory_node_id":"n","provenance":"SNOOPY-GOOGLE_DIRECTORY"}`,
		},
		{
			"cleared",
			registry.Values{"comments": nil, "directory_id": nil, "directory_node_id": nil, "external_directory_node_id": nil},
			`{"comments":null,"directory_id":null,"directory_node_id":null,"external_directory_node_id":null}`,
		},
		{
			"zero is a value",
			registry.Values{
				"name": "", "email": "", "is_email_regex": false, "comments": "", "directory_id": int64(0),
				"directory_node_id": int64(0), "external_directory_node_id": "", "provenance": "",
			},
			`{"name":"","email":"","is_email_regex":false,"comments":"","directory_id":0,"directory_node_id":0,"external_directory_node_id":"","provenance":""}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, respond(200, `{"success":true,"messages":[{"code":1,"message":"m"}],"result":{"id":"`+strings.ToUpper(uuid)+`","name":"n"}}`))
			entry, receipt, err := newClient(t, options(api.URL)).UpdateEntry(t.Context(), uuid, tt.change)
			if err != nil {
				t.Fatal(err)
			}
			if want := (registry.Entry{ID: registry.ID(strings.ToUpper(uuid)), Name: "n"}); !reflect.DeepEqual(entry, want) {
				t.Errorf("entry %+v", entry)
			}
			if receipt.Status != 200 || !reflect.DeepEqual(receipt.Messages, []registry.Problem{{Code: "1", Message: "m"}}) {
				t.Errorf("receipt %+v", receipt)
			}
			sent := api.requests()
			if len(sent) != 1 || sent[0].method != "PATCH" || sent[0].uri != path+"/"+uuid || sent[0].header.Get("Content-Type") != "application/json" {
				t.Fatalf("requests: %+v", sent)
			}
			if !reflect.DeepEqual(members(t, sent[0].body), members(t, tt.want)) {
				t.Errorf("body\n got %s\nwant %s", sent[0].body, tt.want)
			}
		})
	}
}

func TestUpdateRefusesWhatIsNoChange(t *testing.T) {
	api := newStub(t, respond(200, `{"success":true,"result":{"id":42}}`))
	var told observer
	o := options(api.URL)
	o.Observe = told.observe
	c := newClient(t, o)
	const secret = "a secret value"
	tests := []struct {
		name   string
		change registry.Values
		want   string
	}{
		{"nothing", nil, "empty"},
		{"empty", registry.Values{}, "empty"},
		{"unknown", registry.Values{"nam": secret}, "nam cannot be changed to a string"},
		{"read-only", registry.Values{"id": "7"}, "id cannot be changed to a string"},
		{"name of nothing", registry.Values{"name": nil}, "name cannot be changed to a <nil>"},
		{"email of nothing", registry.Values{"email": nil}, "email cannot be changed to a <nil>"},
		{"kind of nothing", registry.Values{"is_email_regex": nil}, "is_email_regex cannot be changed to a <nil>"},
		{"provenance of nothing", registry.Values{"provenance": nil}, "provenance cannot be changed to a <nil>"},
		{"provenance of our type", registry.Values{"provenance": registry.Manual}, "provenance cannot be changed to a registry.Provenance"},
		{"text for a bool", registry.Values{"is_email_regex": "true"}, "is_email_regex cannot be changed to a string"},
		{"pointer", registry.Values{"comments": ptr(secret)}, "comments cannot be changed to a *string"},
		{"nil pointer", registry.Values{"comments": (*string)(nil)}, "comments cannot be changed to a *string"},
		{"int", registry.Values{"directory_id": 7}, "directory_id cannot be changed to a int"},
		{"float", registry.Values{"directory_node_id": 7.0}, "directory_node_id cannot be changed to a float64"},
		{"number for text", registry.Values{"external_directory_node_id": int64(7)}, "external_directory_node_id cannot be changed to a int64"},
	}
	for _, tt := range tests {
		entry, receipt, err := c.UpdateEntry(t.Context(), "42", tt.change)
		var failed *registry.APIError
		if !errors.As(err, &failed) || failed.Op != updateOp || failed.Kind != registry.Refused || failed.Effect != registry.NoEffect || failed.Problems != nil {
			t.Fatalf("%s: error %#v", tt.name, err)
		}
		if text := err.Error(); !strings.Contains(text, tt.want) || strings.Contains(text, secret) || len(text) > 600 {
			t.Errorf("%s: %s", tt.name, text)
		}
		if !reflect.DeepEqual(entry, registry.Entry{}) || !reflect.DeepEqual(receipt, registry.Receipt{}) {
			t.Errorf("%s: entry %+v, receipt %+v", tt.name, entry, receipt)
		}
	}
	if got := api.requests(); got != nil {
		t.Errorf("requests were sent: %+v", got)
	}
	if got, _ := told.told(); got != nil {
		t.Errorf("calls are told that were not made: %q", got)
	}
}

func TestDeleteSendsNoBody(t *testing.T) {
	api := newStub(t, respond(200, `{"success":true,"result":{"id":42}}`))
	if _, err := newClient(t, options(api.URL)).DeleteEntry(t.Context(), "42"); err != nil {
		t.Fatal(err)
	}
	sent := api.requests()
	if len(sent) != 1 || sent[0].method != "DELETE" || sent[0].uri != path+"/42" || sent[0].body != "" {
		t.Fatalf("requests: %+v", sent)
	}
	for name := range sent[0].header {
		if strings.Contains(name, "Idempotency") { // net/http would send it again
			t.Errorf("header %s", name)
		}
	}
}

// What answers to an update and to a delete of entry 42 are worth, by their result.
func TestResultOfAChange(t *testing.T) {
	tests := []struct {
		result string
		cause  string // the error's, "" for a success
	}{
		{`{"id":42}`, ""},
		{`{"id":"42","name":"n"}`, ""},
		{`{"id":43}`, "another entry"},
		{`{"id":"` + uuid + `"}`, "another entry"},
		{`{"id":"042"}`, "another entry"},
		{`{"id":4.2}`, "no usable entry id"},
		{`{"id":"../x"}`, "no usable entry id"},
		{`{"id":"","name":"n"}`, "no usable entry id"},
		{`{"id":null,"name":"n"}`, "no usable entry id"},
		{`{"id":{},"name":"n"}`, "no usable entry id"},
		{`{"name":"n"}`, "no usable entry id"},
		{`{}`, "no result"},
		{`null`, "no result"},
		{`"ok"`, "no result"},
		{`[]`, "no result"},
		{`[{"id":42}]`, "no result"},
	}
	for _, tt := range tests {
		api := newStub(t, respond(200, `{"success":true,"messages":[{"code":1,"message":"m"}],"result":`+tt.result+`}`))
		c := newClient(t, options(api.URL))
		entry, receipt, err := c.UpdateEntry(t.Context(), "42", registry.Values{"name": "n"})
		checkResult(t, tt.result, updateOp, tt.cause, receipt, err)
		if (entry.ID == "42") != (tt.cause == "") {
			t.Errorf("%s: entry %+v", tt.result, entry)
		}
		receipt, err = c.DeleteEntry(t.Context(), "42")
		checkResult(t, tt.result, deleteOp, tt.cause, receipt, err)
		if got := len(api.requests()); got != 2 {
			t.Errorf("%s: %d requests", tt.result, got)
		}
	}
}

func checkResult(t *testing.T, result, op, cause string, receipt registry.Receipt, err error) {
	t.Helper()
	if receipt.Status != 200 || len(receipt.Messages) != 1 {
		t.Errorf("%s: %s: receipt %+v", result, op, receipt)
	}
	var failed *registry.APIError
	switch {
	case cause == "":
		if err != nil {
			t.Errorf("%s: %s: %v", result, op, err)
		}
	case !errors.As(err, &failed) || failed.Op != op || failed.Kind != registry.Unreadable || failed.Effect != registry.HasEffect ||
		!strings.Contains(failed.Err.Error(), cause) || !reflect.DeepEqual(failed.Receipt, receipt):
		t.Errorf("%s: %s: %v, want %q", result, op, err, cause)
	}
}

// The client and the sandbox agree on what the calls do.
func TestChangesInTheSandbox(t *testing.T) {
	comments := "old"
	api := sandbox.New(sandbox.Options{RateLimit: -1, Seed: []sandbox.Entry{
		{ID: "1", Name: "Ada", Email: "ada@example.com", Comments: &comments},
		{ID: "2", Name: "Grace", Email: "grace@example.com", Provenance: string(registry.Microsoft365)},
	}})
	s := httptest.NewServer(api)
	t.Cleanup(s.Close)
	c := newClient(t, cfapi.Options{BaseURL: s.URL + sandbox.Prefix, Account: account, Token: sandbox.DefaultToken, Timeout: time.Minute})

	entry, _, err := c.UpdateEntry(t.Context(), "1", registry.Values{"name": "Ada King", "comments": nil})
	if err != nil || entry.ID != "1" || entry.Name != "Ada King" || entry.Comments != nil || entry.Email != "ada@example.com" {
		t.Errorf("update: %+v, %v", entry, err)
	}
	if stored, _, err := c.Entry(t.Context(), "1"); err != nil || !reflect.DeepEqual(stored, entry) {
		t.Errorf("read after it: %+v, %v", stored, err)
	}
	_, _, err = c.UpdateEntry(t.Context(), "2", registry.Values{"name": "x"})
	checkRefused(t, "update of a synced entry", err, http.StatusBadRequest, registry.Refused, false)
	_, err = c.DeleteEntry(t.Context(), "2")
	checkRefused(t, "delete of a synced entry", err, http.StatusBadRequest, registry.Refused, false)

	if receipt, err := c.DeleteEntry(t.Context(), "1"); err != nil || receipt.Status != http.StatusOK {
		t.Errorf("delete: %+v, %v", receipt, err)
	}
	_, err = c.DeleteEntry(t.Context(), "1")
	checkRefused(t, "delete once more", err, http.StatusNotFound, registry.Missing, true)
	_, _, err = c.UpdateEntry(t.Context(), "1", registry.Values{"name": "x"})
	checkRefused(t, "update after the delete", err, http.StatusNotFound, registry.Missing, true)
}

func checkRefused(t *testing.T, what string, err error, status int, kind registry.Kind, notFound bool) {
	t.Helper()
	var failed *registry.APIError
	if !errors.As(err, &failed) || failed.Receipt.Status != status || failed.Kind != kind || failed.Effect != registry.NoEffect ||
		len(failed.Problems) != 1 || errors.Is(err, registry.ErrNotFound) != notFound {
		t.Errorf("%s: %v", what, err)
	}
}
