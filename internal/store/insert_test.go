package store

import (
	"fmt"
	"reflect"
	"testing"

	"namesake/internal/plan"
	"namesake/internal/registry"
)

// Any number of rows is inserted in order, also those that are left for another statement.
func TestInsertMany(t *testing.T) {
	t.Parallel()
	onAll(t, func(t *testing.T, s *Store) {
		for _, n := range []int{1, 2, rowsPerInsert - 1, rowsPerInsert, rowsPerInsert + 1, 2*rowsPerInsert + 2} {
			var want []plan.Operation
			for i := range n {
				want = append(want, plan.Operation{
					Position: i, Kind: plan.Edit, EntryID: registry.ID(fmt.Sprint(i)), Line: i + 2, State: plan.OpWaiting,
					Before: registry.Values{"name": "Jané ?$1"}, After: registry.Values{"name": fmt.Sprint("Jané ", i)},
				})
			}
			id := fmt.Sprint("plan ", n)
			if err := s.AddPlan(t.Context(), plan.Plan{ID: id}, want); err != nil {
				t.Fatal(err)
			}
			got, err := s.PlanOperations(t.Context(), id, plan.OperationStates(), -1, n+1)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%d rows: %d, %v", n, len(got), err)
			}
		}
	})
}
