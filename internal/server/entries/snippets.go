package entries

import (
	"context"
	"fmt"
	"strings"

	"namesake/internal/quote"
	"namesake/internal/rbac"
	"namesake/internal/registry"
	"namesake/internal/server/web"
	"namesake/internal/terraform"
	"namesake/web/templates"
)

// snippets are the texts that an entry can be taken elsewhere as.
func (s *Handlers) snippets(ctx context.Context, who rbac.Caller, e registry.Entry) ([]templates.Snippet, error) {
	if e.Long() { // no form, and no command line, takes so much
		return nil, nil
	}
	e, derived, err := s.Mirror.Own(ctx, who, e)
	if err != nil {
		return nil, err
	}
	asJSON, err := quote.JSON(web.ToEntryJSON(e))
	if err != nil {
		return nil, fmt.Errorf("entry %s as JSON: %w", e.ID, err)
	}
	command, err := s.CreateCommand(e.Copy())
	if err != nil {
		return nil, fmt.Errorf("entry %s as an API call: %w", e.ID, err)
	}
	call := "Creates one more entry with these values. First set CLOUDFLARE_API_TOKEN to your token."
	block := "For Cloudflare's provider, 5.22 or later. The import block imports this entry (Terraform 1.5 or later). Without it, a duplicate is created."
	if e.Synced() {
		call = "Creates a manual entry with these values, without those of the directory. First set CLOUDFLARE_API_TOKEN to your token."
		block = "For Cloudflare's provider, 5.22 or later. The entry is synced from a directory, so Terraform can read it, but not manage it."
	}
	fields := "The entry with the API's own field names."
	if len(derived) > 0 {
		fields = "The entry with the API's own field names. Left out here and below, because Cloudflare derives it: " + strings.Join(derived, ", ") + "."
	}
	return []templates.Snippet{
		{ID: "entry-json", Title: "JSON", Button: "Copy JSON", Note: fields, Text: asJSON},
		{ID: "entry-curl", Title: "The same as an API call", Button: "Copy call", Note: call, Text: command},
		{ID: "entry-terraform", Title: "Terraform", Button: "Copy Terraform", Note: block, Text: terraform.Block(s.Account, e, derived...)},
	}, nil
}
