package words

import (
	"namesake/internal/registry"
)

// FieldWords are what people read about a field of an entry.
type FieldWords struct {
	Label  string // names the field
	Note   string // follows the label in the form
	Hint   string // is below the field in the form
	Detail string // names the field on an entry's page, where that is not the label
	// DetailNote follows its value there.
	DetailNote string
}

// fieldWords has a row for each field of registry.Fields.
var fieldWords = map[string]FieldWords{
	registry.FieldName: {
		Label: "Name", Hint: "The display name to protect, as people see it in their inbox.",
	},
	registry.FieldEmail: {
		Label: "Address or pattern", Hint: "Such as jane.smith@example.com. For several addresses at once, choose Pattern.",
	},
	registry.FieldIsEmailRegex: {
		Label: "Pattern", Detail: "Kind", Hint: "A Java 17 regular expression. Every address that it matches may use the name.",
	},
	registry.FieldComments: {
		Label: "Comments", Note: "optional", Hint: "Why the entry is there. Everyone who can see the registry can read it.",
	},
	registry.FieldDirectoryID: {
		Label: "Directory ID", Detail: "Directory", Hint: "A whole number.",
	},
	registry.FieldDirectoryNodeID: {
		Label: "Directory node ID", Detail: "Directory node", Hint: "A whole number.",
	},
	registry.FieldExternalDirectoryNodeID: {
		Label: "External directory node ID", Note: "deprecated", Detail: "External directory node", DetailNote: "deprecated by Cloudflare",
		Hint: "Deprecated by Cloudflare: it may stop working without notice.",
	},
	registry.FieldProvenance: {
		Label: "Source", Hint: "Entries that are synced from a directory cannot be changed.",
	},
}

// Field returns the words for a field. One without a row has its name.
func Field(name string) FieldWords {
	words, ok := fieldWords[name]
	if !ok {
		words.Label = name
	}
	if words.Detail == "" {
		words.Detail = words.Label
	}
	return words
}

// FieldLabel names a field, "" for a text that belongs to none.
func FieldLabel(name string) string { return fieldWords[name].Label }

// Choice names a value that a field offers.
func Choice(field, value string) string {
	if field == registry.FieldProvenance {
		return Provenance(registry.Provenance(value))
	}
	return value
}

// Provenance names where an entry comes from.
func Provenance(p registry.Provenance) string {
	switch p {
	case registry.Manual:
		return "Manual"
	case registry.Microsoft365API:
		return "Microsoft 365 (API)"
	case registry.Microsoft365:
		return "Microsoft 365"
	case registry.GoogleDirectory:
		return "Google"
	case "":
		return "Not given"
	}
	return string(p)
}
