package store

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"namesake/internal/registry"
)

func TestBatches(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 1000, time.UTC)
	ann := registry.Caller{Actor: registry.Actor{Issuer: "i", Subject: "ann", Name: "Ann\x00", Role: registry.Editor}, RequestID: "r", Address: "::1"}
	item := func(n int, state registry.ItemState) registry.BatchItem {
		return registry.BatchItem{Position: n, Entry: registry.ID(fmt.Sprint(n)), State: state, Before: registry.Values{"name": "Jane\x00", "is_email_regex": true, "directory_id": int64(1<<53 + 1)}}
	}
	onAll(t, func(t *testing.T, s *Store) {
		ctx := t.Context()
		fatal := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		batch := func(id string) registry.Batch {
			t.Helper()
			b, ok, err := s.Batch(ctx, id)
			if err != nil || !ok {
				t.Fatalf("batch %s: %v, %v", id, ok, err)
			}
			return b
		}
		moved := func(b registry.Batch, want bool, from registry.BatchState, again ...registry.ItemState) {
			t.Helper()
			if got, err := s.MoveBatch(ctx, b, from, again...); got != want || err != nil {
				t.Fatalf("MoveBatch returned %v, %v, want %v", got, err, want)
			}
		}
		ended := func(b registry.Batch, from registry.BatchState, runner string, want bool) {
			t.Helper()
			if got, err := s.EndBatch(ctx, b, from, runner); got != want || err != nil {
				t.Fatalf("EndBatch returned %v, %v, want %v", got, err, want)
			}
		}
		leased := func(runner string, at time.Time, want string) {
			t.Helper()
			b, ok, err := s.LeaseBatch(ctx, runner, at, at.Add(time.Minute))
			if err != nil || ok != (want != "") || b.ID != want {
				t.Fatalf("LeaseBatch gave %s %q, %v, %v, want %q", runner, b.ID, ok, err, want)
			}
		}
		goesOn := func(runner string, at time.Time, want bool) {
			t.Helper()
			if got, err := s.RenewLease(ctx, "b", runner, at.Add(time.Minute)); got != want || err != nil {
				t.Fatalf("RenewLease of %s: %v, %v, want %v", runner, got, err, want)
			}
		}

		fatal(s.AddBatch(ctx, registry.Batch{ID: "old", Owner: ann, State: registry.BatchPlanned, Made: now.Add(-registry.BatchRetention - time.Hour)}, []registry.BatchItem{item(0, registry.ItemWaiting)}))
		b := registry.Batch{
			ID: "b", Owner: ann, Match: &registry.Query{Search: "x", Page: 1}, Back: "?search=x", State: registry.BatchListing, Made: now, Changed: now,
		}
		fatal(s.AddBatch(ctx, b, nil))
		if _, ok, err := s.Batch(ctx, "old"); ok || err != nil {
			t.Errorf("the old batch: %v, %v", ok, err)
		}
		want := b
		want.Counts = map[registry.ItemState]int{}
		if got := batch("b"); !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}

		leased("one", now, "b")
		leased("two", now, "")
		for _, tt := range []struct {
			runner string
			first  bool
			items  []registry.BatchItem
			want   bool
		}{
			{"two", true, []registry.BatchItem{item(0, registry.ItemWaiting)}, false},
			{"one", true, []registry.BatchItem{item(7, registry.ItemWaiting)}, true},
			{"one", true, []registry.BatchItem{item(0, registry.ItemWaiting), item(1, registry.ItemLeftOut)}, true},
			{"one", false, []registry.BatchItem{item(1, registry.ItemWaiting), item(2, registry.ItemWaiting)}, true},
		} {
			if got, err := s.ListItems(ctx, "b", tt.runner, tt.first, tt.items); got != tt.want || err != nil {
				t.Fatalf("ListItems of %s: %v, %v, want %v", tt.runner, got, err, tt.want)
			}
		}
		leased("two", now.Add(2*time.Minute), "b") // the first has gone
		goesOn("one", now.Add(2*time.Minute), false)
		goesOn("two", now.Add(2*time.Minute), true)
		b.State, b.Listed = registry.BatchPlanned, true
		ended(b, registry.BatchListing, "one", false)
		ended(b, registry.BatchListing, "two", true)
		ended(b, registry.BatchListing, "two", false)
		goesOn("two", now, false)
		leased("two", now.Add(time.Hour), "")
		b.State = registry.BatchRunning
		moved(b, true, registry.BatchPlanned)
		moved(b, false, registry.BatchPlanned)
		leased("two", now, "b")
		b.State = registry.BatchDone
		ended(b, registry.BatchRunning, "two", false) // two items wait

		done := item(0, registry.ItemDone)
		done.Record = 5
		failed := item(2, registry.ItemRefused)
		failed.Fault = &registry.Fault{What: "api", Status: 400, Problems: []registry.Problem{{Code: "1", Message: "no\x00", Pointer: "/id"}}}
		for _, i := range []registry.BatchItem{done, failed} {
			if goOn, err := s.SaveItem(ctx, "b", "two", i); !goOn || err != nil {
				t.Fatalf("SaveItem: %v, %v", goOn, err)
			}
		}
		items, err := s.BatchItems(ctx, "b", nil, 10)
		fatal(err)
		if want := []registry.BatchItem{done, item(1, registry.ItemLeftOut), failed}; !reflect.DeepEqual(items, want) {
			t.Errorf("got %+v, want %+v", items, want)
		}
		items, err = s.BatchItems(ctx, "b", []registry.ItemState{registry.ItemRefused, registry.ItemFailed}, 1)
		fatal(err)
		if len(items) != 1 || items[0].Position != 2 {
			t.Errorf("in those states: %+v", items)
		}
		again := failed
		again.State, again.Fault = registry.ItemDone, nil
		if _, err := s.SaveItem(ctx, "b", "two", again); err != nil { // it waits no more
			t.Fatal(err)
		}
		undo := registry.Batch{ID: "u", Owner: ann, Undoes: "b", State: registry.BatchRunning, Made: now.Add(time.Second), Changed: now.Add(time.Second)}
		undone := func(want bool) {
			t.Helper()
			if got, err := s.AddUndo(ctx, undo); got != want || err != nil {
				t.Fatalf("AddUndo returned %v, %v, want %v", got, err, want)
			}
		}
		undone(false)
		if got, err := s.StopBatch(ctx, "b", now); !got || err != nil {
			t.Fatalf("StopBatch: %v, %v", got, err)
		}
		if got, err := s.StopBatch(ctx, "b", now); got || err != nil {
			t.Fatalf("StopBatch of a stopped batch: %v, %v", got, err)
		}
		if goOn, err := s.SaveItem(ctx, "b", "two", done); goOn || err != nil {
			t.Errorf("SaveItem of a stopped batch: %v, %v", goOn, err)
		}
		b.State = registry.BatchRunning
		moved(b, false, registry.BatchStopped) // it is still worked on
		undone(false)
		fatal(s.ReleaseLease(ctx, "b", "one"))
		moved(b, false, registry.BatchStopped)
		fatal(s.ReleaseLease(ctx, "b", "two"))
		moved(b, true, registry.BatchStopped)
		leased("two", now, "b")
		b.State, b.Stop = registry.BatchStopped, failed.Fault
		ended(b, registry.BatchRunning, "two", true)
		if got := batch("b"); !reflect.DeepEqual(got.Stop, failed.Fault) || got.Total() != 2 || got.Unfinished() != 1 {
			t.Errorf("stopped: %+v", got)
		}
		b.State, b.Stop = registry.BatchRunning, nil
		moved(b, true, registry.BatchStopped, registry.ItemRefused, registry.ItemUnknown)
		if got := fmt.Sprint(batch("b").Counts); got != "map[done:1 left_out:1 waiting:1]" {
			t.Errorf("counts to be tried again: %s", got)
		}
		if got, err := s.StopBatch(ctx, "b", now); !got || err != nil {
			t.Fatalf("StopBatch: %v, %v", got, err)
		}
		undone(true)
		undone(false)
		items, err = s.BatchItems(ctx, "u", nil, 10)
		fatal(err)
		waiting := done
		waiting.State = registry.ItemWaiting
		if want := []registry.BatchItem{waiting}; !reflect.DeepEqual(items, want) {
			t.Errorf("to be undone: %+v, want %+v", items, want)
		}
		moved(b, false, registry.BatchStopped) // it is undone
		if got, ok, err := s.UndoOf(ctx, "b"); got.ID != "u" || !ok || err != nil {
			t.Errorf("UndoOf: %+v, %v, %v", got, ok, err)
		}
		if _, ok, err := s.UndoOf(ctx, ""); ok || err != nil {
			t.Errorf("UndoOf nothing: %v, %v", ok, err)
		}
		recent, err := s.RecentBatches(ctx, "i", "ann", 5)
		fatal(err)
		if len(recent) != 2 || recent[0].ID != "u" {
			t.Errorf("recent: %+v", recent)
		}
		recent, err = s.RecentBatches(ctx, "i", "bob", 5)
		fatal(err)
		if len(recent) != 0 {
			t.Errorf("of somebody else: %+v", recent)
		}
	})
}
