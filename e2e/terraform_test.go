package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"golang.org/x/text/unicode/norm"

	"namesake/internal/export"
	"namesake/internal/registry"
	"namesake/internal/terraform"
)

// FuzzTerraform has Terraform's own parser read blocks back, and its formatter find
// nothing to change. Like Terraform, it composes characters (NFC) as it reads.
func FuzzTerraform(f *testing.F) {
	f.Add("Jane Smith", "jane@example.com", "", false)
	f.Add(`${file("/etc/passwd")}`, `.*@b\.example`, "%{ for a in b }\n$${x} $$${x} %%{ $ % ${", true)
	f.Add("\"\n}\nprovider \"x\" {", "\\", "\t\r\n\x00\x1b\x7f\u0085\u2028\ufeff", false)
	f.Add("e\u0301 \"\u0301 李小龙 \U0001F600\u200d", "\U000e0041\u202e", "#//*", true)
	f.Fuzz(func(t *testing.T, name, email, comments string, regex bool) {
		e := registry.Entry{ID: "2403", Name: name, Email: email, IsEmailRegex: regex, Comments: &comments, Provenance: registry.Manual}
		text := terraform.Block("023e105f4ecef8ad9ca31a8372d0c353", e)
		if formatted := string(hclwrite.Format([]byte(text))); formatted != text {
			t.Errorf("the formatter makes\n%s\nof\n%s", formatted, text)
		}
		blocks := parseBlocks(t, text)
		if len(blocks) != 2 || blocks[0].Type != "resource" || blocks[1].Type != "import" {
			t.Fatalf("there are not just a resource and its import:\n%s", text)
		}
		resource, label := blocks[0], blocks[0].Labels[1]
		if !hclsyntax.ValidIdentifier(label) {
			t.Errorf("%q is called %q, which is no identifier", name, label)
		}
		for field, want := range map[string]string{"name": name, "email": email, "comments": comments} {
			if got := textOf(t, resource, field); got != norm.NFC.String(string([]rune(want))) {
				t.Errorf("%s is read back as %q, want %q", field, got, want)
			}
		}
		if got := resource.Body.Attributes["is_email_regex"].Expr.(*hclsyntax.LiteralValueExpr).Val.True(); got != regex {
			t.Errorf("is_email_regex is read back as %v", got)
		}
		if got := textOf(t, blocks[1], "id"); got != "023e105f4ecef8ad9ca31a8372d0c353/2403" {
			t.Errorf("what is imported is %q", got)
		}
		to, diags := hcl.AbsTraversalForExpr(blocks[1].Body.Attributes["to"].Expr)
		if diags.HasErrors() || len(to) != 2 || to.RootName() != resource.Labels[0] || to[1].(hcl.TraverseAttr).Name != label {
			t.Errorf("it is imported to %v, want to %s: %v", to, label, diags)
		}
	})
}

func parseBlocks(t testing.TB, text string) hclsyntax.Blocks {
	t.Helper()
	file, diags := hclsyntax.ParseConfig([]byte(text), "entry.tf", hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatalf("%v in\n%s", diags, text)
	}
	return file.Body.(*hclsyntax.Body).Blocks
}

// textOf returns the text of an attribute, which must not hang on anything else.
func textOf(t testing.TB, block *hclsyntax.Block, name string) string {
	t.Helper()
	value, diags := block.Body.Attributes[name].Expr.Value(nil)
	if diags.HasErrors() {
		t.Fatalf("%s: %v", name, diags)
	}
	return value.AsString()
}

// TestTerraformReadsTheExport has Terraform's own parser and formatter read a whole export,
// with names that other entries have too, or that look like code.
func TestTerraformReadsTheExport(t *testing.T) {
	t.Parallel()
	const account = "023e105f4ecef8ad9ca31a8372d0c353"
	names := []string{"Jane Smith", "Jane Smith", "李小龙", "王芳", `${file("/etc/passwd")}`, "\"\n}\nprovider \"x\" {", "42 North", "%{ for a in b }", "#", ""}
	var entries []registry.Entry
	for i, name := range names {
		entries = append(entries, registry.Entry{
			ID: registry.ID(fmt.Sprintf("f174e90a-fafe-4643-bbbc-%012d", i)), Name: name, Email: fmt.Sprintf(`p%d\.x@example.com`, i), IsEmailRegex: i%2 == 0,
			Comments: new(name), DirectoryID: new(int64(i)), Provenance: registry.Manual,
		})
	}
	synced := registry.Entry{ID: "1", Name: "Synced", Email: "s@example.com", Provenance: registry.GoogleDirectory}
	var file strings.Builder
	err := export.Terraform.Write(&file, export.List{Account: account, Entries: slices.Values(append(slices.Clone(entries), synced))})
	if err != nil {
		t.Fatal(err)
	}
	text := file.String()
	if formatted := string(hclwrite.Format([]byte(text))); formatted != text {
		t.Errorf("the formatter makes\n%s\nof\n%s", formatted, text)
	}
	blocks := parseBlocks(t, text)
	if len(blocks) != 2*len(entries) {
		t.Fatalf("%d blocks for %d entries:\n%s", len(blocks), len(entries), text)
	}
	labels := map[string]bool{}
	for i, e := range entries {
		resource, imported := blocks[2*i], blocks[2*i+1]
		label := resource.Labels[1]
		if labels[label] || !hclsyntax.ValidIdentifier(label) {
			t.Errorf("%q is called %q, which is taken or no identifier", e.Name, label)
		}
		labels[label] = true
		for field, want := range map[string]string{"account_id": account, "name": e.Name, "email": e.Email, "comments": e.Name} {
			if got := textOf(t, resource, field); got != want {
				t.Errorf("%s of %d is read back as %q, want %q", field, i, got, want)
			}
		}
		if got, want := textOf(t, imported, "id"), account+"/"+string(e.ID); got != want {
			t.Errorf("what is imported is %q, want %q", got, want)
		}
		to, diags := hcl.AbsTraversalForExpr(imported.Body.Attributes["to"].Expr)
		if diags.HasErrors() || to.RootName() != resource.Labels[0] || to[1].(hcl.TraverseAttr).Name != label {
			t.Errorf("it is imported to %v, want to %s: %v", to, label, diags)
		}
	}
}
