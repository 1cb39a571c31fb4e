package auth_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"namesake/internal/auth"
	"namesake/internal/auth/authtest"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// serve has the provider answer in the same goroutine, without a connection.
func (p *party) serve(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	p.provider.Config.Handler.ServeHTTP(w, r)
	return w.Result(), nil
}

// inAFakeTime tests a party in a bubble of synctest, where time passes by itself when
// everything waits. call answers the client: no connection may be in the bubble.
func inAFakeTime(t *testing.T, call func(*party, *http.Request) (*http.Response, error), test func(*testing.T, *party)) {
	t.Helper()
	var p *party
	p = newParty(t, func(o *auth.OIDCOptions) {
		o.Transport = roundTrip(func(r *http.Request) (*http.Response, error) { return call(p, r) })
	})
	synctest.Test(t, func(t *testing.T) { test(t, p) })
}

var errDown = errors.New("connection refused")

func TestACrowdMakesOneCall(t *testing.T) {
	var calls atomic.Int32
	var down atomic.Bool
	var answer chan struct{} // the call waits for it
	inAFakeTime(t, func(p *party, r *http.Request) (*http.Response, error) {
		calls.Add(1)
		<-answer
		if down.Load() {
			return nil, errDown
		}
		return p.serve(r)
	}, func(t *testing.T, p *party) {
		crowd := func() (failed int32) {
			var all sync.WaitGroup
			var failures atomic.Int32
			answer = make(chan struct{})
			for range 100 {
				all.Go(func() {
					if _, _, err := p.Begin(t.Context(), "/", false); err != nil {
						failures.Add(1)
					}
				})
			}
			synctest.Wait() // till all of them wait for the answer
			close(answer)
			all.Wait()
			return failures.Load()
		}
		for _, step := range []struct {
			name              string
			later             time.Duration
			down              bool
			wantCalls, failed int32
		}{
			{name: "down", down: true, wantCalls: 1, failed: 100},
			{name: "the failure is remembered", later: 5*time.Second - 1, wantCalls: 1, failed: 100},
			{name: "for a while", later: 1, down: true, wantCalls: 2, failed: 100},
			{name: "up", later: 5 * time.Second, wantCalls: 3},
			{name: "success is remembered", later: 1000 * time.Hour, down: true, wantCalls: 3},
		} {
			p.now = p.now.Add(step.later)
			down.Store(step.down)
			if failed := crowd(); failed != step.failed || calls.Load() != step.wantCalls {
				t.Errorf("%s: %d failed after %d calls, want %d after %d", step.name, failed, calls.Load(), step.failed, step.wantCalls)
			}
		}
	})
}

func TestDiscoveryOutlivesTheRequestThatBeganIt(t *testing.T) {
	var answer chan struct{} // the call waits for it
	inAFakeTime(t, func(p *party, r *http.Request) (*http.Response, error) {
		select {
		case <-r.Context().Done():
			return nil, r.Context().Err()
		case <-answer:
			return p.serve(r)
		}
	}, func(t *testing.T, p *party) {
		answer = make(chan struct{})
		ctx, leave := context.WithCancel(t.Context())
		left, stayed := make(chan error, 1), make(chan error, 1)
		go func() { left <- p.Discover(ctx) }()
		synctest.Wait()
		go func() { stayed <- p.Discover(t.Context()) }()
		leave()
		if err := <-left; !errors.Is(err, context.Canceled) || p.outcome(err) == "" {
			t.Errorf("who left got %v", err)
		}
		close(answer)
		if err := <-stayed; err != nil {
			t.Errorf("who stayed got %v", err)
		}
	})
}

func TestAProviderThatHangsIsWaitedForTenSeconds(t *testing.T) {
	inAFakeTime(t, func(_ *party, r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}, func(t *testing.T, p *party) {
		started := time.Now()
		err := p.Discover(t.Context())
		if took := time.Since(started); took != 10*time.Second || !errors.Is(err, context.DeadlineExceeded) || p.outcome(err) != "unavailable: The sign-in service at ISSUER can't be reached."+triesAgain {
			t.Errorf("after %s: %v", took, err)
		}
	})
}

// TestTheCauseIsForTheLog holds that an operator is told what the network said.
func TestTheCauseIsForTheLog(t *testing.T) {
	closed := newParty(t, nil)
	closed.provider.Close()
	var refused *net.OpError
	if err := closed.Discover(t.Context()); !errors.As(err, &refused) || closed.outcome(err) != "unavailable: The sign-in service at ISSUER can't be reached."+triesAgain {
		t.Errorf("a provider that is down: %v", err)
	}

	stranger := httptest.NewUnstartedServer(http.NotFoundHandler())
	stranger.Config.ErrorLog = log.New(io.Discard, "", 0) // it says that it was hung up on
	stranger.StartTLS()
	t.Cleanup(stranger.Close)
	distrustful := newParty(t, func(o *auth.OIDCOptions) { o.Issuer = stranger.URL })
	var untrusted *tls.CertificateVerificationError
	if err := distrustful.Discover(t.Context()); !errors.As(err, &untrusted) || distrustful.outcome(err) != "unavailable: The sign-in service at "+stranger.URL+" can't be reached."+triesAgain {
		t.Errorf("a provider with an untrusted certificate: %v", err)
	}
}

func TestKeepTrying(t *testing.T) {
	var started time.Time
	var tries []time.Duration
	inAFakeTime(t, func(p *party, r *http.Request) (*http.Response, error) {
		tries = append(tries, time.Since(started)/time.Second)
		if len(tries) < 8 {
			return nil, errDown
		}
		return p.serve(r)
	}, func(t *testing.T, p *party) {
		started = time.Now()
		p.KeepTrying(t.Context())
		if want := []time.Duration{0, 1, 3, 7, 15, 31, 61, 91}; !slices.Equal(tries, want) {
			t.Errorf("tried after seconds %d, want %d", tries, want)
		}
		logged := p.log.String()
		for part, want := range map[string]int{
			"level=WARN": 7, "people can't sign in": 7, "check NAMESAKE_OIDC_ISSUER and": 7, "can't be reached": 7,
			"level=INFO": 1, "people can sign in": 1, "issuer=" + p.provider.URL: 8,
		} {
			if got := strings.Count(logged, part); got != want {
				t.Errorf("%q is logged %d times, want %d, in %s", part, got, want, logged)
			}
		}
		if err := p.Discover(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestKeepTryingEndsWithItsContext(t *testing.T) {
	inAFakeTime(t, func(*party, *http.Request) (*http.Response, error) { return nil, errDown }, func(t *testing.T, p *party) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		started := time.Now()
		p.KeepTrying(ctx)
		if took := time.Since(started); took != 2*time.Second || strings.Count(p.log.String(), "level=WARN") != 2 {
			t.Errorf("after %s: %s", took, &p.log)
		}
	})
}

// TestTheCodeIsSentOnce holds that a failed exchange is not tried in another way:
// the second answer would hide the first.
func TestTheCodeIsSentOnce(t *testing.T) {
	for _, test := range []struct {
		name      string
		methods   any
		wantBasic bool
	}{
		{name: "nothing said", wantBasic: true},
		{name: "both", methods: []string{"client_secret_post", "client_secret_basic"}, wantBasic: true},
		{name: "post", methods: []string{"private_key_jwt", "client_secret_post"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newParty(t, nil)
			p.provider.Bend(discovery("token_endpoint_auth_methods_supported", test.methods))
			if _, err := p.signIn(t, nil, nil); err != nil {
				t.Fatal(err)
			}
			calls, basic, post := 0, false, false
			p.provider.Bend(instead("/token", func(w http.ResponseWriter, r *http.Request) {
				calls++
				_, _, basic = r.BasicAuth()
				post = r.PostFormValue("client_secret") != ""
				authtest.Say(http.StatusInternalServerError, "text/plain", "")(w, r)
			}))
			_, err := p.signIn(t, nil, nil)
			if err == nil || calls != 1 || basic != test.wantBasic || post == test.wantBasic {
				t.Errorf("%d calls, basic %t, post %t: %v", calls, basic, post, err)
			}
		})
	}
}

// FuzzCallback holds, whatever a browser comes back with: only the right state, and
// a code of the provider's, make an identity.
func FuzzCallback(f *testing.F) {
	for _, seed := range []string{
		"state=STATE&code=CODE", "code=CODE", "state=&code=CODE", "state=STATE", "state=state&code=CODE", "state=STATE&state=STATE&code=CODE",
		"state=STATE&error=access_denied&error_description=%00%ff%e2%80%ae", "state=STATE&code=CODE&iss=https://evil.example", "state=STATE&code=%00&code", "%zz;&=&&",
	} {
		f.Add(seed)
	}
	var p *party
	p = newParty(f, func(o *auth.OIDCOptions) {
		o.Transport = roundTrip(func(r *http.Request) (*http.Response, error) { return p.serve(r) })
	})
	f.Fuzz(func(t *testing.T, query string) {
		to, flow, err := p.Begin(t.Context(), "/", false)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := p.serve(httptest.NewRequestWithContext(t.Context(), http.MethodGet, to, http.NoBody))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		back, err := resp.Location()
		if err != nil {
			t.Fatal(err)
		}
		code := back.Query().Get("code")
		answer, _ := url.ParseQuery(strings.NewReplacer("STATE", flow.State, "CODE", code).Replace(query)) // what could be read of it
		who, _, err := p.Finish(t.Context(), flow, answer)
		if err == nil {
			if !slices.Equal(answer["state"], []string{flow.State}) || !slices.Equal(answer["code"], []string{code}) || who.Subject == "" {
				t.Errorf("%+v by %v", who, answer)
			}
			return
		}
		if !reflect.DeepEqual(who, auth.Identity{}) || strings.HasPrefix(p.outcome(err), "of no") {
			t.Errorf("%+v, %v", who, err)
		}
	})
}
