package server_test

import (
	"net/http"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/mirror"
)

// Many entries that are missing at once count as deleted only when a later pass misses them
// too.
func TestManyMissingEntries(t *testing.T) {
	t.Parallel()
	const all = 100
	for _, tt := range []struct {
		name    string
		happens func(a *app)
		first   bool // the first pass afterwards is complete
		after   int  // entries after the second one, which is complete
		deleted int
	}{
		{"an empty list for a moment", func(a *app) {
			a.sandbox.Inject(sandbox.Fault{Method: http.MethodGet, Body: `{"success":true,"errors":[],"messages":[],"result":[],"result_info":{"count":0,"page":1,"per_page":1000,"total_count":0}}`, Status: 200})
		}, false, all, 0},
		{"a few are deleted", func(a *app) { a.sandbox.ChangeElsewhere(sandbox.Elsewhere{Delete: 20}, nil) }, true, all - 20, 20},
		{"most are deleted", func(a *app) { a.sandbox.ChangeElsewhere(sandbox.Elsewhere{Delete: 60}, nil) }, false, all - 60, 60},
		{"all are deleted", func(a *app) { a.sandbox.ChangeElsewhere(sandbox.Elsewhere{Delete: all}, nil) }, false, 0, all},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := filled(t, all)
			must(t, a.mirror.Refresh(t.Context()))
			a.clock.move(time.Minute)
			tt.happens(a)
			first := a.mirror.Refresh(t.Context())
			same(t, "the first pass is complete", first == nil, tt.first)
			if !tt.first {
				same(t, "entries after it", a.mirror.Snapshot().View.Len(), all)
			}
			a.clock.move(5 * time.Second)
			second := a.mirror.Refresh(t.Context())
			same(t, "a pass a moment later is complete", second == nil, tt.first || tt.deleted == 0)
			a.clock.move(time.Minute)
			must(t, a.mirror.Refresh(t.Context()))
			same(t, "entries in the end", a.mirror.Snapshot().View.Len(), tt.after)
			changes, err := a.store.Changes(t.Context(), account, mirror.ChangeQuery{Kind: mirror.Deleted})
			must(t, err)
			same(t, "deletions", len(changes), tt.deleted)
		})
	}
}
