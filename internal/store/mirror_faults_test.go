package store

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"namesake/internal/audit"
	"namesake/internal/cfapi"
	"namesake/internal/cfapi/sandbox"
	"namesake/internal/change"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/store/pgtest"
)

// faulty is the part of the program that reads and changes the registry, on a database that
// fails.
type faulty struct {
	t       *testing.T
	options Options
	store   *Store
	mirror  *mirror.Service
	changes *change.Service
	sandbox *sandbox.Sandbox
	url     string                              // the API's
	during  atomic.Pointer[func(*http.Request)] // called at the start of each call of the API
	skew    atomic.Int64                        // of the clock
	unread  bool                                // entries can't be read one by one while outcomes are settled
	before  map[registry.ID]bool                // the entries of the first reading
}

var writer = rbac.Caller{Actor: rbac.Actor{Issuer: "test", Subject: "writer", Role: rbac.Admin}}

func newFaulty(t *testing.T, o Options) *faulty {
	t.Helper()
	f := &faulty{t: t, options: o, before: map[registry.ID]bool{}}
	f.options.Now = func() time.Time { return time.Now().Add(time.Duration(f.skew.Load())) }
	f.sandbox = sandbox.New(sandbox.Options{Account: string(mirrored), RateLimit: -1, Now: f.options.Now})
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if during := f.during.Load(); during != nil {
			(*during)(r)
		}
		f.sandbox.ServeHTTP(w, r)
	}))
	t.Cleanup(api.Close)
	f.url = api.URL + sandbox.Prefix
	f.start()
	if err := f.mirror.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, e := range f.sandbox.Entries() {
		f.before[registry.ID(e.ID)] = true
	}
	f.skew.Add(int64(time.Minute)) // a change from now on is certainly one
	return f
}

// start opens the database, as the start of the program does.
func (f *faulty) start() {
	f.t.Helper()
	f.store = open(f.t, f.options)
	check := func(err error) {
		f.t.Helper()
		if err != nil {
			f.t.Fatal(err)
		}
	}
	pause := func(ctx context.Context, d time.Duration) error {
		f.skew.Add(int64(d))
		return ctx.Err()
	}
	client, err := cfapi.New(cfapi.Options{
		BaseURL: f.url, Account: mirrored, Token: sandbox.DefaultToken, Budget: cfapi.NoBudget, Now: f.options.Now, Pause: pause,
	})
	check(err)
	log, err := audit.NewLog(audit.Options{Account: mirrored, Journal: f.store, Trail: f.store})
	check(err)
	began := f.options.Now()
	f.mirror, err = mirror.NewService(mirror.Options{
		Audit: log, Trail: f.store, API: client, Account: mirrored, Store: f.store, Now: f.store.Now, Pause: pause,
		Elapsed: func() time.Duration { return f.options.Now().Sub(began) },
	})
	check(err)
	f.changes, err = change.NewService(change.Options{
		Audit: log, Mirror: f.mirror, Account: mirrored, Submissions: f.store, Journal: f.store, Trail: f.store, Outcomes: f.store, Now: f.store.Now, Pause: pause,
	})
	check(err)
	check(f.mirror.CatchUp(f.t.Context()))
}

func (f *faulty) create(name string) error {
	d := registry.Draft{Name: name, Email: strings.ToLower(name) + "@example.com"}
	_, err := f.changes.CreateNew(f.t.Context(), writer, "form-"+name, d, registry.Confirmed{})
	return err
}

// goesOn fails unless lists have what the last complete reading found, and its age.
func (f *faulty) goesOn(as *mirror.Snapshot) {
	f.t.Helper()
	now := f.mirror.Snapshot()
	if now.View.Len() != as.View.Len() || !now.State.ReadAt.Equal(as.State.ReadAt) || now.State.ReadAt.IsZero() {
		f.t.Errorf("lists have %d entries as of %v, want %d as of %v", now.View.Len(), now.State.ReadAt, as.View.Len(), as.State.ReadAt)
	}
}

// recovers has the registry read, and compares everything with what happened: all entries
// were changed at most once, and so were reported once.
func (f *faulty) recovers(own ...string) {
	f.t.Helper()
	ctx := f.t.Context()
	f.during.Store(nil)
	for range postgresConns { // each call finds at most one dead connection
		_ = f.store.Ping(ctx)
	}
	if f.unread {
		f.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Path: "impersonation_registry/", Times: -1, Status: http.StatusBadGateway})
	}
	if err := f.changes.SettleDue(ctx); err != nil {
		f.t.Error(err)
	}
	f.sandbox.ClearFaults()
	for range 2 {
		f.skew.Add(int64(time.Minute))
		if err := f.mirror.Refresh(ctx); err != nil {
			f.t.Errorf("the next reading: %v", err)
		}
	}
	view := f.mirror.Snapshot().View
	all := f.sandbox.Entries()
	if view.Len() != len(all) {
		f.t.Errorf("lists have %d entries, and the API %d", view.Len(), len(all))
	}
	for _, e := range all {
		if got, ok := view.Entry(registry.ID(e.ID)); !ok || got.Name != e.Name || e.Comments != nil && (got.Comments == nil || *got.Comments != *e.Comments) {
			f.t.Errorf("lists have %+v, and the API %+v", got, e)
		}
	}
	changes, err := f.store.Changes(ctx, mirrored, mirror.ChangeQuery{})
	if err != nil {
		f.t.Fatal(err)
	}
	reported, here := map[registry.ID]int{}, map[string]bool{}
	for _, c := range changes {
		if reported[c.Entry]++; c.By == mirror.Here {
			here[c.After.Name] = true
		}
	}
	others := f.sandbox.ChangedElsewhere()
	for id, n := range reported {
		if n > max(1, others[string(id)]) {
			f.t.Errorf("%d changes of %s are reported", n, id)
			for _, c := range changes {
				if c.Entry == id {
					f.t.Logf("%s %s, from %+v to %+v", c.Kind, c.By, c.Before, c.After)
				}
			}
		}
	}
	left := map[registry.ID]bool{}
	for _, e := range all {
		left[registry.ID(e.ID)] = true
	}
	for id := range others {
		known := f.before[registry.ID(id)] || left[registry.ID(id)] // another one came and went between two readings
		if known && reported[registry.ID(id)] == 0 {
			f.t.Errorf("the change of %s elsewhere is not reported", id)
		}
	}
	if len(here) != len(own) || len(reported) > len(others)+len(own) {
		f.t.Errorf("%v are reported as made here, want %v; %d changes in all, and %d were made elsewhere", here, own, len(changes), len(others))
	}
	names := map[string]int{}
	for _, e := range all {
		names[e.Name]++
	}
	for _, name := range own {
		if !here[name] || names[name] != 1 {
			f.t.Errorf("%s: reported as made here: %v, entries: %d", name, here[name], names[name])
		}
	}
	if open, err := f.store.Unsettled(ctx); err != nil || len(open) > 0 {
		f.t.Errorf("open intents: %v, %v", open, err)
	}
	if _, err := f.store.Verify(ctx, nil); err != nil {
		f.t.Error(err)
	}
}

// elsewhere makes many changes as someone else.
func (f *faulty) elsewhere() {
	f.sandbox.ChangeElsewhere(sandbox.Elsewhere{Create: 60, Edit: 5, Delete: 5}, nil)
}

// onCall calls do during the first call of the API with the method.
func (f *faulty) onCall(method string, do func()) {
	var once sync.Once
	during := func(r *http.Request) {
		if r.Method == method {
			once.Do(do)
		}
	}
	f.during.Store(&during)
}

// Another program holds the lock for writing. Readings and changes wait for it.
func TestMirrorOfALockedDatabase(t *testing.T) {
	t.Parallel()
	onShared(t, func(t *testing.T, o Options) {
		f := newFaulty(t, o)
		other := open(t, f.options)
		lock := func() (release func() error) {
			tx, err := other.write.BeginTx(t.Context(), nil)
			if err == nil {
				_, err = tx.ExecContext(t.Context(), `UPDATE audit_head SET seq = seq`)
			}
			if err != nil {
				t.Error(err)
				return func() error { return nil }
			}
			return tx.Rollback
		}
		f.elsewhere()
		before, release := f.mirror.Snapshot(), lock()
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := f.mirror.Refresh(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("reading: %v", err)
		}
		f.goesOn(before)
		if err := release(); err != nil {
			t.Error(err)
		}
		if err := f.mirror.Refresh(t.Context()); err != nil { // the same one
			t.Errorf("reading: %v", err)
		}

		// The lock is taken while the API makes a change.
		f.onCall(http.MethodPost, func() {
			release := lock()
			time.AfterFunc(50*time.Millisecond, func() { _ = release() })
		})
		if err := f.create("Ada"); err != nil {
			t.Errorf("create: %v", err)
		}
		f.recovers("Ada")
	})
}

// The disk is full while a reading is written, and while the outcome of a change is.
func TestMirrorOnAFullDisk(t *testing.T) {
	t.Parallel()
	for _, engine := range engines[:2] {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			f := newFaulty(t, engine.options(t))
			f.unread = engine.name == "memory"
			// A statement for the one connection that writes.
			fill := func() {
				exec(t, f.store, `PRAGMA max_page_count = 1`) // no smaller than the database is
				for _, size := range []int{2000, 200, 1} {
					for {
						if _, err := f.store.Append(t.Context(), audit.Record{RequestID: strings.Repeat("x", size)}); err != nil {
							break
						}
					}
				}
			}
			empty := func() { exec(t, f.store, `PRAGMA max_page_count = 100000`) }
			f.elsewhere()
			before := f.mirror.Snapshot()
			fill()
			for range 2 {
				if err := f.mirror.Refresh(t.Context()); err == nil || !strings.Contains(err.Error(), "the disk is full") {
					t.Errorf("reading: %v", err)
				}
				f.goesOn(before)
			}
			if err := f.create("Unsent"); !errors.As(err, new(*audit.UnrecordedError)) {
				t.Errorf("create: %v", err)
			}
			empty()
			if err := f.mirror.Refresh(t.Context()); err != nil {
				t.Errorf("reading: %v", err)
			}
			f.onCall(http.MethodPost, fill)
			err := f.create("Ada")
			t.Logf("create: %v", err)
			f.goesOn(f.mirror.Snapshot())
			empty()
			if err := f.mirror.Refresh(t.Context()); err != nil { // before the outcome is settled
				t.Errorf("reading: %v", err)
			}
			f.recovers("Ada")
		})
	}
}

// The database's file is moved away while a reading and a change are in progress, and is back
// when the program starts again.
func TestMirrorOfADatabaseThatIsGone(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			f := newFaulty(t, engines[1].options(t))
			path := f.options.Path
			move := func(from, to string) {
				for _, suffix := range []string{"", "-wal", "-shm"} {
					if err := os.Rename(from+suffix, to+suffix); err != nil {
						t.Error(err)
					}
				}
			}
			f.elsewhere()
			before := f.mirror.Snapshot()
			f.onCall(method, func() { move(path, path+".away") })
			var own []string
			if method == http.MethodPost {
				own = append(own, "Ada")
				t.Logf("create: %v", f.create("Ada"))
			}
			if err := f.mirror.Refresh(t.Context()); !errors.Is(err, ErrGone) {
				t.Errorf("reading: %v", err)
			}
			if method == http.MethodGet {
				f.goesOn(before)
				if err := f.create("Unsent"); !errors.As(err, new(*audit.UnrecordedError)) {
					t.Errorf("create: %v", err)
				}
			}
			f.during.Store(nil)
			move(path+".away", path)
			f.start()
			f.recovers(own...)
		})
	}
}

// All connections to PostgreSQL are cut while a reading and a change are in progress.
func TestMirrorWithoutConnections(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			f := newFaulty(t, engines[2].options(t))
			f.elsewhere()
			before := f.mirror.Snapshot()
			f.onCall(method, func() { pgtest.Kill(t, f.options.URL) })
			var own []string
			if method == http.MethodPost {
				own = append(own, "Ada")
				t.Logf("create: %v", f.create("Ada"))
			} else if err := f.mirror.Refresh(t.Context()); err != nil {
				t.Logf("reading: %v", err)
				f.goesOn(before)
			}
			f.recovers(own...)
		})
	}
}
