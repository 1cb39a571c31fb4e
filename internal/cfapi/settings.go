package cfapi

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/cloudflare/cloudflare-go/v7/email_security"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"namesake/internal/policy"
	"namesake/internal/registry"
)

// settingsServices are the SDK's services for the settings around the registry.
type settingsServices struct {
	allow   *email_security.SettingAllowPolicyService
	trusted *email_security.SettingTrustedDomainService
	blocked *email_security.SettingBlockSenderService
	domains *email_security.SettingDomainService
}

func newSettingsServices(opts []option.RequestOption) settingsServices {
	return settingsServices{
		email_security.NewSettingAllowPolicyService(opts...), email_security.NewSettingTrustedDomainService(opts...),
		email_security.NewSettingBlockSenderService(opts...), email_security.NewSettingDomainService(opts...),
	}
}

const (
	settingsPerPage = 1000
	// maxSettingsPages is far more than the pages of any list that was seen.
	maxSettingsPages = 50
)

// ReadSettings returns settings with only one list, in the order of its IDs. What an item
// lacks is left empty, as nearly every field may be missing.
func (c *Client) ReadSettings(ctx context.Context, l policy.List) (*policy.Settings, error) {
	s := &policy.Settings{}
	var err error
	switch account := string(c.account); l {
	case policy.AllowPolicies:
		s.AllowPolicies, err = readSettings(ctx, c, "list allow policies", wireAllowPolicy.policy, func(ctx context.Context, page int64, opts ...option.RequestOption) error {
			var p email_security.SettingAllowPolicyListParams
			p.AccountID.Value, p.AccountID.Present = account, true
			p.Page.Value, p.Page.Present, p.PerPage.Value, p.PerPage.Present = page, true, settingsPerPage, true
			_, err := c.settings.allow.List(ctx, p, opts...)
			return err
		})
	case policy.TrustedDomains:
		s.TrustedDomains, err = readSettings(ctx, c, "list trusted domains", wireTrustedDomain.domain, func(ctx context.Context, page int64, opts ...option.RequestOption) error {
			var p email_security.SettingTrustedDomainListParams
			p.AccountID.Value, p.AccountID.Present = account, true
			p.Page.Value, p.Page.Present, p.PerPage.Value, p.PerPage.Present = page, true, settingsPerPage, true
			_, err := c.settings.trusted.List(ctx, p, opts...)
			return err
		})
	case policy.BlockedSenders:
		s.BlockedSenders, err = readSettings(ctx, c, "list blocked senders", wireBlockedSender.sender, func(ctx context.Context, page int64, opts ...option.RequestOption) error {
			var p email_security.SettingBlockSenderListParams
			p.AccountID.Value, p.AccountID.Present = account, true
			p.Page.Value, p.Page.Present, p.PerPage.Value, p.PerPage.Present = page, true, settingsPerPage, true
			_, err := c.settings.blocked.List(ctx, p, opts...)
			return err
		})
	case policy.Domains:
		s.Domains, err = readSettings(ctx, c, "list domains", wireDomain.domain, func(ctx context.Context, page int64, opts ...option.RequestOption) error {
			var p email_security.SettingDomainListParams
			p.AccountID.Value, p.AccountID.Present = account, true
			p.Page.Value, p.Page.Present, p.PerPage.Value, p.PerPage.Present = page, true, settingsPerPage, true
			_, err := c.settings.domains.List(ctx, p, opts...)
			return err
		})
	default:
		err = fmt.Errorf("no such list of settings: %s", l)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// identified is a setting with an ID.
type identified interface{ Key() string }

// readSettings reads all pages of a list: until it has as many settings as the total, if there
// is one, and otherwise to a page without new ones, since pages may be shorter than requested.
func readSettings[W any, T identified](ctx context.Context, c *Client, name string, convert func(W) T, send func(ctx context.Context, page int64, opts ...option.RequestOption) error) ([]T, error) {
	all, met := []T{}, make(map[string]bool)
	op := operation{name: name, list: true, aside: true}
	for page := int64(1); page <= maxSettingsPages; page++ {
		op.part = page > 1
		got, err := do[wireItems[W]](ctx, c, op, func(ctx context.Context, opts ...option.RequestOption) error { return send(ctx, page, opts...) })
		if err != nil {
			return nil, err
		}
		news := 0
		for _, w := range got.result {
			item := convert(w)
			key := item.Key()
			if key == "" {
				key = fmt.Sprintf("%+v", item)
			}
			if met[key] {
				continue
			}
			met[key] = true
			all = append(all, item)
			news++
		}
		total := integer(got.info.TotalCount)
		if news == 0 || total != nil && *total > 0 && int64(len(all)) >= *total {
			slices.SortStableFunc(all, func(a, b T) int { return cmp.Compare(a.Key(), b.Key()) })
			return all, nil
		}
	}
	return nil, &registry.APIError{Op: name, Kind: registry.Unreadable, Err: errTooManyPages}
}

var errTooManyPages = fmt.Errorf("the list has more than %d pages", maxSettingsPages)

// wireItems is the result of listing settings.
type wireItems[W any] []W

func (l wireItems[W]) missing() bool              { return l == nil }
func (l wireItems[W]) mismatch(registry.ID) error { return nil }

type wireNote struct {
	ID           scalar  `json:"id"`
	Comments     *string `json:"comments"`
	CreatedAt    string  `json:"created_at"`
	ModifiedAt   string  `json:"modified_at"`
	LastModified string  `json:"last_modified"` // end of life 1 November 2026
}

// maxNoteText is the length to which comments are cut.
const maxNoteText = 2000

func (w wireNote) note() policy.Note {
	n := policy.Note{ID: string(w.ID), CreatedAt: timestamp(w.CreatedAt), ModifiedAt: timestamp(cmp.Or(w.ModifiedAt, w.LastModified))}
	if w.Comments != nil {
		n.Comments = cut(*w.Comments, maxNoteText)
	}
	return n
}

type wirePattern struct {
	Pattern     string `json:"pattern"`
	PatternType string `json:"pattern_type"`
	IsRegex     bool   `json:"is_regex"`
}

func (w wirePattern) pattern(other policy.PatternType) policy.Pattern {
	return policy.Pattern{Text: w.Pattern, Type: cmp.Or(policy.PatternType(w.PatternType), other), IsRegex: w.IsRegex}
}

type wireAllowPolicy struct {
	wireNote
	wirePattern
	IsTrustedSender    *bool `json:"is_trusted_sender"`
	IsAcceptableSender *bool `json:"is_acceptable_sender"`
	IsExemptRecipient  *bool `json:"is_exempt_recipient"`
	VerifySender       bool  `json:"verify_sender"`

	// Names that ended in July 2026.
	IsSender    *bool `json:"is_sender"`
	IsSpoof     *bool `json:"is_spoof"`
	IsRecipient *bool `json:"is_recipient"`
}

func (w wireAllowPolicy) policy() policy.AllowPolicy {
	is := func(now, before *bool) bool {
		if now == nil {
			now = before
		}
		return now != nil && *now
	}
	return policy.AllowPolicy{
		Note: w.note(), Pattern: w.pattern(policy.OfUnknown), VerifySender: w.VerifySender,
		TrustedSender: is(w.IsTrustedSender, w.IsSender), AcceptableSender: is(w.IsAcceptableSender, w.IsSpoof), ExemptRecipient: is(w.IsExemptRecipient, w.IsRecipient),
	}
}

type wireTrustedDomain struct {
	wireNote
	wirePattern
	IsRecent     bool `json:"is_recent"`
	IsSimilarity bool `json:"is_similarity"`
}

func (w wireTrustedDomain) domain() policy.TrustedDomain {
	return policy.TrustedDomain{Note: w.note(), Pattern: w.pattern(policy.OfDomain), Recent: w.IsRecent, Similarity: w.IsSimilarity}
}

type wireBlockedSender struct {
	wireNote
	wirePattern
}

func (w wireBlockedSender) sender() policy.BlockedSender {
	return policy.BlockedSender{Note: w.note(), Pattern: w.pattern(policy.OfUnknown)}
}

type wireDomain struct {
	wireNote
	Domain      string  `json:"domain"`
	DMARCStatus *string `json:"dmarc_status"`
	SPFStatus   *string `json:"spf_status"`
	Status      *string `json:"status"`
}

func (w wireDomain) domain() policy.Domain {
	text := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	return policy.Domain{
		Note: w.note(), Name: w.Domain, DMARC: policy.RecordStatus(text(w.DMARCStatus)), SPF: policy.RecordStatus(text(w.SPFStatus)), Status: text(w.Status),
	}
}
