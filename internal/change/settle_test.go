package change_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/change"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/registry/registrytest"
	"namesake/internal/store"
)

var (
	editor = rbac.Caller{Actor: rbac.Actor{Issuer: "test", Subject: "e", Role: rbac.Editor}}
	jane   = registry.Draft{Name: "Jane Smith", Email: "jane@example.com"}
)

// newService returns a service over api, with a store in memory.
func newService(t *testing.T, api *registrytest.API, pass func(time.Duration)) (*change.Service, *store.Store) {
	t.Helper()
	database, err := store.Open(t.Context(), store.Options{Engine: "sqlite", Now: api.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	return serviceOver(t, api, database, database, api.Now, pass), database
}

// serviceOver returns a service over api and what else is given.
func serviceOver(t *testing.T, api registry.API, database *store.Store, journal audit.Journal, now func() time.Time, pass func(time.Duration)) *change.Service {
	t.Helper()
	log, err := audit.NewLog(audit.Options{Account: "a", Journal: journal, Trail: database})
	if err != nil {
		t.Fatal(err)
	}
	reads, err := mirror.NewService(mirror.Options{Audit: log, Trail: database, API: api, Account: "a", Store: database, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	s, err := change.NewService(change.Options{
		Audit: log, Mirror: reads, Account: "a", Submissions: database, Journal: journal, Trail: database, Outcomes: database, Now: now,
		Pause: func(_ context.Context, d time.Duration) error { pass(d); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSettle(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	entry := func(age time.Duration, name string) registry.Entry {
		return registry.Entry{ID: "1", Name: name, Email: "jane@example.com", CreatedAt: start.Add(-age)}
	}
	crowd := func(n int, age time.Duration) []registry.Entry {
		list := make([]registry.Entry, n)
		for i := range list {
			list[i] = entry(age, "Person "+strconv.Itoa(i))
		}
		return list
	}
	const (
		found = iota
		notCreated
		notKnown
	)
	tests := []struct {
		name       string
		api        registrytest.API
		effect     registry.Effect
		want       int
		wantResult change.Result
		look       bool // whether the look itself could not tell
		then       int  // the result once the call can't take effect any more and no list can lag
	}{
		{"took effect", registrytest.API{Applied: true}, registry.MayStillLand, found, change.FoundLater, false, found},
		{"took effect, the API's clock is behind", registrytest.API{Applied: true, Offset: -time.Hour}, registry.MayStillLand, found, change.FoundLater, false, found},
		{"no effect, nothing there", registrytest.API{}, registry.MayStillLand, notKnown, 0, false, notCreated},
		{"no effect, an old duplicate", registrytest.API{Entries: []registry.Entry{entry(time.Hour, "Jane Smith")}}, registry.MayStillLand, notKnown, 0, false, notCreated},
		{"no effect, an old duplicate, the API's clock is behind", registrytest.API{Offset: -time.Hour, Entries: []registry.Entry{entry(2*time.Hour, "Jane Smith")}}, registry.MayStillLand, notKnown, 0, false, notCreated},
		{"folded by the API", registrytest.API{Entries: []registry.Entry{entry(-time.Second, " JANE Smith")}}, registry.MayStillLand, found, change.FoundLater, false, found},
		{"behind a crowd", registrytest.API{Entries: append(crowd(250, -2*time.Second), entry(-time.Second, "Jane Smith"))}, registry.MayStillLand, found, change.FoundLater, false, found},
		{"behind a crowd, on smaller pages than asked", registrytest.API{PerPage: 30, Entries: append(crowd(100, -2*time.Second), entry(-time.Second, "Jane Smith"))}, registry.MayStillLand, found, change.FoundLater, false, found},
		{"too great a crowd", registrytest.API{Entries: crowd(6000, -2*time.Second)}, registry.MayStillLand, notKnown, 0, true, notKnown},
		{"may still land", registrytest.API{}, registry.MayStillLand, notKnown, 0, false, notCreated},
		{"landed", registrytest.API{Applied: true}, registry.MayStillLand, found, change.FoundLater, false, found},
		{"said to have happened, and there", registrytest.API{Applied: true}, registry.HasEffect, found, change.FoundLater, false, found},
		{"said to have happened, and not there", registrytest.API{}, registry.HasEffect, notKnown, 0, false, notKnown},
		{"a list in no order", registrytest.API{Unruly: true, Entries: []registry.Entry{entry(-time.Second, "B"), entry(time.Minute, "A")}}, registry.MayStillLand, notKnown, 0, true, notKnown},
		{"a list without times", registrytest.API{Entries: []registry.Entry{{ID: "1", Name: "A"}}}, registry.MayStillLand, notKnown, 0, true, notKnown},
		{"a match without an id", registrytest.API{Entries: []registry.Entry{{Name: "Jane Smith", Email: "jane@example.com", CreatedAt: start}}}, registry.MayStillLand, notKnown, 0, true, notKnown},
		{"a duplicate without a time", registrytest.API{Entries: []registry.Entry{{ID: "1", Name: "Jane Smith", Email: "jane@example.com"}}}, registry.MayStillLand, notKnown, 0, true, notKnown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := start
			api := tt.api
			api.Now = func() time.Time { return now }
			api.Fail = &registry.APIError{Op: "create entry", Kind: registry.Broken, Effect: tt.effect}
			s, trail := newService(t, &api, func(d time.Duration) { now = now.Add(d) })
			created, err := s.Create(t.Context(), editor, "key", jane)
			var unsettled *change.UnsettledError
			got := found
			if errors.As(err, &unsettled) {
				got = notKnown
				if unsettled.NotDone {
					got = notCreated
				}
				if (unsettled.Look != nil) != tt.look {
					t.Errorf("look failed with %v, want failure %v", unsettled.Look, tt.look)
				}
				if unsettled.SafeAt.IsZero() != (tt.effect != registry.MayStillLand || tt.look) || unsettled.Happened != (tt.effect == registry.HasEffect) {
					t.Errorf("safe at %v", unsettled.SafeAt)
				}
			} else if err != nil {
				t.Fatal(err)
			}
			if got != tt.want || created.Result != tt.wantResult {
				t.Errorf("verdict %d, result %d; want %d, %d", got, created.Result, tt.want, tt.wantResult)
			}
			if api.Created != 1 {
				t.Errorf("sent %d times", api.Created)
			}
			records, err := trail.Records(t.Context(), audit.Query{})
			if err != nil {
				t.Fatal(err)
			}
			outcomes := map[int]audit.Outcome{found: audit.OutcomeDone, notCreated: audit.OutcomeFailed, notKnown: audit.OutcomeUnknown}
			if len(records) != 2 || records[1].Outcome != audit.OutcomeIntent || records[0].Outcome != outcomes[tt.want] || records[0].Intent != records[1].Seq {
				t.Errorf("records %+v", records)
			}
			now = start.Add(131 * time.Second)
			if err := s.SettleOpen(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			records, err = trail.Records(t.Context(), audit.Query{Limit: 1})
			if err != nil || records[0].Outcome != outcomes[tt.then] {
				t.Errorf("in the end it is %s (%v), want %s", records[0].Outcome, err, outcomes[tt.then])
			}
		})
	}
}

func TestARefusedCreateMayBeSentAgain(t *testing.T) {
	api := &registrytest.API{Now: time.Now, Fail: &registry.APIError{Kind: registry.Refused, Effect: registry.NoEffect}}
	s, _ := newService(t, api, func(time.Duration) {})
	var refused *registry.APIError
	if _, err := s.Create(t.Context(), editor, "key", jane); !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	api.Fail = nil
	if created, err := s.Create(t.Context(), editor, "key", jane); err != nil || created.Result != change.Sent {
		t.Fatalf("got %v, %v", created, err)
	}
	if created, err := s.Create(t.Context(), editor, "key", jane); err != nil || created.Result != change.AlreadyDone || created.Entry.ID != "1002" {
		t.Fatalf("got %v, %v", created, err)
	}
}

func TestParseID(t *testing.T) {
	for s, ok := range map[string]bool{
		"f174e90a-fafe-4643-bbbc-4a0ed4fc8415": true, "12444788": true, "0": true, "F174E90A-FAFE-4643-BBBC-4A0ED4FC8415": true,
		"": false, "..": false, "a": false, "1/2": false, "-1": false, "99999999999999999999": false, "１": false,
		"{f174e90a-fafe-4643-bbbc-4a0ed4fc841}": false, "f174e90afafe4643bbbc4a0ed4fc8415": false,
	} {
		if id, err := registry.ParseID(s); (err == nil) != ok || (ok && string(id) != s) {
			t.Errorf("ParseID(%q) = %q, %v", s, id, err)
		}
	}
}

func TestUnknownActionsAreRefused(t *testing.T) {
	admin := rbac.Actor{Role: rbac.Admin}
	if admin.May("entry.paint") {
		t.Error("an action that is not in the table is allowed")
	}
	if _, err := change.NewService(change.Options{}); err == nil {
		t.Error("a service without parts is allowed")
	}
}

// left appends the intent of an abandoned create, and claims its submission if the call was
// made.
func leaveIntent(t *testing.T, database *store.Store, at time.Time, d registry.Draft, sent bool) audit.Record {
	t.Helper()
	intent, err := database.Append(t.Context(), audit.Record{
		Time: at, Actor: editor.Actor, Account: "a", Action: rbac.CreateEntry, Outcome: audit.OutcomeIntent, After: d.Values(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if sent {
		sub := change.Submission{Name: d.Name, Email: d.Email, SentAt: at, Intent: intent.Seq}
		if ok, err := database.Claim(t.Context(), "key of the intent", nil, sub); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	return intent
}

// Two intents of the same create, one entry: it counts for the intent that was sent and
// that has no record of another person's create.
func TestAnIntentIsNotSettledByAnotherEntry(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name     string
		sent     bool // whether the program made the call of the abandoned create
		recorded bool // whether the trail records the entry as another intent's
		want     audit.Outcome
	}{
		{"sent, and no other record has the entry", true, false, audit.OutcomeDone},
		{"sent, and the entry is another's", true, true, audit.OutcomeUnknown},
		{"never sent", false, false, audit.OutcomeFailed},
		{"never sent, and the entry is another's", false, true, audit.OutcomeFailed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := start
			api := &registrytest.API{Now: func() time.Time { return now }, Entries: []registry.Entry{
				{ID: "7", Name: jane.Name, Email: jane.Email, CreatedAt: start.Add(time.Second)},
			}}
			s, database := newService(t, api, func(d time.Duration) { now = now.Add(d) })
			intent := leaveIntent(t, database, start, jane, tt.sent)
			if tt.recorded {
				another := audit.Record{Action: rbac.CreateEntry, Entry: "7", Outcome: audit.OutcomeDone, Account: "a"}
				if _, err := database.Append(t.Context(), another); err != nil {
					t.Fatal(err)
				}
			}
			now = now.Add(15 * time.Second)
			if err := s.SettleOpen(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			records, err := database.Records(t.Context(), audit.Query{Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			if got := records[0]; got.Outcome != tt.want || got.Intent != intent.Seq {
				t.Errorf("%s of intent %d, want %s of %d", got.Outcome, got.Intent, tt.want, intent.Seq)
			}
		})
	}
}

// A create in progress in this program does not count as abandoned.
func TestACreateInProgressIsNotSettled(t *testing.T) {
	api := &registrytest.API{Now: time.Now}
	s, database := newService(t, api, func(time.Duration) {})
	api.During = func() {
		if err := s.SettleOpen(t.Context(), true); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Create(t.Context(), editor, "key", jane); err != nil {
		t.Fatal(err)
	}
	records, err := database.Records(t.Context(), audit.Query{})
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != 2 || records[0].Outcome != audit.OutcomeDone {
		t.Errorf("records %+v", records)
	}
}

// An answered create is done, even if its entry is gone when the outcome is recorded.
func TestAnAnsweredCreateIsDone(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	now := start
	api := &registrytest.API{Now: func() time.Time { return now }}
	s, database := newService(t, api, func(d time.Duration) { now = now.Add(d) })
	intent := leaveIntent(t, database, start, jane, true)
	answered := change.Submission{Name: jane.Name, Email: jane.Email, SentAt: start, Intent: intent.Seq, Created: "1001"}
	if err := database.Settle(t.Context(), "key of the intent", &answered); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if err := s.SettleOpen(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	records, err := database.Records(t.Context(), audit.Query{Limit: 1})
	if err != nil || records[0].Outcome != audit.OutcomeDone || records[0].Entry != "1001" {
		t.Errorf("records %+v, %v", records, err)
	}
}

// Another program on the same database may write off an intent before it is sent. Then it
// is not sent.
func TestAWrittenOffIntentIsNotSent(t *testing.T) {
	api := &registrytest.API{Now: time.Now}
	_, database := newService(t, api, func(time.Duration) {})
	journal := &interloper{Store: database}
	s := serviceOver(t, api, database, journal, time.Now, func(time.Duration) {})
	if _, err := s.Create(t.Context(), editor, "key", jane); err == nil {
		t.Error("it was created")
	}
	if api.Created != 0 {
		t.Errorf("sent %d times", api.Created)
	}
}

// interloper writes off every intent right after it is recorded.
type interloper struct{ *store.Store }

func (i *interloper) Append(ctx context.Context, r audit.Record) (audit.Record, error) {
	written, err := i.Store.Append(ctx, r)
	if err == nil && r.Outcome == audit.OutcomeIntent {
		_, err = i.Store.Append(ctx, audit.Record{Action: r.Action, Outcome: audit.OutcomeFailed, Intent: written.Seq})
	}
	return written, err
}
