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
	// maxFlows is how many sign-ins of one browser may be under way: each tab has one of
	// its own, in a cookie of its own.
	maxFlows = 10
	// maxFlowBytes bounds their cookies together: some servers in front take headers of
	// 8 KB at most.
	maxFlowBytes = 5 << 10
	// maxSealedNext bounds how long the way back may be, sealed, that travels in a state:
	// some sign-in services take URLs of 2 KB at most.
	maxSealedNext = 512
)

// stateSeparator stands between the two parts of a state: the random one, which only this
// browser knows, and the sealed way back, by which a tab finds it without a cookie.
const stateSeparator = "."

// randomPart returns the part of a state that is its secret.
func randomPart(state string) string {
	random, _, _ := strings.Cut(state, stateSeparator)
	return random
}

func wayBackOf(random string) string { return "way back of " + random }

// newState returns the state of a sign-in after which the person goes on to next. kept
// tells that next travels in it.
func (s *Sessions) newState(ctx context.Context, next string) (state string, kept bool, err error) {
	random := rand.Text()
	sealed, err := s.ring.seal(ctx, wayBackOf(random), next)
	if err != nil {
		return "", false, err
	}
	if kept = len(sealed) <= maxSealedNext; !kept {
		if sealed, err = s.ring.seal(ctx, wayBackOf(random), ""); err != nil {
			return "", false, err
		}
	}
	return random + stateSeparator + sealed, kept, nil
}

// WayBack returns where somebody wanted to go who started the sign-in with this state,
// "" for the start page. ok is false when it was not started here.
func (s *Sessions) WayBack(ctx context.Context, state string) (next string, ok bool, err error) {
	random, sealed, _ := strings.Cut(state, stateSeparator)
	ok, err = s.ring.open(ctx, wayBackOf(random), sealed, &next)
	return next, ok, err
}

// BeginSignIn returns where to send the browser of r to sign in at the provider, after
// which it goes on to next. anew has the provider ask for a password even of somebody who
// is signed in there.
func (g *Gate) BeginSignIn(w http.ResponseWriter, r *http.Request, next string, anew bool) (to string, err error) {
	state, kept, err := g.Sessions.newState(r.Context(), next)
	if err != nil {
		return "", err
	}
	to, flow, err := g.OIDC.begin(r.Context(), state, next, anew)
	if err != nil {
		return "", err
	}
	if kept {
		flow.Next = ""
	}
	return to, g.Sessions.SaveFlow(w, r, flow)
}

func (s *Sessions) flowPrefix() string { return s.name + "-sign-in-" }

// FlowID names the sign-in that a state belongs to, always in the same number of
// characters: the same sealed way back can be written in several ways.
func FlowID(state string) string { return hash(randomPart(state)) }

func (s *Sessions) flowName(state string) string { return s.flowPrefix() + FlowID(state)[:12] }

// SaveFlow gives a sign-in that has begun to the browser to keep, sealed.
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

// trimFlows takes the oldest sign-ins back from the browser that are too many beside n
// others with so many bytes. The one called name is not touched.
func (s *Sessions) trimFlows(w http.ResponseWriter, r *http.Request, name string, n, bytes int) error {
	type kept struct {
		name  string
		begun time.Time // zero for what can't be read
		bytes int
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
		flows = append(flows, kept{c.Name, f.Begun, len(c.Value)})
	}
	slices.SortFunc(flows, func(a, b kept) int { return b.begun.Compare(a.begun) })
	for _, f := range flows {
		if n, bytes = n+1, bytes+f.bytes; n > maxFlows || bytes > maxFlowBytes {
			s.setFlow(w, f.name, "", -1)
		}
	}
	return nil
}

// TakeFlow takes the sign-in with this state back from the browser. ok is false when
// it has none: it was begun elsewhere, too long ago, or is over.
func (s *Sessions) TakeFlow(w http.ResponseWriter, r *http.Request, state string) (f Flow, ok bool, err error) {
	name := s.flowName(state)
	cookie, err := r.Cookie(name)
	if err != nil {
		return Flow{}, false, nil //nolint:nilerr // no cookie is no sign-in
	}
	ok, err = s.ring.open(r.Context(), name, cookie.Value, &f)
	if err == nil {
		err = s.trimFlows(w, r, name, 0, 0)
	}
	if err != nil {
		return Flow{}, false, err // and it is still there, to try again
	}
	s.setFlow(w, name, "", -1)
	if !ok || !same(f.State, randomPart(state)) || s.now().Sub(f.Begun) > flowLimit {
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
