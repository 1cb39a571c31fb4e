package plan

import (
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Operation is one change of one entry.
type Operation struct {
	Position int
	Kind     Kind
	// EntryID is the entry that is edited or deleted or, of a create that undoes a deletion,
	// the one that was deleted.
	EntryID registry.ID
	Line    int             // of the imported file, 0 for none
	Before  registry.Values // what was seen of the entry; nil for not known, or a create
	After   registry.Values // what the entry is to be; nil for a deletion
	State   OperationState
	Fault   *Fault // why it is not done
	Record  int64  // the seq of the audit record of its outcome, 0 for none
	Created registry.ID
	// Key makes a create happen once: see change.Service.Create.
	Key string
}

// Kind is what an operation does.
type Kind string

// The kinds.
const (
	Create Kind = "create"
	Edit   Kind = "edit"
	Delete Kind = "delete"
)

// Kinds returns all kinds, in the order in which they are told.
func Kinds() []Kind { return []Kind{Create, Edit, Delete} }

// Action returns the permission that the kind takes.
func (k Kind) Action() rbac.Action {
	switch k {
	case Create:
		return rbac.CreateEntry
	case Edit:
		return rbac.EditEntry
	case Delete:
	}
	return rbac.DeleteEntry
}

// OperationState is what has become of an operation.
type OperationState string

// The states of operations.
const (
	OpWaiting   OperationState = "waiting"
	OpDone      OperationState = "done"
	OpUnchanged OperationState = "unchanged" // nothing had to be done
	OpSkipped   OperationState = "skipped"   // not sent: left out, or the entry has changed since
	OpRefused   OperationState = "refused"   // certainly not done, for a reason of this entry's
	OpFailed    OperationState = "failed"    // certainly not done: the call failed
	OpUnknown   OperationState = "unknown"   // not known whether it was done
)

// OperationStates returns all states, in the order in which they are told.
func OperationStates() []OperationState {
	return []OperationState{OpWaiting, OpDone, OpUnchanged, OpSkipped, OpRefused, OpFailed, OpUnknown}
}

// Restores reports whether the operation creates an entry again that was deleted.
func (o Operation) Restores() bool { return o.Kind == Create && o.EntryID != "" }

// Intent returns the seq of the intent whose outcome is not known, 0 when there is none.
func (o Operation) Intent() int64 {
	if o.Fault == nil || o.Fault.What != faultUnsettled || len(o.Fault.Intents) == 0 {
		return 0
	}
	return o.Fault.Intents[0]
}
