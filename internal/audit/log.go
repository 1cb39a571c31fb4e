package audit

import (
	"errors"
	"log/slog"

	"namesake/internal/registry"
)

// Log is the audit trail as the program uses it: who may do what is asked here, so that
// no refusal goes unrecorded, and records get the account and the person who asks.
type Log struct {
	account registry.AccountID
	journal Journal
	trail   Trail
	log     *slog.Logger
}

// Options are the parts of a Log. All are required but the last.
type Options struct {
	Account registry.AccountID
	Journal Journal
	Trail   Trail
	Log     *slog.Logger // slog.Default() when nil
}

// NewLog returns a Log over o, or an error when a required part is missing.
func NewLog(o Options) (*Log, error) {
	if o.Account == "" || o.Journal == nil || o.Trail == nil {
		return nil, errors.New("audit log: Account, Journal and Trail are required")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Log{account: o.Account, journal: o.Journal, trail: o.Trail, log: o.Log}, nil
}
