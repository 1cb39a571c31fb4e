package audit

import (
	"errors"
	"log/slog"

	"namesake/internal/registry"
)

// Log is the audit trail as the program uses it. It decides who may do what, so that every
// refusal is recorded, and adds the account and the person to records.
type Log struct {
	account registry.AccountID
	journal Journal
	trail   Trail
	log     *slog.Logger
}

// Options are the parts of a Log. All but Log are required.
type Options struct {
	Account registry.AccountID
	Journal Journal
	Trail   Trail
	Log     *slog.Logger // slog.Default() when nil
}

// NewLog returns a Log, or an error when a required part is missing.
func NewLog(o Options) (*Log, error) {
	if o.Account == "" || o.Journal == nil || o.Trail == nil {
		return nil, errors.New("audit log: Account, Journal and Trail are required")
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Log{account: o.Account, journal: o.Journal, trail: o.Trail, log: o.Log}, nil
}
