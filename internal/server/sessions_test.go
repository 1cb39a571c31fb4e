package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/signin"
)

// ends sends the form that ends the n-th session on page, and returns the answer.
func (b *browser) ends(page *answer, n int) *answer {
	b.app.t.Helper()
	action, ok := page.Find("main li form[action$='/end']").Eq(n).Attr("action")
	if !ok {
		b.app.t.Fatalf("no session %d on the page:\n%s", n, page.text("main"))
	}
	return b.post(action, nil)
}

func TestYourSessions(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	first := app.as("editor")
	app.clock.move(time.Minute)
	second := app.as("editor")
	app.as("viewer")
	page := second.get("/sessions/mine").wants(http.StatusOK)
	same(t, "sessions", page.Find("main li").Length(), 2)
	page.contains("main li:nth-child(1)", "This session")
	page.contains("main li:nth-child(1) button", "Sign out")
	page.contains("main li:nth-child(2)", "127.0.0.1")
	same(t, "this session", page.Find("main li:contains('This session')").Length(), 1)
	page.contains("main", "30 minutes after its last request, and at most 12 hours after sign-in")

	same(t, "back to", second.ends(page, 1).wants(http.StatusSeeOther).location(), "/sessions/mine")
	second.get("/sessions/mine").wants(http.StatusOK).contains("[role=status]", "Session ended")
	first.get(entries).wants(http.StatusSeeOther)
	second.ends(page, 1).wants(http.StatusNotFound).contains("h1", "There is no such session")
	same(t, "its own ends as by signing out", second.ends(page, 0).wants(http.StatusSeeOther).location(), "/login")
	second.get(entries).wants(http.StatusSeeOther)
	var reasons []string
	for _, r := range app.records(rbac.EndSession) {
		reasons = append(reasons, r.After["reason"].(string))
	}
	same(t, "recorded", strings.Join(reasons, ", "), "ended from the list of sessions, signed out")
}

func TestOtherPeoplesSessionsAreNotEnded(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	victim := app.as("editor")
	hash := strings.Split(victim.get("/sessions/mine").Find("main li form").AttrOr("action", ""), "/")[3]
	b := app.as("viewer")
	b.post("/sessions/mine/"+hash+"/end", nil).wants(http.StatusNotFound)
	b.post("/sessions/"+hash+"/end", nil).wants(http.StatusForbidden)
	b.post("/sessions/mine/..%2f"+hash+"/end", nil).wants(http.StatusNotFound)
	victim.get(entries).wants(http.StatusOK)
	app.as("admin").post("/sessions/"+hash+"/end", nil).wants(http.StatusSeeOther)
	victim.get(entries).wants(http.StatusSeeOther)
}

func TestAllSessions(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.as("viewer")
	app.as("editor")
	b := app.as("admin")
	page := b.get("/sessions").wants(http.StatusOK)
	names := page.Find("main li h2 > bdi").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	same(t, "people", strings.Join(names, ", "), "Ada Moreau, Edgar Okafor, Vera Lindqvist")
	page.contains("nav", "Sessions")
	open, err := app.signIns.CountSessions(t.Context())
	must(t, err)
	same(t, "count for the metrics", open, 3)
	same(t, "in an editor's navigation", app.as("editor").get(entries).Find("nav a[href='/sessions']").Length(), 0)
	res := b.do(http.MethodGet, "/sessions", nil, map[string]string{"Accept": "application/json"}).wants(http.StatusOK)
	same(t, "JSON", strings.Contains(res.body, `"subject":"viewer"`) && strings.Contains(res.body, `"current":true`), true)
}

// The trail says of each session when and why it ended, once, the one who sweeps.
func TestSessionsThatRunOutAreRecorded(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.as("viewer")
	app.clock.move(20 * time.Minute)
	b := app.as("editor")
	app.clock.move(15 * time.Minute)
	for range 2 {
		must(t, app.signIns.Sweep(t.Context()))
	}
	ended := app.records(rbac.EndSession)
	if len(ended) != 1 || ended[0].Actor.Subject != "viewer" || ended[0].After["reason"] != "idle limit reached" {
		t.Errorf("recorded: %+v", ended)
	}
	b.get(entries).wants(http.StatusOK)
	same(t, "open", app.as("admin").get("/sessions").Find("main li").Length(), 2)
}

// Keys change by themselves and no one is signed out.
func TestKeysRotate(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	var admins []*browser
	for range 4 {
		admins = append(admins, app.as("admin"))
		app.clock.move(30*24*time.Hour - time.Hour)
		b := app.as("editor")
		for range 11 { // through a change of keys, hour by hour
			must(t, app.gate.Sessions.RotateKeys(t.Context()))
			for range 3 {
				app.clock.move(20 * time.Minute)
				b.get(entries).wants(http.StatusOK)
			}
		}
	}
	keys, err := app.store.SessionKeys(t.Context())
	must(t, err)
	if len(keys) != 2 || keys[0].Seq < 3 {
		t.Errorf("%d keys, the first is number %d; want the last two of five", len(keys), keys[0].Seq)
	}
	admins[0].get(entries).wants(http.StatusSeeOther)
}

// A cookie that the program has not made is not even looked up.
func TestForgedCookies(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	u, _ := url.Parse(app.base())
	good := b.client.Jar.Cookies(u)[0].Value
	for _, value := range []string{"", "x", good[1:], good + "A", strings.ToUpper(good)} {
		res := app.stranger().do(http.MethodGet, entries, nil, map[string]string{"Cookie": "namesake=" + value})
		same(t, value, res.status, http.StatusSeeOther)
	}
	same(t, "the right one", app.stranger().do(http.MethodGet, entries, nil, map[string]string{"Cookie": "namesake=" + good}).status, http.StatusOK)
}

func TestTooManySignIns(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	bad := url.Values{"user": {"root"}}
	for range 10 {
		app.stranger().post("/login", bad).wants(http.StatusUnprocessableEntity)
	}
	page := app.stranger().post("/login", url.Values{"user": {"editor"}}).wants(http.StatusTooManyRequests)
	page.contains("h1", "Too many sign-ins from your network")
	same(t, "Retry-After", page.header.Get("Retry-After"), "10")
	same(t, "recorded", len(app.records(rbac.RefuseSession)), 10)
	app.clock.move(10 * time.Second)
	app.as("editor").get(entries).wants(http.StatusOK)
}

// The list of sessions comes in pages, each session on one of them.
func TestSessionsComeInPages(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	const all = 103
	started := app.clock.now()
	for n := range all { // some start in the same microsecond
		must(t, app.store.StartSession(t.Context(), signin.Session{
			Hash: fmt.Sprintf("h%04d", n), Actor: rbac.Actor{Issuer: "i", Subject: fmt.Sprint(n), Name: fmt.Sprint("Person ", n), Role: rbac.Viewer, Auth: "demo"},
			Started: started.Add(time.Duration(n/4) * time.Second), Seen: started.Add(time.Duration(n/4) * time.Second),
		}, time.Time{}, audit.Record{Action: rbac.StartSession, Outcome: audit.OutcomeDone}))
	}
	b := app.as("admin")
	met := map[string]int{}
	sizes := ""
	for path := "/sessions"; path != ""; {
		page := b.get(path).wants(http.StatusOK)
		page.Find("main li[data-session]").Each(func(_ int, s *goquery.Selection) { met[s.AttrOr("data-session", "")]++ })
		sizes += fmt.Sprint(page.Find("main li[data-session]").Length(), " ")
		same(t, "way to the newest", page.Find("nav[aria-label=Pages] a:contains('Newest')").Length() == 1, path != "/sessions")
		path = page.Find("nav[aria-label=Pages] a[rel=next]").AttrOr("href", "")
	}
	same(t, "sizes", sizes, "50 50 4 ")
	same(t, "sessions", len(met), all+1)
	for hash, times := range met {
		same(t, hash, times, 1)
	}

	var got struct {
		Result []struct{ ID string }
		Info   struct {
			Count  int
			Before string
		} `json:"result_info"`
	}
	json1 := map[string]string{"Accept": "application/json"}
	must(t, json.Unmarshal([]byte(b.do(http.MethodGet, "/sessions", nil, json1).wants(http.StatusOK).body), &got))
	same(t, "JSON", len(got.Result), 50)
	same(t, "count", got.Info.Count, 50)
	must(t, json.Unmarshal([]byte(b.do(http.MethodGet, "/sessions?before="+got.Info.Before, nil, json1).wants(http.StatusOK).body), &got))
	same(t, "next page of JSON", len(got.Result), 50)
	for _, odd := range []string{"x", "1", ".h", "-1.h", "99999999999999999999.h", "1.%00", "1." + strings.Repeat("h", 200), "1.%ff"} {
		same(t, "page "+odd, b.get("/sessions?before="+odd).wants(http.StatusOK).Find("main li[data-session]").Length(), 50)
		b.do(http.MethodGet, "/sessions?before="+odd, nil, json1).wants(http.StatusBadRequest)
	}
	open, err := app.signIns.CountSessions(t.Context())
	must(t, err)
	same(t, "counted", open, all+1)
}
