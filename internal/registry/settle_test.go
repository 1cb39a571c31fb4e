package registry_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"namesake/internal/registry"
	"namesake/internal/store"
)

// fakeAPI is a registry in memory whose create fails in a given way.
type fakeAPI struct {
	entries []registry.Entry // newest first, as listed
	unruly  bool             // lists in no order
	perPage int              // what the API makes of per_page, 0 for as asked
	created int
	fail    *registry.APIError
	applied bool // the failing create takes effect all the same
	now     func() time.Time
	offset  time.Duration // of the API's clock
	during  func()        // runs while a create is under way
}

func (f *fakeAPI) ListEntries(_ context.Context, q registry.Query) (registry.Page, error) {
	per := q.PerPage
	if f.perPage > 0 {
		per = f.perPage
	}
	all := f.entries
	if f.unruly {
		all = slices.Clone(all)
		slices.Reverse(all)
	}
	from := min((q.Page-1)*per, len(all))
	return registry.Page{
		Entries: all[from:min(from+per, len(all))], Number: q.Page, PerPage: per, Total: len(all),
		Receipt: registry.Receipt{ServedAt: f.now().Add(f.offset)},
	}, nil
}

func (f *fakeAPI) Entry(context.Context, registry.ID) (registry.Entry, registry.Receipt, error) {
	return registry.Entry{}, registry.Receipt{}, registry.ErrNotFound
}

func (f *fakeAPI) CreateEntry(_ context.Context, d registry.Draft) (registry.Entry, registry.Receipt, error) {
	f.created++
	if f.during != nil {
		f.during()
	}
	e := registry.Entry{ID: registry.ID(strconv.Itoa(1000 + f.created)), Name: d.Name, Email: d.Email, IsEmailRegex: d.IsEmailRegex, CreatedAt: f.now().Add(f.offset)}
	if f.fail == nil || f.applied {
		f.entries = slices.Insert(f.entries, 0, e)
	}
	if f.fail != nil {
		return registry.Entry{}, registry.Receipt{}, f.fail
	}
	return e, registry.Receipt{}, nil
}

var (
	editor = registry.Caller{Actor: registry.Actor{Issuer: "test", Subject: "e", Role: registry.Editor}}
	jane   = registry.Draft{Name: "Jane Smith", Email: "jane@example.com"}
)

var limits = registry.SessionLimits{Idle: 30 * time.Minute, Absolute: 12 * time.Hour}

// newService returns a service over api, with a store in memory.
func newService(t *testing.T, api *fakeAPI, pass func(time.Duration)) (*registry.Service, *store.Store) {
	t.Helper()
	database, err := store.Open(t.Context(), store.Options{Engine: "sqlite", Now: api.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = database.Close() })
	s, err := registry.NewService(registry.Options{
		API: api, Account: "a", Submissions: database, Journal: database, Trail: database, Sessions: database, Outcomes: database, Limits: limits, Now: api.now,
		Pause: func(_ context.Context, d time.Duration) error { pass(d); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return s, database
}

func TestSettle(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	entry := func(age time.Duration, name string) registry.Entry {
		return registry.Entry{ID: "1", Name: name, Email: "jane@example.com", CreatedAt: start.Add(-age)}
	}
	crowd := func(n int, age time.Duration) []registry.Entry {
		list := make([]registry.Entry, n)
		for i := range list {
			list[i] = entry(age, "Somebody "+strconv.Itoa(i))
		}
		return list
	}
	const (
		found = iota
		notCreated
		notKnown
	)
	tests := []struct {
		name    string
		api     fakeAPI
		effect  registry.Effect
		want    int
		wantHow registry.How
		look    bool // whether the look-up itself could not tell
		then    int  // the verdict once the call can't land any more, and a list can't lag any more
	}{
		{"took effect", fakeAPI{applied: true}, registry.MayStillLand, found, registry.Recovered, false, found},
		{"took effect, the API's clock is behind", fakeAPI{applied: true, offset: -time.Hour}, registry.MayStillLand, found, registry.Recovered, false, found},
		{"no effect, nothing there", fakeAPI{}, registry.MayStillLand, notKnown, 0, false, notCreated},
		{"no effect, an old twin", fakeAPI{entries: []registry.Entry{entry(time.Hour, "Jane Smith")}}, registry.MayStillLand, notKnown, 0, false, notCreated},
		{"no effect, an old twin, the API's clock is behind", fakeAPI{offset: -time.Hour, entries: []registry.Entry{entry(2*time.Hour, "Jane Smith")}}, registry.MayStillLand, notKnown, 0, false, notCreated},
		{"folded by the API", fakeAPI{entries: []registry.Entry{entry(-time.Second, " JANE Smith")}}, registry.MayStillLand, found, registry.Recovered, false, found},
		{"behind a crowd", fakeAPI{entries: append(crowd(250, -2*time.Second), entry(-time.Second, "Jane Smith"))}, registry.MayStillLand, found, registry.Recovered, false, found},
		{"behind a crowd, on smaller pages than asked", fakeAPI{perPage: 30, entries: append(crowd(100, -2*time.Second), entry(-time.Second, "Jane Smith"))}, registry.MayStillLand, found, registry.Recovered, false, found},
		{"too great a crowd", fakeAPI{entries: crowd(6000, -2*time.Second)}, registry.MayStillLand, notKnown, 0, true, notKnown},
		{"may still land", fakeAPI{}, registry.MayStillLand, notKnown, 0, false, notCreated},
		{"landed", fakeAPI{applied: true}, registry.MayStillLand, found, registry.Recovered, false, found},
		{"said to have happened, and there", fakeAPI{applied: true}, registry.HasEffect, found, registry.Recovered, false, found},
		{"said to have happened, and not there", fakeAPI{}, registry.HasEffect, notKnown, 0, false, notKnown},
		{"a list in no order", fakeAPI{unruly: true, entries: []registry.Entry{entry(-time.Second, "B"), entry(time.Minute, "A")}}, registry.MayStillLand, notKnown, 0, true, notKnown},
		{"a list without times", fakeAPI{entries: []registry.Entry{{ID: "1", Name: "A"}}}, registry.MayStillLand, notKnown, 0, true, notKnown},
		{"a match without an id", fakeAPI{entries: []registry.Entry{{Name: "Jane Smith", Email: "jane@example.com", CreatedAt: start}}}, registry.MayStillLand, notKnown, 0, true, notKnown},
		{"a twin without a time", fakeAPI{entries: []registry.Entry{{ID: "1", Name: "Jane Smith", Email: "jane@example.com"}}}, registry.MayStillLand, notKnown, 0, true, notKnown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := start
			api := tt.api
			api.now = func() time.Time { return now }
			api.fail = &registry.APIError{Op: "create entry", Kind: registry.Broken, Effect: tt.effect}
			s, trail := newService(t, &api, func(d time.Duration) { now = now.Add(d) })
			created, err := s.Create(t.Context(), editor, "key", jane)
			var unsettled *registry.UnsettledError
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
			if got != tt.want || created.How != tt.wantHow {
				t.Errorf("verdict %d, how %d; want %d, %d", got, created.How, tt.want, tt.wantHow)
			}
			if api.created != 1 {
				t.Errorf("sent %d times", api.created)
			}
			records, err := trail.Records(t.Context(), registry.AuditQuery{})
			if err != nil {
				t.Fatal(err)
			}
			outcomes := map[int]registry.Outcome{found: registry.OutcomeDone, notCreated: registry.OutcomeFailed, notKnown: registry.OutcomeUnknown}
			if len(records) != 2 || records[1].Outcome != registry.OutcomeIntent || records[0].Outcome != outcomes[tt.want] || records[0].Intent != records[1].Seq {
				t.Errorf("records %+v", records)
			}
			now = start.Add(131 * time.Second)
			if err := s.SettleOpen(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			records, err = trail.Records(t.Context(), registry.AuditQuery{Limit: 1})
			if err != nil || records[0].Outcome != outcomes[tt.then] {
				t.Errorf("in the end it is %s (%v), want %s", records[0].Outcome, err, outcomes[tt.then])
			}
		})
	}
}

func TestARefusedCreateMayBeSentAgain(t *testing.T) {
	api := &fakeAPI{now: time.Now, fail: &registry.APIError{Kind: registry.Refused, Effect: registry.NoEffect}}
	s, _ := newService(t, api, func(time.Duration) {})
	var refused *registry.APIError
	if _, err := s.Create(t.Context(), editor, "key", jane); !errors.As(err, &refused) {
		t.Fatalf("got %v", err)
	}
	api.fail = nil
	if created, err := s.Create(t.Context(), editor, "key", jane); err != nil || created.How != registry.Sent {
		t.Fatalf("got %v, %v", created, err)
	}
	if created, err := s.Create(t.Context(), editor, "key", jane); err != nil || created.How != registry.Again || created.Entry.ID != "1002" {
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

func TestNobodyMayDoAnUnknownAction(t *testing.T) {
	admin := registry.Actor{Role: registry.Admin}
	if admin.May("entry.paint") {
		t.Error("an action that is not in the table is allowed")
	}
	if _, err := registry.NewService(registry.Options{}); err == nil {
		t.Error("a service without parts is allowed")
	}
}

// left appends the intent of a create that was left behind, and claims its
// submission when it was sent.
func left(t *testing.T, database *store.Store, at time.Time, d registry.Draft, sent bool) registry.Record {
	t.Helper()
	intent, err := database.Append(t.Context(), registry.Record{
		Time: at, Actor: editor.Actor, Account: "a", Action: registry.CreateEntry, Outcome: registry.OutcomeIntent, After: d.Values(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if sent {
		sub := registry.Submission{Name: d.Name, Email: d.Email, SentAt: at, Intent: intent.Seq}
		if ok, err := database.Claim(t.Context(), "key of the intent", nil, sub); err != nil || !ok {
			t.Fatal(ok, err)
		}
	}
	return intent
}

// Two intents of the same create, one entry: only the one that was sent, and for
// which nobody else's record stands, is taken to have made it.
func TestAnIntentIsNotSettledByAnothersEntry(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name     string
		sent     bool // whether the program got as far as sending what was left behind
		recorded bool // whether the entry is on record as another intent's
		want     registry.Outcome
	}{
		{"sent, and the entry is nobody else's", true, false, registry.OutcomeDone},
		{"sent, and the entry is another's", true, true, registry.OutcomeUnknown},
		{"never sent", false, false, registry.OutcomeFailed},
		{"never sent, and the entry is another's", false, true, registry.OutcomeFailed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			now := start
			api := &fakeAPI{now: func() time.Time { return now }, entries: []registry.Entry{
				{ID: "7", Name: jane.Name, Email: jane.Email, CreatedAt: start.Add(time.Second)},
			}}
			s, database := newService(t, api, func(d time.Duration) { now = now.Add(d) })
			intent := left(t, database, start, jane, tt.sent)
			if tt.recorded {
				another := registry.Record{Action: registry.CreateEntry, Entry: "7", Outcome: registry.OutcomeDone, Account: "a"}
				if _, err := database.Append(t.Context(), another); err != nil {
					t.Fatal(err)
				}
			}
			now = now.Add(15 * time.Second)
			if err := s.SettleOpen(t.Context(), true); err != nil {
				t.Fatal(err)
			}
			records, err := database.Records(t.Context(), registry.AuditQuery{Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			if got := records[0]; got.Outcome != tt.want || got.Intent != intent.Seq {
				t.Errorf("%s of intent %d, want %s of %d", got.Outcome, got.Intent, tt.want, intent.Seq)
			}
		})
	}
}

// A create that is under way in this program is not taken for one left behind.
func TestACreateUnderWayIsLeftAlone(t *testing.T) {
	api := &fakeAPI{now: time.Now}
	s, database := newService(t, api, func(time.Duration) {})
	api.during = func() {
		if err := s.SettleOpen(t.Context(), true); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Create(t.Context(), editor, "key", jane); err != nil {
		t.Fatal(err)
	}
	records, err := database.Records(t.Context(), registry.AuditQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if len(records) != 2 || records[0].Outcome != registry.OutcomeDone {
		t.Errorf("records %+v", records)
	}
}

// A create that was answered is done, even when its entry is gone by the time
// that its outcome can be recorded.
func TestAnAnsweredCreateIsDone(t *testing.T) {
	start := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	now := start
	api := &fakeAPI{now: func() time.Time { return now }}
	s, database := newService(t, api, func(d time.Duration) { now = now.Add(d) })
	intent := left(t, database, start, jane, true)
	answered := registry.Submission{Name: jane.Name, Email: jane.Email, SentAt: start, Intent: intent.Seq, Created: "1001"}
	if err := database.Settle(t.Context(), "key of the intent", &answered); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if err := s.SettleOpen(t.Context(), true); err != nil {
		t.Fatal(err)
	}
	records, err := database.Records(t.Context(), registry.AuditQuery{Limit: 1})
	if err != nil || records[0].Outcome != registry.OutcomeDone || records[0].Entry != "1001" {
		t.Errorf("records %+v, %v", records, err)
	}
}

// Another program on the same database may write off an intent that is not yet
// sent: then it is not sent any more.
func TestWhatIsOnRecordAsOverIsNotSent(t *testing.T) {
	api := &fakeAPI{now: time.Now}
	_, database := newService(t, api, func(time.Duration) {})
	journal := &interloper{Store: database}
	s, err := registry.NewService(registry.Options{API: api, Account: "a", Submissions: database, Journal: journal, Trail: database, Sessions: database, Outcomes: database, Limits: limits})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context(), editor, "key", jane); err == nil {
		t.Error("it was created")
	}
	if api.created != 0 {
		t.Errorf("sent %d times", api.created)
	}
}

// interloper writes off every intent as soon as it is written.
type interloper struct{ *store.Store }

func (i *interloper) Append(ctx context.Context, r registry.Record) (registry.Record, error) {
	written, err := i.Store.Append(ctx, r)
	if err == nil && r.Outcome == registry.OutcomeIntent {
		_, err = i.Store.Append(ctx, registry.Record{Action: r.Action, Outcome: registry.OutcomeFailed, Intent: written.Seq})
	}
	return written, err
}

// UpdateEntry and DeleteEntry are no matter of these tests.
func (f *fakeAPI) UpdateEntry(context.Context, registry.ID, registry.Values) (registry.Entry, registry.Receipt, error) {
	return registry.Entry{}, registry.Receipt{}, errors.ErrUnsupported
}

func (f *fakeAPI) DeleteEntry(context.Context, registry.ID) (registry.Receipt, error) {
	return registry.Receipt{}, errors.ErrUnsupported
}
