package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
)

// TestGroup lets writers wait for one that has started, and looks at what each was told and what is
// stored. The changes of one transaction see each other.
func TestGroup(t *testing.T) {
	t.Parallel()
	errOwn, errCheck := errors.New("refused"), errors.New("the file is gone")
	type change = func(ctx context.Context, tx *sql.Tx) error
	stored := func(name string) change {
		return func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO usernames (username, subject) VALUES ($1, '')`, name)
			return err
		}
	}
	refused := func(name string) change {
		return func(ctx context.Context, tx *sql.Tx) error { return errors.Join(stored(name)(ctx, tx), errOwn) }
	}
	lost := func(name string) change { // as SQLite does when the disk is full
		return func(ctx context.Context, tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, `ROLLBACK`)
			return errors.Join(err, errOwn)
		}
	}
	panics := func(name string) change {
		return func(ctx context.Context, tx *sql.Tx) error { panic(errors.Join(stored(name)(ctx, tx), errOwn)) }
	}
	for _, tt := range []struct {
		name    string
		changes []func(name string) change // the first one leads
		fails   int                        // the number of the commit that fails, from 1
		commits int                        // 0: any number, because changes are repeated
		want    []error
		stored  []string
	}{
		{name: "all are stored", changes: []func(string) change{stored, stored, stored}, commits: 1, want: []error{nil, nil, nil}, stored: []string{"0", "1", "2"}},
		{name: "one refuses", changes: []func(string) change{stored, refused, stored}, commits: 1, want: []error{nil, errOwn, nil}, stored: []string{"0", "2"}},
		{name: "the first refuses", changes: []func(string) change{refused, stored, stored}, commits: 1, want: []error{errOwn, nil, nil}, stored: []string{"1", "2"}},
		{name: "one ends the transaction", changes: []func(string) change{stored, stored, lost, stored}, want: []error{nil, nil, errOwn, nil}, stored: []string{"0", "1", "3"}},
		{name: "the first ends the transaction", changes: []func(string) change{lost, stored}, want: []error{errOwn, nil}, stored: []string{"1"}},
		{name: "one panics", changes: []func(string) change{stored, stored, panics, stored}, want: []error{nil, nil, errOwn, nil}, stored: []string{"0", "1", "3"}},
		{name: "the first panics", changes: []func(string) change{panics, stored}, want: []error{errOwn, nil}, stored: []string{"1"}},
		{name: "the commit fails", changes: []func(string) change{stored, stored, refused}, fails: 1, commits: 1, want: []error{errCheck, errCheck, errOwn}},
		{name: "more than fit", changes: slices.Repeat([]func(string) change{stored}, maxGroup+2), commits: 2, want: make([]error, maxGroup+2), stored: numbers(maxGroup + 2)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := open(t, Options{Engine: SQLite, Path: filepath.Join(t.TempDir(), "namesake.db")})
			checked := 0
			s.group.check = func() error {
				if checked++; checked == tt.fails {
					return errCheck
				}
				return nil
			}
			got := make([]chan error, len(tt.changes))
			run := func(i int, before func()) {
				got[i] = make(chan error, 1)
				go func() {
					defer func() {
						if value := recover(); value != nil {
							got[i] <- value.(error) //nolint:forcetypeassert // see panics
						}
					}()
					got[i] <- s.change(t.Context(), func(ctx context.Context, tx *sql.Tx) error {
						before()
						return tt.changes[i](fmt.Sprint(i))(ctx, tx)
					})
				}()
			}
			started, waiting := make(chan struct{}), make(chan struct{})
			first := true
			run(0, func() {
				if first {
					first = false
					close(started)
					<-waiting
				}
			})
			<-started
			for i := range tt.changes[1:] {
				run(i+1, func() {})
				awaitWriters(s, i+1)
			}
			close(waiting)
			for i, want := range tt.want {
				if err := <-got[i]; !errors.Is(err, want) {
					t.Errorf("change %d: %v, want %v", i, err, want)
				}
			}
			if tt.commits != 0 && checked != tt.commits {
				t.Errorf("%d commits, want %d", checked, tt.commits)
			}
			if names := usernames(t, s); !slices.Equal(names, tt.stored) {
				t.Errorf("stored %q, want %q", names, tt.stored)
			}
		})
	}
}

// TestGroupGivenUp ends the wait of a writer.
func TestGroupGivenUp(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Engine: SQLite, Path: filepath.Join(t.TempDir(), "namesake.db")})
	ctx, cancel := context.WithCancel(t.Context())
	given := make(chan error)
	err := s.change(t.Context(), func(context.Context, *sql.Tx) error {
		go func() {
			given <- s.change(ctx, func(context.Context, *sql.Tx) error {
				t.Error("a change ran that was given up")
				return nil
			})
		}()
		awaitWriters(s, 1)
		cancel()
		if err := <-given; !errors.Is(err, context.Canceled) {
			t.Errorf("the change that was given up: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// awaitWriters waits until n writers wait for the one that leads.
func awaitWriters(s *Store, n int) {
	for {
		s.group.mu.Lock()
		waiting := len(s.group.waiting)
		s.group.mu.Unlock()
		if waiting == n {
			return
		}
		runtime.Gosched()
	}
}

func usernames(t *testing.T, s *Store) (names []string) {
	t.Helper()
	err := s.query(t.Context(), `SELECT username FROM usernames ORDER BY CAST(username AS INTEGER)`, nil, func(rows *sql.Rows) error {
		var name string
		err := rows.Scan(&name)
		names = append(names, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func numbers(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprint(i))
	}
	return all
}
