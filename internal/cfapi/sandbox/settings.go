package sandbox

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

// settingsLists are the last parts of the paths of the lists of settings around the registry.
var settingsLists = []string{"allow_policies", "trusted_domains", "block_senders", "domains"}

// Settings are the settings around the registry. They are only read.
type Settings struct {
	AllowPolicies  []AllowPolicy
	TrustedDomains []TrustedDomain
	BlockedSenders []BlockedSender
	Domains        []Domain
}

// Note is what settings have in common.
type Note struct {
	ID         string    `json:"id"`
	Comments   *string   `json:"comments"`
	CreatedAt  time.Time `json:"created_at"`
	ModifiedAt time.Time `json:"modified_at"`
}

// Pattern is the pattern of a setting.
type Pattern struct {
	Pattern     string `json:"pattern"`
	PatternType string `json:"pattern_type,omitempty"`
	IsRegex     bool   `json:"is_regex"`
}

// AllowPolicy is an element of allow_policies.
type AllowPolicy struct {
	Note
	Pattern
	IsTrustedSender    bool `json:"is_trusted_sender"`
	IsAcceptableSender bool `json:"is_acceptable_sender"`
	IsExemptRecipient  bool `json:"is_exempt_recipient"`
	VerifySender       bool `json:"verify_sender"`
}

// TrustedDomain is an element of trusted_domains.
type TrustedDomain struct {
	Note
	Pattern
	IsRecent     bool `json:"is_recent"`
	IsSimilarity bool `json:"is_similarity"`
}

// BlockedSender is an element of block_senders.
type BlockedSender struct {
	Note
	Pattern
}

// Domain is an element of domains.
type Domain struct {
	Note
	Domain          string   `json:"domain"`
	DMARCStatus     *string  `json:"dmarc_status"`
	SPFStatus       *string  `json:"spf_status"`
	Status          string   `json:"status"`
	EmailsProcessed any      `json:"emails_processed,omitempty"`
	Regions         []string `json:"regions,omitempty"`
}

// ChangeSettings changes the settings, as someone else would in the dashboard.
func (s *Sandbox) ChangeSettings(change func(*Settings)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.settings)
}

// listSettings answers with a page of a list.
func (s *Sandbox) listSettings(r *http.Request, list string) answer {
	if t, refusal := s.token(r); refusal == nil && slices.Contains(t.Denied, list) {
		return *forbidden()
	}
	q, faults := readQuery(r.URL.Query())
	if len(faults) > 0 {
		return refuse(http.StatusBadRequest, faults...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch list {
	case "allow_policies":
		return pageOf(q, s.settings.AllowPolicies, func(p AllowPolicy) string { return p.Pattern.Pattern })
	case "trusted_domains":
		return pageOf(q, s.settings.TrustedDomains, func(d TrustedDomain) string { return d.Pattern.Pattern })
	case "block_senders":
		return pageOf(q, s.settings.BlockedSenders, func(b BlockedSender) string { return b.Pattern.Pattern })
	}
	return pageOf(q, s.settings.Domains, func(d Domain) string { return d.Domain })
}

func pageOf[T any](q query, all []T, text func(T) string) answer {
	matching := []T{}
	for _, item := range all {
		if strings.Contains(lower(text(item)), lower(q.search)) {
			matching = append(matching, item)
		}
	}
	skip, limit := q.span()
	skip = min(skip, len(matching))
	page := matching[skip:min(skip+limit, len(matching))]
	a := succeed(http.StatusOK, slices.Clone(page))
	a.body.ResultInfo = &resultInfo{Count: number("", len(page), 0), Page: q.page, PerPage: q.perPage, TotalCount: number("", len(matching), 0)}
	return a
}
