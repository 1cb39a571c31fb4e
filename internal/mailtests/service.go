package mailtests

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"namesake/internal/audit"
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Store stores tests.
type Store interface {
	// Tests returns the tests of an account, by name and address.
	Tests(ctx context.Context, account registry.AccountID) ([]Test, error)
	// AddTests stores tests, each with its record, or none of them: if one is there already,
	// the error is *ExistsError, and if there would be more than limit, ErrTooMany.
	AddTests(ctx context.Context, account registry.AccountID, tests []Test, records []audit.Record, limit int) error
	// RemoveTest removes a test, stores the record and returns its seq: 0, with nothing stored,
	// if there is no such test.
	RemoveTest(ctx context.Context, account registry.AccountID, id string, record audit.Record) (seq int64, err error)
}

// ExistsError reports that a test of the same mail was stored already.
type ExistsError struct{ ID string }

func (e *ExistsError) Error() string { return "there is a test of this mail already: " + e.ID }

// Options are the parts of a Service. All are required.
type Options struct {
	Audit   *audit.Log
	Trail   audit.Trail // has the tests that were deleted
	Store   Store
	Account registry.AccountID
	Now     func() time.Time
}

// Service keeps the tests of an account. It calls nothing but the database, which stores each
// change together with its record.
type Service struct {
	o    Options
	kept kept
}

// NewService returns a Service, or an error when a part is missing.
func NewService(o Options) (*Service, error) {
	if o.Audit == nil || o.Trail == nil || o.Store == nil || o.Account == "" || o.Now == nil {
		return nil, errors.New("mailtests: all options are required")
	}
	return &Service{o: o}, nil
}

// Tests returns all tests, by name and address.
func (s *Service) Tests(ctx context.Context) ([]Test, error) {
	tests, err := s.o.Store.Tests(ctx, s.o.Account)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", registry.ErrDatabase, err)
	}
	return tests, nil
}

// Line is a draft in a file.
type Line struct {
	Number int // 0 if there is no file
	Draft
}

// Added says what became of drafts.
type Added struct {
	Tests []Test // the new ones
	Known int    // how many were there already
}

// Create stores tests: all, or none if one of them is wrong or exists. Errors:
// *rbac.ForbiddenError, *InvalidError, ErrNone, ErrTooMany, registry.ErrDatabase and
// *audit.UnrecordedError in the chain.
func (s *Service) Create(ctx context.Context, who rbac.Caller, drafts ...Draft) (Added, error) {
	lines := make([]Line, len(drafts))
	for i, d := range drafts {
		lines[i].Draft = d
	}
	return s.add(ctx, who, lines, false)
}

// Import is Create for the lines of a file. It skips tests that exist, unless they expect the
// opposite.
func (s *Service) Import(ctx context.Context, who rbac.Caller, lines []Line) (Added, error) {
	return s.add(ctx, who, lines, true)
}

func (s *Service) add(ctx context.Context, who rbac.Caller, lines []Line, skip bool) (added Added, err error) {
	if err := s.o.Audit.Authorize(ctx, who, rbac.CreateTest); err != nil {
		return added, err
	}
	stored, err := s.Tests(ctx)
	if err != nil {
		return added, err
	}
	known := make(map[string]Expectation, len(stored))
	for _, t := range stored {
		known[t.ID] = t.Expect
	}
	var faults []FieldFault
	var records []audit.Record
	met := make(map[string]bool, len(lines))
	for _, l := range lines {
		d := l.tidied()
		if wrong := d.faults(l.Number); len(wrong) > 0 {
			faults = append(faults, wrong...)
			continue
		}
		id := d.ID()
		expect, exists := known[id]
		switch {
		case met[id]:
			faults = append(faults, FieldFault{l.Number, FieldEmail, Repeated})
		case exists && expect != d.Expect:
			faults = append(faults, FieldFault{l.Number, FieldExpect, Opposite})
		case exists && skip:
			added.Known++
		case exists:
			faults = append(faults, FieldFault{l.Number, FieldEmail, Exists})
		default:
			added.Tests = append(added.Tests, Test{Draft: d, ID: id, At: s.o.Now(), By: who.Recorded()})
			records = append(records, s.o.Audit.Of(who, audit.Record{Action: rbac.CreateTest, Outcome: audit.OutcomeDone, After: d.values(id)}))
		}
		met[id] = true
	}
	switch {
	case len(faults) > 0:
		return Added{}, &InvalidError{faults}
	case len(lines) == 0:
		return Added{}, ErrNone
	case len(added.Tests) == 0:
		return added, nil
	case len(stored)+len(added.Tests) > MaxTests:
		return Added{}, ErrTooMany
	}
	err = s.o.Store.AddTests(ctx, s.o.Account, added.Tests, records, MaxTests)
	var exists *ExistsError
	switch {
	case errors.As(err, &exists): // another person was faster
		for _, l := range lines {
			if l.tidied().ID() == exists.ID {
				faults = append(faults, FieldFault{l.Number, FieldEmail, Exists})
			}
		}
		return Added{}, &InvalidError{faults}
	case errors.Is(err, ErrTooMany):
		return Added{}, ErrTooMany
	case err != nil:
		return Added{}, &audit.UnrecordedError{Err: fmt.Errorf("record %s: %w", rbac.CreateTest, err)}
	}
	return added, nil
}

// Delete removes a test and returns it with the seq of its record. Errors:
// *rbac.ForbiddenError, ErrNotFound, registry.ErrDatabase and *audit.UnrecordedError in the
// chain.
func (s *Service) Delete(ctx context.Context, who rbac.Caller, id string) (t Test, record int64, err error) {
	if err := s.o.Audit.Authorize(ctx, who, rbac.DeleteTest); err != nil {
		return Test{}, 0, err
	}
	tests, err := s.Tests(ctx)
	if err != nil {
		return Test{}, 0, err
	}
	for _, t := range tests {
		if t.ID != id {
			continue
		}
		record := s.o.Audit.Of(who, audit.Record{Action: rbac.DeleteTest, Outcome: audit.OutcomeDone, Before: t.values(id)})
		seq, err := s.o.Store.RemoveTest(ctx, s.o.Account, id, record)
		switch {
		case err != nil:
			return Test{}, 0, &audit.UnrecordedError{Err: fmt.Errorf("record %s: %w", rbac.DeleteTest, err)}
		case seq > 0:
			return t, seq, nil
		}
	}
	return Test{}, 0, ErrNotFound
}

// Undo adds a test again that who has deleted, as the audit record seq says. Errors are those of
// Import, and ErrNotFound for a record that is no such deletion.
func (s *Service) Undo(ctx context.Context, who rbac.Caller, seq int64) (Draft, error) {
	if err := s.o.Audit.Authorize(ctx, who, rbac.CreateTest); err != nil {
		return Draft{}, err
	}
	r, err := s.o.Trail.Record(ctx, seq)
	switch {
	case errors.Is(err, registry.ErrNotFound):
		return Draft{}, ErrNotFound
	case err != nil:
		return Draft{}, audit.Unreadable(err)
	case r.Action != rbac.DeleteTest || r.Outcome != audit.OutcomeDone || r.Account != s.o.Account || !r.Actor.Same(who.Actor):
		return Draft{}, ErrNotFound
	}
	d := draftIn(r.Before)
	_, err = s.add(ctx, who, []Line{{Draft: d}}, true)
	return d, err
}

// values are what a record says about a test. Searches of the audit trail find it by name
// and address.
func (d Draft) values(id string) registry.Values {
	v := registry.Values{"test": id, registry.FieldName: d.Name, registry.FieldEmail: d.Email, FieldExpect: string(d.Expect)}
	if d.Note != "" {
		v[FieldNote] = d.Note
	}
	return v
}

// draftIn reads what Draft.values has written.
func draftIn(v registry.Values) Draft {
	text := func(field string) string { s, _ := v[field].(string); return s }
	return Draft{Name: text(registry.FieldName), Email: text(registry.FieldEmail), Expect: Expectation(text(FieldExpect)), Note: text(FieldNote)}
}

// Detail describes a test in one line, for records and confirmations.
func (d Draft) Detail() string { return string(d.Expect) + ": " + d.Name + " from " + d.Email }

// ParseDetail reads what Detail has written.
func ParseDetail(text string) (d Draft, ok bool) {
	expect, mail, ok := strings.Cut(text, ": ")
	at := strings.LastIndex(mail, " from ")
	if !ok || at < 0 {
		return Draft{}, false
	}
	return Draft{Expect: Expectation(expect), Name: mail[:at], Email: mail[at+len(" from "):]}, true
}
