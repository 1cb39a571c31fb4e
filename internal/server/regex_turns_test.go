package server

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/labstack/echo/v4"

	"namesake/internal/registry"
)

// TestOneCheckAtATime: the checks of one person wait for each other, and for nobody else's.
func TestOneCheckAtATime(t *testing.T) {
	s := &Server{}
	ask := func(who string, handle func()) {
		c := echo.New().NewContext(httptest.NewRequestWithContext(t.Context(), http.MethodPost, regexPath, http.NoBody), httptest.NewRecorder())
		c.Set(actorKey, registry.Actor{Issuer: "demo", Subject: who})
		if err := s.oneAtATime(func(echo.Context) error { handle(); return nil })(c); err != nil {
			t.Error(err)
		}
	}
	var inside, most, done atomic.Int32
	ask("another", func() {
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				ask("one", func() {
					most.Store(max(most.Load(), inside.Add(1)))
					runtime.Gosched()
					inside.Add(-1)
					done.Add(1)
				})
			})
		}
		all.Wait()
	})
	if most.Load() != 1 || done.Load() != 20 {
		t.Errorf("%d at a time, %d in all, want 1 and 20", most.Load(), done.Load())
	}
}
