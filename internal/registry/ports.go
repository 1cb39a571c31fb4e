package registry

import (
	"context"
	"time"
)

// API is Cloudflare's impersonation registry for one account. Its errors are
// *APIError values; ErrNotFound is in the chain when there is no such entry.
type API interface {
	ListEntries(ctx context.Context, q Query) (Page, error)
	Entry(ctx context.Context, id ID) (Entry, Receipt, error)
	// CreateEntry sends d at most once. An APIError says in Effect whether the
	// entry may exist all the same.
	CreateEntry(ctx context.Context, d Draft) (Entry, Receipt, error)
	// UpdateEntry sends the fields of change, and no others, at most once; nil clears a
	// field. An APIError says in Effect whether the entry may have been changed all the
	// same.
	UpdateEntry(ctx context.Context, id ID, change Values) (Entry, Receipt, error)
	// DeleteEntry sends the deletion at most once. An APIError says in Effect whether the
	// entry may be gone all the same.
	DeleteEntry(ctx context.Context, id ID) (Receipt, error)
}

// Submissions remembers what became of each create form, so that the same form
// sent twice makes one entry. A key is a form's one-time key, already bound to
// the person who was given it.
type Submissions interface {
	// Submission returns what is known of key; ok is false when it is new.
	Submission(ctx context.Context, key string) (s Submission, ok bool, err error)
	// Claim records that a create is about to be sent, replacing from, the
	// submission that the caller has seen (nil for none). It returns false when
	// another one got there first, when the intent of to has its final outcome
	// already (what is on record as over must not be sent), or when another create
	// of its identity is open that to.Beside does not name.
	Claim(ctx context.Context, key string, from *Submission, to Submission) (bool, error)
	// SubmissionOf returns the submission with the given intent. Without one, the
	// create of that intent has not been sent.
	SubmissionOf(ctx context.Context, intent int64) (s Submission, ok bool, err error)
	// Settle records the outcome of a claimed submission: to, or nothing when the
	// create certainly had no effect (to is nil), so that the form may be sent again.
	Settle(ctx context.Context, key string, to *Submission) error
	// OpenCreates returns the intents of the claimed creates of an identity that have no
	// final outcome, by whatever program and person.
	OpenCreates(ctx context.Context, identity string) ([]int64, error)
	// CreatedSince returns the entries of an identity that were created after since.
	CreatedSince(ctx context.Context, identity string, since time.Time) ([]ID, error)
}

// Submission is one use of a form's one-time key.
type Submission struct {
	Name         string // what was sent, so that it can be looked up
	Email        string
	IsEmailRegex bool
	Digest       string    // of everything that was sent
	SentAt       time.Time // when the create was sent last
	Intent       int64     // the seq of its intent in the audit trail
	Ended        bool      // the API refused it, so it has no effect
	Created      ID        // the entry, "" while that is not known
	Identity     string    // the same for creates of the same name and address
	Beside       string    // open creates of the same identity that the person knows of, by JoinIntents; not stored
}

// OutcomeFollower is told how changes ended that were in doubt, or recorded otherwise, for
// what rests on them: the operations of plans.
type OutcomeFollower interface {
	// FollowOutcome takes the newest record of an intent, a final one. It may be told the same
	// several times.
	FollowOutcome(ctx context.Context, outcome Record) error
}
