package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"testing"
)

// account is the one that the tests work on.
const account = "0123456789abcdef0123456789abcdef"

// api is a `namesake sandbox` of its own, whose faults the test commands.
type api struct {
	t    *testing.T
	base string
}

func startAPI(t *testing.T) *api {
	t.Helper()
	return &api{t, start(t, []string{"sandbox", "-addr", "127.0.0.1:0"}, nil)}
}

// serve runs a Namesake that works on this API.
func (a *api) serve() (base string) {
	a.t.Helper()
	return serve(a.t, "NAMESAKE_AUTH=demo", "CLOUDFLARE_BASE_URL="+a.base+"/client/v4",
		"CLOUDFLARE_API_TOKEN=sandbox", "CLOUDFLARE_ACCOUNT_ID="+account)
}

// control asks the control endpoint.
func (a *api) control(method, path string, body, into any) {
	a.t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		a.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(a.t.Context(), method, a.base+"/_sandbox/"+path, bytes.NewReader(sent))
	if err != nil {
		a.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil || res.StatusCode != http.StatusOK {
		a.t.Fatalf("%s %s: %s, %v", method, path, res.Status, err)
	}
}

// inject has the sandbox show a fault once.
func (a *api) inject(fault map[string]any) {
	a.t.Helper()
	var waiting []any
	a.control(http.MethodPost, "faults", fault, &waiting)
}

// posts counts the calls that were to create an entry, and the entries they made.
func (a *api) posts() (calls, made int) {
	a.t.Helper()
	var all []struct {
		Method  string
		Applied bool
	}
	a.control(http.MethodGet, "calls", nil, &all)
	for _, c := range all {
		if c.Method == http.MethodPost {
			calls++
		}
		if c.Applied {
			made++
		}
	}
	return calls, made
}

// TestFaults has the API fail in the worst ways while an entry is created.
func TestFaults(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	base := api.serve()
	tests := []struct {
		preset      string
		wantStatus  int
		wantTitle   string // of the notice or of the summary
		wantText    string // in it
		wantPointer string // in it
		wantMade    int
	}{
		{
			"hostile", http.StatusUnprocessableEntity, "Cloudflare refused the values",
			"<script>alert(1)</script><img src=x onerror=alert(2)>", `/"><script>alert(4)</script>`, 0,
		},
		{
			"several-on-one-field", http.StatusUnprocessableEntity, "Cloudflare refused the values",
			"email must not contain spaces.", "/email", 0,
		},
		{
			"500-written", http.StatusOK, "Created after all",
			"Do not send it again.", "", 1,
		},
		{
			"dropped", http.StatusBadGateway, "It is not known whether the entry was created",
			"Cloudflare may still be working on it", "", 0,
		},
		{
			"504", http.StatusGatewayTimeout, "It is not known whether the entry was created",
			"Send the form again to check", "", 0,
		},
		{ // the last: nothing more is sent for those 30 seconds
			"429", http.StatusTooManyRequests, "Cloudflare asks to slow down",
			"Try again in 30 seconds.", "", 0,
		},
	}
	for _, tt := range tests {
		t.Run(tt.preset, func(t *testing.T) {
			var reset any
			api.control(http.MethodPost, "reset", nil, &reset)
			api.inject(map[string]any{"preset": tt.preset, "method": "POST"})
			p := openAsEditor(t, base)
			p.clickThrough(newEntry, http.StatusOK)
			p.fill("#name", "Mira <i>Castellan</i>")
			address := "mira@" + tt.preset + ".example" // what was created a moment ago is a duplicate, even of an API that was reset
			p.fill("#email", address)
			p.clickThrough(create, tt.wantStatus)

			notice := "#error-summary"
			if tt.wantStatus == http.StatusOK {
				notice = "main [role=status]"
			}
			p.shows(notice+" h2", tt.wantTitle)
			p.shows(notice, tt.wantText)
			pointer := ""
			if p.count(notice+" code.pointer") > 0 {
				pointer = p.text(notice + " code.pointer")
			}
			if pointer != tt.wantPointer {
				t.Errorf("the first pointer is %q, want %q", pointer, tt.wantPointer)
			}
			if tt.wantStatus != http.StatusOK {
				if name, email := p.value("#name"), p.value("#email"); name != "Mira <i>Castellan</i>" || email != address {
					t.Errorf("kept are %q and %q, want what was typed", name, email)
				}
			}
			if n := p.count(`main script:not([src^="/static/"]), main img, main i, a[href^="javascript:"], a[href^="data:"]`); n > 0 {
				t.Errorf("%d elements came from what was answered or typed, want none", n)
			}
			if _, made := api.posts(); made != tt.wantMade {
				t.Errorf("%d entries were made, want %d", made, tt.wantMade)
			}
		})
	}
}

// TestNotKnownThenSentAgain sends the form again after an unknown outcome.
func TestNotKnownThenSentAgain(t *testing.T) {
	t.Parallel()
	api := startAPI(t)
	p := openAsEditor(t, api.serve())
	p.clickThrough(newEntry, http.StatusOK)
	p.fill("#name", "Late Arrival")
	p.fill("#email", "late@arrival.example")
	api.inject(map[string]any{"preset": "504-written", "method": "POST"})
	api.inject(map[string]any{"preset": "500", "method": "GET", "times": -1}) // nor can it be looked up
	p.clickThrough(create, http.StatusGatewayTimeout)
	p.shows("#error-summary-title", "It is not known")
	var waiting []any
	api.control(http.MethodDelete, "faults", nil, &waiting)
	p.clickThrough(create, http.StatusOK)
	p.shows("h1", "Late Arrival")
	if posts, made := api.posts(); posts != 1 || made != 1 {
		t.Errorf("%d POSTs made %d entries, want 1 and 1", posts, made)
	}
}
