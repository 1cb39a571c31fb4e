package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/cfapi/sandbox"
)

// attentionSeed has a duplicate, a pattern that lets anyone in, and a name with only one
// synced address.
func attentionSeed() []sandbox.Entry {
	at := time.Now().UTC().AddDate(0, -3, 0)
	entry := func(n int, name, email string, from sandbox.Entry) sandbox.Entry {
		from.ID, from.Name, from.Email = "f174e90a-fafe-4643-bbbc-00000000000"+strconv.Itoa(n), name, email
		from.CreatedAt = at.AddDate(0, 0, 20*n)
		return from
	}
	manual, google := sandbox.Entry{Provenance: sandbox.Manual}, sandbox.Entry{Provenance: sandbox.GoogleDirectory}
	return []sandbox.Entry{
		entry(1, "Jane Doe", "jane@haldenvoss.example", manual), entry(2, "JANE  doe", "Jane@haldenvoss.example", manual),
		entry(3, "Bob Ray", ".*", sandbox.Entry{Provenance: sandbox.Manual, IsEmailRegex: true}), entry(4, "Kim Lee", "kim@haldenvoss.example", google),
	}
}

// TestOverview shows the state of the registry, with links to what it counts, and without a
// call of the API.
func TestOverview(t *testing.T) {
	t.Parallel()
	app := newApp(t, seeded(attentionSeed()...))
	b := app.as("editor")
	same(t, "from /", b.get("/").wants(http.StatusSeeOther).location(), overview)
	b.get(entries).wants(http.StatusOK)
	calls := len(app.sandbox.Calls())
	page := b.get(overview).wants(http.StatusOK)
	same(t, "calls", len(app.sandbox.Calls())-calls, 0)
	page.contains("h1", "Overview")
	page.contains("nav a[aria-current=page]", "Overview")
	page.contains("[data-read]", "Read from Cloudflare at")

	var numbers []string
	page.Find("ul[aria-label=Numbers] > li").Each(func(_ int, s *goquery.Selection) {
		text := strings.Join(strings.Fields(s.Text()), " ")
		numbers = append(numbers, text)
		list := b.get(s.Find("a").AttrOr("href", "")).wants(http.StatusOK)
		if want := text[strings.LastIndex(text, " ")+1:]; !strings.HasPrefix(text, "Protected") {
			same(t, "rows of "+text, strconv.Itoa(list.Find("input[name=id]").Length()), want)
		}
	})
	same(t, "numbers", strings.Join(numbers, ", "), "Entries 4, Protected names 3, Patterns 1, Manual 3, Synced 1")

	var wrong []string
	page.Find("[data-rule]").Each(func(_ int, s *goquery.Selection) {
		wrong = append(wrong, strings.Join(strings.Fields(s.Text()), " "))
		b.get(s.Find("a").First().AttrOr("href", "")).wants(http.StatusOK)
	})
	same(t, "attention", strings.Join(wrong, "; "),
		"DangerAnyone can use this name 1Bob Ray .*; WarningDuplicate 1JANE doe Jane@haldenvoss.example; TipSingle synced address 1Kim Lee kim@haldenvoss.example")

	same(t, "charts", page.Find("figure svg.chart path.chart-line").Length(), 1)
	rows := page.Find("figure tbody tr")
	same(t, "first in the table", strings.Fields(rows.First().Find("td").Text())[0], "0")
	same(t, "last in the table", strings.Fields(rows.Last().Find("td").Text())[0], "4")
	page.contains("[aria-labelledby=changes]", "Nothing has changed in the last 7 days.")
	page.contains("[aria-labelledby=plans]", "No plan runs or waits.")

	form := page.Find("form[action$='/refresh']")
	hidden := form.Find("input")
	again := b.post(form.AttrOr("action", ""), url.Values{hidden.AttrOr("name", ""): {hidden.AttrOr("value", "")}})
	same(t, "refresh leads back", again.wants(http.StatusSeeOther).location(), overview)
	b.get(overview).contains("main [role=status]", "The registry was read")
	same(t, "plans for a viewer", app.as("viewer").get(overview).wants(http.StatusOK).Find("#plans").Length(), 0)
}

// TestOverviewOfChanges lists what has changed here and elsewhere, with who, and the plans
// that wait.
func TestOverviewOfChanges(t *testing.T) {
	t.Parallel()
	d := newDrifted(t)
	b := d.as("editor")
	page := b.get(overview).wants(http.StatusOK)
	page.contains("[aria-labelledby=changes]", "1 made here, 3 made outside Namesake.")
	var rows []string
	page.Find("[aria-labelledby=changes] li").Each(func(_ int, s *goquery.Selection) {
		text, _, _ := strings.Cut(strings.Join(strings.Fields(s.Text()), " "), " · ")
		rows = append(rows, text)
	})
	last := rows[len(rows)-1]
	same(t, "changes", len(rows), 4)
	if !strings.HasPrefix(last, "Edited Olga Own olga.own@haldenvoss.example") || !strings.HasSuffix(last, "edgar.okafor@haldenvoss.example") {
		t.Errorf("the change made here is %q", last)
	}
	same(t, "of others", strings.Count(strings.Join(rows, "\n"), "Outside Namesake"), 3)

	list := b.get(entries)
	draft := b.plan(list, list.ids()[:2])
	page = b.get(overview).wants(http.StatusOK)
	page.contains("[aria-labelledby=plans]", "Draft")
	plan := page.Find("[aria-labelledby=plans] a").First().AttrOr("href", "")
	b.get(plan).wants(http.StatusOK).contains("h1", draft.text("h1"))

	var got struct {
		Result struct {
			Entries   int
			Changes   struct{ Here, Elsewhere int }
			Plans     []struct{ ID, State string }
			Growth    []struct{ Entries int }
			Attention []struct {
				Rule, Severity string
				Count          int
			}
		}
	}
	answer := b.json(overview).wants(http.StatusOK)
	must(t, json.Unmarshal([]byte(answer.body), &got))
	same(t, "entries", got.Result.Entries, len(d.sandbox.Entries()))
	same(t, "here", got.Result.Changes.Here, 1)
	same(t, "elsewhere", got.Result.Changes.Elsewhere, 3)
	same(t, "plan", len(got.Result.Plans) == 1 && strings.HasSuffix(plan, got.Result.Plans[0].ID) && got.Result.Plans[0].State == "draft", true)
	same(t, "now", got.Result.Growth[len(got.Result.Growth)-1].Entries, got.Result.Entries)
	same(t, "as of", answer.header.Get("Namesake-As-Of") != "", true)
}

// TestOverviewOfLittle shows an empty registry, and one that was not read for long.
func TestOverviewOfLittle(t *testing.T) {
	t.Parallel()
	app := newApp(t, func(s *settings) { s.sandbox.Seed = []sandbox.Entry{} })
	b := app.as("viewer")
	page := b.get(overview).wants(http.StatusOK)
	page.contains("[aria-labelledby=attention]", "Nothing needs attention. 0 entries were checked.")
	same(t, "charts", page.Find("figure").Length(), 0)
	app.out("500")
	app.clock.move(3 * time.Minute)
	if err := app.mirror.Refresh(t.Context()); err == nil {
		t.Error("the registry was read")
	}
	b.get(overview).wants(http.StatusOK).contains("main [role=alert]", "This is the registry as it was 3 minutes ago")
}

// BenchmarkOverview10000 draws the overview of 10,000 entries.
func BenchmarkOverview10000(b *testing.B) { benchPageOf(b, 10_000, overview, "") }

// BenchmarkOverview10000Compressed draws it as browsers ask for it.
func BenchmarkOverview10000Compressed(b *testing.B) { benchPageOf(b, 10_000, overview, "gzip") }
