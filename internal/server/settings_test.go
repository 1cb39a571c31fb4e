package server_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"namesake/internal/cfapi/sandbox"
	"namesake/internal/mirror"
	"namesake/internal/policy"
)

func readsSettings(set *settings) { set.around = true }

// settingsCalls returns how often the API was asked for the settings around the registry.
func (a *app) settingsCalls() (n int) {
	for _, c := range a.sandbox.Calls() {
		for _, l := range policy.Lists() {
			if c.Path == sandbox.Prefix+"/accounts/"+account+"/email-security/settings/"+string(l) {
				n++
			}
		}
	}
	return n
}

// TestSettingsAreRead reads the settings around the registry: when they are due, keeping the
// last good copy of a list that can't be read.
func TestSettingsAreRead(t *testing.T) {
	t.Parallel()
	a := newApp(t, readsSettings)
	ctx, lists := t.Context(), len(policy.Lists())
	around := func() *policy.Index { return a.mirror.Snapshot().Around }
	first := around()
	if len(first.AllowPolicies) == 0 || len(first.TrustedDomains) == 0 || len(first.BlockedSenders) == 0 || len(first.Domains) == 0 || a.settingsCalls() != lists {
		t.Fatalf("after %d calls: %+v", a.settingsCalls(), first.Settings)
	}
	for _, l := range policy.Lists() {
		if state := first.State(l); !first.Known(l) || state.Failure != nil || state.TriedAt.Before(state.ReadAt) {
			t.Errorf("%s: %+v", l, state)
		}
	}

	must(t, a.mirror.RefreshDue(ctx))
	if a.settingsCalls() != lists {
		t.Error("the settings were read too early")
	}
	a.clock.move(11 * time.Minute)
	must(t, a.mirror.RefreshDue(ctx))
	same := around()
	if a.settingsCalls() != 2*lists || same.Version != first.Version || !same.State(policy.Domains).ReadAt.After(first.State(policy.Domains).ReadAt) {
		t.Errorf("after %d calls: version %d, then %d", a.settingsCalls(), first.Version, same.Version)
	}

	a.sandbox.ChangeSettings(func(s *sandbox.Settings) {
		s.AllowPolicies, s.Domains = s.AllowPolicies[:1], s.Domains[:1]
	})
	a.sandbox.Inject(sandbox.Fault{Path: "settings/allow_policies", Status: 403, Body: `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}`})
	a.as("viewer").post(refresh, nil).wants(http.StatusSeeOther)
	must(t, a.mirror.RefreshDue(ctx)) // what the refresh wakes
	denied := around()
	state := denied.State(policy.AllowPolicies)
	if len(denied.AllowPolicies) != len(first.AllowPolicies) || len(denied.Domains) != 1 || denied.Version <= first.Version {
		t.Errorf("%d policies, %d domains", len(denied.AllowPolicies), len(denied.Domains))
	}
	if state.Failure == nil || !state.Failure.Denied || state.Failure.Status != 403 || !state.ReadAt.Equal(same.State(policy.AllowPolicies).ReadAt) || !state.TriedAt.After(state.ReadAt) {
		t.Errorf("state %+v", state)
	}

	other, err := mirror.NewService(mirror.Options{Audit: a.audit, Trail: a.store, API: a.mirror.API(), Account: account, Store: a.store, Now: a.store.Now})
	must(t, err)
	must(t, other.CatchUp(ctx))
	if got := other.Snapshot().Around; len(got.Domains) != 1 || got.Version != denied.Version || got.State(policy.AllowPolicies).Failure == nil {
		t.Errorf("another copy knows %+v", got.Settings)
	}

	a.clock.move(11 * time.Minute)
	must(t, a.mirror.RefreshDue(ctx))
	if got := around(); len(got.AllowPolicies) != 1 || got.State(policy.AllowPolicies).Failure != nil {
		t.Errorf("after the denial: %+v", got.Settings)
	}
	if slices.ContainsFunc(a.sandbox.Calls(), func(c sandbox.Call) bool { return c.Method != http.MethodGet && c.Applied }) {
		t.Error("something was changed")
	}
}
