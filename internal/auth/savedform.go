package auth

import (
	"context"
	"crypto/rand"
	"net/url"
	"time"

	"namesake/internal/rbac"
	"namesake/internal/signin"
)

// formRetention is how long a saved form is kept.
const formRetention = 24 * time.Hour

// SaveForm saves a form that was sent in an ended session, and returns the one-time id with
// which the same person gets it back after signing in. path is the page that shows the
// form.
func (s *Sessions) SaveForm(ctx context.Context, over *EndedError, path string, values url.Values) (id string, err error) {
	return s.SaveFormOf(ctx, over.Session.Actor, path, values)
}

// SaveFormOf is SaveForm for a person who is signed in.
func (s *Sessions) SaveFormOf(ctx context.Context, who rbac.Actor, path string, values url.Values) (id string, err error) {
	id, now := rand.Text(), s.now()
	return id, s.forms.SaveForm(ctx, id, signin.SavedForm{
		Issuer: who.Issuer, Subject: who.Subject, Path: path, Values: values, SavedAt: now,
	}, now.Add(-formRetention))
}

// SavedForm returns the form on path that was saved under id, if it belongs to who.
func (s *Sessions) SavedForm(ctx context.Context, who rbac.Actor, id, path string) (values url.Values, ok bool, err error) {
	f, ok, err := s.forms.SavedForm(ctx, id, who.Issuer, who.Subject)
	if err != nil || !ok || f.Path != path || s.now().Sub(f.SavedAt) >= formRetention {
		return nil, false, err
	}
	return f.Values, true, nil
}

// DropForm deletes the form that was saved under id, once it has been sent.
func (s *Sessions) DropForm(ctx context.Context, who rbac.Actor, id string) error {
	return s.forms.DropForm(ctx, id, who.Issuer, who.Subject)
}
