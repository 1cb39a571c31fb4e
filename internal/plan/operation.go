package plan

import (
	"namesake/internal/rbac"
	"namesake/internal/registry"
)

// Operation is one change of one entry.
type Operation struct {
	Position int
	Kind     Kind
	// EntryID is the entry that is edited or deleted. For a create that undoes a deletion,
	// it is the deleted entry.
	EntryID registry.ID
	Line    int             // of the imported file, 0 if there is none
	Before  registry.Values // the entry as it was seen; nil if unknown, or for a create
	After   registry.Values // the entry as it should be; nil for a deletion
	State   OperationState
	Fault   *Fault // why it is not done
	Reason  Reason // why it is left out, of an imported list; "" for none
	Danger  string // the finding that its owner has to accept, "" for none
	Record  int64  // the seq of the audit record of its outcome, 0 if there is none
	Created registry.ID
	// Key prevents a second create: see change.Service.CreateNew.
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

// Kinds returns all kinds, in the order in which pages show them.
func Kinds() []Kind { return []Kind{Create, Edit, Delete} }

// Action returns the permission that the kind needs.
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

// OperationState is the state of an operation.
type OperationState string

// The states of operations.
const (
	OpWaiting   OperationState = "waiting"
	OpDone      OperationState = "done"
	OpUnchanged OperationState = "unchanged" // nothing had to be changed
	OpSkipped   OperationState = "skipped"   // not sent: left out, or the entry has changed since
	OpRefused   OperationState = "refused"   // certainly not done, for a reason that concerns this entry
	OpFailed    OperationState = "failed"    // certainly not done: the call failed
	OpUnknown   OperationState = "unknown"   // it is unknown whether it was done
)

// OperationStates returns all states, in the order in which pages show them.
func OperationStates() []OperationState {
	return []OperationState{OpWaiting, OpDone, OpUnchanged, OpSkipped, OpRefused, OpFailed, OpUnknown}
}

// Restores reports whether the operation restores a deleted entry.
func (o Operation) Restores() bool { return o.Kind == Create && o.EntryID != "" }

// Intent returns the seq of the intent without a known outcome, 0 if there is none.
func (o Operation) Intent() int64 {
	if o.Fault == nil || o.Fault.What != faultUnsettled || len(o.Fault.Intents) == 0 {
		return 0
	}
	return o.Fault.Intents[0]
}
