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

// identityOf returns a text that is equal for creates of the same name and address.
func identityOf(d registry.Draft) string {
	email := strings.TrimSpace(d.Email)
	if !d.IsEmailRegex {
		email = cases.Fold().String(registry.Trimmed(d.Email))
	}
	sum := sha256.Sum256([]byte(registry.FoldName(d.Name) + "\x00" + email + "\x00" + strconv.FormatBool(d.IsEmailRegex)))
	return hex.EncodeToString(sum[:])
}

// Submissions stores the outcome of each create form, so that the same form sent twice
// creates one entry. A key is a form's one-time key, already bound to the person who got
// the form.
type Submissions interface {
	// Submission returns the submission of key; ok is false if the key is new.
	Submission(ctx context.Context, key string) (s Submission, ok bool, err error)
	// Claim records that a create is about to be sent. It replaces from, the submission
	// that the caller has seen (nil for none). It returns false if another caller was
	// faster, if the intent of to already has its final outcome, or if another create of
	// its identity is open that to.Beside does not include.
	Claim(ctx context.Context, key string, from *Submission, to Submission) (bool, error)
	// SubmissionOf returns the submission with that intent. If there is none, the create
	// was not sent.
	SubmissionOf(ctx context.Context, intent int64) (s Submission, ok bool, err error)
	// Settle records the outcome of a claimed submission. A nil to says that the create
	// certainly had no effect, so that the form may be sent again.
	Settle(ctx context.Context, key string, to *Submission) error
	// OpenCreates returns the intents of the claimed creates of an identity without a final
	// outcome, of all programs and people.
	OpenCreates(ctx context.Context, identity string) ([]int64, error)
	// CreatedSince returns the entries of an identity that were created after since.
	CreatedSince(ctx context.Context, identity string, since time.Time) ([]registry.ID, error)
}

// Submission is one use of a form's one-time key.
type Submission struct {
	Name         string // what was sent, for a look
	Email        string
	IsEmailRegex bool
	Digest       string      // of all values that were sent
	SentAt       time.Time   // when the create was last sent
	Intent       int64       // the seq of its intent in the audit trail
	Ended        bool        // the API refused it, so it has no effect
	Created      registry.ID // the entry, "" until it is known
	Identity     string      // equal for creates of the same name and address
	Beside       string      // confirmed open creates of the same identity, by JoinIntents; not stored
}

// OutcomeFollower is told the outcomes of changes that were in doubt, and corrected ones,
// so that the operations of plans follow them.
type OutcomeFollower interface {
	// FollowOutcome takes the newest, final record of an intent. It may be called several
	// times with the same record.
	FollowOutcome(ctx context.Context, outcome audit.Record) error
}

// matches reports whether e is what was sent. The API may have trimmed or folded the
// values, so small differences do not count.
func (s Submission) matches(e registry.Entry) bool {
	return e.IsEmailRegex == s.IsEmailRegex && registry.Same(e.Name, s.Name) && registry.SameAddress(e.Email, s.Email, e.IsEmailRegex)
}
