package cfapi

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/cloudflare/cloudflare-go/v7/email_security"

	"namesake/internal/registry"
)

type wireEntry struct {
	ID                      scalar      `json:"id"`
	Name                    string      `json:"name"`
	Email                   string      `json:"email"`
	IsEmailRegex            bool        `json:"is_email_regex"`
	Comments                *string     `json:"comments"`
	DirectoryID             json.Number `json:"directory_id"` // takes numbers in quotes as well
	DirectoryNodeID         json.Number `json:"directory_node_id"`
	ExternalDirectoryNodeID *string     `json:"external_directory_node_id"`
	Provenance              string      `json:"provenance"`
	CreatedAt               string      `json:"created_at"`
	ModifiedAt              *string     `json:"modified_at"`
	LastModified            string      `json:"last_modified"` // end of life 1 November 2026
}

type (
	createParams = email_security.SettingImpersonationRegistryNewParams
	editParams   = email_security.SettingImpersonationRegistryEditParams
)

// field describes how the API's requests and answers hold a field of an entry. A nil value
// clears the field.
type field struct {
	name   string
	read   func(wireEntry, *registry.Entry)
	create func(p *createParams, value any)
	edit   func(p *editParams, value any)
}

var fields = []field{
	{
		registry.FieldName,
		func(w wireEntry, e *registry.Entry) { e.Name = w.Name },
		func(p *createParams, v any) { p.Name.Value, p.Name.Null, p.Name.Present = given[string](v) },
		func(p *editParams, v any) { p.Name.Value, p.Name.Null, p.Name.Present = given[string](v) },
	},
	{
		registry.FieldEmail,
		func(w wireEntry, e *registry.Entry) { e.Email = w.Email },
		func(p *createParams, v any) { p.Email.Value, p.Email.Null, p.Email.Present = given[string](v) },
		func(p *editParams, v any) { p.Email.Value, p.Email.Null, p.Email.Present = given[string](v) },
	},
	{
		registry.FieldIsEmailRegex,
		func(w wireEntry, e *registry.Entry) { e.IsEmailRegex = w.IsEmailRegex },
		func(p *createParams, v any) {
			p.IsEmailRegex.Value, p.IsEmailRegex.Null, p.IsEmailRegex.Present = given[bool](v)
		},
		func(p *editParams, v any) {
			p.IsEmailRegex.Value, p.IsEmailRegex.Null, p.IsEmailRegex.Present = given[bool](v)
		},
	},
	{
		registry.FieldComments,
		func(w wireEntry, e *registry.Entry) { e.Comments = w.Comments },
		func(p *createParams, v any) { p.Comments.Value, p.Comments.Null, p.Comments.Present = given[string](v) },
		func(p *editParams, v any) { p.Comments.Value, p.Comments.Null, p.Comments.Present = given[string](v) },
	},
	{
		registry.FieldDirectoryID,
		func(w wireEntry, e *registry.Entry) { e.DirectoryID = integer(w.DirectoryID) },
		func(p *createParams, v any) {
			p.DirectoryID.Value, p.DirectoryID.Null, p.DirectoryID.Present = given[int64](v)
		},
		func(p *editParams, v any) {
			p.DirectoryID.Value, p.DirectoryID.Null, p.DirectoryID.Present = given[int64](v)
		},
	},
	{
		registry.FieldDirectoryNodeID,
		func(w wireEntry, e *registry.Entry) { e.DirectoryNodeID = integer(w.DirectoryNodeID) },
		func(p *createParams, v any) {
			p.DirectoryNodeID.Value, p.DirectoryNodeID.Null, p.DirectoryNodeID.Present = given[int64](v)
		},
		func(p *editParams, v any) {
			p.DirectoryNodeID.Value, p.DirectoryNodeID.Null, p.DirectoryNodeID.Present = given[int64](v)
		},
	},
	{
		registry.FieldExternalDirectoryNodeID,
		func(w wireEntry, e *registry.Entry) { e.ExternalDirectoryNodeID = w.ExternalDirectoryNodeID },
		func(p *createParams, v any) {
			p.ExternalDirectoryNodeID.Value, p.ExternalDirectoryNodeID.Null, p.ExternalDirectoryNodeID.Present = given[string](v)
		},
		func(p *editParams, v any) {
			p.ExternalDirectoryNodeID.Value, p.ExternalDirectoryNodeID.Null, p.ExternalDirectoryNodeID.Present = given[string](v)
		},
	},
	{
		registry.FieldProvenance,
		func(w wireEntry, e *registry.Entry) { e.Provenance = registry.Provenance(w.Provenance) },
		func(p *createParams, v any) {
			text, null, present := given[string](v)
			p.Provenance.Value, p.Provenance.Null, p.Provenance.Present = email_security.SettingImpersonationRegistryNewParamsProvenance(text), null, present
		},
		func(p *editParams, v any) {
			text, null, present := given[string](v)
			p.Provenance.Value, p.Provenance.Null, p.Provenance.Present = email_security.SettingImpersonationRegistryEditParamsProvenance(text), null, present
		},
	},
}

// given returns a value as a parameter of the SDK.
func given[T any](v any) (value T, null, present bool) {
	value, _ = v.(T)
	return value, v == nil, true
}

// newParams leaves out every optional field that d doesn't give.
func newParams(d registry.Draft) (p createParams) {
	values := d.Values()
	for _, f := range fields {
		if value, ok := values[f.name]; ok {
			f.create(&p, value)
		}
	}
	return p
}

// changeParams turns a change into the SDK's terms.
func changeParams(change registry.Values) (p editParams, err error) {
	if len(change) == 0 {
		return p, errors.New("the change is empty")
	}
	for name, value := range change {
		if f, ok := registry.FieldNamed(name); !ok || !f.Takes(value) {
			return p, fmt.Errorf("%s cannot be changed to a %T", name, value)
		}
	}
	for _, f := range fields {
		if value, ok := change[f.name]; ok {
			f.edit(&p, value)
		}
	}
	return p, nil
}
