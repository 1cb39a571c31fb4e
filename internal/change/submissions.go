package change

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/cases"

	"namesake/internal/audit"
	"namesake/internal/registry"
)

// identityOf is the same for creates of the same name and address.
func identityOf(d registry.Draft) string {
	email := strings.TrimSpace(d.Email)
	if !d.IsEmailRegex {
		email = cases.Fold().String(registry.Trimmed(d.Email))
	}
	sum := sha256.Sum256([]byte(registry.FoldName(d.Name) + "\x00" + email + "\x00" + strconv.FormatBool(d.IsEmailRegex)))
	return hex.EncodeToString(sum[:])
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
	CreatedSince(ctx context.Context, identity string, since time.Time) ([]registry.ID, error)
}

// Submission is one use of a form's one-time key.
type Submission struct {
	Name         string // what was sent, so that it can be looked up
	Email        string
	IsEmailRegex bool
	Digest       string      // of everything that was sent
	SentAt       time.Time   // when the create was sent last
	Intent       int64       // the seq of its intent in the audit trail
	Ended        bool        // the API refused it, so it has no effect
	Created      registry.ID // the entry, "" while that is not known
	Identity     string      // the same for creates of the same name and address
	Beside       string      // open creates of the same identity that the person knows of, by JoinIntents; not stored
}

// OutcomeFollower is told how changes ended that were in doubt, or recorded otherwise, for
// what rests on them: the operations of plans.
type OutcomeFollower interface {
	// FollowOutcome takes the newest record of an intent, a final one. It may be told the same
	// several times.
	FollowOutcome(ctx context.Context, outcome audit.Record) error
}

// matches reports whether e is what was sent. The API may have trimmed or folded
// the values, so small differences don't count.
func (s Submission) matches(e registry.Entry) bool {
	return e.IsEmailRegex == s.IsEmailRegex && registry.Same(e.Name, s.Name) && registry.SameAddress(e.Email, s.Email, e.IsEmailRegex)
}
