package plan

import (
	"context"
	"errors"
	"log/slog"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"

	"namesake/internal/audit"
	"namesake/internal/change"
	"namesake/internal/findings"
	"namesake/internal/mirror"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Service drafts, shows and runs plans. Every method takes the person who asks, and checks
// their role.
type Service struct {
	audit         *audit.Log
	mirror        *mirror.Service
	changes       *change.Service
	store         Store
	queue         Queue
	owners        Owners
	account       registry.AccountID
	deletePercent int
	tests         Tests                          // nil for none
	keptBreaks    *lru.Cache[string, keptBreaks] // by plan
	log           *slog.Logger
	judge         *findings.Judge
	now           func() time.Time
	pause         func(context.Context, time.Duration) error
}

// Options are the parts of a Service. All are required unless their comment says otherwise.
type Options struct {
	Audit   *audit.Log
	Mirror  *mirror.Service
	Changes *change.Service
	Store   Store
	Queue   Queue
	Owners  Owners
	Account registry.AccountID
	// DeletePercent is the part of the registry that an import deletes without a confirmation
	// of its own; 10 when 0.
	DeletePercent int
	// Tests are evaluated before a plan is applied; it may be nil.
	Tests Tests
	Log   *slog.Logger // slog.Default() when nil
	// Now is the clock that all programs on the database share; time.Now when nil.
	Now func() time.Time
	// Pause replaces waiting for other work in tests; it may be nil.
	Pause func(context.Context, time.Duration) error
}

// NewService returns a Service, or an error when a required part is missing.
func NewService(o Options) (*Service, error) {
	if o.Audit == nil || o.Mirror == nil || o.Changes == nil || o.Store == nil || o.Queue == nil || o.Owners == nil || o.Account == "" {
		return nil, errors.New("plan service: Audit, Mirror, Changes, Store, Queue, Owners and Account are required")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == nil {
		o.Pause = registry.Pause
	}
	if o.DeletePercent == 0 {
		o.DeletePercent = deletePercent
	}
	kept, err := lru.New[string, keptBreaks](maxKeptBreaks)
	if err != nil {
		return nil, err
	}
	return &Service{
		keptBreaks: kept,
		audit:      o.Audit, mirror: o.Mirror, changes: o.Changes, store: o.Store, queue: o.Queue, owners: o.Owners, account: o.Account, deletePercent: o.DeletePercent, tests: o.Tests, log: o.Log,
		judge: findings.NewJudge(), now: o.Now, pause: o.Pause,
	}, nil
}

// Judge returns what judges entries: one for the program, as it remembers patterns.
func (s *Service) Judge() *findings.Judge { return s.judge }

// databaseError marks an error of the store as one of the database.
func databaseError(err error) error {
	if err == nil || errors.Is(err, registry.ErrDatabase) {
		return err
	}
	return errors.Join(registry.ErrDatabase, err)
}

// Plan returns a plan. Errors: *rbac.ForbiddenError, ErrNotFound, registry.ErrDatabase in
// the chain.
func (s *Service) Plan(ctx context.Context, who rbac.Caller, id string) (Plan, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewPlan); err != nil {
		return Plan{}, err
	}
	return s.find(ctx, id)
}

// find returns a plan of this account.
func (s *Service) find(ctx context.Context, id string) (Plan, error) {
	p, ok, err := s.store.Plan(ctx, id)
	switch {
	case err != nil:
		return Plan{}, databaseError(err)
	case !ok || !s.inAccount(p):
		return Plan{}, ErrNotFound
	}
	return p, nil
}

// inAccount reports whether a plan belongs to this account: it must not change the entries
// of another one.
func (s *Service) inAccount(p Plan) bool { return p.Account == "" || p.Account == s.account }

// Page returns a plan and a page of its operations, both from the same moment. Errors are
// those of Plan.
func (s *Service) Page(ctx context.Context, who rbac.Caller, id string, q Query) (Plan, []Operation, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewPlan); err != nil {
		return Plan{}, nil, err
	}
	p, operations, ok, err := s.store.PlanPage(ctx, id, q)
	switch {
	case err != nil:
		return Plan{}, nil, databaseError(err)
	case !ok || !s.inAccount(p):
		return Plan{}, nil, ErrNotFound
	}
	for i, o := range operations {
		if o.State == OpFailed && o.Fault != nil && o.Fault.What == faultUnsettled && o.Fault.Unsure != nil {
			operations[i].Fault.Unsure.NotDone = true // a later look has shown it
		}
	}
	return p, operations, nil
}

// RemoveOld removes the inactive plans that are older than Retention.
func (s *Service) RemoveOld(ctx context.Context) error {
	removed, err := s.store.RemovePlans(ctx, s.now().Add(-Retention))
	if removed > 0 {
		s.log.InfoContext(ctx, "old plans were removed", "plans", removed)
	}
	return databaseError(err)
}

// List returns the newest plans, first those of who.
func (s *Service) List(ctx context.Context, who rbac.Caller, limit int) ([]Plan, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewPlan); err != nil {
		return nil, err
	}
	plans, err := s.store.Plans(ctx, s.account, who.Issuer, who.Subject, limit)
	return plans, databaseError(err)
}

// Open returns the newest plans that run or wait for a person.
func (s *Service) Open(ctx context.Context, who rbac.Caller, limit int) ([]Plan, error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewPlan); err != nil {
		return nil, err
	}
	plans, err := s.store.OpenPlans(ctx, s.account, limit)
	return plans, databaseError(err)
}

// UndoOf returns the plan that undoes another one; ok is false if there is none.
func (s *Service) UndoOf(ctx context.Context, who rbac.Caller, id string) (p Plan, ok bool, err error) {
	if err := s.audit.Authorize(ctx, who, rbac.ViewPlan); err != nil {
		return Plan{}, false, err
	}
	p, ok, err = s.store.UndoOf(ctx, id)
	return p, ok, databaseError(err)
}

// Await waits until a plan is no longer active, at most d, and returns it.
func (s *Service) Await(ctx context.Context, who rbac.Caller, id string, d time.Duration) (Plan, error) {
	deadline, wait := time.Now().Add(d), 10*time.Millisecond
	for {
		p, err := s.Plan(ctx, who, id)
		if err != nil || !p.Active() || time.Now().After(deadline) {
			return p, err
		}
		select {
		case <-ctx.Done():
			return p, nil
		case <-time.After(wait):
			wait = min(2*wait, 200*time.Millisecond)
		}
	}
}
