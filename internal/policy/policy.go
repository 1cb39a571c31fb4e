package policy

import "time"

// PatternType says what a pattern is held against. An unknown value is kept and shown as it
// is.
type PatternType string

// The types of Cloudflare's published schema.
const (
	OfEmail   PatternType = "EMAIL"
	OfDomain  PatternType = "DOMAIN"
	OfIP      PatternType = "IP"      // an IPv4 address or block
	OfUnknown PatternType = "UNKNOWN" // old patterns only
)

// Pattern says which senders or recipients a setting is about.
//
// The tags of this and the following types are the form in which the settings are stored.
type Pattern struct {
	Text    string      `json:"pattern"` // a Java pattern when IsRegex
	Type    PatternType `json:"pattern_type,omitempty"`
	IsRegex bool        `json:"is_regex,omitempty"`
}

// Note is what the settings have in common beside their pattern.
type Note struct {
	ID         string    `json:"id"`
	Comments   string    `json:"comments,omitempty"`
	CreatedAt  time.Time `json:"created_at,omitzero"`
	ModifiedAt time.Time `json:"modified_at,omitzero"`
}

// Key returns what tells a setting from others of its list.
func (n Note) Key() string { return n.ID }

// AllowPolicy exempts mail from detections.
type AllowPolicy struct {
	Note
	Pattern
	// TrustedSender exempts mail of these senders from all detections.
	TrustedSender bool `json:"is_trusted_sender,omitempty"`
	// AcceptableSender exempts mail of these senders from the verdicts Spam, Spoof and Bulk.
	AcceptableSender bool `json:"is_acceptable_sender,omitempty"`
	// ExemptRecipient exempts mail to these recipients from all detections.
	ExemptRecipient bool `json:"is_exempt_recipient,omitempty"`
	// VerifySender makes the policy apply only to mail that passes DMARC, SPF or DKIM.
	VerifySender bool `json:"verify_sender,omitempty"`
}

// AllowsSenders reports whether the policy can cancel the protection of a name: whether it
// exempts mail by its sender from the verdict Spoof.
func (p AllowPolicy) AllowsSenders() bool { return p.TrustedSender || p.AcceptableSender }

// TrustedDomain exempts a domain from detections of new and of similar domains.
type TrustedDomain struct {
	Note
	Pattern
	Recent     bool `json:"is_recent,omitempty"`     // a new domain is not suspicious
	Similarity bool `json:"is_similarity,omitempty"` // a domain that looks like ours is not a spoof
}

// BlockedSender is a sender whose mail is never delivered.
type BlockedSender struct {
	Note
	Pattern
}

// Domain is a domain of the company: one whose incoming mail is checked.
type Domain struct {
	Note
	Name   string       `json:"domain"`
	DMARC  RecordStatus `json:"dmarc_status,omitempty"`
	SPF    RecordStatus `json:"spf_status,omitempty"`
	Status string       `json:"status,omitempty"` // such as "active", in Cloudflare's words
}

// RecordStatus says how a domain's DNS record for DMARC or SPF is; "" if that is unknown. An
// unknown value is kept and shown as it is.
type RecordStatus string

// The values of Cloudflare's published schema.
const (
	NoRecord      RecordStatus = "none"
	GoodRecord    RecordStatus = "good"
	InvalidRecord RecordStatus = "invalid"
)
