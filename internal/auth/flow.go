package auth

import (
	"context"
	"crypto/rand"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/sessions"
)

const (
	// maxFlows is the number of sign-ins in progress per browser. Each tab has its own, in
	// its own cookie.
	maxFlows = 10
	// maxFlowBytes bounds the total size of their cookies, because some proxies limit
	// headers to 8 KB.
	maxFlowBytes = 5 << 10
	// maxSealedNext bounds the sealed return address in a state, because some sign-in
	// services limit URLs to 2 KB.
	maxSealedNext = 512
)

// stateSeparator separates the two parts of a state: the random one, which only this
// browser knows, and the sealed return address, which a tab can read without a cookie.
const stateSeparator = "."

// randomPart returns the secret part of a state.
func randomPart(state string) string {
	random, _, _ := strings.Cut(state, stateSeparator)
	return random
}

// returnLabel is the name under which the return address of a sign-in is sealed. Browsers
// hold addresses sealed under it, so the text must stay the same.
func returnLabel(random string) string { return "way back of " + random }

// newState returns the state of a sign-in after which the person continues to next. kept
// reports whether the state holds next.
func (s *Sessions) newState(ctx context.Context, next string) (state string, kept bool, err error) {
	random := rand.Text()
	sealed, err := s.ring.seal(ctx, returnLabel(random), next)
	if err != nil {
		return "", false, err
	}
	if kept = len(sealed) <= maxSealedNext; !kept {
		if sealed, err = s.ring.seal(ctx, returnLabel(random), ""); err != nil {
			return "", false, err
		}
	}
	return random + stateSeparator + sealed, kept, nil
}

// WayBack returns the page to which the sign-in with this state returns, "" for the start
// page. ok is false when Namesake did not start that sign-in.
func (s *Sessions) WayBack(ctx context.Context, state string) (next string, ok bool, err error) {
	random, sealed, _ := strings.Cut(state, stateSeparator)
	ok, err = s.ring.open(ctx, returnLabel(random), sealed, &next)
	return next, ok, err
}

// BeginSignIn returns the provider's URL for a sign-in of the browser of r, after which it
// continues to next. reauthenticate makes the provider ask for a password even if the person
// is signed in there.
func (g *Gate) BeginSignIn(w http.ResponseWriter, r *http.Request, next string, reauthenticate bool) (to string, err error) {
	state, kept, err := g.Sessions.newState(r.Context(), next)
	if err != nil {
		return "", err
	}
	to, flow, err := g.OIDC.begin(r.Context(), state, next, reauthenticate)
	if err != nil {
		return "", err
	}
	if kept {
		flow.Next = ""
	}
	return to, g.Sessions.SaveFlow(w, r, flow)
}

func (s *Sessions) flowPrefix() string { return s.name + "-sign-in-" }

// FlowID returns an id of fixed length for the sign-in that a state belongs to. It leaves
// out the sealed return address, which can be written in several ways.
func FlowID(state string) string { return hash(randomPart(state)) }

func (s *Sessions) flowName(state string) string { return s.flowPrefix() + FlowID(state)[:12] }

// SaveFlow saves a started sign-in in a sealed cookie of the browser.
func (s *Sessions) SaveFlow(w http.ResponseWriter, r *http.Request, f Flow) error {
	name := s.flowName(f.State)
	f.State = randomPart(f.State)
	sealed, err := s.ring.seal(r.Context(), name, f)
	if err != nil {
		return err // the keys can't be read
	}
	if err := s.trimFlows(w, r, name, 1, len(sealed)); err != nil {
		return err
	}
	s.setFlow(w, name, sealed, int(flowLimit.Seconds()))
	return nil
}

// trimFlows removes the oldest sign-ins from the browser until n others of that many bytes
// fit within the limits. It leaves the one called name.
func (s *Sessions) trimFlows(w http.ResponseWriter, r *http.Request, name string, n, bytes int) error {
	type kept struct {
		name    string
		started time.Time // zero when the cookie can't be read
		bytes   int
	}
	var flows []kept
	for _, c := range r.Cookies() {
		if !strings.HasPrefix(c.Name, s.flowPrefix()) || c.Name == name {
			continue
		}
		var f Flow
		if _, err := s.ring.open(r.Context(), c.Name, c.Value, &f); err != nil {
			return err
		}
		flows = append(flows, kept{c.Name, f.Started, len(c.Value)})
	}
	slices.SortFunc(flows, func(a, b kept) int { return b.started.Compare(a.started) })
	for _, f := range flows {
		if n, bytes = n+1, bytes+f.bytes; n > maxFlows || bytes > maxFlowBytes {
			s.setFlow(w, f.name, "", -1)
		}
	}
	return nil
}

// TakeFlow returns the sign-in with this state and removes its cookie. ok is false when the
// browser has none: the sign-in was started elsewhere, too long ago, or is over.
func (s *Sessions) TakeFlow(w http.ResponseWriter, r *http.Request, state string) (f Flow, ok bool, err error) {
	name := s.flowName(state)
	cookie, err := r.Cookie(name)
	if err != nil {
		return Flow{}, false, nil //nolint:nilerr // a missing cookie means no sign-in
	}
	ok, err = s.ring.open(r.Context(), name, cookie.Value, &f)
	if err == nil {
		err = s.trimFlows(w, r, name, 0, 0)
	}
	if err != nil {
		return Flow{}, false, err // the cookie stays, for another try
	}
	s.setFlow(w, name, "", -1)
	if !ok || !same(f.State, randomPart(state)) || s.now().Sub(f.Started) > flowLimit {
		return Flow{}, false, nil
	}
	next, ok, err := s.WayBack(r.Context(), state)
	if err != nil || !ok {
		return Flow{}, false, err
	}
	if f.Next == "" {
		f.Next = next
	}
	f.State = state
	return f, true, nil
}

func (s *Sessions) setFlow(w http.ResponseWriter, name, value string, maxAge int) {
	options := s.cookie
	options.MaxAge = maxAge
	http.SetCookie(w, sessions.NewCookie(name, value, &options))
}
