package main

import (
	"context"
	"log/slog"
	"time"

	"namesake/internal/audit"
	"namesake/internal/change"
	"namesake/internal/dismissals"
	"namesake/internal/mailtests"
	"namesake/internal/mirror"
	"namesake/internal/patterns"
	"namesake/internal/plan"
	"namesake/internal/registry"
	"namesake/internal/signin"
	"namesake/internal/store"
)

// domain holds the services, without their adapters.
type domain struct {
	audit      *audit.Log
	mirror     *mirror.Service
	changes    *change.Service
	plans      *plan.Service
	signIns    *signin.Service
	dismissals *dismissals.Service
	tests      *mailtests.Service
}

// domainOptions are the parts of a domain. All are required.
type domainOptions struct {
	api         registry.API
	settings    mirror.SettingsAPI
	account     registry.AccountID
	store       *store.Store
	sessions    signin.Store
	limits      signin.Limits
	settleAfter time.Duration                                // see change.Options
	wakeSettle  func(in time.Duration)                       // see change.Options
	enqueue     func(ctx context.Context, plan string) error // adds the job that runs a plan
	wakeRefresh func()                                       // see mirror.Options
	refresh     time.Duration                                // see mirror.Options
	passed      func(mirror.Pass)                            // see mirror.Options
	deleteLimit int                                          // see plan.Options
	log         *slog.Logger
}

func newDomain(o domainOptions) (d domain, err error) {
	pool := patterns.NewPool(patterns.Options{})
	if d.audit, err = audit.NewLog(audit.Options{Account: o.account, Journal: o.store, Trail: o.store, Log: o.log}); err != nil {
		return domain{}, err
	}
	if d.signIns, err = signin.NewService(signin.Options{Audit: d.audit, Store: o.sessions, Limits: o.limits, Log: o.log, Now: o.store.Now}); err != nil {
		return domain{}, err
	}
	d.mirror, err = mirror.NewService(mirror.Options{
		Audit: d.audit, Trail: o.store, API: o.api, Settings: o.settings, Account: o.account, Store: o.store, Refresh: o.refresh, Active: d.signIns.Active, Wake: o.wakeRefresh, Passed: o.passed,
		Patterns: pool, Log: o.log, Now: o.store.Now,
	})
	if err != nil {
		return domain{}, err
	}
	if d.tests, err = mailtests.NewService(mailtests.Options{Audit: d.audit, Trail: o.store, Store: o.store, Account: o.account, Now: o.store.Now}); err != nil {
		return domain{}, err
	}
	d.changes, err = change.NewService(change.Options{
		Audit: d.audit, Mirror: d.mirror, Account: o.account, Submissions: o.store, Journal: o.store, Trail: o.store, Outcomes: o.store,
		SettleAfter: o.settleAfter, Patterns: pool, Tests: d.tests, Log: o.log, Now: o.store.Now, Restarted: o.store.Restarted(), WakeSettle: o.wakeSettle,
	})
	if err != nil {
		return domain{}, err
	}
	if d.dismissals, err = dismissals.NewService(dismissals.Options{Audit: d.audit, Store: o.store, Account: o.account, Now: o.store.Now}); err != nil {
		return domain{}, err
	}
	d.plans, err = plan.NewService(plan.Options{
		Audit: d.audit, Mirror: d.mirror, Changes: d.changes, Store: o.store, Queue: plan.QueueFunc(o.enqueue), Owners: d.signIns, Account: o.account, DeletePercent: o.deleteLimit, Tests: d.tests, Log: o.log, Now: o.store.Now,
	})
	return d, err
}
