package cfapi_test

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/policy"
	"namesake/internal/registry"
)

func TestReadSettings(t *testing.T) {
	at := time.Date(2026, 11, 2, 3, 4, 5, 0, time.UTC)
	note := policy.Note{ID: "1", Comments: "c", CreatedAt: at, ModifiedAt: at.Add(time.Hour)}
	const common = `"id":"1","comments":"c","created_at":"2026-11-02T03:04:05Z","modified_at":"2026-11-02T04:04:05Z"`
	const old = `"id":1,"comments":"c","created_at":"2026-11-02T03:04:05Z","last_modified":"2026-11-02T04:04:05Z"`
	pattern := policy.Pattern{Text: ".*@a", Type: policy.OfEmail, IsRegex: true}
	for _, tt := range []struct {
		name string
		list policy.List
		item string
		want policy.Settings
	}{
		{
			"allow policy", policy.AllowPolicies, `{` + common + `,"pattern":".*@a","pattern_type":"EMAIL","is_regex":true,"is_trusted_sender":true,"is_acceptable_sender":true,"is_exempt_recipient":true,"verify_sender":true}`,
			policy.Settings{AllowPolicies: []policy.AllowPolicy{{Note: note, Pattern: pattern, TrustedSender: true, AcceptableSender: true, ExemptRecipient: true, VerifySender: true}}},
		},
		{
			"allow policy of before", policy.AllowPolicies, `{` + old + `,"pattern":".*@a","pattern_type":"EMAIL","is_regex":true,"is_sender":true,"is_spoof":true,"is_recipient":true}`,
			policy.Settings{AllowPolicies: []policy.AllowPolicy{{Note: note, Pattern: pattern, TrustedSender: true, AcceptableSender: true, ExemptRecipient: true}}},
		},
		{
			"new names decide", policy.AllowPolicies, `{` + common + `,"pattern":".*@a","pattern_type":"EMAIL","is_regex":true,"is_sender":true,"is_trusted_sender":false,"is_spoof":true,"is_acceptable_sender":false}`,
			policy.Settings{AllowPolicies: []policy.AllowPolicy{{Note: note, Pattern: pattern}}},
		},
		{
			"hardly anything", policy.AllowPolicies, `{"comments":null,"pattern":7,"verify_sender":"yes"}`,
			policy.Settings{AllowPolicies: []policy.AllowPolicy{{Pattern: policy.Pattern{Type: policy.OfUnknown}}}},
		},
		{
			"trusted domain", policy.TrustedDomains, `{` + common + `,"pattern":"a.example","is_regex":false,"is_recent":true,"is_similarity":true}`,
			policy.Settings{TrustedDomains: []policy.TrustedDomain{{Note: note, Pattern: policy.Pattern{Text: "a.example", Type: policy.OfDomain}, Recent: true, Similarity: true}}},
		},
		{
			"blocked sender", policy.BlockedSenders, `{` + common + `,"pattern":".*@a","pattern_type":"EMAIL","is_regex":true}`,
			policy.Settings{BlockedSenders: []policy.BlockedSender{{Note: note, Pattern: pattern}}},
		},
		{
			"domain", policy.Domains, `{` + common + `,"domain":"a.example","dmarc_status":"none","spf_status":"good","status":"active","emails_processed":{"total":1}}`,
			policy.Settings{Domains: []policy.Domain{{Note: note, Name: "a.example", DMARC: policy.NoRecord, SPF: policy.GoodRecord, Status: "active"}}},
		},
		{"domain without a status", policy.Domains, `{"id":"2","domain":"a.example","dmarc_status":null}`, policy.Settings{Domains: []policy.Domain{{Note: policy.Note{ID: "2"}, Name: "a.example"}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, respond(200, `{"success":true,"result":[`+tt.item+`],"result_info":{"total_count":1}}`))
			got, err := newClient(t, options(api.URL)).ReadSettings(t.Context(), tt.list)
			if err != nil || !reflect.DeepEqual(*got, tt.want) {
				t.Errorf("%+v, %v; want\n%+v", got, err, tt.want)
			}
			sent := api.requests()
			if len(sent) != 1 || sent[0].method != "GET" || !strings.HasSuffix(sent[0].uri, "/email-security/settings/"+string(tt.list)+"?page=1&per_page=1000") {
				t.Errorf("requests: %+v", sent)
			}
		})
	}
}

// TestReadSettingsPages reads a list whose pages are shorter than requested, with and without
// a total, and one that never ends.
func TestReadSettingsPages(t *testing.T) {
	for _, tt := range []struct {
		name  string
		total string
		pages int // 0 for one that never ends
		calls int
		fails bool
	}{
		{"with a total", `,"result_info":{"total_count":3}`, 3, 3, false},
		{"without a total", ``, 3, 4, false},
		{"with a wrong total", `,"result_info":{"total_count":7}`, 3, 4, false},
		{"empty", ``, -1, 1, false},
		{"without end", ``, 0, 50, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			api := newStub(t, func(w http.ResponseWriter, r *http.Request) {
				page := 0
				_, _ = fmt.Sscan(r.URL.Query().Get("page"), &page)
				item := fmt.Sprintf(`{"id":"%03d","domain":"d"}`, 900-page)
				if tt.pages != 0 && page > tt.pages {
					item = ""
				}
				respond(200, `{"success":true,"result":[`+item+`]`+tt.total+`}`)(w, r)
			})
			got, err := newClient(t, options(api.URL)).ReadSettings(t.Context(), policy.Domains)
			if (err != nil) != tt.fails || len(api.requests()) != tt.calls {
				t.Fatalf("%v after %d calls", err, len(api.requests()))
			}
			if tt.fails {
				return
			}
			for i, d := range got.Domains {
				if want := fmt.Sprintf("%03d", 900-tt.pages+i); d.ID != want {
					t.Errorf("item %d is %s, want %s", i, d.ID, want)
				}
			}
			if len(got.Domains) != max(tt.pages, 0) || got.Domains == nil {
				t.Errorf("%d items", len(got.Domains))
			}
		})
	}
}

// TestSettingsOfTheSandbox reads all lists with a token that may not read one of them.
func TestSettingsOfTheSandbox(t *testing.T) {
	api := sandbox.New(sandbox.Options{RateLimit: -1, Tokens: []sandbox.Token{{Value: "t", Denied: []string{"domains"}}}})
	server := newStub(t, api.ServeHTTP)
	c := newClient(t, cfapi.Options{BaseURL: server.URL + sandbox.Prefix, Account: "a", Token: "t"})
	demo := sandbox.DemoSettings(time.Now())
	for _, l := range policy.Lists() {
		got, err := c.ReadSettings(t.Context(), l)
		if l == policy.Domains {
			var failed *registry.APIError
			if !errors.As(err, &failed) || failed.Kind != registry.Denied || failed.Op != "list domains" || failed.Sporadic {
				t.Errorf("domains: %v", err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%s: %v", l, err)
		}
		if n := len(got.AllowPolicies) + len(got.TrustedDomains) + len(got.BlockedSenders); n != map[policy.List]int{
			policy.AllowPolicies: len(demo.AllowPolicies), policy.TrustedDomains: len(demo.TrustedDomains), policy.BlockedSenders: len(demo.BlockedSenders),
		}[l] {
			t.Errorf("%s has %d items", l, n)
		}
	}
}
