package terraform_test

import (
	"strings"
	"testing"

	"namesake/internal/registry"
	"namesake/internal/terraform"
)

const account = "023e105f4ecef8ad9ca31a8372d0c353"

func TestBlock(t *testing.T) {
	text := func(s string) *string { return &s }
	number := func(n int64) *int64 { return &n }
	const uuid = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
	tests := []struct {
		name  string
		entry registry.Entry
		want  string
	}{
		{"an address", registry.Entry{ID: uuid, Name: "Jane Smith", Email: "jane@example.com", Provenance: registry.Manual}, `
resource "cloudflare_email_security_impersonation_registry" "jane_smith_f174e90afafe4643bbbc4a0ed4fc8415" {
  account_id     = "023e105f4ecef8ad9ca31a8372d0c353"
  name           = "Jane Smith"
  email          = "jane@example.com"
  is_email_regex = false
  provenance     = "A1S_INTERNAL"
}

import {
  to = cloudflare_email_security_impersonation_registry.jane_smith_f174e90afafe4643bbbc4a0ed4fc8415
  id = "023e105f4ecef8ad9ca31a8372d0c353/f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
}
`},
		{"everything that can be given", registry.Entry{
			ID: "2403", Name: `${file("/etc/passwd")}"`, Email: `.*@b\.example`, IsEmailRegex: true, Comments: text("two\nlines"),
			DirectoryID: number(0), DirectoryNodeID: number(-7), ExternalDirectoryNodeID: text("%{x}"), Provenance: registry.Manual,
		}, `
resource "cloudflare_email_security_impersonation_registry" "file_etc_passwd_2403" {
  account_id                 = "023e105f4ecef8ad9ca31a8372d0c353"
  name                       = "$${file(\"/etc/passwd\")}\""
  email                      = ".*@b\\.example"
  is_email_regex             = true
  comments                   = "two\nlines"
  directory_id               = 0
  directory_node_id          = -7
  external_directory_node_id = "%%{x}"
  provenance                 = "A1S_INTERNAL"
}

import {
  to = cloudflare_email_security_impersonation_registry.file_etc_passwd_2403
  id = "023e105f4ecef8ad9ca31a8372d0c353/2403"
}
`},
		{"next to nothing", registry.Entry{Comments: text("")}, `
resource "cloudflare_email_security_impersonation_registry" "entry" {
  account_id     = "023e105f4ecef8ad9ca31a8372d0c353"
  name           = ""
  email          = ""
  is_email_regex = false
  comments       = ""
}
`},
		{"synced", registry.Entry{ID: uuid, Name: "Jane\n}", Email: "jane@example.com", DirectoryID: number(1), Provenance: registry.GoogleDirectory}, `
# Synced from a directory: Terraform can read this entry, but can't change it.
data "cloudflare_email_security_impersonation_registry" "jane_f174e90afafe4643bbbc4a0ed4fc8415" {
  account_id                = "023e105f4ecef8ad9ca31a8372d0c353"
  impersonation_registry_id = "f174e90a-fafe-4643-bbbc-4a0ed4fc8415"
}
`},
		{"synced, without an id", registry.Entry{Name: "Jane", Provenance: registry.Microsoft365}, `
# Synced from a directory: Terraform can read this entry, but can't change it.
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := terraform.Block(account, tt.entry), strings.TrimPrefix(tt.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestLabel(t *testing.T) {
	const uuid = "F174E90A-fafe-4643-bbbc-4a0ed4fc8415"
	tests := []struct {
		name string
		id   registry.ID
		want string
	}{
		{"Jane Smith", uuid, "jane_smith_f174e90afafe4643bbbc4a0ed4fc8415"},
		{"  Zoë  O'Hára-Núñez ", uuid, "zoe_o_hara_nunez_f174e90afafe4643bbbc4a0ed4fc8415"},
		{"李小龙", uuid, "entry_f174e90afafe4643bbbc4a0ed4fc8415"},
		{"42 North", "12", "entry_42_north_12"},
		{"", "", "entry"},
		{"_", "7", "entry_7"},
		{"\"; }\nprovider {", "7", "provider_7"},
		{"ＡＢＣ ﬁne", "7", "abc_fine_7"}, // full width, a ligature
		{strings.Repeat("a", 500), "7", strings.Repeat("a", 48) + "_7"},
		{strings.Repeat("a", 47) + " b", "7", strings.Repeat("a", 47) + "_7"},
	}
	for _, tt := range tests {
		if got := terraform.Label(registry.Entry{Name: tt.name, ID: tt.id}); got != tt.want {
			t.Errorf("%q, %s is called %s, want %s", tt.name, tt.id, got, tt.want)
		}
	}
}
