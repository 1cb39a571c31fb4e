package cfapi

import (
	"context"
	"errors"
	"fmt"

	"github.com/cloudflare/cloudflare-go/v7/email_security"
	"github.com/cloudflare/cloudflare-go/v7/option"

	"namesake/internal/registry"
)

var (
	updateEntry = operation{name: "update entry", changes: true, one: true}
	deleteEntry = operation{name: "delete entry", changes: true, one: true}
)

// UpdateEntry sends the fields of change. The request is sent at most once.
func (c *Client) UpdateEntry(ctx context.Context, id registry.ID, change registry.Values) (registry.Entry, registry.Receipt, error) {
	if err := checkID(updateEntry, id); err != nil {
		return registry.Entry{}, registry.Receipt{}, err
	}
	p, err := editParams(change)
	if err != nil {
		return registry.Entry{}, registry.Receipt{}, &registry.APIError{Op: updateEntry.name, Kind: registry.Refused, Err: err}
	}
	p.AccountID.Value, p.AccountID.Present = string(c.account), true
	got, err := do[wireEntry](ctx, c, updateEntry.of(id), func(ctx context.Context, opts ...option.RequestOption) error {
		_, err := c.service.Edit(ctx, string(id), p, opts...)
		return err
	})
	if err != nil {
		return registry.Entry{}, got.receipt, err
	}
	return got.result.entry(), got.receipt, nil
}

// DeleteEntry deletes an entry. The request is sent at most once. ErrNotFound is in
// the error's chain when the API says that there is no such entry.
func (c *Client) DeleteEntry(ctx context.Context, id registry.ID) (registry.Receipt, error) {
	if err := checkID(deleteEntry, id); err != nil {
		return registry.Receipt{}, err
	}
	var p email_security.SettingImpersonationRegistryDeleteParams
	p.AccountID.Value, p.AccountID.Present = string(c.account), true
	got, err := do[wireEntry](ctx, c, deleteEntry.of(id), func(ctx context.Context, opts ...option.RequestOption) error {
		_, err := c.service.Delete(ctx, string(id), p, opts...)
		return err
	})
	return got.receipt, err
}

// checkID refuses what cannot be an id: the SDK puts ids into the path unescaped.
func checkID(op operation, id registry.ID) error {
	if _, err := registry.ParseID(string(id)); err != nil {
		return &registry.APIError{Op: op.name, Kind: registry.Missing, Err: fmt.Errorf("%w: %w", registry.ErrNotFound, err)}
	}
	return nil
}

// editParams turns a change into the SDK's terms: nil clears a field.
func editParams(change registry.Values) (p email_security.SettingImpersonationRegistryEditParams, err error) {
	if len(change) == 0 {
		return p, errors.New("the change is empty")
	}
	for field, value := range change {
		if !setField(&p, field, value) {
			return p, fmt.Errorf("%s cannot be changed to a %T", field, value)
		}
	}
	return p, nil
}

// setField sets one field, and reports false for a value of the wrong type.
func setField(p *email_security.SettingImpersonationRegistryEditParams, field string, value any) bool {
	text, isText := value.(string)
	number, isNumber := value.(int64)
	clear := value == nil
	switch field {
	case registry.FieldName:
		p.Name.Value, p.Name.Present = text, true
		return isText
	case registry.FieldEmail:
		p.Email.Value, p.Email.Present = text, true
		return isText
	case registry.FieldIsEmailRegex:
		regex, isBool := value.(bool)
		p.IsEmailRegex.Value, p.IsEmailRegex.Present = regex, true
		return isBool
	case registry.FieldComments:
		p.Comments.Value, p.Comments.Null, p.Comments.Present = text, clear, true
		return isText || clear
	case registry.FieldDirectoryID:
		p.DirectoryID.Value, p.DirectoryID.Null, p.DirectoryID.Present = number, clear, true
		return isNumber || clear
	case registry.FieldDirectoryNodeID:
		p.DirectoryNodeID.Value, p.DirectoryNodeID.Null, p.DirectoryNodeID.Present = number, clear, true
		return isNumber || clear
	case registry.FieldExternalDirectoryNodeID:
		p.ExternalDirectoryNodeID.Value, p.ExternalDirectoryNodeID.Null, p.ExternalDirectoryNodeID.Present = text, clear, true
		return isText || clear
	case registry.FieldProvenance:
		p.Provenance.Value, p.Provenance.Present = email_security.SettingImpersonationRegistryEditParamsProvenance(text), true
		return isText
	}
	return false
}
