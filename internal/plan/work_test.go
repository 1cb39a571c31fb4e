package plan

import (
	"context"
	"testing"
	"time"
)

// The turn of other plans does not interrupt the look-up of operations, which has its own,
// longer one; the end of the program does.
func TestTurnOfAListing(t *testing.T) {
	program, stop := context.WithCancel(t.Context())
	turn, cancel := context.WithTimeout(program, 0)
	defer cancel()
	ctx, end := forListing(turn)
	defer end()
	<-turn.Done()
	if deadline, ok := ctx.Deadline(); ctx.Err() != nil || !ok || time.Until(deadline) > listTurn {
		t.Errorf("%v, until %v, %v", ctx.Err(), deadline, ok)
	}
	turn, cancel = context.WithTimeout(program, time.Hour)
	defer cancel()
	ctx, end = forListing(turn)
	defer end()
	stop()
	<-ctx.Done()
}
