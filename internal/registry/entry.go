package registry

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Entry is one protected identity: a display name together with one address, or
// a pattern of addresses, that may use it.
//
// The API may leave out any field of an answer. A zero value means "not given"; fields for
// which zero is a value are pointers.
//
// The tags are the form in which the copy of the registry is stored.
type Entry struct {
	ID           ID      `json:"-"`
	Name         string  `json:"name"`  // the display name that is protected
	Email        string  `json:"email"` // one address, or a Java pattern when IsEmailRegex
	IsEmailRegex bool    `json:"is_email_regex,omitempty"`
	Comments     *string `json:"comments,omitempty"`

	// Set by Cloudflare when the entry is synced from a directory.
	DirectoryID     *int64 `json:"directory_id,omitempty"`
	DirectoryNodeID *int64 `json:"directory_node_id,omitempty"`
	// ExternalDirectoryNodeID is deprecated by Cloudflare, without an end date.
	ExternalDirectoryNodeID *string    `json:"external_directory_node_id,omitempty"`
	Provenance              Provenance `json:"provenance,omitempty"`

	CreatedAt  time.Time `json:"created_at,omitzero"`
	ModifiedAt time.Time `json:"modified_at,omitzero"`

	// Shortened is true when the entry comes from a list that cut very long comments or a
	// very long ExternalDirectoryNodeID.
	Shortened bool `json:"shortened,omitempty"`
}

// ID names an entry. Cloudflare has issued UUIDs since mid-2026 and integers before that;
// both occur.
type ID string

// ErrBadID reports text that cannot be the id of an entry.
var ErrBadID = errors.New("an entry id is a UUID or a whole number")

// ParseID checks that s has the form of an entry id, which makes it safe in a URL path.
// Otherwise it returns ErrBadID.
func ParseID(s string) (ID, error) {
	if len(s) == 36 && uuid.Validate(s) == nil {
		return ID(s), nil
	}
	if len(s) == 0 || len(s) > 19 {
		return "", fmt.Errorf("%w: %d characters", ErrBadID, len(s))
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return "", ErrBadID
		}
	}
	return ID(s), nil
}

// Provenance says where an entry comes from. An unknown value is kept and shown as it is.
type Provenance string

// The provenances of Cloudflare's published schema.
const (
	Manual          Provenance = "A1S_INTERNAL"
	Microsoft365API Provenance = "SNOOPY-CASB_OFFICE_365"
	Microsoft365    Provenance = "SNOOPY-OFFICE_365"
	GoogleDirectory Provenance = "SNOOPY-GOOGLE_DIRECTORY"
)

// Provenances returns the known values in the order in which they are offered.
func Provenances() []Provenance {
	return []Provenance{Manual, Microsoft365API, Microsoft365, GoogleDirectory}
}

func provenances() (texts []string) {
	for _, p := range Provenances() {
		texts = append(texts, string(p))
	}
	return texts
}

// Known reports whether p is a value of the published schema.
func (p Provenance) Known() bool { return slices.Contains(Provenances(), p) }

// Synced reports whether a directory owns the entry. Cloudflare refuses changes and
// deletions of such an entry.
func (e Entry) Synced() bool {
	return e.Provenance != "" && e.Provenance != Manual
}

// AccountID names a Cloudflare account.
type AccountID string

// ErrBadAccountID reports text that cannot be an account id.
var ErrBadAccountID = errors.New("an account id is 1 to 32 letters, digits, hyphens and underscores")

// ParseAccountID checks that s has the form of an account id (the schema allows at most 32
// characters), which makes it safe in a URL path.
func ParseAccountID(s string) (AccountID, error) {
	if len(s) == 0 || len(s) > 32 {
		return "", ErrBadAccountID
	}
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return "", ErrBadAccountID
		}
	}
	return AccountID(s), nil
}

// SameFields reports whether e and other have the same values in all fields that a person
// can fill in. A missing text is the same as an empty one.
func (e Entry) SameFields(other Entry) bool {
	for _, f := range fields {
		if !same(f.OfEntry(&e), f.OfEntry(&other)) {
			return false
		}
	}
	return true
}
