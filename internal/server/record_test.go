package server_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/signin"
)

// records returns the audit records of the given action, oldest first.
func (a *app) records(action rbac.Action) []audit.Record {
	a.t.Helper()
	list, err := a.store.Records(a.t.Context(), audit.Query{Action: action})
	must(a.t, err)
	out := make([]audit.Record, len(list))
	for i, r := range list {
		out[len(list)-1-i] = r
	}
	return out
}

// faultyJournal fails where a test says so.
type faultyJournal struct {
	audit.Journal
	fail func(audit.Record) bool
}

// faultySessions can be read, and no longer written once it is broken.
type faultySessions struct {
	signin.Store
	broken atomic.Bool
	old    atomic.Bool // from before groups were kept
}

func (f *faultySessions) Session(ctx context.Context, hash string) (signin.Session, bool, error) {
	n, ok, err := f.Store.Session(ctx, hash)
	if f.old.Load() {
		n.Groups, n.GroupsUnknown = nil, true
	}
	return n, ok, err
}

func (f *faultySessions) StartSession(ctx context.Context, n signin.Session, forget time.Time, r audit.Record) error {
	if f.broken.Load() {
		return errDiskFull
	}
	return f.Store.StartSession(ctx, n, forget, r)
}

func (f *faultySessions) EndSession(ctx context.Context, hash string, why signin.EndReason, at time.Time, r audit.Record) (bool, error) {
	if f.broken.Load() {
		return false, errDiskFull
	}
	return f.Store.EndSession(ctx, hash, why, at, r)
}

var errDiskFull = errors.New("the disk is full")

func (f *faultyJournal) Append(ctx context.Context, r audit.Record) (audit.Record, error) {
	if f.fail != nil && f.fail(r) {
		return audit.Record{}, errDiskFull
	}
	return f.Journal.Append(ctx, r)
}

func (f *faultyJournal) AppendAsOf(ctx context.Context, r audit.Record, newest int64) (audit.Record, error) {
	if f.fail != nil && f.fail(r) {
		return audit.Record{}, errDiskFull
	}
	return f.Journal.AppendAsOf(ctx, r, newest)
}

func TestACreateIsRecorded(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.inject("messages")
	b := app.as("editor")
	res := b.create(with(jane(), "comments", "why", "directory_id", "7")).wants(http.StatusSeeOther)
	got := app.records(rbac.CreateEntry)
	if len(got) != 2 {
		t.Fatalf("%d records, want an intent and its outcome", len(got))
	}
	intent, done := got[0], got[1]
	id := registry.ID(strings.TrimPrefix(res.location(), entries+"/"))
	same(t, "intent", intent.Outcome, audit.OutcomeIntent)
	same(t, "outcome", done.Outcome, audit.OutcomeDone)
	same(t, "outcome's intent", done.Intent, intent.Seq)
	same(t, "entry", done.Entry, id)
	same(t, "status", done.Status, http.StatusCreated)
	same(t, "messages", len(done.Messages), 2)
	same(t, "pointer of a message", done.Messages[0].Pointer, "/email")
	same(t, "Cf-Ray", strings.HasSuffix(done.Ray, "-SBX"), true)
	for _, r := range got {
		same(t, "subject", r.Actor.Subject, "editor")
		same(t, "role", r.Actor.Role, rbac.Editor)
		same(t, "how signed in", r.Actor.Auth, "demo")
		same(t, "address", r.Address, "127.0.0.1")
		same(t, "account", r.Account, registry.AccountID(account))
		same(t, "request id", r.RequestID, res.header.Get("X-Request-Id"))
		same(t, "before", len(r.Before), 0)
		same(t, "name", r.After["name"], any("Jane Smith"))
		same(t, "comments", r.After["comments"], any("why"))
		same(t, "directory_id", r.After["directory_id"], any(int64(7)))
	}
}

func TestRefusalsAreRecorded(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.as("viewer").post(entries, url.Values{"name": {"x"}}).wants(http.StatusForbidden)
	got := app.records(rbac.CreateEntry)
	same(t, "records of a role's refusal", len(got), 1)
	same(t, "outcome", got[0].Outcome, audit.OutcomeRefused)
	same(t, "who", got[0].Actor.Subject, "viewer")

	app.as("editor").create(map[string]string{"name": "", "email": ""}).wants(http.StatusUnprocessableEntity)
	same(t, "records after our own validation", len(app.records(rbac.CreateEntry)), 1)

	app.inject("several-on-one-field")
	app.as("editor").create(jane()).wants(http.StatusUnprocessableEntity)
	got = app.records(rbac.CreateEntry)
	same(t, "records after the API's refusal", len(got), 3)
	same(t, "outcome", got[2].Outcome, audit.OutcomeRefused)
	same(t, "errors", len(got[2].Errors), 3)
	same(t, "pointer", got[2].Errors[0].Pointer, "/email")
	same(t, "status", got[2].Status, http.StatusBadRequest)
}

func TestSessionsAreRecorded(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("admin")
	b.post("/logout", nil).wants(http.StatusSeeOther)
	b.post("/logout", nil).wants(http.StatusSeeOther) // nothing to end
	b.post("/login", url.Values{"user": {"root"}}).wants(http.StatusUnprocessableEntity)
	for action, want := range map[rbac.Action]audit.Outcome{
		rbac.StartSession: audit.OutcomeDone, rbac.EndSession: audit.OutcomeDone, rbac.RefuseSession: audit.OutcomeRefused,
	} {
		got := app.records(action)
		if len(got) != 1 || got[0].Outcome != want || got[0].Address != "127.0.0.1" {
			t.Errorf("%s: %+v", action, got)
		}
	}
}

func TestSigningInAgainEndsTheEarlierSession(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("viewer")
	b.post("/login", url.Values{"user": {"editor"}}).wants(http.StatusSeeOther)
	ended := app.records(rbac.EndSession)
	if len(ended) != 1 || ended[0].Actor.Subject != "viewer" {
		t.Errorf("ended sessions recorded: %+v", ended)
	}
}

func TestNothingIsSentUnrecorded(t *testing.T) {
	t.Parallel()
	journal := &faultyJournal{fail: func(r audit.Record) bool { return r.Outcome == audit.OutcomeIntent }}
	app := newApp(t, func(s *settings) { s.journal = journal })
	b := app.as("editor")
	page := b.create(jane()).wants(http.StatusServiceUnavailable)
	page.contains("#error-summary h2", "Nothing was done: the audit trail can't be written")
	kept(t, page, jane())
	same(t, "creates sent", creates(app), 0)
	same(t, "the reason on the page", strings.Contains(page.body, errDiskFull.Error()), false)
	same(t, "the reason in the log", strings.Contains(app.log.String(), errDiskFull.Error()), true)
	journal.fail = nil
	b.submit(page, nil).wants(http.StatusSeeOther)
	same(t, "entries", len(app.find("Jane Smith")), 1)
}

func TestADatabaseThatIsGone(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	b := app.as("editor")
	must(t, app.store.Close())
	page := b.post(entries, url.Values{"name": {"Jane"}, "email": {"jane@example.com"}}).wants(http.StatusServiceUnavailable)
	page.contains("h1", "Namesake's database does not answer")
	same(t, "name", page.Find("textarea[name=name]").Text(), "Jane")
	same(t, "calls of the API", len(app.sandbox.Calls()), 0)
	same(t, "ready", b.get("/readyz").status, http.StatusServiceUnavailable)
}

// An outcome that can't be recorded is settled later, by asking the API, and the
// person is told the truth all the same.
func TestAnOpenIntentIsSettled(t *testing.T) {
	t.Parallel()
	tests := []struct {
		preset  string // what the create meets
		status  int
		first   audit.Outcome // after the first look, at once
		settled audit.Outcome // after the time in which a create may land
	}{
		{"", 303, audit.OutcomeDone, audit.OutcomeDone},
		{"500-written", 303, audit.OutcomeDone, audit.OutcomeDone},
		{"dropped", 502, audit.OutcomeUnknown, audit.OutcomeFailed},
	}
	for _, tt := range tests {
		t.Run("create met "+tt.preset, func(t *testing.T) {
			journal := &faultyJournal{fail: func(r audit.Record) bool { return r.Intent != 0 }}
			app := newApp(t, func(s *settings) { s.journal = journal })
			if tt.preset != "" {
				app.inject(tt.preset)
			}
			app.as("editor").create(jane()).wants(tt.status)
			same(t, "records", len(app.records(rbac.CreateEntry)), 1)
			journal.fail = nil
			last := func() audit.Record {
				got := app.records(rbac.CreateEntry)
				return got[len(got)-1]
			}
			must(t, app.changes.SettleOpen(t.Context(), true))
			same(t, "first", last().Outcome, tt.first)
			same(t, "who", last().Actor.Subject, "editor")
			same(t, "intent", last().Intent, app.records(rbac.CreateEntry)[0].Seq)
			app.clock.move(doubtLasts)
			must(t, app.changes.SettleOpen(t.Context(), false))
			same(t, "settled", last().Outcome, tt.settled)
			count := len(app.records(rbac.CreateEntry))
			must(t, app.changes.SettleOpen(t.Context(), true))
			same(t, "records after one more look", len(app.records(rbac.CreateEntry)), count)
		})
	}
}

// An unanswered create that lands late is found by the one who looks first, and
// recorded once.
func TestALateCreateIsRecordedOnce(t *testing.T) {
	t.Parallel()
	app := newApp(t)
	app.inject("504-written")
	app.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Status: 500, Body: "{}", Times: -1})
	b := app.as("editor")
	page := b.create(jane()).wants(http.StatusGatewayTimeout)
	app.sandbox.ClearFaults()
	b.submit(page, nil).wants(http.StatusSeeOther)
	must(t, app.changes.SettleOpen(t.Context(), true))
	outcomes := []audit.Outcome{}
	for _, r := range app.records(rbac.CreateEntry) {
		outcomes = append(outcomes, r.Outcome)
	}
	if len(outcomes) != 3 || outcomes[1] != audit.OutcomeUnknown || outcomes[2] != audit.OutcomeDone {
		t.Errorf("outcomes %v, want intent, unknown, done", outcomes)
	}
}

// The form's key lives in the store: the same form sent after a restart makes no
// second entry.
func TestTheSameFormAfterARestart(t *testing.T) {
	t.Parallel()
	file := t.TempDir() + "/namesake.db"
	seed := sandbox.New(sandbox.Options{RateLimit: -1, AllowDuplicates: true})
	shared := func(s *settings) { s.database, s.api = file, seed }
	first := newApp(t, shared)
	b := first.as("editor")
	form := b.get(entries + "/new")
	to := b.submit(form, jane()).wants(http.StatusSeeOther).location()
	first.server.Close()
	must(t, first.store.Close())

	second := newApp(t, shared)
	b = second.as("editor")
	same(t, "location", b.submit(form, jane()).wants(http.StatusSeeOther).location(), to)
	same(t, "entries", len(second.find("Jane Smith")), 1)
}
