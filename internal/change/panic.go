package change

import (
	"context"
	"fmt"
	"runtime/debug"

	"namesake/internal/audit"
	"namesake/internal/rbac"
)

// PanicError reports a panic, which is a bug.
type PanicError struct {
	Value any // nil if the error was stored
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("panic: %v", e.Value) }

// recoverChange turns a panic during a change into an *UnsettledError, as the call may have
// been made. Without it the intent would count as in progress until the program ends. Defer
// it after recording the intent.
func (s *Service) recoverChange(ctx context.Context, intent audit.Record, err *error) {
	value := recover()
	if value == nil {
		return
	}
	panicked := &PanicError{value, debug.Stack()}
	s.log.ErrorContext(ctx, "a change panicked; it will be settled later", "intent", intent.Seq, "error", panicked, "trace", string(panicked.Stack))
	s.inProgress.remove(intent.Seq, true)
	s.wakeSoon()
	unsettled := &UnsettledError{Action: intent.Action, Intent: intent.Seq, SentAt: intent.Time, LookedAt: s.now(), Look: panicked}
	if intent.Action == rbac.CreateEntry {
		unsettled.Action = ""
	}
	*err = unsettled
}
