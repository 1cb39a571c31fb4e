package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
)

const ann = `{"name":"Ann","email":"ann@acme.example","is_email_regex":false}`

// TestPresets meets every preset with a create. The slow ones are tried without
// their delay here, and for it below.
func TestPresets(t *testing.T) {
	const cut = 0 // status of an answer that doesn't arrive whole
	tests := []struct {
		preset      string
		status      int
		contentType string
		written     bool   // by the preset as it is; its "-written" variant always writes
		body        string // a part of it
	}{
		{"several-on-one-field", 400, "application/json", false, `"source":{"pointer":"/name"}`},
		{"success-false-200", 200, "application/json", false, `{"success":false,`},
		{"no-result", 200, "application/json", false, `{"success":true,"errors":[],"messages":[]}`},
		{"null-result", 200, "application/json", false, `"result":null}`},
		{"empty-result", 200, "application/json", false, `"result":{}}`},
		{"other-id", 200, "application/json", false, `"id":"00000000-`},
		{"no-id", 200, "application/json", false, `"name":"no id"`},
		{"contradiction", 200, "application/json", false, `{"success":false,`},
		{"400-success", 400, "application/json", false, `{"success":true,`},
		{"empty-object", 200, "application/json", false, `{}`},
		{"null", 200, "application/json", false, `null`},
		{"400", 400, "application/json", false, `"code":11400`},
		{"400-no-errors", 400, "application/json", false, `"errors":[]`},
		{"401", 401, "application/json", false, `"code":1000,`},
		{"403", 403, "application/json", false, `"code":10000,`},
		{"403-subscription", 403, "application/json", false, `not available in the current subscription`},
		{"403-sign-ins", 403, "application/json", false, `"code":9109,`},
		{"404", 404, "application/json", false, `"code":11414,`},
		{"404-route", 404, "application/json", false, `"code":7003,`},
		{"409", 409, "application/json", false, `"code":11409,`},
		{"422", 422, "application/json", false, `"code":11406,`},
		{"429", 429, "application/json", false, `"code":10100,`},
		{"429-971", 429, "application/json", false, `"code":971,`},
		{"200-971", 200, "application/json", false, `"code":971,`},
		{"500", 500, "application/json", false, `{"success":false,`},
		{"302", 302, "application/json", false, ``},
		{"307", 307, "application/json", false, ``},
		{"400-html", 400, "text/html; charset=UTF-8", false, `<h1>400: Bad request</h1>`},
		{"403-html", 403, "text/html; charset=UTF-8", false, `<h1>403: Forbidden</h1>`},
		{"404-html", 404, "text/html; charset=UTF-8", false, `<h1>404: Not found</h1>`},
		{"409-html", 409, "text/html; charset=UTF-8", false, `<h1>409: Conflict</h1>`},
		{"429-html", 429, "text/html; charset=UTF-8", false, `<h1>429: Too many requests</h1>`},
		{"500-html", 500, "text/html; charset=UTF-8", false, `<h1>500: Internal server error</h1>`},
		{"500-empty", 500, "application/json", false, ``},
		{"502-html", 502, "text/html; charset=UTF-8", false, `<h1>502: Bad gateway</h1>`},
		{"503", 503, "text/html; charset=UTF-8", false, `<h1>503: Service unavailable</h1>`},
		{"504", 504, "text/html; charset=UTF-8", false, `<h1>504: Gateway time-out</h1>`},
		{"empty-body", 200, "application/json", false, ``},
		{"truncated", 200, "application/json", false, `"id":"f174e90a-fafe-46`},
		{"huge", 200, "application/json", false, `"comments":"xxxxxxxx`},
		{"slow", 504, "text/html; charset=UTF-8", false, `<h1>504: Gateway time-out</h1>`},
		{"slow-written", 201, "application/json", true, `"name":"Ann"`},
		{"slow-late", 201, "application/json", true, `"name":"Ann"`},
		{"lagging-list", 201, "application/json", true, `"name":"Ann"`},
		{"lagging", 201, "application/json", true, `"name":"Ann"`},
		{"dropped", cut, "", false, ``},
		{"dropped-in-body", cut, "", false, `{"success":true,`},
		{"content-type", 201, "text/html; charset=UTF-8", true, `"name":"Ann"`},
		{"no-content-type", 201, "", true, `"name":"Ann"`},
		{"code-string", 400, "application/json", false, `"code":"not_a_number"`},
		{"null-source", 400, "application/json", false, `"source":null`},
		{"null-lists", 201, "application/json", true, `"errors":null,"messages":null,"result":{"id":`},
		{"null-errors", 400, "application/json", false, `"errors":null,"messages":null`},
		{"messages", 201, "application/json", true, `"documentation_url":"https://developers.cloudflare.com/`},
		{"hostile", 400, "application/json", false, `"documentation_url":"javascript:alert(3)"`},
		{"pointers", 400, "application/json", false, `"pointer":"#/email"`},
		{"unknown-pointer", 400, "application/json", false, `"pointer":"/rules/0/action"`},
		{"error-chain", 400, "application/json", false, `"error_chain":[{"code":6111,`},
		{"short-pages", 201, "application/json", true, `"name":"Ann"`}, // lists alone: see TestPaging
		{"short-page", 201, "application/json", true, `"name":"Ann"`},
		{"total-zero", 201, "application/json", true, `"name":"Ann"`},
		{"total-null", 201, "application/json", true, `"name":"Ann"`},
		{"total-missing", 201, "application/json", true, `"name":"Ann"`},
		{"total-page", 201, "application/json", true, `"name":"Ann"`},
		{"total-low", 201, "application/json", true, `"name":"Ann"`},
		{"total-high", 201, "application/json", true, `"name":"Ann"`},
		{"count-wrong", 201, "application/json", true, `"name":"Ann"`},
	}
	var names []string
	for _, tt := range tests {
		names = append(names, tt.preset)
		for _, variant := range []string{"", "-written"} {
			if strings.HasPrefix(tt.preset, "slow") && variant != "" {
				continue // slow-written stands in the table
			}
			f, ok := sandbox.Preset(tt.preset + variant)
			if !ok {
				t.Fatalf("no preset %s", tt.preset+variant)
			}
			f.Delay = 0
			sb, c := serve(t, sandbox.Options{Seed: none})
			sb.Inject(f)
			status, header, body, err := c.send("POST", registryPath, ann)
			if err != nil {
				status = cut
			}
			written := tt.written || variant != ""
			calls := sb.Calls()
			if status != tt.status || (status != cut && header.Get("Content-Type") != tt.contentType) || !strings.Contains(body, tt.body) {
				t.Errorf("%s: got %d %v %.300q %v", f.Name, status, header, body, err)
			}
			if len(sb.Entries()) == 1 != written || len(sb.Writes()) == 1 != written || len(calls) != 1 || calls[0].Fault != f.Name {
				t.Errorf("%s: entries %+v, calls %+v", f.Name, sb.Entries(), calls)
			}
			if tt.preset == "huge" && len(body) < 50<<20 {
				t.Errorf("huge has %d bytes", len(body))
			}
			if limited := status == 429 && tt.preset != "429-html" || status == 503; limited != (header.Get("Retry-After") == "30") {
				t.Errorf("%s: headers %v", f.Name, header)
			}
			if status != cut && header.Get("Cf-Ray") == "" {
				t.Errorf("%s: no Cf-Ray", f.Name)
			}
			if len(sb.Faults()) != 0 {
				t.Errorf("%s: hits more than once", f.Name)
			}
		}
	}
	if all := sandbox.Presets(); !slices.Equal(names, all) {
		t.Errorf("tested %q\n of %q", names, all)
	}
	for _, name := range []string{"", "nothing", "-written", "500-written-written", "-late", "500-late-written", "500-written-late"} {
		if f, ok := sandbox.Preset(name); ok {
			t.Errorf("preset %q is %+v", name, f)
		}
	}
}

func TestPresetsOnAList(t *testing.T) {
	for _, name := range []string{"null-lists", "messages"} {
		sb, c := serve(t, sandbox.Options{Seed: []sandbox.Entry{entry("Ann", "a@b.example", "", 1)}})
		f, _ := sandbox.Preset(name)
		sb.Inject(f)
		if _, _, body, err := c.send("GET", registryPath, ""); err != nil || !strings.Contains(body, `"result":[{"id":`) ||
			!strings.Contains(body, `"result_info":{"count":1,`) {
			t.Errorf("%s: %s %v", name, body, err)
		}
	}
}

// TestFaultsOfTheCallItself: a fault that shows the true result shows a true
// refusal as it is.
func TestFaultsOfTheCallItself(t *testing.T) {
	sb, c := serve(t, sandbox.Options{Seed: none})
	f, _ := sandbox.Preset("messages")
	sb.Inject(f)
	if r := c.call("POST", registryPath, `{}`); r.Status != 400 || len(r.Errors) != 3 {
		t.Errorf("got %d %s", r.Status, r.Raw)
	}
}

func TestFaultsAreMatched(t *testing.T) {
	sb, c := serve(t, sandbox.Options{Seed: none})
	sb.Inject(
		sandbox.Fault{Name: "third", Method: "GET", Skip: 2, Status: 503},
		sandbox.Fault{Name: "post", Method: "POST", Status: 500, Times: 2},
		sandbox.Fault{Name: "path", Path: "/tokens/", Status: 418, Times: -1},
	)
	tests := []struct {
		method, path string
		status       int
		fault        string
	}{
		{"GET", registryPath, 200, ""},
		{"POST", registryPath, 500, "post"},
		{"GET", "/client/v4/user/tokens/verify", 418, "path"},
		{"GET", registryPath, 503, "third"},
		{"POST", registryPath, 500, "post"},
		{"GET", registryPath, 200, ""},
		{"POST", registryPath, 400, ""},
		{"GET", "/client/v4/user/tokens/verify", 418, "path"},
	}
	for i, tt := range tests {
		status, _, _, err := c.send(tt.method, tt.path, "")
		if calls := sb.Calls(); err != nil || status != tt.status || calls[i].Fault != tt.fault || calls[i].Status != tt.status {
			t.Errorf("%d: got %d %+v %v, want %d %q", i, status, calls[i], err, tt.status, tt.fault)
		}
	}
	if left := sb.Faults(); len(left) != 1 || left[0].Name != "path" {
		t.Errorf("left: %+v", left)
	}
	sb.ClearFaults()
	if r := c.call("GET", "/client/v4/user/tokens/verify", ""); r.Status != 200 {
		t.Errorf("after ClearFaults: %d", r.Status)
	}
}

// TestEffects: what is in the registry while the caller waits, and after.
func TestEffects(t *testing.T) {
	tests := []struct {
		effect       sandbox.Effect
		while, after int // entries
		status       int
	}{
		{sandbox.EffectNone, 0, 0, 504},
		{sandbox.EffectWrite, 1, 1, 201},
		{sandbox.EffectLate, 0, 1, 201},
		{"", 0, 1, 201},
	}
	for _, tt := range tests {
		for _, leaves := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s leaves %v", tt.effect, leaves), func(t *testing.T) {
				sb, c := serve(t, sandbox.Options{Seed: none})
				hold := make(chan struct{})
				sb.Inject(sandbox.Fault{Method: "POST", Effect: tt.effect, Hold: hold})
				ctx, leave := context.WithCancel(t.Context())
				defer leave()
				req, err := http.NewRequestWithContext(ctx, "POST", c.base+registryPath, strings.NewReader(ann))
				if err != nil {
					t.Fatal(err)
				}
				req.Header = c.auth.Clone()
				answered := make(chan int)
				go func() {
					res, err := http.DefaultClient.Do(req)
					if err != nil {
						answered <- 0
						return
					}
					answered <- res.StatusCode
					_ = res.Body.Close()
				}()
				// The fault is taken from the queue just before its first effect.
				until(t, func() bool { return len(sb.Faults()) == 0 && len(sb.Entries()) == tt.while })
				if leaves {
					leave()
				} else {
					close(hold)
				}
				status := <-answered
				if leaves {
					if n := len(sb.Entries()); n != tt.while {
						t.Errorf("%d entries when the caller had gone, want %d", n, tt.while)
					}
					close(hold)
				} else if status != tt.status {
					t.Errorf("status %d, want %d", status, tt.status)
				}
				sb.Wait()
				if n := len(sb.Entries()); n != tt.after || len(sb.Writes()) != tt.after {
					t.Errorf("%d entries and %d writes at the end, want %d", n, len(sb.Writes()), tt.after)
				}
			})
		}
	}
}

// TestDelay: a delay passes, and a caller who goes away ends it.
func TestDelay(t *testing.T) {
	sb, c := serve(t, sandbox.Options{Seed: none})
	sb.Inject(sandbox.Fault{Delay: time.Millisecond})
	c.create(ann)
	sb.Reset()

	f, _ := sandbox.Preset("slow-written")
	sb.Inject(f)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	req, err := http.NewRequestWithContext(ctx, "POST", c.base+registryPath, strings.NewReader(ann))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = c.auth.Clone()
	go func() {
		until(t, func() bool { return len(sb.Entries()) == 1 })
		leave()
	}()
	res, err := http.DefaultClient.Do(req)
	if err == nil {
		_ = res.Body.Close()
	}
	started := time.Now()
	sb.Wait()
	if waited := time.Since(started); !errors.Is(err, context.Canceled) || waited > f.Delay/2 || len(sb.Writes()) != 1 {
		t.Errorf("got %v, waited %s, %d writes", err, waited, len(sb.Writes()))
	}
}

// until waits for what another goroutine is about to do.
func until(t *testing.T, done func() bool) {
	t.Helper()
	for !done() {
		select {
		case <-t.Context().Done():
			t.Error("never")
			return
		case <-time.After(time.Millisecond):
		}
	}
}
