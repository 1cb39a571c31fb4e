package server_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/plan"
)

// TestFixesTogether drafts several fixes in one plan: what they do together, and none of them
// alone, is on the draft before it is applied.
func TestFixesTogether(t *testing.T) {
	t.Parallel()
	entry := func(id, name, email string, regex bool) sandbox.Entry {
		return sandbox.Entry{ID: id, Name: name, Email: email, IsEmailRegex: regex, Provenance: sandbox.Manual}
	}
	const same = "ann@haldenvoss.example"
	covered := []sandbox.Entry{entry("1", "Ann Poe", same, false), entry("2", "Ann Poe", same, false), entry("3", "Ann Poe", `^a(nn)?@haldenvoss\.example$`, true)}
	for _, tt := range []struct {
		name       string
		seed       []sandbox.Entry
		fix        string // rules whose findings are fixed together
		mailTest   url.Values
		operations int
		findings   string // that the draft causes
		breaks     string
		unprotects string
	}{
		{"one of a pair", covered, "duplicate", nil, 1, "", "", ""},
		{"both of a pair", covered, "duplicate covered", nil, 2, "Tip Only patterns: Ann Poe", "", ""},
		{
			"two become the same",
			[]sandbox.Entry{entry("1", "Ann Poe", "ann\u200b@haldenvoss.example", false), entry("2", "Ann Poe", "ann@haldenvoss.example\u200b", false)},
			"invisible-character", nil, 2, "Warning Duplicate: Ann Poe", "", "",
		},
		{
			"a test breaks",
			[]sandbox.Entry{entry("1", "Ann Poe", `^a(nn)?@mail.haldenvoss.example$`, true), entry("2", "Ann Poe", same, false), entry("3", "Ann Poe", same, false)},
			"duplicate unescaped-dot",
			url.Values{"name": {"Ann Poe"}, "email": {"ann@mailx.haldenvoss.example"}, "expect": {"flagged"}},
			2, "", "", "",
		},
		{
			"a test that counts on a mistake",
			[]sandbox.Entry{entry("1", "Ann Poe", `^a(nn)?@mail.haldenvoss.example$`, true), entry("2", "Ann Poe", same, false), entry("3", "Ann Poe", same, false)},
			"duplicate unescaped-dot",
			url.Values{"name": {"Ann Poe"}, "email": {"ann@mail-haldenvoss.example"}, "expect": {"passes"}},
			2, "", "from ann@mail-haldenvoss.example must pass", "",
		},
		{
			"a name",
			[]sandbox.Entry{entry("1", "\u0410nn Poe", "ann@haldenvoss.example", false), entry("2", "Ben Poe", "ben@haldenvoss.example", false), entry("3", "Ben Poe", "ben@haldenvoss.example", false)},
			"mixed-letters duplicate", nil, 2, "", "", "\u0410nn Poe",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			app := newApp(t, seeded(tt.seed...), func(s *settings) { s.sandbox.AllowDuplicates = true })
			b := app.as("editor")
			if tt.mailTest != nil {
				b.post(testsURL, tt.mailTest).wants(http.StatusSeeOther)
			}
			var ids []string
			for rule := range strings.FieldsSeq(tt.fix) {
				var got struct{ Result []struct{ ID string } }
				must(t, json.Unmarshal([]byte(b.json(findingsURL+"?rule="+rule).wants(http.StatusOK).body), &got))
				for _, f := range got.Result {
					ids = append(ids, f.ID)
				}
			}
			to := b.post(findingsURL+"/fix", url.Values{"id": ids}).wants(http.StatusSeeOther).location()
			draft := b.ended(to)
			sameText := func(what, got, want string) {
				t.Helper()
				if got != want {
					t.Errorf("%s: %q, want %q", what, got, want)
				}
			}
			box := draft.Find("[aria-label='Findings that the plan causes']")
			var told []string
			for _, li := range box.Find("li").EachIter() {
				told = append(told, strings.Join(strings.Fields(li.Find("p").First().Text()), " "))
			}
			sameText("findings", strings.Join(told, "; "), tt.findings)
			if tt.findings != "" {
				sameText("heading", box.Find("h2").Text(), "This causes a finding")
			}
			sameText("unprotected", draft.text("section[aria-labelledby=unprotected] li"), tt.unprotects)
			if got := draft.text("section[aria-labelledby=breaks] li"); !strings.HasSuffix(got, tt.breaks+".") && tt.breaks != "" || tt.breaks == "" && got != "" {
				t.Errorf("breaks %q, want %q", got, tt.breaks)
			}
			var got struct {
				Result struct {
					Findings    []struct{ Rule, Severity, Message string }
					BrokenTests []any `json:"broken_tests"`
					Operations  []any
				}
			}
			must(t, json.Unmarshal([]byte(b.json(to).wants(http.StatusOK).body), &got))
			if len(got.Result.Operations) != tt.operations || len(got.Result.Findings) != len(told) || (len(got.Result.BrokenTests) > 0) != (tt.breaks != "") {
				t.Errorf("%+v", got.Result)
			}
		})
	}
}

// countedPlans counts how often the operations of plans are read.
type countedPlans struct {
	plan.Store
	reads atomic.Int32
}

func (s *countedPlans) PlanOperations(ctx context.Context, id string, states []plan.OperationState, after, limit int) ([]plan.Operation, error) {
	s.reads.Add(1)
	return s.Store.PlanOperations(ctx, id, states, after, limit)
}

// TestDraftIsReadOnce reads the operations of a draft once for the tests that it breaks and the
// findings that it causes, and not again while nothing changes.
func TestDraftIsReadOnce(t *testing.T) {
	t.Parallel()
	app := newApp(t, aCompany)
	b := app.as("editor")
	b.addTest("Jane Doe", "jane@corp.example", "passes")
	to := b.post(plans, url.Values{"id": {"1", "3"}}).wants(http.StatusSeeOther).location()
	for _, tt := range []struct {
		what   string
		accept string
		want   int32
	}{{"page", "text/html", 1}, {"page again", "text/html", 0}, {"JSON", "application/json", 0}} {
		before := app.planRows.reads.Load()
		b.json(to, "Accept", tt.accept).wants(http.StatusOK)
		same(t, tt.what, app.planRows.reads.Load()-before, tt.want)
	}
}

// TestFixesThroughAPlan applies the plan with the fixes of all findings: none that had one is left.
func TestFixesThroughAPlan(t *testing.T) {
	t.Parallel()
	var seed []sandbox.Entry
	add := func(name, email string, regex bool, provenance string) {
		seed = append(seed, sandbox.Entry{ID: strconv.Itoa(len(seed) + 1), Name: name, Email: email, IsEmailRegex: regex, Provenance: provenance})
	}
	for i, of := range []struct {
		email string
		regex bool
	}{
		{`^ben?@mail.haldenvoss\.example$`, true},
		{`^cal?@haldenvoss\.example`, true},
		{"Dee Poe <dee@haldenvoss.example>", false},
		{`^eve\\d@haldenvoss\\.example$`, true},
		{`fay\.poe@haldenvoss\.example`, false},
		{"gil@haldenvoss.example", true},
		{"hal\u200b@haldenvoss.example", false},
		{"o’kim@haldenvoss.example", false},
	} {
		add("Person "+string(rune('A'+i))+"bc", of.email, of.regex, sandbox.Manual)
	}
	add("Ann Poe", "ann@haldenvoss.example", false, sandbox.Microsoft365) // single-synced
	add("Bob Ray", "bob@haldenvoss.example", false, sandbox.Manual)       // duplicates
	add("Bob Ray", "Bob@haldenvoss.example", false, sandbox.Manual)
	add("Cid Moe", "cid@haldenvoss.example", false, sandbox.Manual) // spellings
	add("Moe, Cid", "c.moe@haldenvoss.example", false, sandbox.Manual)
	add("J\u043ehn Low", "john@haldenvoss.example", false, sandbox.Manual) // letters
	app := newApp(t, seeded(seed...))
	b := app.as("editor")
	found := func() (rules, fixable []string) {
		var got struct {
			Result []struct {
				Rule    string
				Fixable bool
			}
		}
		must(t, json.Unmarshal([]byte(b.json(findingsURL).wants(http.StatusOK).body), &got))
		for _, f := range got.Result {
			rules = append(rules, f.Rule)
			if f.Fixable {
				fixable = append(fixable, f.Rule)
			}
		}
		return rules, fixable
	}
	before, fixable := found()
	for _, rule := range []string{
		"unescaped-dot", "not-anchored", "never-matches", "doubled-backslash", "pattern-as-literal", "literal-as-pattern", "invisible-character",
		"typographic-character", "mixed-letters", "same-person", "duplicate", "single-synced",
	} {
		same(t, rule, slices.Contains(fixable, rule), true)
	}
	page := b.apply(b.ended(b.post(findingsURL+"/fix", url.Values{"all": {"1"}}).wants(http.StatusSeeOther).location()))
	if rest := page.tells("refused", "failed", "unknown", "skipped", "unchanged"); rest != "" {
		t.Errorf("not done: %s", rest)
	}
	after, left := found()
	same(t, "findings with a fix", strings.Join(left, " "), "")
	for _, rule := range after {
		same(t, rule+" was there", slices.Contains(before, rule), true)
	}
}
