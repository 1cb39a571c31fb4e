package auth

import (
	"net/http"
	"strings"

	"github.com/gorilla/sessions"
)

// flowsAtOnce is how many sign-ins of one browser may be under way: each has a
// cookie, so that two tabs don't get into each other's way.
const flowsAtOnce = 8

func (s *Sessions) flowPrefix() string { return s.name + "-sign-in-" }

func (s *Sessions) flowName(state string) string { return s.flowPrefix() + hash(state)[:12] }

// SaveFlow gives a sign-in that has begun to the browser to keep, sealed.
func (s *Sessions) SaveFlow(w http.ResponseWriter, r *http.Request, f Flow) error {
	name := s.flowName(f.State)
	sealed, err := s.ring.seal(r.Context(), name, f)
	if err != nil {
		return err // the keys can't be read
	}
	var others []string
	for _, c := range r.Cookies() {
		if strings.HasPrefix(c.Name, s.flowPrefix()) {
			others = append(others, c.Name)
		}
	}
	if len(others) >= flowsAtOnce {
		for _, other := range others {
			s.setFlow(w, other, "", -1)
		}
	}
	s.setFlow(w, name, sealed, int(flowLimit.Seconds()))
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
	if err != nil {
		return Flow{}, false, err // and it is still there, to try again
	}
	s.setFlow(w, name, "", -1)
	return f, ok, nil
}

func (s *Sessions) setFlow(w http.ResponseWriter, name, value string, maxAge int) {
	options := s.cookie
	options.MaxAge = maxAge
	http.SetCookie(w, sessions.NewCookie(name, value, &options))
}
