package sandbox_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

func TestControl(t *testing.T) {
	sb, c := serve(t, sandbox.Options{})
	anyone := c.with()
	tests := []struct {
		call, body string
		status     int
		answer     string // a part of it
		faults     string // that wait afterwards
	}{
		{"GET /_sandbox/", "", 200, "\n  502-html ", ""},
		{"GET /_sandbox/faults", "", 200, "[]\n", ""},
		{"POST /_sandbox/faults", `{"preset":"500","method":"POST","times":2}`, 200, `[{"name":"500","method":"POST",`, "500"},
		{"POST /_sandbox/faults", `{"preset":"slow-late","delay":"1.5s","path":"x"}`, 200, `"delay":"1.5s"`, "500 slow-late"},
		{
			"POST /_sandbox/faults", `{"name":"mine","status":418,"body":"{}","header":{"X":"y"},"effect":"write","skip":1}`, 200,
			`"header":{"X":"y"}`, "500 slow-late mine",
		},
		{"POST /_sandbox/faults", `{"preset":"nothing"}`, 400, `no preset`, "500 slow-late mine"},
		{"POST /_sandbox/faults", `{"prest":"500"}`, 400, `unknown field`, "500 slow-late mine"},
		{"POST /_sandbox/faults", `{"status":99}`, 400, `200 to 599`, "500 slow-late mine"},
		{"POST /_sandbox/faults", `{"effect":"later"}`, 400, `effect is`, "500 slow-late mine"},
		{"POST /_sandbox/faults", `{"drop":"after"}`, 400, `drop is`, "500 slow-late mine"},
		{"POST /_sandbox/faults", `{"delay":"soon"}`, 400, `delay is`, "500 slow-late mine"},
		{"POST /_sandbox/faults", `{"skip":-1}`, 400, `negative`, "500 slow-late mine"},
		{"POST /_sandbox/faults", ``, 400, `error`, "500 slow-late mine"},
		{"POST /_sandbox/faults", `{"preset":"500-late","lands":"20s","list_lag":"4s","entry_lag":"2s"}`, 200, `"lands":"20s","list_lag":"4s","entry_lag":"2s"`, "500 slow-late mine 500-late"},
		{"POST /_sandbox/faults", `{"lands":"-1s"}`, 400, `lands is`, "500 slow-late mine 500-late"},
		{"POST /_sandbox/faults", `{"list_lag":"x"}`, 400, `list_lag is`, "500 slow-late mine 500-late"},
		{"POST /_sandbox/faults", `{"cap":-1}`, 400, `cap and short`, "500 slow-late mine 500-late"},
		{"POST /_sandbox/faults", `{"total":"many"}`, 400, `total and count are`, "500 slow-late mine 500-late"},
		{"POST /_sandbox/faults", `{"preset":"total-low","cap":20,"short":3,"count":"null"}`, 200, `"cap":20,"short":3,"total":"-30","count":"null"`, "500 slow-late mine 500-late total-low"},
		{"DELETE /_sandbox/faults", "", 200, "[]\n", ""},
		{"POST /_sandbox/fill", `{"entries":500}`, 200, `{"entries":500}`, ""},
		{"POST /_sandbox/fill", `{"entries":0}`, 400, `error`, ""},
		{"POST /_sandbox/fill", `{"entries":1000001}`, 400, `error`, ""},
		{"GET /_sandbox/elsewhere", "", 200, "null\n", ""},
		{"POST /_sandbox/elsewhere", `{}`, 200, "null\n", ""},
		{"POST /_sandbox/elsewhere", `{"create":1}`, 200, `":1}`, ""},
		{"POST /_sandbox/elsewhere", `{"change":1}`, 400, `unknown field`, ""},
		{"POST /_sandbox/faults", `{"status":500,"body":""}`, 200, `"name":"unnamed"`, "unnamed"},
		{"POST /_sandbox/reset", "", 200, `{"entries":42}`, ""},
		{"GET /_sandbox/calls", "", 200, "[]\n", ""},
		{"PUT /_sandbox/calls", "", 405, "", ""},
		{"GET /_sandbox/other", "", 404, "", ""},
	}
	for _, tt := range tests {
		method, path, _ := strings.Cut(tt.call, " ")
		status, _, body, err := anyone.send(method, path, tt.body)
		var waiting []string
		for _, f := range sb.Faults() {
			waiting = append(waiting, f.Name)
		}
		if err != nil || status != tt.status || !strings.Contains(body, tt.answer) || strings.Join(waiting, " ") != tt.faults {
			t.Errorf("%s %s: got %d %q %v, faults %q; want %d %q, faults %q",
				tt.call, tt.body, status, body, err, waiting, tt.status, tt.answer, tt.faults)
		}
	}
}

func TestControlShowsCallsAndSteers(t *testing.T) {
	_, c := serve(t, sandbox.Options{Seed: none})
	if status, _, body, _ := c.send("POST", "/_sandbox/faults", `{"preset":"500-written","method":"POST"}`); status != 200 {
		t.Fatal(body)
	}
	if status, _, _, _ := c.send("POST", registryPath, ann); status != 500 {
		t.Errorf("the fault didn't show: %d", status)
	}
	_, _, body, _ := c.send("GET", "/_sandbox/calls", "")
	var calls []sandbox.Call
	if err := json.Unmarshal([]byte(body), &calls); err != nil || len(calls) != 1 {
		t.Fatalf("%v in %s", err, body)
	}
	got := calls[0]
	if got.Method != "POST" || got.Path != registryPath || got.Status != 500 || !got.Applied || got.EntryID == "" || got.Fault != "500-written" || got.Ray == "" {
		t.Errorf("got %+v", got)
	}
}

func TestControlIsClosedToOtherSites(t *testing.T) {
	_, c := serve(t, sandbox.Options{})
	if status, _, _, err := c.with("Sec-Fetch-Site", "cross-site").send("POST", "/_sandbox/reset", ""); err != nil || status != http.StatusForbidden {
		t.Errorf("got %d %v", status, err)
	}
}

// TestServeHTTPHasNoControl: the demo mode serves the API alone.
func TestServeHTTPHasNoControl(t *testing.T) {
	sb, c := serve(t, sandbox.Options{})
	sb.Inject(sandbox.Fault{Status: 500, Path: "nothing"})
	status, header, body := direct(t, sb, "POST", "/_sandbox/reset", "")
	if r := c.envelope(status, header, body); status != 404 || !slices.Equal(r.faults(), []string{"7003 -"}) || len(sb.Faults()) != 1 {
		t.Errorf("got %d %s", status, body)
	}
}
