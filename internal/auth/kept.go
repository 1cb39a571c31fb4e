package auth

import (
	"context"
	"crypto/rand"
	"net/url"
	"time"

	"namesake/internal/rbac"
	"namesake/internal/signin"
)

// formsLast is how long a kept form waits for its person.
const formsLast = 24 * time.Hour

// KeepForm keeps what was typed in a session that is over, and returns the one-time
// id under which the same person gets it back after signing in. path is the page
// that shows the form.
func (s *Sessions) KeepForm(ctx context.Context, over *EndedError, path string, values url.Values) (id string, err error) {
	return s.KeepFormOf(ctx, over.Session.Actor, path, values)
}

// KeepFormOf is KeepForm for somebody who is signed in.
func (s *Sessions) KeepFormOf(ctx context.Context, who rbac.Actor, path string, values url.Values) (id string, err error) {
	id, now := rand.Text(), s.now()
	return id, s.forms.SaveForm(ctx, id, signin.SavedForm{
		Issuer: who.Issuer, Subject: who.Subject, Path: path, Values: values, SavedAt: now,
	}, now.Add(-formsLast))
}

// KeptForm returns what was kept under id of the form on path, if it is who's.
func (s *Sessions) KeptForm(ctx context.Context, who rbac.Actor, id, path string) (values url.Values, ok bool, err error) {
	f, ok, err := s.forms.SavedForm(ctx, id, who.Issuer, who.Subject)
	if err != nil || !ok || f.Path != path || s.now().Sub(f.SavedAt) >= formsLast {
		return nil, false, err
	}
	return f.Values, true, nil
}

// DropForm forgets what was kept under id, once the form has been sent.
func (s *Sessions) DropForm(ctx context.Context, who rbac.Actor, id string) error {
	return s.forms.DropForm(ctx, id, who.Issuer, who.Subject)
}
