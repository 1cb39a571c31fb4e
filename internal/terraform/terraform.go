// Package terraform writes entries as configuration for Cloudflare's Terraform
// provider, version 5.22 or later. Earlier versions can't set comments and directory
// fields. It imports registry and quote.
package terraform

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"namesake/internal/quote"
	"namesake/internal/registry"
)

// kind is the provider's type of an entry.
const kind = "cloudflare_email_security_impersonation_registry"

// Block returns the entry as a resource, with an import block that makes Terraform (1.5 or
// later) take over the existing entry instead of creating another. An entry that is
// synced from a directory becomes a data source, because it can't be changed. derived names
// fields that e lacks because Cloudflare sets them; Terraform is configured to ignore them.
func Block(account registry.AccountID, e registry.Entry, derived ...string) string {
	var b strings.Builder
	label := Label(e)
	if e.Synced() {
		b.WriteString("# Synced from a directory: Terraform can read this entry, but can't change it.\n")
		if e.ID != "" {
			block(&b, fmt.Sprintf("data %q %q", kind, label), attributes{
				{"account_id", quote.HCL(string(account))},
				{"impersonation_registry_id", quote.HCL(string(e.ID))},
			})
		}
		return b.String()
	}
	block(&b, fmt.Sprintf("resource %q %q", kind, label), resource(account, e), ignoreChanges(derived)...)
	if e.ID != "" {
		b.WriteByte('\n')
		block(&b, "import", attributes{{"to", kind + "." + label}, {"id", quote.HCL(string(account) + "/" + string(e.ID))}})
	}
	return b.String()
}

// attributes are names with encoded values.
type attributes [][2]string

// resource returns every attribute of the entry that the provider can set, because the
// provider clears the missing ones.
func resource(account registry.AccountID, e registry.Entry) attributes {
	list := attributes{{"account_id", quote.HCL(string(account))}}
	values := e.Values()
	for _, name := range registry.FieldNames() {
		switch value := values[name].(type) {
		case string:
			list = append(list, [2]string{name, quote.HCL(value)})
		case bool:
			list = append(list, [2]string{name, strconv.FormatBool(value)})
		case int64:
			list = append(list, [2]string{name, strconv.FormatInt(value, 10)})
		}
	}
	return list
}

// ignoreChanges returns the lines of the block that stops Terraform from clearing fields
// that the configuration lacks.
func ignoreChanges(fields []string) []string {
	if len(fields) == 0 {
		return nil
	}
	return []string{"", "lifecycle {", "  ignore_changes = [" + strings.Join(fields, ", ") + "]", "}"}
}

// block writes a block as `terraform fmt` would, with further lines at its end.
func block(b *strings.Builder, head string, list attributes, further ...string) {
	width := 0
	for _, a := range list {
		width = max(width, len(a[0]))
	}
	b.WriteString(head + " {\n")
	for _, a := range list {
		fmt.Fprintf(b, "  %-*s = %s\n", width, a[0], a[1])
	}
	for _, line := range further {
		if line != "" {
			line = "  " + line
		}
		b.WriteString(line + "\n")
	}
	b.WriteString("}\n")
}

// maxLabel bounds the part of a label that comes from the name.
const maxLabel = 48

// Label returns the entry's name in a configuration: the ASCII letters of its name and its
// id, because several entries may share a name. So no two entries have the same label, it
// depends on no other entry, and it changes only with the name.
func Label(e registry.Entry) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(e.Name) {
		switch {
		case b.Len() >= maxLabel || unicode.Is(unicode.Mn, r):
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(unicode.ToLower(r))
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	label := strings.Trim(b.String(), "_")
	if label == "" || label[0] <= '9' { // an identifier can't start with a digit
		label = strings.TrimSuffix("entry_"+label, "_")
	}
	if e.ID == "" {
		return label
	}
	return label + "_" + strings.ToLower(strings.ReplaceAll(string(e.ID), "-", ""))
}
