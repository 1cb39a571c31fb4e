package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"namesake/internal/cfapi/sandbox"
)

// aCompany is a registry with settings around it.
func aCompany(set *settings) {
	set.around = true
	set.sandbox.Seed = []sandbox.Entry{
		{ID: "1", Name: "Jane Doe", Email: "jane@corp.example"},
		{ID: "2", Name: "Jane Doe", Email: `jane\.doe@corp\.example`, IsEmailRegex: true},
		{ID: "3", Name: "<b>Bob", Email: "bob@corp.example"},
	}
	set.sandbox.Settings = &sandbox.Settings{
		AllowPolicies: []sandbox.AllowPolicy{
			{Note: sandbox.Note{ID: "11", Comments: new("Newsletters <i>")}, Pattern: sandbox.Pattern{Pattern: `.*@.*mailchimp\.com`, PatternType: "EMAIL", IsRegex: true}, IsAcceptableSender: true},
			{Note: sandbox.Note{ID: "12"}, Pattern: sandbox.Pattern{Pattern: "partner.example", PatternType: "DOMAIN"}, IsTrustedSender: true, VerifySender: true},
			{Note: sandbox.Note{ID: "13"}, Pattern: sandbox.Pattern{Pattern: "198.51.100.1", PatternType: "IP"}, IsTrustedSender: true},
		},
		TrustedDomains: []sandbox.TrustedDomain{
			{Note: sandbox.Note{ID: "31", Comments: new("Our agency <u>")}, Pattern: sandbox.Pattern{Pattern: "sister.example"}, IsSimilarity: true},
			{Note: sandbox.Note{ID: "32"}, Pattern: sandbox.Pattern{Pattern: "new.example"}, IsRecent: true},
		},
		BlockedSenders: []sandbox.BlockedSender{{Note: sandbox.Note{ID: "21"}, Pattern: sandbox.Pattern{Pattern: "evil.example", PatternType: "DOMAIN"}}},
	}
}

func checkOf(name, email, auth string) string {
	return checkURL + "?" + url.Values{"name": {name}, "email": {email}, "auth": {auth}}.Encode()
}

func TestMailCheck(t *testing.T) {
	t.Parallel()
	b := newApp(t, aCompany, func(set *settings) {
		set.sandbox.Seed = append(set.sandbox.Seed, sandbox.Entry{ID: "4", Name: "Eva Fox", Email: "eva@bücher.example"})
	}).as("viewer")
	for _, tt := range []struct {
		name, email, auth          string
		title, because             string
		flagged                    any // in JSON
		rule, entries, policies    string
		cases, points, inTheMargin string
	}{
		{
			"Jane Doe", "boss@gmail.com", "", "Flagged", "“Jane Doe” is protected, and no entry of the name has the address “boss@gmail.com”.",
			true, "protected-name", "1:false 2:false", "", "", "", "is another address",
		},
		{
			"Jane Doe", " jane@corp.example ", "", "Not flagged", "An entry allows “jane@corp.example” to use the name “Jane Doe”.",
			false, "listed-address", "1:true 2:false", "", "", "", "is this address",
		},
		{
			"Kim Lee", "kim@corp.example", "", "Not flagged", "No entry protects the name “Kim Lee”.", false, "unprotected-name", "", "", "", "", "",
		},
		{
			"Jane Doe", "x@notmailchimp.com", "", "Not flagged", "but an allow policy lets the mail through.",
			false, "allow-policy", "1:false 2:false", "11:true", "", "", "even if the sender is forged.",
		},
		{
			"Jane Doe", "x@partner.example", "", "It depends", "The answer depends on what Namesake cannot know",
			"depends", "undecided", "1:false 2:false", "12:true",
			"If the mail passes neither DMARC nor SPF nor DKIM. | If the mail passes DMARC, SPF or DKIM.", "authenticated:false=true authenticated:true=false", "if it passes DMARC, SPF or DKIM.",
		},
		{"Jane Doe", "x@partner.example", "pass", "Not flagged", "but an allow policy lets the mail through.", false, "allow-policy", "1:false 2:false", "12:true", "", "", "Trusts the sender"},
		{"Jane Doe", "x@partner.example", "fail", "Flagged", "is protected", true, "protected-name", "1:false 2:false", "12:true", "", "", ""},
		{
			"Jane Doe", "jane.doe@corp.example.evil.test", "", "It depends", "The answer depends", "depends", "undecided", "2:depends 1:false", "",
			"If the pattern of an entry must match the whole address. | If the pattern of an entry may match a part of the address.", "entries-found-anywhere:false=true entries-found-anywhere:true=false", "matches a part of it",
		},
		{
			"Eva Fox", "eva@xn--bcher-kva.example", "", "It depends", "The answer depends", "depends", "undecided", "4:depends", "",
			"If Cloudflare distinguishes an international domain in letters from its Punycode, which mail has. | If an international domain is the same in letters and in Punycode, which mail has.",
			"domain-forms-equal:false=true domain-forms-equal:true=false", "is this address, if its domain in letters is the same as in Punycode",
		},
		{"Kim Lee", "x@evil.example", "", "Flagged", "Mail from “x@evil.example” is blocked, whatever name it shows.", true, "blocked-sender", "", "21:true", "", "", "Blocks the sender."},
		{
			"Jane Doe", "x@sister.example", "pass", "It depends", "The answer depends", "depends", "undecided", "1:false 2:false", "31:depends",
			"If protected names stay protected in mail from a trusted domain. | If mail from a trusted domain may show protected names.", "trusted-domains-exempt:false=true trusted-domains-exempt:true=false",
			"trusted domain Trusts the domain although it may look like yours. Cloudflare does not document whether its mail may show protected names. Our agency <u>may apply: Cloudflare does not document it",
		},
		{"Jane Doe", "x@new.example", "", "Flagged", "is protected", true, "protected-name", "1:false 2:false", "", "", "", "is another address"},
		{"Kim Lee", "x@sister.example", "", "Not flagged", "No entry protects the name", false, "unprotected-name", "", "31:depends", "", "", "trusted domain"},
		{"<b>Bob", "x@gmail.com", "", "Flagged", "“<b>Bob” is protected", true, "protected-name", "3:false", "", "", "", "is another address"},
	} {
		t.Run(tt.name+" "+tt.email+" "+tt.auth, func(t *testing.T) {
			page := b.get(checkOf(tt.name, tt.email, tt.auth)).wants(http.StatusOK)
			same(t, "title", page.text("#verdict"), tt.title)
			page.contains("[role=status]", tt.because)
			page.contains("#main", tt.inTheMargin)
			page.contains("#main", "1 allow policy is for the addresses of servers.")
			same(t, "cases", strings.Join(page.each("[role=status] li"), " | "), tt.cases)
			same(t, "name", page.Find("#name").AttrOr("value", ""), tt.name)
			same(t, "auth", page.Find("#auth option[selected]").AttrOr("value", ""), tt.auth)

			answer := b.do(http.MethodGet, checkOf(tt.name, tt.email, tt.auth), nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
			var got struct {
				Success bool
				Result  struct {
					Flagged           any
					Because, Rule     string
					Entries, Policies []map[string]any
					TrustedDomains    []map[string]any `json:"trusted_domains"`
					BlockedSenders    []map[string]any `json:"blocked_senders"`
					Cases             []struct {
						Flagged bool
						If      map[string]bool
					}
				}
			}
			must(t, json.Unmarshal([]byte(answer.body), &got))
			var points []string
			for _, c := range got.Result.Cases {
				for point, holds := range c.If {
					points = append(points, point+":"+text(holds)+"="+text(c.Flagged))
				}
			}
			list := func(items []map[string]any, key string) string {
				var out []string
				for _, item := range items {
					out = append(out, item["id"].(string)+":"+text(item[key]))
				}
				return strings.Join(out, " ")
			}
			same(t, "flagged", got.Result.Flagged, tt.flagged)
			same(t, "rule", got.Result.Rule, tt.rule)
			same(t, "entries", list(got.Result.Entries, "covers"), tt.entries)
			same(t, "policies", list(slices.Concat(got.Result.Policies, got.Result.TrustedDomains, got.Result.BlockedSenders), "applies"), tt.policies)
			same(t, "points", strings.Join(points, " "), tt.points)
			if !strings.Contains(got.Result.Because, tt.because) || answer.header.Get("Namesake-As-Of") == "" || !got.Success {
				t.Errorf("because %q", got.Result.Because)
			}
		})
	}
}

func text(v any) string {
	content, _ := json.Marshal(v)
	return strings.Trim(string(content), `"`)
}

// TestMailCheckOfLookAlikes names the protected names that an unprotected one looks like.
func TestMailCheckOfLookAlikes(t *testing.T) {
	t.Parallel()
	b := newApp(t, aCompany).as("viewer")
	for name, want := range map[string]string{
		"J\u0430ne Doe": "The name looks like “Jane Doe”, which the registry protects, but is a different name to a mail filter.",
		"Jane Doe":      "", "JANE DOE": "", "Jane Roe": "",
	} {
		page := b.get(checkOf(name, "boss@gmail.com", "")).wants(http.StatusOK)
		answer := b.json(checkOf(name, "boss@gmail.com", "")).wants(http.StatusOK)
		for what, text := range map[string]string{"page": page.text("main"), "JSON": answer.body} {
			if got := strings.Contains(text, "looks like"); got != (want != "") || !strings.Contains(text, want) {
				t.Errorf("%q: the %s has %q", name, what, text)
			}
		}
	}
}

// TestMailCheckRefuses checks what can't be checked.
func TestMailCheckRefuses(t *testing.T) {
	t.Parallel()
	b := newApp(t, aCompany).as("viewer")
	first := b.get(checkURL).wants(http.StatusOK)
	if first.Find("[aria-invalid]").Length() != 0 || first.Find("#verdict").Length() != 0 {
		t.Error("the empty form has an error or a result")
	}
	for _, tt := range []struct{ name, email, auth, field, want string }{
		{"", "a@b.example", "", "name", "Enter the name that the mail shows."},
		{"Jane Doe", "", "", "email", "Enter the address of the sender."},
		{"Jane Doe", "jane doe", "", "email", "This is not an address."},
		{"Jane Doe", strings.Repeat("x", 600) + "@b.example", "", "email", "This is too long for an address."},
		{strings.Repeat("é", 1025), "a@b.example", "", "name", "This is longer than any name"},
		{"Jane Doe", "a@b.example", "maybe", "auth", "auth is pass, fail or missing."},
	} {
		page := b.get(checkOf(tt.name, tt.email, tt.auth)).wants(http.StatusUnprocessableEntity)
		page.contains("#"+tt.field+"-error", tt.want)
		if tt.field != "auth" { // no browser sends that
			same(t, "described", page.Find("#"+tt.field).AttrOr("aria-describedby", ""), tt.field+"-error")
		}
		answer := b.do(http.MethodGet, checkOf(tt.name, tt.email, tt.auth), nil, map[string]string{"Accept": "application/json"}).wants(http.StatusUnprocessableEntity)
		if !strings.Contains(answer.body, `"pointer":"/`+tt.field+`"`) || !strings.Contains(answer.body, tt.want) {
			t.Errorf("%s: %s", tt.field, answer.body)
		}
	}
}

// TestMailCheckWithoutPermission checks mail when the settings can't be read.
func TestMailCheckWithoutPermission(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany, func(set *settings) {
		set.sandbox.Tokens = []sandbox.Token{{Value: sandbox.DefaultToken, Denied: []string{"allow_policies"}}}
	})
	b := app.as("viewer")
	page := b.get(checkOf("Jane Doe", "x@notmailchimp.com", "")).wants(http.StatusOK)
	same(t, "title", page.text("#verdict"), "Flagged")
	page.contains("[aria-label='Settings that were not read']", "Cloudflare does not let Namesake read the allow policies. Give Namesake's API token the permission “Cloud Email Security: Read” for this account.")
	b.get(overview+"/findings").wants(http.StatusOK).contains("[aria-label='Settings that were not read']", "Cloudflare does not let Namesake read the allow policies.")
	answer := b.do(http.MethodGet, checkOf("Jane Doe", "x@evil.example", ""), nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	if !strings.Contains(answer.body, "Cloudflare does not let Namesake read the allow policies.") || !strings.Contains(answer.body, `"flagged":true`) {
		t.Error(answer.body)
	}
}

// TestShadowsOnPages shows an allow policy that cancels protection: in the findings, on the
// overview, at the entry and in the form.
func TestShadowsOnPages(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	const says = "Mail that shows a protected name, such as “<b>Bob”, from a@evilamailchimp.com is let through by the allow policy for the pattern .*@.*mailchimp\\.com."
	page := b.get(overview + "/findings?rule=shadowed-name").wants(http.StatusOK)
	page.contains("[data-rule=shadowed-name] [data-finding]", says)
	same(t, "witness", page.Find("[data-rule=shadowed-name] [data-witness]").First().Text(), "a@evilamailchimp.com")
	to := page.Find("[data-rule=shadowed-name] [data-finding] a:contains('Check this mail')").First().AttrOr("href", "")
	same(t, "check", b.get(to).wants(http.StatusOK).text("#verdict"), "Not flagged")
	b.get(overview).wants(http.StatusOK).contains("[data-rule=shadowed-name]", `.*@.*mailchimp\.com`)
	const note = "1 allow policy lets other mail with this name through, such as from a@evilamailchimp.com."
	b.get(entries+"/1").wants(http.StatusOK).contains("[data-shadowed]", note)
	b.get(entries+"/new").wants(http.StatusOK).contains("[data-shadowed]", note)
	answer := b.do(http.MethodGet, overview+"/findings?rule=shadowed-name", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	if !strings.Contains(answer.body, `"entry_ids":[]`) || !strings.Contains(answer.body, `"witness":"a@evilamailchimp.com"`) {
		t.Error(answer.body)
	}
	id := page.Find("[data-rule=shadowed-name] [data-finding]").First().AttrOr("data-finding", "")
	fingerprint := page.Find("[data-finding] form[action$=dismiss] input[name=fingerprint]").First().AttrOr("value", "")
	b.post(overview+"/findings/"+id+"/dismiss", url.Values{"fingerprint": {fingerprint}, "reason": {""}}).wants(http.StatusUnprocessableEntity)
	b.post(overview+"/findings/"+id+"/dismiss", url.Values{"fingerprint": {fingerprint}, "reason": {"Known."}}).wants(http.StatusSeeOther)
	if b.get(overview+"/findings?rule=shadowed-name").wants(http.StatusOK).Find("[data-finding='"+id+"']").Length() != 0 {
		t.Error("the dismissed finding is still shown")
	}
	app.sandbox.ChangeSettings(func(s *sandbox.Settings) {
		s.AllowPolicies = slices.Clone(s.AllowPolicies)
		s.AllowPolicies[0].IsTrustedSender = true
	})
	must(t, app.mirror.RefreshSettings(t.Context()))
	b.get(overview+"/findings?rule=shadowed-name").wants(http.StatusOK).contains("[data-rule=shadowed-name] [data-finding]", says)
}
