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

// copies are the texts that an entry can be taken elsewhere as.
func (s *Handlers) copies(ctx context.Context, who rbac.Caller, e registry.Entry) ([]templates.Copy, error) {
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
	call := "Creates one more entry with these values. Set CLOUDFLARE_API_TOKEN to a token of yours first."
	block := "For Cloudflare's provider, 5.22 or later. The import block takes this entry over (Terraform 1.5 or later); without it, a second one is created."
	if e.Synced() {
		call = "Creates an entry of your own with these values; what belongs to the directory is left out. Set CLOUDFLARE_API_TOKEN to a token of yours first."
		block = "For Cloudflare's provider, 5.22 or later. A directory keeps this entry up, so Terraform can read it, but not manage it."
	}
	fields := "The entry with the API's own field names."
	if len(derived) > 0 {
		fields = "The entry with the API's own field names. Left out here and below, because Cloudflare derives it: " + strings.Join(derived, ", ") + "."
	}
	return []templates.Copy{
		{ID: "entry-json", Title: "JSON", Button: "Copy JSON", Note: fields, Text: asJSON},
		{ID: "entry-curl", Title: "The same as an API call", Button: "Copy call", Note: call, Text: command},
		{ID: "entry-terraform", Title: "Terraform", Button: "Copy Terraform", Note: block, Text: terraform.Block(s.Account, e, derived...)},
	}, nil
}
